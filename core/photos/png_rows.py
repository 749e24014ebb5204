"""A PNG written from top to bottom, some rows at a time: pictures of any size in the memory of a few rows."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _PALETTE = 2, 3
_NO_FILTER, _FROM_THE_LEFT = 0, 1

_LEVEL = 5
"""Of zlib: 12 megapixels take seconds. Higher levels take many times as long and save a few per cent."""

# Source of the format: W3C, "Portable Network Graphics (PNG) Specification", third edition.


def write_rgb(bands: Iterable[NDArray[np.uint8]], height: int, width: int, file: BinaryIO) -> None:
    """Write a picture in colours. bands: (rows, width, 3) uint8, `height` rows together."""
    _write(bands, (height, width), _RGB, file)


def write_indices(
    bands: Iterable[NDArray[np.uint8]],
    height: int,
    width: int,
    palette: NDArray[np.uint8],
    file: BinaryIO,
) -> None:
    """Write a palette picture. bands: (rows, width) uint8. palette: (C, 3) uint8, then black."""
    _write(bands, (height, width), _PALETTE, file, palette.tobytes().ljust(256 * 3, b"\0"))


def _write(
    bands: Iterable[NDArray[np.uint8]],
    size: tuple[int, int],
    colour_type: int,
    file: BinaryIO,
    palette: bytes | None = None,
) -> None:
    height, width = size
    file.write(_SIGNATURE)
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))
    if palette is not None:
        _chunk(file, b"PLTE", palette)
    deflate = zlib.compressobj(_LEVEL)
    for band in bands:
        _chunk(file, b"IDAT", deflate.compress(_filtered(band)))
    _chunk(file, b"IDAT", deflate.flush())
    _chunk(file, b"IEND", b"")


def _filtered(band: NDArray[np.uint8]) -> bytes:
    """Rows as they are compressed: the filter's number, then the samples.

    A photo's pixels are near those to their left, so their differences compress better; indices do not.
    """
    rows = band.reshape(len(band), -1)
    lines = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    lines[:, 1:] = rows
    lines[:, 0] = _NO_FILTER
    if band.ndim == 3:
        lines[:, 0] = _FROM_THE_LEFT
        lines[:, 4:] -= rows[:, :-3]  # modulo 256, as the format says
    return lines.tobytes()


def _chunk(file: BinaryIO, kind: bytes, content: bytes) -> None:
    if kind == b"IDAT" and not content:  # the compressor still collects
        return
    file.write(struct.pack(">I", len(content)) + kind + content)
    file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))
