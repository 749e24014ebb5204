"""Index values without a picture library, as Pillow reads them."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.photos.images import encode_index_png
from streetscope.png import has_index_values, index_values, png_size


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows: bytes, height: int, width: int, colour: int = 3, depth: int = 8) -> bytes:
    """A PNG of rows that begin with their filter."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    packed = zlib.compress(rows)
    data = chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", packed[5:])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", bytes(768))
        + data
        + chunk(b"IEND", b"")
    )


def test_every_filter_is_undone_as_pillow_does_it():
    noise = np.random.default_rng(0).integers(0, 256, (40, 31), np.uint8)
    noise[:, 0] = np.arange(40) % 5  # each row's filter
    made = png(noise.tobytes(), 40, 30)

    assert index_values(made) == Image.open(io.BytesIO(made)).tobytes()


def test_a_mask_of_the_service_is_what_it_was():
    labels = np.random.default_rng(1).integers(0, 32, (48, 40), np.uint8)
    made = encode_index_png(labels, np.zeros((32, 3), np.uint8))

    assert (png_size(made), index_values(made)) == ((48, 40), labels.tobytes())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture at all",
        b"\x89PNG\r\n\x1a\n",
        png(bytes(10), 3, 2)[:40],
        png(bytes(8), 3, 2),
        png(bytes((9, 0, 0)), 1, 2),
        png(b"", 0, 0),
        png(b"", 100_000, 100_000),
        png(bytes(7), 1, 2, colour=2),
        png(bytes(2), 1, 2, depth=4),
    ],
    ids=[
        "nothing",
        "no PNG",
        "no header",
        "half a PNG",
        "rows are missing",
        "an unknown filter",
        "no pixel",
        "ten thousand megapixels",
        "three channels",
        "4 bits",
    ],
)
def test_what_is_no_mask_is_refused(data):
    with pytest.raises((ValueError, zlib.error)):
        index_values(data)


def test_colours_are_no_index_values():
    assert has_index_values(png(bytes(3), 1, 2))
    assert not has_index_values(png(bytes(7), 1, 2, colour=2))
