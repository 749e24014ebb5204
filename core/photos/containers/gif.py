"""GIF: the first picture is kept with its colours and its transparency; comments and extensions are dropped.

Source: CompuServe, Graphics Interchange Format, version 89a; of XMP in it: XMP specification part 3,
section 1.1.2.
"""

from __future__ import annotations

import re

from core.languages import mark
from core.photos.containers.orientation import orientation
from core.photos.containers.parts import Essence, damaged, too_many

MAX_BLOCKS = 50_000
"""Blocks before the first picture. Texts there may have 12 MB; a block costs the decoder a microsecond."""

_HEADER = 13
_BLOCK = re.compile(rb"[!,;]")  # an extension, a picture, or the end: whatever else stands there is skipped
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_XMP = b"\x0bXMP DataXMP"


def clean(data: bytes) -> Essence:
    """A GIF file from which everything before the first picture is gone that does not change its pixels.

    What follows the first picture is kept: the decoder does not look at it.
    TruncatedImageError if there is no picture, and for more blocks before it than any photo has.
    """
    if len(data) < _HEADER:
        raise damaged("GIF")
    start = _HEADER + _colours(data[10])
    control, xmp, at, blocks = b"", list[bytes](), start, 0
    while (found := _BLOCK.search(data, at)) and found[0] == b"!":
        at = found.start()
        label, begin = data[at + 1 : at + 2], at + 2
        end, count = _end_of_blocks(data, begin, MAX_BLOCKS - blocks)
        blocks += count
        if label == bytes((_GRAPHIC_CONTROL,)):
            control = data[at:end]
        elif label == bytes((_APPLICATION,)) and data.startswith(_XMP, begin):
            xmp.append(data[begin:end])
        at = end
    if found is None or found[0] != b",":
        raise damaged("GIF")
    return Essence(b"".join((data[:start], control, data[found.start() :])), orientation((), xmp))


def _colours(flags: int) -> int:
    """Bytes of the global colour table."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end_of_blocks(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Where a chain of blocks ends, each beginning with its length, and how many there are."""
    for count in range(1, most + 1):
        if at >= len(data):
            raise damaged("GIF")
        length = data[at]
        at += 1 + length
        if not length:
            return at, count
    raise too_many("GIF", mark("blocks before its picture"), MAX_BLOCKS)
