"""Places of a photo as rectangles: made wider, and one of several that mean the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom, as shares of the picture's width and height."""

Boxes = NDArray[np.float32]
"""(N, 4) left, top, right, bottom."""


def wider(boxes: Boxes, share: float) -> Boxes:
    """The boxes with `share` of their width and height added on each side, none beyond 0 to 1."""
    margins = share * np.tile(boxes[:, 2:] - boxes[:, :2], 2) * np.array([-1, -1, 1, 1], np.float32)
    return np.asarray(np.clip(boxes + margins, 0, 1), np.float32)


def distinct(boxes: Boxes, scores: NDArray[np.float32], most: float) -> NDArray[np.intp]:
    """The places of boxes that are left when, of those that overlap, only the one with the best score is.

    most: the intersection over union that two which are left may have. Returns the best first.
    """
    left = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(left):
        kept.append(int(left[0]))
        left = left[1:][_overlap(boxes[left[0]], boxes[left[1:]]) <= most]
    return np.array(kept, np.intp)


def _overlap(box: Boxes, others: Boxes) -> NDArray[np.float32]:
    """(N,) the intersection over union of a box (4,) with each of the others."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    both = np.clip(sides, 0, None).prod(axis=1)
    either = (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(axis=1) - both
    return np.asarray(both / np.maximum(either, np.finfo(np.float32).tiny), np.float32)
