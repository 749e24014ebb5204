"""PNG: header, palette, transparency and pixels are kept; all else is read for its orientation or dropped.

Source: Portable Network Graphics (PNG) Specification, third edition, sections 5 and 11.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from dataclasses import dataclass, field

from core.languages import mark
from core.photos.containers.orientation import orientation
from core.photos.containers.parts import Essence, damaged, too_many

MAX_CHUNKS = 100_000
"""Pixels come in chunks of 8 kB from most programs: 5000 of them in the largest file that we take."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_KEPT = (b"IHDR", b"PLTE", b"tRNS")
_MAX_KEPT = 8
_MAX_UNPACKED = 1024 * 1024
"""Bytes to which a text is unpacked while an orientation is looked for."""
_XMP = b"XML:com.adobe.xmp"
# ImageMagick keeps EXIF as hexadecimal text: a line feed, the name, the length, then the digits.
_RAW_EXIF = (b"Raw profile type exif", b"Raw profile type APP1")


@dataclass
class _Walk:
    kept: list[bytes] = field(default_factory=list)
    pixels: list[memoryview] = field(default_factory=list)
    exif: list[bytes] = field(default_factory=list)
    raw_exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)


def clean(data: bytes) -> Essence:
    """The still picture of a PNG file, its pixels in one chunk, without whatever else the file has.

    Profiles and texts may be of any size, packed in any way and have wrong checksums; so may anything after
    the pixels. A wrong checksum of a header, a palette or a transparency is damage; the pixels have one of
    their own, which the decoder checks.
    TruncatedImageError for that and for more chunks than any photo has. Linear in the file's size.
    """
    walk, view, at = _Walk(), memoryview(data), len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 8 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            break
        _take(walk, kind, view[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length])
        at += 12 + length
    else:
        raise too_many("PNG", mark("chunks"), MAX_CHUNKS)
    pixels = chunk(b"IDAT", b"".join(walk.pixels))
    whole = b"".join((SIGNATURE, *walk.kept, pixels, chunk(b"IEND", b"")))
    return Essence(whole, orientation(walk.exif or walk.raw_exif, walk.xmp))


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk as it stands in the file: length, kind, content and checksum."""
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", checksum)))


def _take(walk: _Walk, kind: bytes, content: memoryview, checksum: bytes) -> None:
    if kind == b"IDAT":
        walk.pixels.append(content)
    elif kind in _KEPT and not walk.pixels:
        _keep(walk, kind, bytes(content), checksum)
    elif kind == b"eXIf":
        walk.exif.append(bytes(content))
    elif kind in (b"iTXt", b"zTXt", b"tEXt"):
        _read_text(walk, kind, content)
    elif not kind.isalpha() and not walk.pixels:
        raise damaged("PNG")


def _keep(walk: _Walk, kind: bytes, content: bytes, checksum: bytes) -> None:
    whole = chunk(kind, content)
    if whole[-4:] != checksum:
        raise damaged("PNG")
    if len(walk.kept) == _MAX_KEPT:
        raise too_many("PNG", mark("palettes"), _MAX_KEPT)
    walk.kept.append(whole)


def _read_text(walk: _Walk, kind: bytes, content: memoryview) -> None:
    keyword, found, _ = bytes(content[:80]).partition(b"\0")
    if found and keyword == _XMP and len(walk.xmp) < _MAX_KEPT:
        walk.xmp.append(_text(kind, bytes(content[len(keyword) + 1 :])))
    elif found and keyword in _RAW_EXIF and len(walk.raw_exif) < _MAX_KEPT:
        walk.raw_exif.append(_from_digits(_text(kind, bytes(content[len(keyword) + 1 :]))))


def _text(kind: bytes, content: bytes) -> bytes:
    """The beginning of a text, unpacked; sections 11.3.3.2 to 11.3.3.4."""
    packed = kind == b"zTXt"
    if kind == b"iTXt":
        packed = content[:1] == b"\1"
        # compression flag and method, then language and translated keyword, each ended by a zero
        content = content[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif packed:
        content = content[1:]
    if not packed:
        return content[:_MAX_UNPACKED]
    try:
        return zlib.decompressobj().decompress(content, _MAX_UNPACKED)
    except zlib.error:
        return b""


def _from_digits(text: bytes) -> bytes:
    try:
        return binascii.unhexlify(b"".join(text.split()[2:]))
    except ValueError:
        return b""
