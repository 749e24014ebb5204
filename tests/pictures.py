"""Pictures made by hand, part by part: for what no encoder writes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF", "BMP")
"""By Pillow's names."""

PNG_START = b"\x89PNG\r\n\x1a\n"
XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"

NOISE: NDArray[np.uint8] = np.random.default_rng(7).integers(0, 256, (48, 64, 3), dtype=np.uint8)
"""(48, 64, 3): every format needs many bytes for it."""


def save(picture: NDArray[np.uint8] | Image.Image, file_format: str, **options: Any) -> bytes:
    """The bytes of a picture's file."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    if file_format == "HEIF":
        pillow_heif.from_pillow(image).save(file, **options)
    else:
        image.save(file, file_format, **options)
    return file.getvalue()


def huge_png(width: int = 100_000, height: int = 100_000) -> bytes:
    """A PNG of a few bytes whose header says that it is huge."""
    data = bytearray(save(np.zeros((32, 32), np.uint8), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


# --- metadata -------------------------------------------------------------------------------------


def exif(orientation: int, order: str = "<", kind: int = 3) -> bytes:
    """An EXIF block with an orientation and nothing else. kind: 1 for a byte, 3 for 16 bits, 4 for 32."""
    value = struct.pack(order + {1: "Bxxx", 3: "Hxx", 4: "I"}[kind], orientation)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IHHHI", 8, 1, 0x0112, kind, 1) + value + bytes(4)


def xmp_attribute(orientation: int | str) -> bytes:
    """An XMP packet that says the orientation as an attribute, as most programs do."""
    return _xmp(f' tiff:Orientation="{orientation}"/>')


def xmp_element(orientation: int | str) -> bytes:
    """An XMP packet that says the orientation as an element."""
    return _xmp(f"><tiff:Orientation>{orientation}</tiff:Orientation></rdf:Description>")


def _xmp(rest: str) -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:tiff="http://ns.adobe.com/tiff/1.0/"{rest}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


# --- PNG ------------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    """A chunk of a PNG; with another checksum than the right one if that is given."""
    right = zlib.crc32(kind + content) if checksum is None else checksum
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", right)


def png(
    width: int,
    height: int,
    bits: int,
    colour_type: int,
    packed_row: bytes,
    *chunks: bytes,
    image_data: bytes | None = None,
    interlaced: bool = False,
) -> bytes:
    """A PNG of rows that are all the same bytes. chunks: what comes before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, interlaced)
    rows = zlib.compress((b"\0" + packed_row) * height) if image_data is None else image_data
    parts = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return PNG_START + b"".join(parts)


def into_png(data: bytes, *chunks: bytes, late: bool = False) -> bytes:
    """A PNG with more chunks, before its pixels or after them."""
    at = data.rindex(b"IEND") - 4 if late else data.index(b"IDAT") - 4
    return data[:at] + b"".join(chunks) + data[at:]


def itxt(keyword: bytes, text: bytes, packed: bool = False) -> bytes:
    """A chunk of international text."""
    flag, text = (b"\1", zlib.compress(text)) if packed else (b"\0", text)
    return chunk(b"iTXt", keyword + b"\0" + flag + b"\0en\0\0" + text)


# --- the others -----------------------------------------------------------------------------------


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def into_jpeg(data: bytes, *parts: bytes) -> bytes:
    """A JPEG with more segments, or any bytes, right after its start."""
    return data[:2] + b"".join(parts) + data[2:]


def riff(kind: bytes, content: bytes) -> bytes:
    """A chunk of a WebP."""
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def into_webp(data: bytes, *chunks: bytes) -> bytes:
    """A simple WebP, as Pillow writes it, made an extended one with more chunks at its end."""
    width, height = Image.open(io.BytesIO(data)).size
    flags = 0x08 | 0x04  # EXIF and XMP
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + riff(b"VP8X", bytes((flags, 0, 0, 0)) + canvas) + data[12:] + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def into_gif(data: bytes, *blocks: bytes) -> bytes:
    """A GIF with more blocks before its first picture. Source: GIF89a, section 18."""
    start = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    return data[:start] + b"".join(blocks) + data[start:]


