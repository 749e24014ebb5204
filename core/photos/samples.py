"""Sample pictures, so that there is something to segment at once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.languages import mark

CHINA_CREDIT = mark("Photo: danielbuechele (Flickr), CC BY 2.0, from scikit-learn")
TOYTOWN_CREDIT = mark("Toytown, drawn by StreetScope")


@dataclass(frozen=True)
class Sample:
    """A picture that comes with the project. name: as in the page's address; file: its file's name.

    credit: marked for translation.
    """

    name: str
    file: str
    credit: str

    @property
    def path(self) -> Path:
        """Where the picture is on this machine."""
        if self.name == "china":
            return china()
        return Path(__file__).parent / "sample_pictures" / self.file


SAMPLES = (
    Sample("china", "china.jpg", CHINA_CREDIT),
    # Two frames of Toytown at 640 x 480: frame(70004, 2) and frame(30003, 7).
    Sample("toytown-noon", "toytown-noon.jpg", TOYTOWN_CREDIT),
    Sample("toytown-rain", "toytown-rain.jpg", TOYTOWN_CREDIT),
)


def china() -> Path:
    """scikit-learn's `china.jpg`: a Chinese temple, 640 x 427. Found without importing scikit-learn."""
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("scikit-learn is not installed: run `make setup`.")
    return Path(package.submodule_search_locations[0]) / "datasets" / "images" / "china.jpg"
