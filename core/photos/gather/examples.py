"""A set that needs no internet: a photo from a package that is here anyway, and drawn streets."""

from __future__ import annotations

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


def example_set() -> PhotoSet:
    """The set of examples, written at the first call. PhotoSetError if the disk does not take it."""
    photos = open_set(NAME)
    if not photos.entries():
        photos.set_faces("off")  # nobody can be recognised in them
        found = list(_examples())
        added = photos.add([entry for entry, _ in found])
        for entry, (_, path) in zip(added, found, strict=True):
            checked = check(entry.number, path.read_bytes())
            photos.write_picture(checked.facts["file"], checked.picture, checked.small)
            photos.change({entry.number: checked.facts}, later=True)
        photos.save()
    return photos


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
