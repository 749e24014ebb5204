"""Which pixels a tool covers: brush strokes, polygons, connected components.

All coordinates are whole numbers of half pixels: the centre of pixel (row, column) is at y = 2 row + 1 and
x = 2 column + 1, and the picture's corners are at even ones. A pixel belongs to a shape if its centre does,
which whole numbers decide exactly: the browser's mask and the server's cannot differ. Up to 2048 pixels a
side and strokes of 200, no product passes 2 ** 53, where JavaScript's numbers would begin to round.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.annotation.runs import Mask

Point = tuple[int, int]
"""(x, y) in half pixels."""

Area = NDArray[np.bool_]
"""(H, W): which pixels."""

Tip = Literal["round", "square"]

MAX_WIDTH = 200
"""Of a brush, in pixels."""


def brush(size: tuple[int, int], path: Sequence[Point], width: int, tip: Tip = "round") -> Area:
    """The pixels that a brush covers on its way from point to point.

    size: (height, width) of the mask. width: of the brush in pixels, 1 to 200. Round: pixels whose centre is
    at most half the width away from the path. Square: those whose centre the square around some point of the
    path has, borders included. A path of one point is a dot.
    """
    area = np.zeros(size, dtype=bool)
    points = [*path, path[-1]] if len(path) == 1 else path
    for start, end in pairwise(points):
        _cover(area, start, end, width, tip)
    return area


def _cover(area: Area, start: Point, end: Point, width: int, tip: Tip) -> None:
    """Add the pixels along one straight part of a path."""
    rows = _centres(area.shape[0], min(start[1], end[1]) - width, max(start[1], end[1]) + width)
    cols = _centres(area.shape[1], min(start[0], end[0]) - width, max(start[0], end[0]) + width)
    if not len(rows) or not len(cols):
        return
    y, x = rows[:, np.newaxis] - start[1], cols[np.newaxis] - start[0]
    covers = _near if tip == "round" else _under_square
    inside = covers(x, y, end[0] - start[0], end[1] - start[1], width)
    area[rows[0] // 2 : rows[-1] // 2 + 1, cols[0] // 2 : cols[-1] // 2 + 1] |= inside


def _centres(pixels: int, first: int, last: int) -> NDArray[np.int64]:
    """The centres of the pixels of a side that lie between two places, in half pixels."""
    return np.arange(max(first // 2, 0) * 2 + 1, min(last, 2 * pixels - 1) + 1, 2, dtype=np.int64)


def _near(x: NDArray[np.int64], y: NDArray[np.int64], dx: int, dy: int, reach: int) -> Area:
    """Which places, seen from a part's start, are within `reach` of the part to (dx, dy)."""
    along, square = x * dx + y * dy, dx * dx + dy * dy
    at_start = x * x + y * y <= reach * reach
    at_end = (x - dx) ** 2 + (y - dy) ** 2 <= reach * reach
    across = x * dy - y * dx
    beside = (along >= 0) & (along <= square) & (across * across <= reach * reach * square)
    return at_start | at_end | (beside if square else at_start)


def _under_square(x: NDArray[np.int64], y: NDArray[np.int64], dx: int, dy: int, reach: int) -> Area:
    """Which places a square of half side `reach` passes over, moved from the start to (dx, dy).

    It is there at time t in [0, 1] if |x - t dx| <= reach and |y - t dy| <= reach: two spans of t, which must
    have a time in common with [0, 1] and with each other.
    """
    spans = [_span(along, by, reach) for along, by in ((x, dx), (y, dy)) if by]
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), dtype=bool)
    for along, by in ((x, dx), (y, dy)):
        if not by:
            inside &= np.abs(along) <= reach
    for low, high, scale in spans:
        inside &= (low <= scale) & (high >= 0)
    if len(spans) == 2:
        (low, high, scale), (other_low, other_high, other_scale) = spans
        inside &= (low * other_scale <= other_high * scale) & (other_low * scale <= high * other_scale)
    return inside


def _span(along: NDArray[np.int64], by: int, reach: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """When |along - t by| <= reach: from, to, and what both are to be divided by."""
    direction = 1 if by > 0 else -1
    return direction * along - reach, direction * along + reach, abs(by)


def polygon(size: tuple[int, int], corners: Sequence[Point]) -> Area:
    """The pixels whose centre lies inside a closed polygon, by the even-odd rule.

    A centre on an edge counts as right of it: of two polygons that share an edge, each pixel is in one.
    """
    height, width = size
    # Each crossing of an edge turns inside out for all pixels from there to the right.
    turns = np.zeros((height, width + 1), dtype=np.int64)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if y1 == y2:
            continue
        if y1 > y2:
            x1, y1, x2, y2 = x2, y2, x1, y1
        rows = np.arange(max(y1 // 2, 0), min((y2 + 1) // 2, height), dtype=np.int64)
        rows = rows[(2 * rows + 1 >= y1) & (2 * rows + 1 < y2)]
        # The first column with (2 column + 1 - x1) * (y2 - y1) >= (2 row + 1 - y1) * (x2 - x1)
        crossing = x1 * (y2 - y1) + (2 * rows + 1 - y1) * (x2 - x1) - (y2 - y1)
        columns = -(-crossing // (2 * (y2 - y1)))
        np.add.at(turns, (rows, columns.clip(0, width)), 1)
    inside: Area = np.cumsum(turns[:, :width], axis=1) % 2 == 1
    return inside


def component(mask: Mask, row: int, col: int) -> Area:
    """The pixels of the same value that hang together with one, over their sides."""
    labelled, _ = ndimage.label(mask == mask[row, col])
    return np.asarray(labelled == labelled[row, col])


def painted(mask: Mask, area: Area, value: int, only: Sequence[int] = ()) -> Mask:
    """The mask with a value in an area. only: change pixels of these values alone; empty for all."""
    changed = mask.copy()
    changed[area & np.isin(mask, only) if only else area] = value
    return changed
