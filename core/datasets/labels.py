"""Label maps: files of class numbers, files of class colours, and the way from colours to numbers.

A label file is as hostile as any other: its size is checked before a pixel is decoded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from core.cache import Cache, cache_key
from core.classes import RGB, UNLABELLED, ClassList
from core.datasets.palettes import changed_places, picture_palette
from core.datasets.pictures import read_bytes
from core.errors import DatasetError, LabelValueError, PaletteOrderError, UnknownColourError
from core.files import signature
from core.languages import first_of, mark, one_of, sentence, together
from core.photos import images
from core.photos.containers import png
from core.photos.containers.orientation import UPRIGHT

LABELS = Cache("labels", 1024**3)
"""Label maps in colours, turned into numbers: about 10 kB each."""

_NO_CLASS = 255
"""Stands for a colour that no class has; a class list has at most 255 classes."""

MOST_COLOURS = 64
"""Colours of one file that an error names. A label map with more was blended or saved as JPEG."""

# Pillow spreads grey PNGs of fewer than 8 bits over 0..255; dividing brings the numbers back.
_SPREAD = {"L;2": 85, "L;4": 17}
_SHOWN = 3
_STRIP = 1 << 20  # pixels


def read_indices(path: Path, classes: ClassList, values: Sequence[int] = ()) -> NDArray[np.uint8]:
    """Decode a PNG of numbers into an (H, W) label map of class numbers.

    values: the number that stands for each class in the file; by default its position in the list.
    255 means that nobody labelled the pixel, as in Cityscapes and PASCAL VOC, unless it stands for a class:
    it stays UNLABELLED. That is not Void, which somebody chose for a pixel.
    Grey PNGs of 1 to 16 bits and palette PNGs are read by their numbers, and so are grey pictures saved as
    RGB; a file in the classes' colours is read by these. DatasetError names the file: LabelValueError for a
    number that no class has, UnknownColourError for such a colour, PaletteOrderError for a palette whose
    colours say that the numbers mean other classes.
    """
    return _indices(path, _open(path, read_bytes(path)), classes, values)


def read_colours(path: Path, class_list: ClassList) -> NDArray[np.uint8]:
    """Decode a PNG in the classes' colours into an (H, W) label map.

    A grey file without the classes' colours is read by its numbers, as `read_indices` does. DatasetError
    names the file; UnknownColourError, one of them, for pixels whose colour no class has.
    """
    data = read_bytes(path)
    try:
        return indices_of_colours(_decode_colours(path, data), class_list, path.name)
    except UnknownColourError:
        with contextlib.suppress(DatasetError):
            if (picture := _open(path, data)).mode not in {"P", "RGB", "RGBA"}:
                return _indices(path, picture, class_list)
        raise


def read_colours_once(path: Path, class_list: ClassList) -> NDArray[np.uint8]:
    """As `read_colours`, but cached as long as the file's size and time and the colours stay the same."""
    key = cache_key(str(path.absolute()), signature(path), class_list.palette.tobytes())
    label = _decode_kept(path, LABELS.read(key), class_list)
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
        unknown.append(packed[found[top : top + strip] == _NO_CLASS])
    if any(len(pixels) for pixels in unknown):
        raise _unknown_colours(name, np.concatenate(unknown), class_list)
    return found


def _unknown_colours(name: str, pixels: NDArray[np.uint32], class_list: ClassList) -> UnknownColourError:
    values, counts = np.unique(pixels, return_counts=True)
    frequent = np.lexsort((values, -counts))[:MOST_COLOURS]
    unknown = {_unpacked(int(values[i])): int(counts[i]) for i in frequent}
    shown = together(
        [
            sentence("{colour} in {pixels} pixels", colour=colour, pixels=count)
            for colour, count in list(unknown.items())[:_SHOWN]
        ],
        ", ",
    )
    if len(values) > _SHOWN:
        shown = sentence("{shown} and {count} more colours", shown=shown, count=len(values) - _SHOWN)
    message = sentence(
        "{name} holds colours that no class of {classes} has: {shown}.",
        name=name,
        classes=class_list.name,
        shown=shown,
    )
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
    table = np.full(1 << 24, _NO_CLASS, dtype=np.uint8)
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
            sentence(
                "{path} is turned when it is shown (orientation {orientation} in its EXIF or XMP), so it "
                "is unclear which way up it is; save it upright, without EXIF and XMP.",
                path=path,
                orientation=essence.orientation,
            )
        )
    if picture.width * picture.height > images.MAX_PIXELS:
        raise DatasetError(
            sentence(
                "{path} is {width} x {height} pixels; a label map has at most {most} million.",
                path=path,
                width=picture.width,
                height=picture.height,
                most=images.MAX_PIXELS // 10**6,
            )
        )
    return picture


def open_label(path: Path, data: bytes | None = None) -> PngImageFile:
    """Open a label map's file as far as its header; DatasetError if that cannot be read, or is too large.

    data: its bytes, if they have been read already.
    """
    return _open(path, read_bytes(path) if data is None else data)


