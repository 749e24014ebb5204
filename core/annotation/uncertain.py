"""Where to look next: the network is in doubt there and nobody has reviewed it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.annotation.runs import NOT_REVIEWED, Mask
from core.segmentation.segmentation import ENTROPY_STEPS

Place = tuple[int, int]
"""(row, column) of a pixel."""

_NEAR = 1 / 40
"""How far doubt is smoothed, as a share of the longer side: a doubtful area counts, a thin edge does not."""

_APART = 1 / 8
"""How far from the places already seen the next one is, as a share of the longer side."""

_CELLS = 256
"""Squares on the longer side at least, each of which counts as one: to smooth finer ones takes longer."""

_DOUBT = 0.25
"""Bits of mean entropy below which there is no doubt worth a look: two classes at 96 to 4 have 0.24."""


def next_place(entropy_steps: NDArray[np.uint8], mask: Mask, seen: Sequence[Place] = ()) -> Place | None:
    """The middle of the most doubtful area that nobody reviewed; None if the network is sure of the rest.

    entropy_steps: (H, W) as `Segmentation.entropy_steps` gives it. mask: (H, W) uint8, NOT_REVIEWED where
    nobody looked. seen: where one was sent before; the next place keeps away from those. The same arguments
    get the same answer, and the place is one that was not reviewed.
    """
    height, width = mask.shape
    longer = max(height, width)
    is_open = mask == NOT_REVIEWED
    side = max(1, longer // _CELLS)
    means = _means(np.where(is_open, entropy_steps, 0), side) / np.float32(ENTROPY_STEPS)
    doubt = _smoothed(means, longer * _NEAR / side)
    rows, cols = np.ogrid[:height, :width]
    free = is_open
    for row, col in seen:
        free = free & ((rows - row) ** 2 + (cols - col) ** 2 >= (longer * _APART) ** 2)
    doubt[_means(free, side) == 0] = 0
    row, col = divmod(int(doubt.argmax()), doubt.shape[1])
    if doubt[row, col] < _DOUBT:
        return None
    top, left = row * side, col * side
    inside, across = np.nonzero(free[top : top + side, left : left + side])
    nearest = int(((2 * inside + 1 - side) ** 2 + (2 * across + 1 - side) ** 2).argmin())
    return top + int(inside[nearest]), left + int(across[nearest])


def _means(values: NDArray[np.generic], side: int) -> NDArray[np.float32]:
    """The mean of each square of so many pixels; those at the right and lower edge may reach beyond it.

    What is beyond counts as 0, as for `_smoothed`.
    """
    height, width = values.shape
    padded = np.pad(values, ((0, -height % side), (0, -width % side)))
    cells = padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side)
    return np.asarray(cells.mean(axis=(1, 3), dtype=np.float32))


def _smoothed(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """(H, W) means under a Gaussian; beyond the picture there is no doubt."""
    return np.asarray(ndimage.gaussian_filter(values, sigma, mode="constant"))
