"""Pieces of a picture so small that each is sure to be of one class, and which of them are neighbours.

    pieces(image, segments, labels) -> colour_links(pieces, colours)

Suggestions work on them (`core.annotation.suggestions`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.annotation.runs import Mask

Floats = NDArray[np.float32]

Numbers = NDArray[np.int32]
"""(H, W): the number of each pixel's piece, from 0, none left out."""

_SPLITS = 2
"""How often segments of several colours are split in two: the sky between the branches of a bare tree."""

_ONE_COLOUR = 0.03
"""The standard deviation, in shares of full red, green or blue, up to which a segment has one colour."""

_LEAST = 12
"""Pixels of a segment that is split at all."""


def pieces(image: NDArray[np.uint8], segments: Numbers, labels: Mask) -> Numbers:
    """Segments split along their main difference in colour, and cut where the labels change.

    image: (H, W, 3) uint8 RGB. segments: (H, W) by number from 0, by `core.annotation.regions.segments`.
    labels: (H, W) uint8, the network's. Pieces need not hang together.
    """
    colours: Floats = image.reshape(-1, 3).astype(np.float32) / np.float32(255)
    numbers = segments.ravel().astype(np.int64)
    for _ in range(_SPLITS):
        numbers = _renumbered(2 * numbers + _sides(colours, numbers))
    numbers = _renumbered(numbers * (int(labels.max()) + 1) + labels.ravel())
    return numbers.reshape(segments.shape).astype(np.int32)


def colour_links(numbers: Numbers, colours: Floats, near: float) -> sparse.csr_array:
    """(P, P) float32: how much each piece looks at each of its neighbours.

    Rows sum to 1, but those of pieces with no neighbour at all like them to 0.

    numbers: (H, W), by `pieces`. colours: (P, 3) the mean of each piece in [0, 1]. near: the distance of two
    colours at which little is left. A longer border counts for more, by its root.
    """
    sides = [(numbers[:, :-1], numbers[:, 1:]), (numbers[:-1], numbers[1:])]
    ones, others = (np.concatenate([pair[which].ravel() for pair in sides]) for which in (0, 1))
    meet = ones != others
    ones, others = ones[meet], others[meet]
    shape = len(colours), len(colours)
    border = np.ones(len(ones), np.float32)
    borders = sparse.coo_array((border, (ones, others)), shape=shape).tocsr()
    borders = (borders + borders.T).tocoo()
    distances = ((colours[borders.row] - colours[borders.col]) ** 2).sum(axis=1)
    weights = np.sqrt(borders.data) * np.exp(-distances / near**2)
    sums = np.bincount(borders.row, weights=weights, minlength=len(colours))
    shares = (weights / np.maximum(sums[borders.row], 1e-12)).astype(np.float32)
    return sparse.coo_array((shares, (borders.row, borders.col)), shape=shape).tocsr()


def _sides(colours: Floats, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,) which pixels are on the far side of their segment's mean along its main difference in colour."""
    sizes = np.bincount(numbers)
    means = np.stack([np.bincount(numbers, weights=each) for each in colours.T], axis=1) / sizes[:, None]
    spreads = np.empty((len(sizes), 3, 3))
    for one in range(3):
        for other in range(one, 3):
            products = np.bincount(numbers, weights=colours[:, one] * colours[:, other]) / sizes
            spreads[:, one, other] = spreads[:, other, one] = products - means[:, one] * means[:, other]
    variances, directions = np.linalg.eigh(spreads)
    direction = directions[:, :, -1].astype(np.float32)
    middle = (direction * means).sum(axis=1)
    has_two = (variances[:, -1] > _ONE_COLOUR**2) & (sizes >= _LEAST)
    along = np.einsum("nk,nk->n", colours, direction[numbers])
    return np.asarray((along > middle[numbers]) & has_two[numbers])


def _renumbered(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same groups, numbered from 0 without gaps, in the same order."""
    used = np.bincount(numbers) > 0
    return (np.cumsum(used) - 1)[numbers]
