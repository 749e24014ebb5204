"""What one visitor has: photos, pins, largest classes. It outlives a reload of the page.

Streamlit starts a new session at every reload. The browser tab therefore keeps a random token
(`visitor_session.js`), by which the visitor's session is found again; two tabs are two sessions.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from cachetools import TTLCache

from core.errors import PhotoSetError
from core.grading.painting import Painting
from core.lessons.keys.look import drawn, is_drawn
from core.lessons.progress import Progress
from core.photos import images
from core.photos.gather.opened import Order, in_order
from core.photos.gather.store import PhotoSet, find_set
from core.photos.photo import Photo, read_photo
from core.photos.samples import SAMPLES, TOYTOWN_CREDIT
from core.segmentation.pins import Pin
from pages.widgets.photos.listed import ListedPhoto, listed, listed_entry
from pages.widgets.shared.fragments import fragment

MAX_PHOTOS = 24
"""Of those that a visitor adds, which stay in memory. A set lies in a folder, and may have more."""

MAX_BYTES = 150 * 1024 * 1024
"""Of one visitor's photos: thirty visitors at once then fit into a laptop's memory."""

_KEPT_BYTES = 1024**3
_KEPT_SECONDS = 30 * 60
_TOKEN = re.compile(r"[0-9a-f]{32}")
_VISIT, _TOKEN_KEY = "visit", "visit_token"

_mount = st.components.v2.component(
    "streetscope_visit", js=(Path(__file__).parent / "visitor_session.js").read_text("utf-8")
)

MainClasses = tuple[tuple[str, float], ...]


@st.cache_resource(show_spinner=False)
def _samples() -> dict[str, Photo]:
    return {s.name: read_photo(s.file, s.path.read_bytes(), credit=s.credit, sample=s.name) for s in SAMPLES}


def samples() -> list[Photo]:
    """The sample photos that come with StreetScope."""
    return list(_samples().values())


def sample(name: str) -> Photo | None:
    """The sample of that name, or the drawn frame that lessons call so."""
    return _samples().get(name) or (_drawn(name) if is_drawn(name) else None)


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawn(name: str) -> Photo:
    """A frame of a drawn town, which lessons look at, for its truth is known exactly."""
    data = images.encode_png(drawn(name)[0])
    return read_photo(f"{name}.png", data, credit=TOYTOWN_CREDIT, sample=name)


@dataclass(frozen=True)
class KeptPin:
    """A pin and the key of its photo: two photos may have the same name."""

    photo: str
    pin: Pin


@dataclass(eq=False)
class VisitorSession:
    """photos: the visitor's own, by key, in the order they were added. pins: kept pixels, of any photo.

    looked_at: the photo on screen, a key of `photos` or the name of a sample.
    pixel: the chosen pixel, as (row, column) of a picture whose size is `pixel_in`, (height, width).
    main_classes: the largest classes of segmented photos, by (photo, model, size): name and share.
    photo_set, number: the set of photos that is open in their place, and the photo of it that is on screen;
    empty and 0 without one. order: that in which Annotate goes through it.
    lessons: how far they are in lessons, by the lessons' names.
    paintings: what they have painted to be graded, by the frames' names.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    pins: list[KeptPin] = field(default_factory=list)
    looked_at: str = ""
    main_classes: dict[tuple[str, str, str], MainClasses] = field(default_factory=dict)
    pixel: tuple[int, int] | None = None
    pixel_in: tuple[int, int] | None = None
    token: str = ""
    photo_set: str = ""
    number: int = 0
    order: Order = "confidence"
    lessons: dict[str, Progress] = field(default_factory=dict)
    paintings: dict[str, Painting] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the photos and the paintings take."""
        photos, paintings = list(self.photos.values()), list(self.paintings.values())
        return sum(photo.nbytes for photo in photos) + sum(painting.nbytes for painting in paintings)

    def photo(self) -> Photo:
        """The photo on screen. StreetScopeError if it is of a set and cannot be read."""
        return self.here().read()

    def here(self) -> ListedPhoto:
        """Which photo is on screen; the first sample, or the next of the set, if that one is gone."""
        if photos := self.opened():
            entries = photos.photos()
            later = (entry for entry in entries if entry.number >= self.number)
            return listed_entry(photos, next(later, entries[-1]))
        return listed(self.photos.get(self.looked_at) or sample(self.looked_at) or samples()[0])

    def opened(self) -> PhotoSet | None:
        """The set of photos that is open, if there is one with any photo in it."""
        try:
            found = find_set(self.photo_set) if self.photo_set else None
            return found if found is not None and found.photos() else None
        except PhotoSetError:
            return None

    def listed(self, order: Order = "number") -> list[ListedPhoto]:
        """What one can look at: the photos of the open set, in this order, or the samples and one's own."""
        if photos := self.opened():
            return [listed_entry(photos, entry) for entry in in_order(photos.photos(), order)]
        photos_here, here = [listed(photo) for photo in self.all_photos()], self.here()
        # A frame that a lesson shows is among neither, and stands at the end while it is on screen.
        return photos_here if here.key in {photo.key for photo in photos_here} else [*photos_here, here]

    def open_set(self, name: str, number: int = 0) -> bool:
        """Open a set of photos at one of its numbers; whether there is such a set with any photo in it."""
        before = self.photo_set, self.number
        self.photo_set, self.number = name, number
        if self.opened() is None:
            self.photo_set, self.number = before
            return False
        return True

    def close_set(self) -> None:
        """Return to the samples and the visitor's own photos."""
        self.photo_set, self.number = "", 0

    def look_at_own(self, name: str) -> None:
        """Put one of the visitor's own photos, by its key, or a sample, by its name, on screen."""
        self.close_set()
        self.looked_at = name

    def all_photos(self) -> list[Photo]:
        """The samples and the visitor's own."""
        return [*samples(), *self.photos.values()]

    def look_at(self, key: str) -> None:
        """Put the photo with this key on screen; without such a photo, nothing happens."""
        shown = next((photo for photo in self.listed() if photo.key == key), None)
        if shown is None:
            return
        if shown.number:
            self.number = shown.number
        else:
            self.looked_at = shown.sample or shown.key

    def remove(self, key: str) -> None:
        """Remove a photo and its largest classes; its pins stay, for they are only numbers.

        If it is on screen, the next of the visitor's photos takes its place, or else the one before it.
        """
        mine = list(self.photos)
        if key == self.looked_at and key in mine:
            place = mine.index(key)
            self.looked_at = next(iter([*mine[place + 1 :], *mine[:place][::-1]]), "")
        self.photos.pop(key, None)
        self.main_classes = {k: v for k, v in self.main_classes.items() if k[0] != key}


