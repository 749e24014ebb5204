"""Masks as polygons through the middles of pixels, and polygons as masks.

Cityscapes, Supervisely and others draw a polygon so that every pixel on its edge belongs to it, as Pillow's
`ImageDraw.polygon` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from core.annotation.runs import Mask
from core.annotation.strokes import Area
from core.errors import AnnotationError
from core.languages import sentence

Point = tuple[float, float]
"""(x, y) in pixels; whole numbers are the middles of pixels."""

MAX_CORNERS = 100_000
"""Of one polygon."""

_RIGHT, _DOWN, _LEFT, _UP = (0, 1), (1, 0), (0, -1), (-1, 0)
_STEPS = (_RIGHT, _DOWN, _LEFT, _UP)  # (rows, columns), each a turn to the right of the one before


@dataclass(frozen=True)
class Outline:
    """One connected piece of a class, from outside: holes in it are to be painted over by later ones."""

    number: int
    corners: tuple[tuple[int, int], ...]


def outlines(mask: Mask) -> list[Outline]:
    """Polygons that, filled one after the other, give the mask again; those with holes come first."""
    found = []
    for number in np.bincount(mask.ravel(), minlength=256).nonzero()[0].tolist():
        pieces, _ = ndimage.label(mask == number)
        for piece, (rows, cols) in enumerate(ndimage.find_objects(pieces), start=1):
            area = pieces[rows, cols] == piece
            corners = _around(np.pad(area, 1))
            moved = tuple((col + cols.start - 1, row + rows.start - 1) for row, col in corners)
            found.append((-area.size, Outline(number, moved)))
    # A piece in a hole has a smaller rectangle around it than the piece that has the hole.
    found.sort(key=lambda entry: entry[0])
    return [outline for _, outline in found]


def _around(area: Area) -> list[tuple[int, int]]:
    """The (row, column) of the corners on the way around the outside, clockwise, always along pixels.

    area: one connected piece with a border of a pixel around it.
    """
    grid = area.tolist()
    row = 1
    col = grid[row].index(True)
    start = row, col
    if int(area.sum()) == 1:
        return [start]
    corners: list[tuple[int, int]] = []
    heading, first = 3, None  # as if we came from below: nothing is left of or above the first pixel
    while True:
        for turn in (-1, 0, 1, 2):  # keep to the left
            step = (heading + turn) % 4
            down, right = _STEPS[step]
            if grid[row + down][col + right]:
                break
        if (row, col) == start and step == first:
            return corners
        if first is None:
            first = step
            corners.append(start)
        elif step != heading:
            corners.append((row, col))
        heading, row, col = step, row + down, col + right


def filled(size: tuple[int, int], corners: Sequence[Point], name: str) -> Area:
    """The pixels in a polygon and on its edge. size: (height, width). name: of the picture.

    AnnotationError for a corner far outside, and for more corners than anybody draws.
    """
    check_corners(size, corners, name)
    height, width = size
    canvas = Image.new("1", (width, height))
    drawer = ImageDraw.Draw(canvas)
    if len(corners) == 1:
        drawer.point(corners[0], fill=1)
    else:
        drawer.polygon(list(corners), fill=1)
    return np.array(canvas, np.bool_)


def check_corners(size: tuple[int, int], corners: Sequence[Point], name: str) -> None:
    """AnnotationError for no corner or too many, and for one that is more than a picture away."""
    height, width = size
    if not 1 <= len(corners) <= MAX_CORNERS:
        raise AnnotationError(
            sentence(
                "{name} has a polygon of {count:,} corners; it must have 1 to {max_corners:,}.",
                name=name,
                count=len(corners),
                max_corners=MAX_CORNERS,
            )
        )
    for x, y in corners:
        # What is not a number is not near either.
        if not (-width <= x <= 2 * width and -height <= y <= 2 * height):
            raise AnnotationError(
                sentence(
                    "{name} has a polygon with a corner at ({x:.6g}, {y:.6g}), far outside of it.",
                    name=name,
                    x=x,
                    y=y,
                )
            )
