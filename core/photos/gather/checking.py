"""From the bytes of a stranger's photo to one of a set: upright, without EXIF, no larger than needed."""

from __future__ import annotations

import hashlib
import struct
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.photos import guarded, images

LONGEST_SIDE = 2048
"""Pixels of a kept photo's longer side, at most: no network here looks at more."""

SMALL_SIDE = 320
"""Pixels of the longer side of what the grid shows."""

LOOKED_AT = 256
"""Pixels of the longer side at which a network says whether this is a street at all."""

_QUALITY, _SMALL_QUALITY = 92, 80
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


_places = threading.BoundedSemaphore(guarded.PROCESSES)
"""Photos that are checked at a time: each is here in full for a moment."""

_alone = threading.Lock()
"""For those that are large while they are decoded: one at a time, beside a small one at most."""

_HEAD = 64 * 1024
"""Bytes in which a JPEG says of which kind it is, usually."""

_LARGE = 12_000_000
"""Pixels above which a picture waits for the other large ones."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A photo that can be kept.

    picture, small: JPEG files without any metadata. image: (H, W, 3) uint8, LOOKED_AT pixels long.
    facts: what its entry says of it.
    """

    picture: bytes
    small: bytes
    image: NDArray[np.uint8]
    facts: dict[str, Any]


def check(number: int, data: bytes) -> Checked:
    """Decode a stranger's photo, in a process of its own. ImageError says what is wrong with it.

    number: of its entry, which its file is called after.
    """
    # In this order: a small one takes its place while large ones wait for each other.
    with _alone if _may_be_large(data) else nullcontext(), _places:
        return _checked(number, data)


def check_frame(number: int, image: NDArray[np.uint8], full_size: tuple[int, int]) -> Checked:
    """A frame of a video, which was decoded already, as a photo that can be kept.

    image: (H, W, 3) RGB, no side longer than LONGEST_SIDE; full_size: its (height, width) in the video.
    """
    picture = as_stored(image)
    return _kept(number, image, full_size, picture, came=picture)


def _may_be_large(data: bytes) -> bool:
    """Whether a picture may take much memory. Few JPEGs do: they are made smaller while they are decoded.

    Looks at the first bytes only: more is read of a stranger's file in a process of its own.
    """
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])  # of the first chunk, IHDR
        return bool(width * height > _LARGE)
    if (progressive := data.find(b"\xff\xc2", 0, _HEAD) + 1) and data.startswith(b"\xff\xd8"):
        height, width = struct.unpack(">HH", data[progressive + 4 : progressive + 8].ljust(4, b"\0"))
        return bool(width * height > _LARGE)
    return not data.startswith((b"\xff\xd8", b"BM"))  # a BMP has three bytes a pixel in its file as well


def _checked(number: int, data: bytes) -> Checked:
    image, full_size = guarded.decode_scaled(data, LONGEST_SIDE)
    return _kept(number, image, full_size, as_stored(image), came=data)


def _kept(
    number: int, image: NDArray[np.uint8], full_size: tuple[int, int], picture: bytes, *, came: bytes
) -> Checked:
    sha256 = hashlib.sha256(came).hexdigest()
    small = as_small(image)
    facts = {
        "state": "taken",
        "reason": "",
        "retry": False,
        "sha256": sha256,
        "size": len(came),
        "height": full_size[0],
        "width": full_size[1],
        "file": f"{number:03d}-{sha256[:8]}.jpg",
        "look": look(small),
        "brightness": round(float((small @ _LUMA).mean()), 1),
    }
    looked_at = _no_longer_than(small, LOOKED_AT)
    return Checked(picture, as_stored(small, small=True), looked_at, facts)


def as_small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) at the size of the grid."""
    return _no_longer_than(image, SMALL_SIDE)


def as_stored(image: NDArray[np.uint8], *, small: bool = False) -> bytes:
    """A picture (H, W, 3) as a set keeps it: a JPEG without any metadata."""
    return images.encode_jpeg(image, _SMALL_QUALITY if small else _QUALITY)


def look(image: NDArray[np.uint8]) -> str:
    """128 bits of how a picture looks, as 32 hexadecimal digits; see `distance`.

    Each says whether one of 8 x 8 cells is brighter than the next one to its right, and below.
    image: (H, W, 3) uint8. Source: N. Krawetz, "Kind of Like That", 2013 (difference hash), both ways.
    """
    bits = [
        (cells[:, 1:] > cells[:, :-1]) if across else (cells[1:] > cells[:-1])
        for across, (rows, cols) in ((True, (8, 9)), (False, (9, 8)))
        for cells in (images.resize(image, rows, cols) @ _LUMA,)
    ]
    return np.packbits(np.concatenate([each.ravel() for each in bits])).tobytes().hex()


def distance(first: str, second: str) -> int:
    """How many of their 128 bits two looks differ in."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def _no_longer_than(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    longest = min(side, max(height, width))
    return images.resize(image, *images.working_size(height, width, longest))
