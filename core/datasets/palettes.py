"""Palettes of label maps: which class a colour means, and whether a palette has changed its order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngImageFile

from core.classes import RGB, UNLABELLED, ClassList

Palette = NDArray[np.uint8]


def picture_palette(picture: PngImageFile) -> Palette:
    """(N, 3) the colours in a PNG's palette, 0..255; N is 0 if there is none."""
    colours = picture.getpalette("RGB") or []
    return np.array(colours, dtype=np.uint8).reshape(-1, 3)


def changed_places(palette: Palette, used: Sequence[int], classes: ClassList) -> dict[int, tuple[int, ...]]:
    """The numbers whose colour in the palette is that of other classes, and these classes.

    Programs that shrink PNGs sort a palette, and the numbers with it. palette: (N, 3). used: the numbers in
    the label map. Empty if nothing has changed places, and where the palette tells nothing: a grey ramp, an
    empty or a standard palette, or colours that are not all the classes' own.
    """
    numbers = [number for number in used if number != UNLABELLED]
    colours = [colour_in(palette, number) for number in numbers]
    if not _tells(palette, colours):
        return {}
    owners = {number: _owners(colour, classes) for number, colour in zip(numbers, colours, strict=True)}
    if not all(owners.values()):
        return {}
    return {number: found for number, found in owners.items() if number not in found}


def _tells(palette: Palette, colours: Sequence[RGB]) -> bool:
    """Whether somebody chose the colours of a palette, so that they can say which class is meant."""
    if len(set(colours)) < len(colours) or set(colours) <= {(0, 0, 0)}:
        return False
    if len(colours) == 1 and len(palette) > 1:  # one colour may be there by chance
        return False
    is_grey = (palette == palette[:, :1]).all()
    if is_grey and (np.diff(palette[:, 0].astype(int)) > 0).all() and len(palette) > 1:
        return False
    return not np.array_equal(palette, voc_palette(len(palette)))


def voc_palette(colours: int) -> Palette:
    """(N, 3) PASCAL VOC's colours, which many programs give to classes of any kind.

    Source: VOClabelcolormap.m of the VOC development kit: the bits of the number, from the lowest on, become
    bits of red, green and blue, from the highest on.
    """
    numbers = np.arange(colours)
    palette = np.zeros((colours, 3), dtype=np.uint8)
    for bit in range(24):
        palette[:, bit % 3] |= ((numbers >> bit & 1) << (7 - bit // 3)).astype(np.uint8)
    return palette


def _owners(colour: RGB, classes: ClassList) -> tuple[int, ...]:
    return tuple(number for number, found in enumerate(classes.classes) if found.colour == colour)


def colour_in(palette: Palette, number: int) -> RGB:
    """A palette's colour; black beyond its end, as viewers show it."""
    if number >= len(palette):
        return (0, 0, 0)
    red, green, blue = (int(level) for level in palette[number])
    return red, green, blue