def gif_xmp(packet: bytes) -> bytes:
    """XMP in a GIF: text that is read as blocks, and a trailer in which every chain of blocks ends."""
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return b"!\xff\x0bXMP DataXMP" + packet + trailer


def box(kind: bytes, content: bytes) -> bytes:
    """A box of a HEIC."""
    return struct.pack(">I", len(content) + 8) + kind + content


def _full_box(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24) + content)


def heic_grid(tile: bytes, side: int, rows: int, cols: int, size: tuple[int, int]) -> bytes:
    """A HEIC whose picture is a grid in which every tile is the same one, given as a HEIC of its own.

    side: of the tile. size: width and height of the whole. Source: ISO/IEC 23008-12, section 6.6.2.3.
    """
    coded, configuration = _box_in(tile, b"mdat")[8:], _box_in(tile, b"hvcC")
    grid = struct.pack(">BBBBII", 0, 1, rows - 1, cols - 1, *size)
    sizes = [_full_box(b"ispe", struct.pack(">II", *each)) for each in ((side, side), size)]
    # The tile, item 2, has the first two properties; the grid, item 1, the third.
    associations = struct.pack(">I HBB HBBB", 2, 1, 1, 3, 2, 2, 1, 0x82)
    properties = box(b"ipco", sizes[0] + configuration + sizes[1]) + _full_box(b"ipma", associations)
    entries = b"".join(
        _full_box(b"infe", struct.pack(">HH", item, 0) + kind + b"\0", 2)
        for item, kind in ((1, b"grid"), (2, b"hvc1"))
    )
    references = struct.pack(f">HH{rows * cols}H", 1, rows * cols, *[2] * (rows * cols))

    def meta(coded_at: int) -> bytes:
        # The grid lies in the box idat (construction method 1), the tile in the file (method 0).
        places = struct.pack(
            ">BBH HHHHII HHHHII", 0x44, 0, 2, 1, 1, 0, 1, 0, 12, 2, 0, 0, 1, coded_at, len(coded)
        )
        parts = (
            _full_box(b"hdlr", b"\0\0\0\0pict" + bytes(13)),
            _full_box(b"pitm", b"\0\1"),
            _full_box(b"iinf", b"\0\2" + entries),
            _full_box(b"iref", box(b"dimg", references)),
            box(b"iprp", properties),
            box(b"idat", grid),
            _full_box(b"iloc", places, 1),
        )
        return _full_box(b"meta", b"".join(parts))

    start = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    return start + meta(len(start) + len(meta(0)) + 8) + box(b"mdat", coded)


def _box_in(data: bytes, kind: bytes) -> bytes:
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]


def with_metadata(file_format: str, *, exif_block: bytes | None = None, xmp: bytes | None = None) -> bytes:
    """NOISE in a format, with metadata where the format has a place for it."""
    data = save(NOISE, file_format)
    if file_format == "JPEG":
        parts = [] if exif_block is None else [segment(0xE1, b"Exif\0\0" + exif_block)]
        return into_jpeg(data, *parts, *([] if xmp is None else [segment(0xE1, XMP_MARK + xmp)]))
    if file_format == "PNG":
        parts = [] if exif_block is None else [chunk(b"eXIf", exif_block)]
        return into_png(data, *parts, *([] if xmp is None else [itxt(b"XML:com.adobe.xmp", xmp)]))
    if file_format == "WEBP":
        parts = [] if exif_block is None else [riff(b"EXIF", exif_block)]
        return into_webp(data, *parts, *([] if xmp is None else [riff(b"XMP ", xmp)]))
    if file_format == "GIF":
        return into_gif(data, *([] if xmp is None else [gif_xmp(xmp)]))
    raise ValueError(f"{file_format} has no place for metadata here")
