"""A small window of a label map, to show that a label file is only numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 12


@dataclass(frozen=True, eq=False)
class LabelWindow:
    """Part of a label map.

    top, left: row and column of its first pixel. numbers: (h, w) class numbers.
    """

    top: int
    left: int
    numbers: NDArray[np.uint8]

    @property
    def occurring(self) -> list[int]:
        """The numbers that occur in it, ascending."""
        return [int(number) for number in np.unique(self.numbers)]


def label_window(label: NDArray[np.uint8], row: int, col: int, side: int = SIDE) -> LabelWindow:
    """The window of `side` x `side` pixels with the pixel (row, col) in its middle.

    label: (H, W). At the picture's edges the window slides, so that it stays whole where the picture is
    large enough; the pixel must be inside the picture.
    """
    height, width = label.shape
    top = max(0, min(row - side // 2, height - side))
    left = max(0, min(col - side // 2, width - side))
    return LabelWindow(top, left, label[top : top + side, left : left + side])


def class_edge(label: NDArray[np.uint8]) -> tuple[int, int]:
    """The pixel whose window has the most classes, of every 8th row and column."""
    height, width = label.shape
    places = [(row, col) for row in range(4, height, 8) for col in range(4, width, 8)] or [(0, 0)]
    return max(places, key=lambda place: len(label_window(label, *place).occurring))
