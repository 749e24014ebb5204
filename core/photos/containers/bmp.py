"""BMP: kept as it is, for it has nothing but pixels; packed ones are bounded.

Source: Microsoft, Bitmap storage (BITMAPINFOHEADER), and RLE compression.
"""

from __future__ import annotations

import struct

from core.errors import ImageTooLargeError
from core.languages import sentence
from core.photos.containers.parts import Essence

MAX_PACKED_BYTES = 4 * 1024 * 1024
"""Bytes of a file whose pixels are packed as runs: the decoder takes a microsecond for each two."""

MAX_PACKED_PIXELS = 8_000_000
"""Pixels of such a picture: a run is spread out pixel by pixel."""

_SHORT_HEADER = 12  # the one of OS/2, which has no compression
_RUNS = (1, 2)  # BI_RLE8, BI_RLE4


def clean(data: bytes) -> Essence:
    """The same file. ImageTooLargeError for runs that would take the decoder seconds."""
    if len(data) >= 34 and data[14] != _SHORT_HEADER:
        width, height, _, _, packing = struct.unpack_from("<iiHHI", data, 18)
        pixels = abs(width) * abs(height)
        if packing in _RUNS and (len(data) > MAX_PACKED_BYTES or pixels > MAX_PACKED_PIXELS):
            raise ImageTooLargeError(
                sentence(
                    "This BMP file holds its pixels as runs, which take long to unpack at this size; give "
                    "the picture saved again as PNG."
                )
            )
    return Essence(data)
