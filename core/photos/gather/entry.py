"""One line of what somebody wants gathered, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.languages import counted, heard, sentence, to_text, together

State = Literal["waiting", "taken", "refused"]
Source = Literal["address", "Openverse", "Wikimedia Commons", "file", "video", "example"]

Faces = Literal["on", "off", "already blurred"]
"""What a set's maker has said of faces and number plates: each kept photo is to be gone over for them, nobody
asks, or the photos' source has blurred them already."""

MAX_WORDS = 1000
Words = Annotated[str, Field(max_length=MAX_WORDS)]


class Entry(BaseModel):
    """A photo that is wanted, or is there.

    number: from 1, in the order in which they were asked for. address: where the photo is, or its file's
    name. video: the name of the video that it is a frame of, at that time in seconds; video_key: see
    `core.photos.video.reading.key_of`. page: where it is shown with its licence. author, licence,
    licence_page, title: as the source says; empty if it does not.
    reason: why a refused one was refused, in English; said: what that sentence was made of. retry: whether a
    second try may do better.

    Of a photo that was taken: sha256 and size, in bytes, of what came, or of a frame as it is kept; height
    and width of what came, upright; file: its name in the set. look: 128 bits that change little when the
    picture does. brightness: the mean, 0 to 255. shares: of the pixels, by class; empty while no network has
    looked. confidence: the mean over the pixels when a network last looked, in [0, 1]; 0 while none has.
    group: the number of the first of those that show the same; 0 if there is no other. blurred: how many
    places were made unreadable. gone_over: whether somebody has looked for faces and number plates in it.
    detector: which program found places for them, with its version, licence and file's hash; empty if none
    did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int
    address: Annotated[str, Field(max_length=4096)]
    source: Source = "address"
    video: Words = ""
    video_key: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    time: Annotated[float, Field(ge=0)] = 0.0
    page: Annotated[str, Field(max_length=4096)] = ""
    author: Words = ""
    licence: Words = ""
    licence_page: Words = ""
    title: Words = ""
    state: State = "waiting"
    reason: Words = ""
    said: Annotated[str, Field(max_length=10_000)] = ""
    retry: bool = False
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    size: Annotated[int, Field(ge=0)] = 0
    height: Annotated[int, Field(ge=0)] = 0
    width: Annotated[int, Field(ge=0)] = 0
    file: Annotated[str, Field(pattern=r"^([0-9]{3,6}-[0-9a-f]{8}\.jpg)?$")] = ""
    look: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    brightness: float = 0.0
    shares: dict[str, float] = {}
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    group: int = 0
    kept: bool = True
    blurred: Annotated[int, Field(ge=0)] = 0
    gone_over: bool = False
    detector: Words = ""

    @property
    def why(self) -> str:
        """The reason, as a sentence in any language."""
        return heard(self.reason, self.said)

    @property
    def is_fetched(self) -> bool:
        """Whether it comes from the internet, and can be asked for again."""
        return self.source in ("address", "Openverse", "Wikimedia Commons")

    @property
    def is_in_set(self) -> bool:
        """Whether this is a photo of the set: taken, and not dropped."""
        return self.state == "taken" and self.kept

    @property
    def credit(self) -> str:
        """Whose the photo is, in a line, as a sentence in any language; empty if nobody said."""
        return self._credit(self.page)

    @property
    def credit_without_page(self) -> str:
        """The same without where the photo is shown, for lines that have no room."""
        return self._credit("")

    def _credit(self, page: str) -> str:
        if not (self.author or self.licence):
            return ""
        by = sentence("Photo: {author}", author=self.by) if self.author else ""
        # Creative Commons wants changes to be said.
        places = counted("{count} place blurred", "{count} places blurred", count=self.blurred)
        parts = (by, self.licence, page, places if self.blurred else "")
        return together([part for part in parts if part], ", ")

    @property
    def by(self) -> str:
        """The author; of an example, as a sentence in any language."""
        return self._ours(self.author)

    @property
    def name(self) -> str:
        """What people see: its title, or the last part of its address. An example's is a sentence."""
        last = self.address.partition("?")[0].rstrip("/").rpartition("/")[2]
        return self._ours((self.title or last or self.address)[:120])

    def _ours(self, text: str) -> str:
        return sentence(text) if self.source == "example" and "{" not in text else text


def words(text: object) -> str:
    """A text that came from elsewhere, on one line and short enough for an entry; empty if it is no text."""
    if not isinstance(text, (str, int, float)):
        return ""
    line = " ".join(str(text).split()).encode(errors="replace").decode()
    return line[:MAX_WORDS]


def refused(reason: str, *, retry: bool = False) -> dict[str, Any]:
    """What an entry says that is refused for a reason."""
    return {"state": "refused", "reason": words(reason), "said": to_text(reason)[:10_000], "retry": retry}