def as_numbers(path: Path, picture: PngImageFile) -> NDArray[np.integer[Any]] | None:
    """(H, W) the numbers in a label map's file; None if it has colours other than grey, and no palette.

    Grey of 2 and 4 bits, which Pillow spreads over 0..255, gives the numbers in the file; 1 bit gives 0 and
    1. DatasetError if it cannot be read.
    """
    spread = _SPREAD.get(str(picture.tile[0].args), 1) if picture.tile else 1
    try:
        pixels = np.array(picture)
    except Exception as error:  # as in `_open`
        raise _unreadable(path) from error
    if picture.mode in {"RGB", "RGBA"}:
        grey = pixels[..., 0]
        return grey if (pixels[..., 1] == grey).all() and (pixels[..., 2] == grey).all() else None
    if pixels.ndim == 3:  # grey with transparency
        pixels = pixels[..., 0]
    numbers: NDArray[np.integer[Any]] = pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels
    return numbers // numbers.dtype.type(spread) if spread > 1 else numbers


def _indices(
    path: Path, picture: PngImageFile, classes: ClassList, values: Sequence[int] = ()
) -> NDArray[np.uint8]:
    numbers = as_numbers(path, picture)
    if numbers is None:
        return _by_known_colours(path, picture, classes)
    used = numbers_in(numbers)
    own = tuple(values or range(len(classes)))
    if unknown := used - {*own, UNLABELLED}:
        raise _unknown_number(path, max(unknown), classes, values)
    if picture.mode == "P" and not values:
        _check_palette(path, picture, used, classes)
    table = np.full(256, UNLABELLED, dtype=np.uint8)
    table[list(own)] = np.arange(len(own), dtype=np.uint8)
    label = numbers.astype(np.uint8, copy=False)
    for strip in _strips(label):
        strip[:] = table[strip]
    return label


def _by_known_colours(path: Path, picture: PngImageFile, classes: ClassList) -> NDArray[np.uint8]:
    """A file in colours among files of numbers: read if the colours are the classes'."""
    try:
        return indices_of_colours(np.array(picture.convert("RGB")), classes, path.name)
    except UnknownColourError as error:
        if sum(error.counts.values()) < picture.width * picture.height / 2:
            raise
        raise DatasetError(
            sentence(
                "{name} is a PNG of mode {mode} in colours that no class has; a label map is a PNG with "
                "one number a pixel, grey or with a palette, or in the colours of a list beside it.",
                name=path.name,
                mode=picture.mode,
            )
        ) from error


def numbers_in(numbers: NDArray[np.integer[Any]]) -> set[int]:
    """The numbers that occur in an (H, W) array."""
    found: set[int] = set()
    for strip in _strips(numbers):
        if strip.dtype == np.uint8:
            found.update(np.bincount(strip.ravel(), minlength=256).nonzero()[0].tolist())
        else:
            found.update(np.unique(strip).tolist())
    return found


def _strips(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """An (H, W) array in strips of whole rows, as views: what is worked out takes many times its memory."""
    step = max(1, _STRIP // max(1, rows.shape[1]))
    yield from (rows[top : top + step] for top in range(0, len(rows), step))


def _unknown_number(path: Path, number: int, classes: ClassList, values: Sequence[int]) -> LabelValueError:
    if values:
        return LabelValueError(
            sentence(
                "{name} holds the number {number}, which the class list gives to no class.",
                name=path.name,
                number=number,
            )
        )
    return LabelValueError(
        sentence(
            "{name} holds the class number {number}, but the class list ends at {last}.",
            name=path.name,
            number=number,
            last=len(classes) - 1,
        )
    )


_TAKE_BACK = mark("take the file as it was before, or save its numbers in grey if they are right.")
_SAVE_IN_COLOURS = mark(
    "the colours say without doubt which class is meant, so save it as RGB in these colours, or take the "
    "file as it was before, or save its numbers in grey if they are right."
)


def _check_palette(path: Path, picture: PngImageFile, used: Iterable[int], classes: ClassList) -> None:
    """PaletteOrderError if the palette's colours say that the numbers mean other classes."""
    changed = changed_places(picture_palette(picture), sorted(used), classes)
    if not changed:
        return
    places = [
        sentence(
            "number {number} ({name}) has the colour of {owners}",
            number=number,
            name=classes.name_of(number),
            owners=one_of([classes.names[owner] for owner in owners]),
        )
        for number, owners in changed.items()
    ]
    sure = all(len(owners) == 1 for owners in changed.values())
    what_to_do = _SAVE_IN_COLOURS if sure else _TAKE_BACK
    raise PaletteOrderError(
        sentence(
            "{name} has its classes in another order than the class list, as programs leave them that make "
            "PNGs smaller: in its palette {places}; {what_to_do}",
            name=path.name,
            places=first_of(places, _SHOWN),
            what_to_do=sentence(what_to_do),
        )
    )


def _decode_colours(path: Path, data: bytes) -> NDArray[np.uint8]:
    picture = _open(path, data)
    if picture.mode.startswith("I"):
        raise DatasetError(
            sentence(
                "{name} is a PNG of mode {mode}; a label map in colours is an 8-bit PNG.",
                name=path.name,
                mode=picture.mode,
            )
        )
    try:
        return np.array(picture.convert("RGB"))
    except Exception as error:  # as in `_open`
        raise _unreadable(path) from error


def _unreadable(path: Path) -> DatasetError:
    return DatasetError(sentence("{path} cannot be read as a PNG label map.", path=path))


def _decode_kept(path: Path, kept: bytes | None, classes: ClassList) -> NDArray[np.uint8] | None:
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
