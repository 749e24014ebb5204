"""Which way up a picture is: the one place where this is decided, for photos and for data sets.

EXIF's word counts, whatever it is: a number that means nothing, such as 0 or 9, turns nothing. XMP's word
counts only where EXIF says nothing of it. Browsers read EXIF alone, so the two agree where both speak.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

UPRIGHT = 1

_TAG = 0x0112
# EXIF value types that hold a small whole number: BYTE, SHORT, LONG. Source: TIFF 6.0, section 2.
_NUMBERS = {1: "B", 3: "H", 4: "I"}
_HEADER, _ENTRY = 8, 12
_EXIF_MARK = b"Exif\0\0"
# As an attribute or as an element: XMP specification part 1, section 7. At most 16 blanks: nothing to search.
_XMP = re.compile(rb"tiff:Orientation\s{0,16}(?:=\s{0,16}[\"']|>)\s{0,16}(\d{1,9})(?!\d)")


def orientation(exif: Iterable[bytes], xmp: Iterable[bytes]) -> int:
    """The orientation, 1..8, that these EXIF blocks and XMP packets of one picture give; 1 if they give none.

    A broken block says nothing: it is no reason to refuse a fine picture.
    """
    said = next((value for block in exif if (value := _of_exif(block)) is not None), None)
    if said is None:
        said = next((int(found[1]) for packet in xmp if (found := _XMP.search(packet))), UPRIGHT)
    return said if 1 <= said <= 8 else UPRIGHT


def _of_exif(block: bytes) -> int | None:
    """The value of the orientation tag in the first directory. Source: TIFF 6.0, section 2."""
    # WebP and PNG have the block without the mark that JPEG puts before it, but not every program knows that.
    block = block.removeprefix(_EXIF_MARK).removeprefix(_EXIF_MARK)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < _HEADER:
        return None
    start = struct.unpack_from(f"{order}I", block, 4)[0]
    if start + 2 > len(block):
        return None
    announced = struct.unpack_from(f"{order}H", block, start)[0]
    there = min(announced, (len(block) - start - 2) // _ENTRY)
    entries = block[start + 2 : start + 2 + there * _ENTRY]
    for tag, kind, count, value in struct.iter_unpack(f"{order}HHI4s", entries):
        if tag == _TAG and kind in _NUMBERS and count == 1:
            return int(struct.unpack_from(order + _NUMBERS[kind], value)[0])
    return None
