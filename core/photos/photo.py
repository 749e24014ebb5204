"""Photos from visitors: checked, named, with a thumbnail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from core.photos import guarded, images

THUMBNAIL_SIDE = 128
"""Longer side in pixels: sharp on a double-density screen, where it is shown at 64 pixels."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo that can be segmented.

    key: identifies its content; the same bytes have the same key. name: its file's name.
    data: the file as it was given. height, width: its own size, upright. thumbnail: a small JPEG.
    credit: whose it is; empty for a visitor's own. sample: its name among the project's samples; empty for
    a visitor's own. photo_set, number: the set of photos that it is of, and its number there; empty and 0
    outside of one.
    """

    key: str
    name: str
    data: bytes = field(repr=False)
    height: int
    width: int
    thumbnail: bytes = field(repr=False)
    credit: str = ""
    sample: str = ""
    photo_set: str = ""
    number: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes of memory that this photo takes."""
        return len(self.data) + len(self.thumbnail)


def read_photo(name: str, data: bytes, *, credit: str = "", sample: str = "") -> Photo:
    """Check an untrusted file by decoding it once, at the thumbnail's size if its format allows that.

    ImageError says what is wrong with it.
    """
    # Samples are our own, and are wanted before anything else: they need not wait for a process to start.
    decode = images.decode_scaled if sample else guarded.decode_scaled
    small, (height, width) = decode(data, THUMBNAIL_SIDE)
    rows, cols = small.shape[:2]
    thumbnail = images.resize(small, *images.working_size(rows, cols, min(THUMBNAIL_SIDE, max(rows, cols))))
    key = hashlib.blake2b(data, digest_size=12).hexdigest()
    return Photo(key, name, data, height, width, images.encode_jpeg(thumbnail, 85), credit, sample)
