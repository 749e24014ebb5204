"""Mutated pictures of every format, and those that cost a decoder the most, as if they were uploaded."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests import pictures
from tests.attack._dear_pictures import dear_pictures
from tests.attack._decoder import try_picture
from tests.attack.tally import Tally
from tests.pictures import NOISE, save

MUTATED = 160
"""Of each format."""

_SEED = 13
_LIES = tuple(
    struct.pack(order + "I", number) for order in "<>" for number in (0, 1, 255, 65_535, 2**31 - 1, 2**32 - 1)
)


def attack(tally: Tally, folder: Path) -> None:
    """Try them all; `folder` is not needed, for no picture is ever written."""
    for name, data in mutated_pictures():
        try_picture(tally, name, data)
    for name, make in dear_pictures().items():
        try_picture(tally, name, make())


def mutated_pictures() -> Iterator[tuple[str, bytes]]:
    """MUTATED pictures of each format, always the same ones: what was done to each, and its bytes."""
    yield from mutated(_good_pictures(), MUTATED)


def mutated(goods: Mapping[str, Sequence[bytes]], count: int) -> Iterator[tuple[str, bytes]]:
    """So many mutations of the files of each format, always the same ones."""
    chance = random.Random(_SEED)
    for file_format, good in goods.items():
        for number in range(count):
            data, done = chance.choice(good), []
            for mutate in chance.choices(_MUTATIONS, k=chance.randint(1, 3)):
                done.append(mutate.__name__.strip("_"))
                data = mutate(chance, data, chance.choice(good))
            yield f"{file_format} {number}: {', '.join(done)}", data


def _good_pictures() -> dict[str, list[bytes]]:
    """Each format as several programs write it."""
    grey, alpha = NOISE[..., 0], np.dstack([NOISE, NOISE[..., 0]])
    palette, frames = Image.fromarray(grey).convert("P"), [Image.fromarray(NOISE[::-1])]
    both = {"exif_block": pictures.exif(6), "xmp": pictures.xmp_attribute(3)}
    return {
        "JPEG": [
            save(NOISE, "JPEG"),
            save(NOISE, "JPEG", progressive=True, subsampling=0),
            save(grey, "JPEG", restart_marker_blocks=2),
            save(Image.fromarray(NOISE).convert("CMYK"), "JPEG"),
            save(NOISE, "MPO", save_all=True, append_images=frames),
            pictures.with_metadata("JPEG", **both),
        ],
        "PNG": [
            save(NOISE, "PNG"),
            save(palette, "PNG", transparency=3),
            save(alpha, "PNG", compress_level=1),
            save(NOISE, "PNG", save_all=True, append_images=frames),
            pictures.png(64, 48, 16, 6, bytes(range(256)) * 2),
            pictures.with_metadata("PNG", **both),
        ],
        "WebP": [
            save(NOISE, "WEBP"),
            save(alpha, "WEBP", lossless=True),
            save(alpha, "WEBP"),
            save(NOISE, "WEBP", save_all=True, append_images=frames),
            pictures.with_metadata("WEBP", **both),
        ],
        "GIF": [
            save(NOISE, "GIF"),
            save(palette, "GIF", transparency=3, interlace=1),
            save(NOISE, "GIF", save_all=True, append_images=frames),
            pictures.with_metadata("GIF", xmp=pictures.xmp_element(3)),
        ],
        "BMP": [save(NOISE, "BMP"), save(palette, "BMP"), save(Image.fromarray(grey).convert("1"), "BMP")],
        "HEIC": [save(NOISE, "HEIF"), save(alpha, "HEIF"), save(grey, "HEIF", exif=pictures.exif(6))],
    }


# Each takes a picture and another of the same format, and returns a mutated one.


def _cut(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _flip_bits(chance: random.Random, data: bytes, _: bytes) -> bytes:
    flipped = bytearray(data or b"\0")
    for _number in range(chance.randint(1, 8)):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _change_the_header(chance: random.Random, data: bytes, _: bytes) -> bytes:
    changed = bytearray(data or b"\0")
    for _number in range(chance.randint(1, 4)):
        changed[chance.randrange(min(64, len(changed)))] = chance.randrange(256)
    return bytes(changed)


def _lie(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Another number of four bytes, early in the file, where sizes and lengths stand."""
    at = chance.randrange(min(512, len(data) or 1))
    return data[:at] + chance.choice(_LIES) + data[at + 4 :]


def _repeat(chance: random.Random, data: bytes, _: bytes) -> bytes:
    begin, end = _span(chance, data)
    return data[:end] + data[begin:end] * chance.randint(1, 200) + data[end:]


def _remove(chance: random.Random, data: bytes, _: bytes) -> bytes:
    begin, end = _span(chance, data)
    return data[:begin] + data[end:]


def _swap(chance: random.Random, data: bytes, _: bytes) -> bytes:
    begin, end = _span(chance, data)
    middle = (begin + end) // 2
    return data[:begin] + data[middle:end] + data[begin:middle] + data[end:]


def _graft(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of another."""
    return data[: chance.randrange(len(data) or 1)] + other[chance.randrange(len(other)) :]


def _blank(chance: random.Random, data: bytes, _: bytes) -> bytes:
    begin, end = _span(chance, data)
    return data[:begin] + chance.choice((b"\0", b"\xff")) * (end - begin) + data[end:]


def _append(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data + chance.choice((other, chance.randbytes(500)))


def _span(chance: random.Random, data: bytes) -> tuple[int, int]:
    begin = chance.randrange(len(data) or 1)
    return begin, min(len(data), begin + chance.choice((1, 4, 12, 100, 1000)))


_MUTATIONS: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (
    _cut,
    _flip_bits,
    _change_the_header,
    _lie,
    _repeat,
    _remove,
    _swap,
    _graft,
    _blank,
    _append,
)
