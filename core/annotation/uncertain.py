"""Where to look next: the network is in doubt there and nobody has reviewed it. And how much is reviewed."""

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

_DOUBT = 0.25
"""Bits of mean entropy below which there is no doubt worth a look: two classes at 96 to 4 have 0.24."""


def share_reviewed(mask: Mask) -> float:
    """The share of pixels that were reviewed, in [0, 1]. mask: (H, W) uint8, NOT_REVIEWED elsewhere."""
    return float(np.count_nonzero(mask != NOT_REVIEWED) / mask.size)


def next_place(entropy_steps: NDArray[np.uint8], mask: Mask, seen: Sequence[Place] = ()) -> Place | None:
    """The middle of the most doubtful area that nobody reviewed; None if the network is sure of the rest.

    entropy_steps: (H, W) as `Segmentation.entropy_steps` gives it. mask: (H, W) uint8, NOT_REVIEWED where
    nobody looked. seen: where one was sent before; the next place keeps away from those. The same arguments
    get the same answer, and the place is one that was not reviewed.
    """
    height, width = mask.shape
    longer = max(height, width)
    is_open = mask == NOT_REVIEWED
    doubt = _smoothed(np.where(is_open, entropy_steps, 0).astype(np.float32) / ENTROPY_STEPS, longer * _NEAR)
    rows, cols = np.ogrid[:height, :width]
    free = is_open.copy()
    for row, col in seen:
        free &= (rows - row) ** 2 + (cols - col) ** 2 >= (longer * _APART) ** 2
    doubt[~free] = 0
    row, col = divmod(int(doubt.argmax()), width)
    return (row, col) if doubt[row, col] >= _DOUBT else None


def _smoothed(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """(H, W) means under a Gaussian; beyond the picture there is no doubt."""
    return np.asarray(ndimage.gaussian_filter(values, sigma, mode="constant"))
