"""Pictures that cost a decoder as much as they can, each within what an upload may have."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from core.photos.containers import bmp, jpeg
from core.photos.images import MAX_BYTES, MAX_PIXELS, MAX_WEBP_PIXELS
from tests.pictures import (
    NOISE,
    PNG_START,
    chunk,
    heic_grid,
    into_gif,
    into_jpeg,
    into_png,
    into_webp,
    riff,
    save,
    segment,
)

_ROOM = MAX_BYTES - 64 * 1024
"""For the part that is repeated; the rest of the file fits into the difference."""
_WIDTH, _HEIGHT = 8660, MAX_PIXELS // 8660
# Adam7's passes: first column and row, then the steps. Source: PNG specification, third edition, section 8.1.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def dear_pictures() -> Mapping[str, Callable[[], bytes]]:
    """How to make each of them, by what is dear in it."""
    return {**_jpegs(), **_pngs(), **_others()}


def _jpegs() -> dict[str, Callable[[], bytes]]:
    plain, large = save(NOISE, "JPEG"), save(_noise(2400, 2400), "JPEG", progressive=True, quality=60)
    last_scan = large[large.rindex(b"\xff\xda") : -2]
    return {
        "JPEG: fill bytes": lambda: into_jpeg(plain, b"\xff" * _ROOM),
        "JPEG: fill bytes in the scan": lambda: plain[:-2] + b"\xff" * _ROOM + plain[-2:],
        "JPEG: stuffed fill bytes": lambda: plain[:-2] + _fill(b"\xff\xff\xff\0") + plain[-2:],
        "JPEG: bytes after the scan": lambda: plain[:-2] + bytes(_ROOM) + plain[-2:],
        "JPEG: empty segments": lambda: into_jpeg(plain, _fill(b"\xff\xe1\0\2")),
        "JPEG: large segments": lambda: into_jpeg(plain, _fill(segment(0xE1, bytes(65_000)))),
        "JPEG: comments": lambda: into_jpeg(plain, _fill(segment(0xFE, b"x"))),
        "JPEG: quantisation tables": lambda: into_jpeg(
            plain, _fill(segment(0xDB, (b"\0" + b"\1" * 64) * 900))
        ),
        "JPEG: Huffman tables": lambda: into_jpeg(plain, _fill(segment(0xC4, _huffman() * 2000))),
        "JPEG: as many tables as are read": lambda: into_jpeg(
            plain, segment(0xDB, (b"\0" + b"\1" * 64) * 1000) * (jpeg.MAX_TABLE_BYTES // 65_100)
        ),
        "JPEG: restart intervals": lambda: into_jpeg(plain, _fill(segment(0xDD, b"\0\1"))),
        "JPEG: restart markers": lambda: plain[:-2] + _fill(b"\xff\xd0\xff\xd5") + plain[-2:],
        "JPEG: a restart for each block": lambda: save(
            Image.new("L", (7000, 7000), 99), "JPEG", restart_marker_blocks=1
        ),
        "JPEG: empty scans": lambda: into_scans(large, segment(0xDA, b"\1\1\0\1\1\0")),
        "JPEG: full scans": lambda: into_scans(large, last_scan),
        "JPEG: without an end": lambda: large[:-2],
        "JPEG: 50 megapixels": lambda: save(_blank("RGB"), "JPEG", progressive=True, subsampling=2),
        "JPEG: 50 megapixels of inks": lambda: save(_blank("CMYK"), "JPEG"),
    }


def into_scans(data: bytes, scan: bytes) -> bytes:
    """As many scans as are read, within the file's size."""
    there = data.count(b"\xff\xda")
    most = min(jpeg.MAX_SCANS, jpeg.MAX_SCANNED_PIXELS // (2400 * 2400)) - there
    return data[:-2] + scan * min(most, (_ROOM - len(data)) // len(scan)) + data[-2:]


def _pngs() -> dict[str, Callable[[], bytes]]:
    plain = save(NOISE, "PNG")
    return {
        "PNG: empty chunks": lambda: into_png(plain, _fill(chunk(b"prVt", b""))),
        "PNG: empty chunks of pixels": lambda: into_png(plain, _fill(chunk(b"IDAT", b""))),
        "PNG: as many chunks as are read": lambda: into_png(plain, chunk(b"IDAT", b"") * 99_000),
        "PNG: palettes": lambda: into_png(plain, _fill(chunk(b"PLTE", b"\1\2\3" * 200))),
        "PNG: profiles": lambda: into_png(plain, _fill(chunk(b"iCCP", b"a\0\0" + _packed_zeros(30)))),
        "PNG: texts": lambda: into_png(plain, _fill(chunk(b"iTXt", _xmp_start() + _packed_zeros(30)))),
        "PNG: a text of 40 MB": lambda: into_png(plain, chunk(b"tEXt", _fill(b"tiff:Orientation "))),
        "PNG: EXIF of 40 MB": lambda: into_png(plain, chunk(b"eXIf", b"MM\0*\0\0\0\x08" + b"\xff" * _ROOM)),
        "PNG: more pixels than its header says": lambda: _png(64, 64, 8, 0, 0, _packed_zeros(400)),
        "PNG: 50 megapixels": lambda: _large_png(8, 2, 3, interlaced=False),
        "PNG: 50 megapixels of 16 bits, transparent": lambda: _large_png(16, 6, 8, interlaced=False),
        "PNG: 50 megapixels of 16 bits, interlaced": lambda: _large_png(16, 6, 8, interlaced=True),
        "PNG: a row of a million pixels": lambda: _png(
            MAX_PIXELS // 32, 32, 8, 2, 0, zlib.compress((b"\4" + bytes(MAX_PIXELS // 32 * 3)) * 32, 1)
        ),
        "PNG: 40 MB of noise": lambda: save(_noise(3400, 3900), "PNG", compress_level=0),
    }


def _others() -> dict[str, Callable[[], bytes]]:
    gif, webp, heic = save(NOISE, "GIF"), save(NOISE, "WEBP"), save(NOISE, "HEIF")
    start = int.from_bytes(heic[:4], "big")
    return {
        "GIF: comments of a byte": lambda: into_gif(gif, b"!\xfe" + b"\1x" * (_ROOM // 2) + b"\0"),
        "GIF: large comments": lambda: into_gif(gif, b"!\xfe" + _fill(b"\xff" + b"x" * 255) + b"\0"),
        "GIF: empty extensions": lambda: into_gif(gif, _fill(b"!\xff\0")),
        "GIF: bytes between blocks": lambda: into_gif(gif, bytes(_ROOM)),
        "GIF: pictures": lambda: gif[:-1] + _fill(gif[13 + 768 : -1]) + b";",
        "GIF: pixels a byte at a time": lambda: _gif_of_small_blocks(gif),
        "GIF: 50 megapixels": lambda: save(_blank("P"), "GIF"),
        "BMP: runs of a pixel": lambda: _bmp(4000, 2000, 1, b"\1\0"),
        "BMP: runs of half a byte": lambda: _bmp(4000, 2000, 2, b"\xff\0"),
        "BMP: ends of rows": lambda: _bmp(2000, 4000, 1, b"\1\0\0\0"),
        "BMP: jumps": lambda: _bmp(4000, 2000, 1, b"\0\2\0\0"),
        "BMP: as many runs as an upload has": lambda: _bmp(64, 64, 1, b"\0\2\0\0", _ROOM),
        "BMP: 40 MB": lambda: save(Image.new("L", (6400, 6200)), "BMP"),
        "BMP: 50 megapixels of a bit": lambda: save(_blank("1"), "BMP"),
        "WebP: chunks": lambda: into_webp(webp, _fill(riff(b"abcd", b""))),
        "WebP: pictures": lambda: into_webp(webp, _fill(riff(b"ANMF", bytes(16)))),
        "WebP: 33 megapixels": lambda: save(_flat(MAX_WEBP_PIXELS), "WEBP", method=0),
        "WebP: 33 megapixels, lossless": lambda: save(
            _flat(MAX_WEBP_PIXELS), "WEBP", lossless=True, method=0
        ),
        "HEIC: boxes": lambda: heic[:start] + _fill(b"\0\0\0\x08free") + heic[start:],
        "HEIC: boxes at its end": lambda: heic + _fill(b"\0\0\0\x08free"),
        "HEIC: brands": lambda: (
            struct.pack(">I", 16 + _ROOM) + b"ftypheic\0\0\0\0" + _fill(b"mif1") + heic[start:]
        ),
        "HEIC: boxes in boxes": lambda: (
            heic[:start]
            + b"".join(struct.pack(">I", 8 * n) + b"moov" for n in range(200_000, 0, -1))
            + heic[start:]
        ),
        "HEIC: a large tile a thousand times": lambda: _grid(4096, 25, 40, (4096, 4096)),
        "HEIC: 48 megapixels in tiles": lambda: _grid(512, 14, 13, (13 * 512, 14 * 512)),
        "HEIC: 24 megapixels": lambda: save(_flat(24_000_000), "HEIF", quality=20),
    }


def _grid(side: int, rows: int, cols: int, size: tuple[int, int]) -> bytes:
    return heic_grid(save(_flat(side**2), "HEIF", quality=20), side, rows, cols, size)


def _fill(part: bytes) -> bytes:
    return part * (_ROOM // len(part))


def _noise(height: int, width: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(9).integers(0, 256, (height, width, 3), dtype=np.uint8))


def _blank(mode: str) -> Image.Image:
    return Image.new(mode, (_WIDTH, _HEIGHT))


def _flat(pixels: int) -> Image.Image:
    side = int(pixels**0.5)
    return Image.new("RGB", (side, side), (90, 100, 110))


def _huffman() -> bytes:
    """A table of one code of one bit: class and number, how many codes of each length, the codes."""
    return b"\0\1" + bytes(15) + b"\0"


def _packed_zeros(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1024 * 1024), 1)


def _xmp_start() -> bytes:
    return b"XML:com.adobe.xmp\0\1\0\0\0"


def _png(width: int, height: int, bits: int, colours: int, interlaced: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, interlaced)
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _large_png(bits: int, colours: int, bytes_a_pixel: int, *, interlaced: bool) -> bytes:
    """50 megapixels whose rows all have the dearest filter, Paeth's."""
    packer = zlib.compressobj(1)
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    packed = []
    for column, row, across, down in passes:
        pixels = (_WIDTH - column + across - 1) // across
        rows = (_HEIGHT - row + down - 1) // down
        one = b"\4" + bytes(pixels * bytes_a_pixel)
        packed += [packer.compress(one) for _ in range(rows)]
    return _png(_WIDTH, _HEIGHT, bits, colours, interlaced, b"".join([*packed, packer.flush()]))


def _gif_of_small_blocks(gif: bytes) -> bytes:
    """A GIF whose codes, clear and clear again, come a byte at a time."""
    start = gif.index(b",\0\0\0\0")
    return gif[: start + 10] + b"\x08" + _fill(b"\1\0") + b"\0;"


def _bmp(width: int, height: int, packing: int, run: bytes, room: int = bmp.MAX_PACKED_BYTES - 4096) -> bytes:
    runs = run * (room // len(run))
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8 // packing, packing, len(runs), 0, 0, 0, 0)
    palette = bytes(range(256)) * 4 if packing == 1 else bytes(64)
    offset = 14 + len(header) + len(palette)
    return struct.pack("<2sIII", b"BM", offset + len(runs), 0, offset) + header + palette + runs
