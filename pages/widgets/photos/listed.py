"""Photos by name, as strips and menus list them: what is in one is read when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.photos.gather.entry import Entry
from core.photos.gather.opened import photo_key, photo_name, read_entry, thumbnail
from core.photos.gather.store import PhotoSet
from core.photos.photo import Photo

_CLASSES = 2


@dataclass(frozen=True, eq=False)
class ListedPhoto:
    """A photo of a list.

    key, name, height, width, sample, photo_set, number: as those of `Photo`. read: gives the photo;
    StreetScopeError if it is gone. thumbnail: gives a small JPEG, empty if the photo is gone. own: whether
    the visitor added it, and may remove it. classes: the largest ones that a network found when the photo was
    gathered. confidence: how sure it was, in [0, 1]; 0 if nobody knows.
    """

    key: str
    name: str
    height: int
    width: int
    read: Callable[[], Photo]
    thumbnail: Callable[[], bytes]
    sample: str = ""
    photo_set: str = ""
    number: int = 0
    own: bool = False
    classes: tuple[str, ...] = ()
    confidence: float = 0.0


def listed(photo: Photo) -> ListedPhoto:
    """A photo that is in memory anyway."""
    return ListedPhoto(
        photo.key,
        photo.name,
        photo.height,
        photo.width,
        lambda: photo,
        lambda: photo.thumbnail,
        photo.sample,
        own=not photo.sample,
    )


def listed_entry(photos: PhotoSet, entry: Entry) -> ListedPhoto:
    """A photo of a set, which stays in the set's folder."""
    return ListedPhoto(
        photo_key(entry),
        photo_name(entry),
        entry.height,
        entry.width,
        partial(read_entry, photos, entry),
        partial(thumbnail, photos, entry),
        photo_set=photos.name,
        number=entry.number,
        classes=tuple(sorted(entry.shares, key=lambda name: -entry.shares[name])[:_CLASSES]),
        confidence=entry.confidence,
    )
