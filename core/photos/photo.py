"""Photos as people give them: checked, named, with a thumbnail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from core.photos import images

THUMBNAIL_SIDE = 128
"""Longer side in pixels: sharp at the size it is shown, 64 pixels of a screen of double density."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo that can be segmented.

    key: tells its content: the same bytes have the same key. name: what its owner calls it.
    data: the file as it was given. height, width: its own size, upright. thumbnail: a small JPEG.
    credit: whose it is; empty for a visitor's own. sample: the name under which it is part of the project;
    empty for a visitor's own.
    """

    key: str
    name: str
    data: bytes = field(repr=False)
    height: int
    width: int
    thumbnail: bytes = field(repr=False)
    credit: str = ""
    sample: str = ""

    @property
    def nbytes(self) -> int:
        """Bytes of memory that this photo keeps."""
        return len(self.data) + len(self.thumbnail)


def read_photo(name: str, data: bytes, *, credit: str = "", sample: str = "") -> Photo:
    """Check an untrusted file by decoding it once, at the thumbnail's size where its format allows that.

    ImageError says what is wrong with it.
    """
    small, (height, width) = images.decode_sized(data, THUMBNAIL_SIDE)
    rows, cols = small.shape[:2]
    thumbnail = images.resize(small, *images.working_size(rows, cols, min(THUMBNAIL_SIDE, max(rows, cols))))
    key = hashlib.blake2b(data, digest_size=12).hexdigest()
    return Photo(key, name, data, height, width, images.encode_jpeg(thumbnail, 85), credit, sample)
