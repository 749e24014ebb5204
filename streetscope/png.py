"""The index values of a PNG, so that a mask needs no picture library.

Source: PNG Specification, third edition (W3C), sections 7.2, 9.2 and 11.2.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_INDEXED = (8, 3, 0, 0, 0)
"""Bits, colour type, and the only compression, filtering and order of rows that the service uses."""

_MOST_PIXELS = 2048 * 2048


def png_size(png: bytes) -> tuple[int, int]:
    """The (height, width) of a PNG. ValueError if it is none, or larger than any answer."""
    height, width, *_ = _header(png)
    return height, width


def has_index_values(png: bytes) -> bool:
    """Whether a PNG has a palette, and 8 bits a pixel. ValueError as for `png_size`."""
    return _header(png)[2:] == _INDEXED


def index_values(png: bytes) -> bytes:
    """height * width index values, row by row. ValueError for a PNG that has none, or is not whole."""
    height, width, *_ = _header(png)
    if not has_index_values(png):
        raise ValueError("this PNG has no index values of 8 bits")
    packed = b"".join(data for name, data in _chunks(png) if name == b"IDAT")
    rows = zlib.decompressobj().decompress(packed, height * (width + 1))
    if len(rows) != height * (width + 1):
        raise ValueError("this PNG is not whole")
    values, above = bytearray(), bytes(width)
    for start in range(0, len(rows), width + 1):
        above = _unfiltered(rows[start], rows[start + 1 : start + 1 + width], above)
        values += above
    return bytes(values)


def _header(png: bytes) -> tuple[int, ...]:
    name, data = next(_chunks(png), (b"", b""))
    if name != b"IHDR":
        raise ValueError("this is no PNG")
    width, height, *kind = _HEADER.unpack(data)
    if not 0 < width * height <= _MOST_PIXELS:
        raise ValueError("this PNG is larger than any answer")
    return height, width, *kind


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents; the sums at their ends are not checked, for zlib has one of its own."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("this is no PNG")
    at = len(_SIGNATURE)
    while at + 8 <= len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """A row without its filter, given the one above; a pixel has one byte."""
    if kind == 0:
        return row
    if kind > 4:
        raise ValueError("this PNG has a filter that there is not")
    found = bytearray(row)
    left = upper_left = 0
    for col, up in enumerate(above):
        guess = (left, up, (left + up) // 2, _paeth(left, up, upper_left))[kind - 1]
        left = found[col] = (found[col] + guess) & 0xFF
        upper_left = up
    return bytes(found)


def _paeth(left: int, up: int, upper_left: int) -> int:
    guess = left + up - upper_left
    distances = (abs(guess - left), abs(guess - up), abs(guess - upper_left))
    return (left, up, upper_left)[distances.index(min(distances))]
