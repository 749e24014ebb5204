"""HEIC: kept as it is, for its decoder wants the boxes where they are; what it has to decode is counted.

Source: ISO/IEC 14496-12 (boxes, iref), ISO/IEC 23008-12 (items, ispe and ipma, grids), and libheif's limits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import TruncatedImageError
from core.languages import mark, sentence
from core.photos.containers.parts import Essence, damaged, too_many

MAX_BOXES = 5000
"""Boxes beside each other. A photo has some ten at the top, and a few for each of its properties."""

MAX_ENTRIES = 100_000
"""Numbers of items and properties. The decoder takes at most 1000 items."""

MAX_TILE_PIXELS = 75_000_000
"""Pixels of all tiles of one picture: as many as the largest photo has, and half as many for the edges."""

_UNKNOWN = MAX_TILE_PIXELS + 1  # the size of a tile that does not say it


@dataclass
class _Items:
    """What one meta box says of its items.

    sizes: pixels by the number of a property. properties: by item. tiles: items that an item is made of.
    """

    sizes: dict[int, int] = field(default_factory=dict)
    properties: dict[int, list[int]] = field(default_factory=dict)
    tiles: dict[int, list[int]] = field(default_factory=dict)
    entries: int = 0

    def count(self, entries: int) -> None:
        """Note that so many more numbers of items and properties are to be read."""
        self.entries += entries
        if self.entries > MAX_ENTRIES:
            raise too_many("HEIC", mark("references to items"), MAX_ENTRIES)


def clean(data: bytes) -> Essence:
    """The same file, upright: the container's own rotation is applied while it is decoded.

    An EXIF orientation only repeats that rotation: ISO/IEC 23008-12, section 6.5.10 and annex A.2.
    TruncatedImageError if one of its pictures is made of more pixels in tiles than any photo, and for more
    parts than any photo has.
    """
    for kind, content in _boxes(memoryview(data)):
        if kind == b"meta":
            _check(_items(content[4:]))
    return Essence(data)


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The boxes that lie beside each other in some bytes: their kinds and contents."""
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind, header = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8]), 8
        if size == 1:  # the size follows in eight bytes
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at  # 0: to the end
        if size < header:
            return  # the decoder reads no further either
        yield kind, data[at + header : at + size]
        at += size
    raise too_many("HEIC", mark("boxes beside each other"), MAX_BOXES)


def _items(meta: memoryview) -> _Items:
    items = _Items()
    for kind, content in _boxes(meta):
        if kind == b"iref":
            _read_references(items, content)
        elif kind == b"iprp":
            for inner, properties in _boxes(content):
                if inner == b"ipco":
                    _read_sizes(items, properties)
                elif inner == b"ipma":
                    _read_associations(items, properties)
    return items


def _read_sizes(items: _Items, content: memoryview) -> None:
    for number, (kind, size) in enumerate(_boxes(content), start=1):
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", size, 4)
            items.sizes[number] = width * height


def _read_associations(items: _Items, content: memoryview) -> None:
    version, flags, count = content[0], content[3], int.from_bytes(content[4:8], "big")
    item_bytes, number_bytes, at = (4 if version else 2), (2 if flags & 1 else 1), 8
    for _ in range(count):
        items.count(1 + content[at + item_bytes])
        item = int.from_bytes(content[at : at + item_bytes], "big")
        start = at + item_bytes + 1
        at = start + content[start - 1] * number_bytes
        numbers = (content[n : n + number_bytes] for n in range(start, at, number_bytes))
        # The highest bit says whether the property is essential.
        essential = 1 << 8 * number_bytes - 1
        properties = [int.from_bytes(number, "big") & ~essential for number in numbers]
        items.properties.setdefault(item, []).extend(properties)


def _read_references(items: _Items, content: memoryview) -> None:
    letter = "I" if content[0] else "H"
    item_bytes = struct.calcsize(f">{letter}")
    for kind, reference in _boxes(content[4:]):
        if kind == b"dimg":  # derived from these images
            item, count = struct.unpack_from(f">{letter}H", reference)
            items.count(count)
            tiles = struct.unpack_from(f">{count}{letter}", reference, item_bytes + 2)
            items.tiles.setdefault(item, []).extend(tiles)


def _check(items: _Items) -> None:
    known: dict[int, int] = {}
    for item in items.tiles:
        if _tile_pixels(items, item, known, ()) > MAX_TILE_PIXELS:
            raise TruncatedImageError(
                sentence(
                    "This HEIC file is made of more than {max_tile_pixels} megapixels of tiles, as no photo "
                    "is; give the picture saved again as JPEG or PNG.",
                    max_tile_pixels=MAX_TILE_PIXELS // 10**6,
                )
            )


def _tile_pixels(items: _Items, item: int, known: dict[int, int], within: tuple[int, ...]) -> int:
    """Pixels that are decoded for an item, which may be made of items that are made of items."""
    if item in within:
        raise damaged("HEIC")
    if item not in known:
        if item in items.tiles:
            inside = (*within, item)
            known[item] = sum(_tile_pixels(items, tile, known, inside) for tile in items.tiles[item])
        else:
            sizes = (items.sizes[n] for n in items.properties.get(item, ()) if n in items.sizes)
            known[item] = max(sizes, default=_UNKNOWN)
    return known[item]
