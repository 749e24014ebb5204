"""WebP: the first picture is kept; profiles, later frames and unknown chunks are dropped.

Source: WebP Container Specification (RFC 9649, section 2).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from core.languages import mark
from core.photos.containers.orientation import orientation
from core.photos.containers.parts import Essence, damaged, too_many

MAX_CHUNKS = 10_000
"""A photo has up to six; an animation one for each frame."""

_HEADER = 12
_PICTURE, _FRAME = (b"VP8 ", b"VP8L"), b"ANMF"
_KEPT = (b"VP8X", b"ANIM", b"ALPH", *_PICTURE)
# Flags of a VP8X chunk: profile, EXIF and XMP, which are dropped. Section 2.7.1.
_DROPPED_FLAGS = 0x20 | 0x08 | 0x04


@dataclass
class _Walk:
    kept: list[bytes] = field(default_factory=list)
    exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    has_picture: bool = False


def clean(data: bytes) -> Essence:
    """The first picture of a WebP file, with its transparency, alone in a new file.

    TruncatedImageError if it is cut short, and for more chunks than any photo has.
    """
    walk, at = _Walk(), _HEADER
    # The file says how long it is; what follows is not part of the picture.
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > end:
            if not walk.has_picture:
                raise damaged("WebP")
            break
        _take(walk, kind, data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    else:
        raise too_many("WebP", mark("chunks"), MAX_CHUNKS)
    if not walk.has_picture:
        raise damaged("WebP")
    body = b"WEBP" + b"".join(walk.kept)
    return Essence(b"RIFF" + struct.pack("<I", len(body)) + body, orientation(walk.exif, walk.xmp))


def _take(walk: _Walk, kind: bytes, content: bytes) -> None:
    if kind == b"EXIF":
        walk.exif.append(content)
    elif kind == b"XMP ":
        walk.xmp.append(content)
    elif not walk.has_picture and kind in (*_KEPT, _FRAME):
        walk.has_picture = kind in (*_PICTURE, _FRAME)
        if kind == b"VP8X" and content:
            content = bytes((content[0] & ~_DROPPED_FLAGS,)) + content[1:]
        walk.kept.append(_chunk(kind, content))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return b"".join((kind, struct.pack("<I", len(content)), content, b"\0" * (len(content) % 2)))
