"""JPEG: tables, frame and scans are kept, application segments and comments are read for their orientation.

Source of markers and syntax: ITU-T T.81, annex B; of EXIF and XMP segments: Exif 2.32, section 4.7.2, and
XMP specification part 3, section 1.1.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.errors import TruncatedImageError
from core.languages import mark, sentence
from core.photos.containers.orientation import orientation
from core.photos.containers.parts import Essence, damaged, too_many

MAX_SEGMENTS = 5000
"""A photo has some twenty; one with a large profile and a large preview in pieces of 64 kB a few hundred."""

MAX_TABLE_BYTES = 1024 * 1024
"""Tables and headers together. A baseline photo has 600 bytes of them, a progressive one a few kilobytes."""

MAX_SCANS = 100
"""A progressive JPEG has about 10 scans."""

MAX_SCANNED_PIXELS = 600_000_000
"""Pixels of all scans together, twelve scans of 50 megapixels. A scan of 75 bytes takes as long to decode as
one of megabytes, so that a small file could otherwise keep a processor busy for hours."""

_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_SOI, _EOI, _SOS, _APP0, _APP1, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
# Without a length: restart markers and the temporary one.
_BARE = {0x01, *range(0xD0, 0xD8)}
# SOF0 ... SOF15 without DHT, JPG and DAC, which lie between them.
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NOT_KEPT = {*range(0xE0, 0xF0), _COM}
# But for two that tell which colour space it is, if they are as long as they must be: libjpeg, jdmarker.c.
_COLOUR_SPACES = {_APP0: (b"JFIF\0", 14), _APP14: (b"Adobe", 12)}
_NEXT_MARKER = re.compile(rb"\xff[^\0\xff]", re.DOTALL)
_END_OF_SCAN = re.compile(rb"\xff[^\0\xd0-\xd7\xff]", re.DOTALL)


@dataclass
class _Walk:
    """What has been seen of a file so far.

    given: for each component the coefficients, as bits, that are there to their last bit.
    """

    kept: list[bytes] = field(default_factory=lambda: [b"\xff\xd8"])
    exif: list[bytes] = field(default_factory=list)
    xmp: list[bytes] = field(default_factory=list)
    segments: int = 0
    table_bytes: int = 0
    scans: int = 0
    pixels: int = 0
    given: dict[int, int] = field(default_factory=dict)


def clean(data: bytes) -> Essence:
    """The first picture of a JPEG file, without application segments, comments and fill bytes.

    Linear in the file's size. A missing end marker is put there if every component of the picture has been
    given to its last bit; `doubtful` then says that the end of the last scan is still in doubt.
    TruncatedImageError if that is not so, and for more segments or scans than any photo has.
    """
    walk, at, ended = _Walk(), 2, False
    while not ended and (found := _NEXT_MARKER.search(data, at)):
        marker, at = data[found.start() + 1], found.end()
        _count(walk)
        if marker == _EOI:
            ended = True
        elif marker not in _BARE:
            at = _segment(walk, data, marker, at)
    if not walk.scans or (not ended and not _is_complete(walk)):
        raise damaged("JPEG")
    walk.kept.append(b"\xff\xd9")
    return Essence(b"".join(walk.kept), orientation(walk.exif, walk.xmp), doubtful=not ended)


def _count(walk: _Walk) -> None:
    walk.segments += 1
    if walk.segments > MAX_SEGMENTS:
        raise too_many("JPEG", mark("segments"), MAX_SEGMENTS)


def _segment(walk: _Walk, data: bytes, marker: int, at: int) -> int:
    """Take in the segment whose length stands at `at`; returns where the next marker is to be looked for."""
    length = int.from_bytes(data[at : at + 2], "big")
    end = at + length
    if length < 2 or end > len(data) or marker == _SOI:
        raise damaged("JPEG")
    content = data[at + 2 : end]
    if marker == _APP1 and not walk.scans:
        _read_metadata(walk, content)
    if marker in _NOT_KEPT and not _tells_colour_space(marker, content):
        return end
    walk.table_bytes += length
    if walk.table_bytes > MAX_TABLE_BYTES:
        raise too_many("JPEG", mark("bytes of tables"), MAX_TABLE_BYTES)
    walk.kept.append(bytes((0xFF, marker)) + data[at:end])
    if marker in _FRAMES:
        _read_frame(walk, content)
    return end if marker != _SOS else _scan(walk, data, content, end)


def _tells_colour_space(marker: int, content: bytes) -> bool:
    start, least = _COLOUR_SPACES.get(marker, (b"", 1 << 16))
    return content.startswith(start) and len(content) >= least


def _read_metadata(walk: _Walk, content: bytes) -> None:
    if content.startswith(_EXIF):
        walk.exif.append(content)
    elif content.startswith(_XMP):
        walk.xmp.append(content)


def _read_frame(walk: _Walk, content: bytes) -> None:
    if len(content) < 6:
        raise damaged("JPEG")
    walk.pixels = int.from_bytes(content[1:3], "big") * int.from_bytes(content[3:5], "big")
    walk.given = dict.fromkeys(content[6 : 6 + 3 * content[5] : 3], 0)


def _scan(walk: _Walk, data: bytes, header: bytes, start: int) -> int:
    walk.scans += 1
    if walk.scans > min(MAX_SCANS, max(1, MAX_SCANNED_PIXELS // max(1, walk.pixels))):
        raise _too_many_scans(data, walk)
    _note_given(walk, header)
    found = _END_OF_SCAN.search(data, start)
    end = found.start() if found else len(data)
    walk.kept.append(_without_fill_bytes(data[start:end]))
    return end


def _too_many_scans(data: bytes, walk: _Walk) -> TruncatedImageError:
    # Start-of-scan marker and segment length, 6 + 2 * components: ITU-T T.81, section B.2.3.
    scans = len(re.findall(rb"\xff\xda\0[\x08\x0a\x0c\x0e]", data))
    most = walk.scans - 1
    return TruncatedImageError(
        sentence(
            "This JPEG file has {scans} scans where a photo of its size has at most {most}; give the "
            "picture saved again as an ordinary JPEG.",
            scans=max(scans, walk.scans),
            most=most,
        )
    )


def _note_given(walk: _Walk, header: bytes) -> None:
    """Note the coefficients that a scan gives to their last bit: successive approximation of 0."""
    components = header[0] if header else 0
    if len(header) < 4 + 2 * components:
        raise damaged("JPEG")
    first, last, approximation = header[1 + 2 * components : 4 + 2 * components]
    if approximation & 0x0F == 0:
        coefficients = (1 << (last + 1)) - (1 << min(first, last))
        for component in header[1 : 1 + 2 * components : 2]:
            walk.given[component] = walk.given.get(component, 0) | coefficients


def _is_complete(walk: _Walk) -> bool:
    whole = (1 << 64) - 1
    return bool(walk.given) and all(given & whole == whole for given in walk.given.values())


def _without_fill_bytes(scan: bytes) -> bytes:
    """Coded data with one 0xFF wherever there are several: section B.1.1.2 allows any number before a marker.

    libjpeg would look at them again and again. Each pass halves the longest run, so there are at most 26.
    """
    scan = scan.rstrip(b"\xff")
    while b"\xff\xff" in scan:
        scan = scan.replace(b"\xff\xff", b"\xff")
    return scan