class _SessionStore:
    """The most recent sessions by token, each for half an hour after it was last seen."""

    def __init__(self) -> None:
        self._sessions: TTLCache[str, VisitorSession] = TTLCache(
            _KEPT_BYTES, _KEPT_SECONDS, getsizeof=lambda session: session.nbytes + 4096
        )
        self._lock = threading.Lock()

    def find(self, token: str) -> VisitorSession | None:
        with self._lock:
            return self._sessions.get(token)

    def keep(self, session: VisitorSession) -> None:
        """Keep a session; called at every run, so that its age and size are right."""
        with self._lock:
            self._sessions[session.token] = session


@st.cache_resource(show_spinner=False)
def _sessions() -> _SessionStore:
    return _SessionStore()


def visitor_session() -> VisitorSession:
    """This visitor's session."""
    mine: VisitorSession = st.session_state.setdefault(_VISIT, VisitorSession())
    return mine


def renew_visitor_session() -> None:
    """Call where a part of a page runs again alone: the session is in use, and may have grown."""
    if visitor_session().token:
        _sessions().keep(visitor_session())


def keep_visitor_session(take_up: Callable[[VisitorSession], None] = lambda _: None) -> None:
    """Find this browser tab's session again after a reload. Call once at the end of a page: it shows nothing.

    take_up: called with the session found, before the page runs again with it.
    """
    if not visitor_session().token:
        fragment(_ask_tab)(take_up)
    renew_visitor_session()


def _ask_tab(take_up: Callable[[VisitorSession], None]) -> None:
    """Ask the browser's tab for its token. In a part of its own: most tabs are new, and the page is right."""
    _mount(key=_TOKEN_KEY, data={}, on_token_change=lambda: None)
    if _recognise(take_up):
        st.rerun()


def _recognise(take_up: Callable[[VisitorSession], None]) -> bool:
    """If the tab has sent its token, restore its earlier session, unless a new one has photos or pins.

    Whether the visitor has the earlier session since this call.
    """
    mine = visitor_session()
    token = st.session_state[_TOKEN_KEY].get("token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or mine.token:
        return False
    earlier = _sessions().find(token)
    if earlier is None or mine.photos or mine.pins:
        mine.token = token
        _sessions().keep(mine)  # now: no run may come to its end before the visitor reloads
        return False
    if mine.looked_at or mine.photo_set:  # the address has named it
        earlier.looked_at = mine.looked_at or earlier.looked_at
        earlier.photo_set, earlier.number = mine.photo_set, mine.number
    take_up(earlier)
    st.session_state[_VISIT] = earlier
    return True
