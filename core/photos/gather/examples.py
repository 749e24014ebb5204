"""A set that needs no internet: a photo from a package that is here anyway, and drawn streets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from core.languages import mark
from core.photos.gather.checking import check
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet, open_set
from core.photos.samples import SAMPLES

NAME = "examples"

_FOLDER = Path(__file__).parent / "example_pictures"
_DRAWN = mark("drawn by StreetScope")
_STREETS = (
    *(mark("A street in Jakarta, 1"), mark("A street in Jakarta, 2"), mark("A street in Jakarta, 3")),
    *(mark("A street in Jakarta, 4"), mark("A street in Jakarta, 5"), mark("A street in Jakarta, 6")),
)
_SAMPLES = {"noon": mark("Toytown, noon"), "rain": mark("Toytown, rain")}
"""Titles, by which the set names its photos in English; pages show them by `gettext`."""


_writing = threading.Lock()


def example_set() -> PhotoSet:
    """The set of examples, written at the first call. PhotoSetError if the disk does not take it."""
    photos = open_set(NAME)
    with _writing:  # a class may open the page at once
        if not photos.entries():
            photos.set_faces("off")  # nobody can be recognised in them
            # Whole, in one go: who is interrupted begins again.
            photos.add([_written(photos, number, *each) for number, each in enumerate(_examples(), 1)])
    return photos


def _written(photos: PhotoSet, number: int, entry: Entry, path: Path) -> Entry:
    """The entry that an example gets once its picture is in the set."""
    checked = check(number, path.read_bytes())
    photos.write_picture(checked.facts["file"], checked.picture, checked.small)
    return entry.model_copy(update=checked.facts)


def _examples() -> Iterator[tuple[Entry, Path]]:
    for title, path in zip(_STREETS, sorted(_FOLDER.glob("*.jpg")), strict=True):
        yield _entry(path.name, title, _DRAWN, "MIT"), path
    for sample in SAMPLES:
        if sample.name == "china":
            author, licence = mark("danielbuechele (Flickr), from scikit-learn"), "CC BY 2.0"
            yield _entry(sample.file, mark("A temple"), author, licence), sample.path
        else:
            yield (
                _entry(sample.file, _SAMPLES[sample.name.rpartition("-")[2]], _DRAWN, "MIT"),
                sample.path,
            )


def _entry(file: str, title: str, author: str, licence: str) -> Entry:
    return Entry(number=0, address=file, source="example", title=title, author=author, licence=licence)
