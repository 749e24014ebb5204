"""A patch of the picture is hidden: what becomes of the chosen pixel's probabilities.

Source: Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", 2014, section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import PixelOutsideError, SizeError
from core.languages import sentence
from core.segmentation.segmentation import probabilities_at
from core.segmentation.segmenter import Segmenter

SIDES = (16, 32, 64, 128, 256)
"""Sides of the patch that a page offers, in pixels of the working size."""


@dataclass(frozen=True)
class Patch:
    """A square of `side` pixels whose top left one is (row, col); it may reach beyond the picture.

    A side of 0 hides nothing.
    """

    row: int
    col: int
    side: int

    @classmethod
    def around(cls, row: int, col: int, side: int) -> Patch:
        """The patch whose middle is a pixel."""
        return cls(row - side // 2, col - side // 2, side)

    def covers(self, row: int, col: int) -> bool:
        """Whether a pixel lies under the patch."""
        return self.row <= row < self.row + self.side and self.col <= col < self.col + self.side


@dataclass(frozen=True, eq=False)
class Occlusion:
    """The chosen pixel's probabilities, (C,) in [0, 1] each, of the picture as it is and with the patch."""

    patch: Patch
    before: NDArray[np.float32]
    after: NDArray[np.float32]

    @property
    def change(self) -> NDArray[np.float32]:
        """(C,) by how much each class's probability rises, in [-1, 1]."""
        return self.after - self.before


def occluded(image: NDArray[np.uint8], patch: Patch) -> NDArray[np.uint8]:
    """A picture with the patch in the picture's mean colour; `image` (H, W, 3) uint8 is not changed.

    SizeError for a side below 0.
    """
    if patch.side < 0:
        raise SizeError(sentence("The patch's side is {side} pixels; give 0 or more.", side=patch.side))
    hidden = image.copy()
    rows = slice(max(patch.row, 0), max(patch.row + patch.side, 0))
    cols = slice(max(patch.col, 0), max(patch.col + patch.side, 0))
    hidden[rows, cols] = mean_colour(image)
    return hidden


def mean_colour(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(3,) the mean of an (H, W, 3) picture's pixels."""
    mean: NDArray[np.uint8] = image.mean(axis=(0, 1)).round().astype(np.uint8)
    return mean


def occlude(
    segmenter: Segmenter,
    image: NDArray[np.uint8],
    pixel: tuple[int, int],
    patch: Patch,
    before: NDArray[np.float32] | None = None,
) -> Occlusion:
    """Hide a patch and read a pixel again; one forward pass, or two without `before`.

    image: (H, W, 3) uint8 at the working size. pixel: (row, column). before: the pixel's probabilities in the
    picture as it is, if they are known. PixelOutsideError, SizeError.
    """
    known = read_probabilities(segmenter, image, pixel) if before is None else before
    return Occlusion(patch, known, read_probabilities(segmenter, occluded(image, patch), pixel))


def read_probabilities(
    segmenter: Segmenter, image: NDArray[np.uint8], pixel: tuple[int, int]
) -> NDArray[np.float32]:
    """(C,) the probabilities of one pixel, in [0, 1]: one forward pass, and no label map made of it.

    Parameters and errors as for `occlude`.
    """
    row, col = pixel
    height, width = image.shape[:2]
    if not (0 <= row < height and 0 <= col < width):
        raise PixelOutsideError(
            sentence(
                "Pixel ({row}, {col}) is outside the picture, whose rows are 0 to {height} and columns 0 "
                "to {width}.",
                row=row,
                col=col,
                height=height - 1,
                width=width - 1,
            )
        )
    logits = segmenter.predictor.logits([image])[0]
    found: NDArray[np.float32] = probabilities_at(logits, np.array([row]), np.array([col]), segmenter.stride)[
        0
    ]
    return found
