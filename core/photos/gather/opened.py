"""A set as other pages open it: its photos one after another, each read when somebody looks at it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from core.errors import StreetScopeError
from core.file_names import natural_order
from core.languages import sentence, together
from core.photos import images
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet, find_set
from core.photos.photo import THUMBNAIL_SIDE, Photo

Order = Literal["number", "name", "confidence"]
"""As they were gathered; as people sort names; the least certain first."""

_KEPT_THUMBNAILS = 1024
"""Of all sets, some four kilobytes each."""


def in_order(entries: Iterable[Entry], order: Order) -> list[Entry]:
    """Entries in an order. Those whose confidence nobody knows come last, as they were gathered."""
    if order == "name":
        return sorted(entries, key=lambda entry: (natural_order(entry.name), entry.number))
    if order == "confidence":
        return sorted(entries, key=lambda entry: (not entry.confidence, entry.confidence, entry.number))
    return sorted(entries, key=lambda entry: entry.number)


def photo_key(entry: Entry) -> str:
    """As `Photo.key`, without reading the photo: by the file that came, and what was blurred since.

    Two entries with the same file are two photos.
    """
    what = f"{entry.sha256} {entry.blurred} {entry.number}"
    return hashlib.blake2b(what.encode(), digest_size=12).hexdigest()


def photo_name(entry: Entry) -> str:
    """What people see, as a sentence in any language: its number in the set, and its name."""
    return together([str(entry.number), entry.name], " · ")


def read_entry(photos: PhotoSet, entry: Entry) -> Photo:
    """The photo of an entry, from the set's folder. PhotoSetError or ImageError if it is gone or damaged."""
    data = photos.picture(entry)
    height, width = images.header_size(data)
    return Photo(
        photo_key(entry),
        photo_name(entry),
        data,
        height,
        width,
        thumbnail(photos, entry),
        entry.credit or sentence("from the set {name}", name=photos.name),
        photo_set=photos.name,
        number=entry.number,
    )


def thumbnail(photos: PhotoSet, entry: Entry) -> bytes:
    """A JPEG of THUMBNAIL_SIDE pixels; empty if the photo is gone or damaged."""
    return _thumbnail(photos.name, photos.root, entry.number, photo_key(entry))


@lru_cache(_KEPT_THUMBNAILS)
def _thumbnail(name: str, root: Path, number: int, _key: str) -> bytes:
    """root, _key: tell sets of one name, and versions of a photo, apart."""
    photos = find_set(name)
    entry = None if photos is None or photos.root != root else photos.entry(number)
    if photos is None or entry is None:
        return b""
    try:
        small = images.decode(photos.small(entry))
    except StreetScopeError:
        return b""
    rows, cols = small.shape[:2]
    size = images.working_size(rows, cols, min(THUMBNAIL_SIDE, max(rows, cols)))
    return images.encode_jpeg(images.resize(small, *size), 80)
