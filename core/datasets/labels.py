"""Label maps: files of class numbers, files of class colours, and the way from colours to numbers.

A label file is as hostile as any other: its size is checked before a pixel is decoded.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from core.cache import Cache, cache_key
from core.classes import RGB, ClassList
from core.datasets.pictures import read_bytes
from core.errors import DatasetError, LabelValueError, UnknownColourError
from core.files import signature
from core.photos import images
from core.photos.containers import png
from core.photos.containers.orientation import UPRIGHT

LABELS = Cache("labels", 1024**3)
"""Label maps in colours, turned into numbers: about 10 kB each."""

NO_CLASS = 255
"""Stands for a colour that no class has; a class list has at most 255 classes."""

MOST_COLOURS = 64
"""Colours of one file that an error names. A label map with more was blended or saved as JPEG."""

# Pillow spreads grey PNGs of fewer than 8 bits over 0..255; dividing brings the numbers back.
_SPREAD = {"L;2": 85, "L;4": 17}
_SHOWN = 3
_STRIP = 1 << 20  # pixels


def read_indices(path: Path, classes: int) -> NDArray[np.uint8]:
    """Decode a PNG of class numbers into an (H, W) label map whose numbers are all below `classes`.

    Grey PNGs of 2 to 16 bits and palette PNGs are read by their numbers; the palette's colours do not matter.
    DatasetError names the file; LabelValueError, one of them, for a number beyond the class list.
    """
    return _indices(path, _open(path, read_bytes(path)), classes)


def read_colours(path: Path, class_list: ClassList) -> NDArray[np.uint8]:
    """Decode a PNG in the classes' colours into an (H, W) label map.

    DatasetError names the file; UnknownColourError, one of them, for pixels whose colour no class has.
    """
    return indices_of_colours(_decode_colours(path, read_bytes(path)), class_list, path.name)


def read_colours_once(path: Path, class_list: ClassList) -> NDArray[np.uint8]:
    """As `read_colours`, but cached as long as the file's size and time and the colours stay the same."""
    key = cache_key(str(path.absolute()), signature(path), class_list.palette.tobytes())
    label = _decode_kept(path, LABELS.read(key), len(class_list))
    if label is None:
        label = read_colours(path, class_list)
        LABELS.write(key, _encode_kept(label))
    return label


def indices_of_colours(
    colours: NDArray[np.uint8], class_list: ClassList, name: str = "The label map"
) -> NDArray[np.uint8]:
    """Turn (H, W, 3) colours into (H, W) class numbers; no colour is ever guessed.

    UnknownColourError counts the pixels of each colour that no class has.
    """
    table = _colour_table(class_list.palette.tobytes())
    found = np.empty(colours.shape[:2], dtype=np.uint8)
    unknown = []
    # In strips: the 24-bit numbers of a large picture would take gigabytes.
    strip = max(1, _STRIP // max(1, colours.shape[1]))
    for top in range(0, len(colours), strip):
        packed = _packed(colours[top : top + strip])
        found[top : top + strip] = table[packed]
        unknown.append(packed[found[top : top + strip] == NO_CLASS])
    if any(len(pixels) for pixels in unknown):
        raise _unknown_colours(name, np.concatenate(unknown), class_list)
    return found


def _unknown_colours(name: str, pixels: NDArray[np.uint32], class_list: ClassList) -> UnknownColourError:
    values, counts = np.unique(pixels, return_counts=True)
    frequent = np.lexsort((values, -counts))[:MOST_COLOURS]
    unknown = {_unpacked(int(values[i])): int(counts[i]) for i in frequent}
    shown = ", ".join(f"{colour} in {count} pixels" for colour, count in list(unknown.items())[:_SHOWN])
    more = f" and {len(values) - _SHOWN} more colours" if len(values) > _SHOWN else ""
    message = f"{name} holds colours that no class of {class_list.name} has: {shown}{more}."
    return UnknownColourError(message, unknown, len(values))


def _packed(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """(..., 3) colours as (...) numbers of 24 bits."""
    red, green, blue = (colours[..., channel].astype(np.uint32) for channel in range(3))
    packed: NDArray[np.uint32] = red << np.uint32(16) | green << np.uint32(8) | blue
    return packed


def _unpacked(colour: int) -> RGB:
    return colour >> 16, colour >> 8 & 255, colour & 255


@lru_cache(maxsize=2)
def _colour_table(palette: bytes) -> NDArray[np.uint8]:
    """(2^24,) class number of every colour. 16 MB; several times as fast as a search."""
    table = np.full(1 << 24, NO_CLASS, dtype=np.uint8)
    colours = np.frombuffer(palette, dtype=np.uint8).reshape(-1, 3)
    table[_packed(colours)] = np.arange(len(colours), dtype=np.uint8)
    return table


def _open(path: Path, data: bytes) -> PngImageFile:
    """Open a PNG as far as its header, and check its size."""
    try:
        essence = png.clean(data)
        picture = PngImageFile(BytesIO(essence.data))
    except Exception as error:  # hostile bytes make Pillow raise nearly every exception there is
        raise _unreadable(path) from error
    if essence.orientation != UPRIGHT:
        raise DatasetError(
            f"{path} is turned when it is shown (orientation {essence.orientation} in its EXIF or XMP), so "
            "it is unclear which way up it is; save it upright, without EXIF and XMP."
        )
    if picture.width * picture.height > images.MAX_PIXELS:
        raise DatasetError(
            f"{path} is {picture.width} x {picture.height} pixels; "
            f"a label map has at most {images.MAX_PIXELS // 10**6} million."
        )
    return picture


def _indices(path: Path, picture: PngImageFile, classes: int) -> NDArray[np.uint8]:
    if picture.mode not in {"L", "P", "I;16", "I"}:
        raise DatasetError(
            f"{path.name} is a PNG of mode {picture.mode}; a label map is a PNG with one number a pixel, "
            "grey or with a palette."
        )
    spread = _SPREAD.get(str(picture.tile[0].args), 1) if picture.tile else 1
    try:
        numbers = np.array(picture)
    except Exception as error:  # as in `_open`
        raise _unreadable(path) from error
    numbers //= spread
    highest = int(numbers.max(initial=0))
    if highest >= classes or numbers.min(initial=0) < 0:
        raise LabelValueError(
            f"{path.name} holds the class number {highest}, but the class list ends at {classes - 1}."
        )
    return numbers.astype(np.uint8)


def _decode_colours(path: Path, data: bytes) -> NDArray[np.uint8]:
    picture = _open(path, data)
    if picture.mode.startswith("I"):
        raise DatasetError(
            f"{path.name} is a PNG of mode {picture.mode}; a label map in colours is an 8-bit PNG."
        )
    try:
        return np.array(picture.convert("RGB"))
    except Exception as error:  # as in `_open`
        raise _unreadable(path) from error


def _unreadable(path: Path) -> DatasetError:
    return DatasetError(f"{path} cannot be read as a PNG label map.")


def _decode_kept(path: Path, kept: bytes | None, classes: int) -> NDArray[np.uint8] | None:
    """A cached label map; None if there is none, or the file is damaged."""
    if kept is None:
        return None
    try:
        return _indices(path, _open(path, kept), classes)
    except DatasetError:
        return None


def _encode_kept(label: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    with contextlib.closing(Image.fromarray(label)) as picture:
        picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
