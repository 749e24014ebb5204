"""Regions that look alike and that the mask gives one class: a click assigns one of them.

    segments(image, scale) -> cut(segments, labels) -> packed_regions

The first step takes most of the time and depends on the picture alone, so it is worth keeping; the second
follows the mask. `regions` does both.
"""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from skimage.measure import label
from skimage.segmentation import felzenszwalb

from core.annotation.runs import Mask

Scale = Literal["small", "middle", "large"]

RegionMap = NDArray[np.int32]
"""(H, W): the number of each pixel's region. Regions hang together over the sides of their pixels, and are
numbered from 0 in the order in which one meets them row by row."""

_MEASURED_PIXELS = 480 * 360
"""Of the CamVid frames on which the constants below were found: larger pictures have larger regions."""

_SMALLEST_SHARE = 1 / 4
"""Of that, for which the constants still shrink: in a thumbnail, regions would become single pixels."""

_SIGMA = 0.6
"""Of the blur before, in pixels."""

_SCALES: dict[Scale, float] = {"small": 50, "middle": 200, "large": 800}
"""Felzenszwalb's k. With 50, CamVid's frames have some 800 regions, and each region's best class is right for
96.6 % of their pixels; SLIC with 2000 regions reaches 96.3 %."""

_LEAST: dict[Scale, int] = {"small": 30, "middle": 60, "large": 120}
"""Pixels that a region has at least, before the mask cuts it."""

_SLIVER = 1 / 4
"""The share of that below which a piece that the mask cut off is given to a neighbour."""

_NUMBER_BYTES = 3
"""Of a region's number, packed: more than the pixels of any picture."""


def regions(image: NDArray[np.uint8], labels: Mask, scale: Scale) -> RegionMap:
    """The regions of a picture, whose pixels look alike and have one class.

    image: (H, W, 3) uint8 RGB. labels: (H, W) uint8, the mask as it is shown; no region has two of
    its values. scale: how large they are. The same picture and mask give the same regions.
    """
    return cut(segments(image, scale), labels, scale)


def segments(image: NDArray[np.uint8], scale: Scale) -> NDArray[np.int32]:
    """(H, W) which pixels look alike, by number, whatever the mask says of them.

    image: (H, W, 3) uint8 RGB. Source: Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image
    Segmentation", 2004.
    """
    share = _share(image)
    found = felzenszwalb(
        image,
        scale=_SCALES[scale] * share,
        sigma=_SIGMA,
        min_size=max(1, round(_LEAST[scale] * share)),
        channel_axis=-1,
    )
    return np.asarray(found).astype(np.int32)


def cut(alike: NDArray[np.int32], labels: Mask, scale: Scale) -> RegionMap:
    """`segments` cut along the boundaries of the mask.

    A tiny piece joins its largest neighbour of the same class, if it has one: it is no thing of its own. The
    narrow rim between the edge in the picture and that in the mask is often just what is wrong, so only the
    tiniest pieces go.
    """
    pieces = np.asarray(label(alike * 256 + labels, background=-1, connectivity=1)) - 1  # type: ignore[no-untyped-call]
    least = round(_LEAST[scale] * _share(labels) * _SLIVER)
    return _in_order(_joined(pieces, labels, least)[pieces])


def packed_regions(numbers: RegionMap) -> bytes:
    """Regions for a browser (`regions.js`): the lowest bytes of all numbers, then the middle ones, then the
    highest, row by row, deflated.

    That is 20 KB for the small regions of a CamVid frame; the boundaries alone, one bit
    to the right and one below each pixel, take as much.
    """
    parts = np.frombuffer(numbers.astype("<i4").tobytes(), dtype=np.uint8).reshape(-1, 4)
    return zlib.compress(parts.T[:_NUMBER_BYTES].tobytes(), level=6)


def _share(picture: NDArray[np.uint8]) -> float:
    """How many pixels a picture has, in those of the pictures that were measured."""
    height: int
    width: int
    height, width = picture.shape[:2]
    return max(height * width / _MEASURED_PIXELS, _SMALLEST_SHARE)


def _joined(pieces: NDArray[np.int64], labels: Mask, least: int) -> NDArray[np.int32]:
    """The group of each piece: those of fewer than `least` pixels join their largest neighbour's."""
    pixels = np.bincount(pieces.ravel())
    piece, neighbour = _neighbours(pieces, labels)
    small = pixels[piece] < least
    piece, neighbour = piece[small], neighbour[small]
    # The last one of each piece is its largest neighbour; of equal ones, that with the lowest number.
    order = np.lexsort((-neighbour, pixels[neighbour], piece))
    piece, neighbour = piece[order], neighbour[order]
    last = np.flatnonzero(np.diff(piece, append=-1))
    links = np.ones(len(last), dtype=bool), (piece[last], neighbour[last])
    shape = len(pixels), len(pixels)
    _, groups = sparse.csgraph.connected_components(sparse.coo_array(links, shape=shape), directed=False)
    return np.asarray(groups)


def _neighbours(pieces: NDArray[np.int64], labels: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pieces of one label that lie side by side, in pairs: each pair both ways, some more than once."""
    ones, others = [], []
    for here, there in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        meet = (pieces[here] != pieces[there]) & (labels[here] == labels[there])
        ones.append(pieces[here][meet])
        others.append(pieces[there][meet])
    return np.concatenate(ones + others), np.concatenate(others + ones)


def _in_order(groups: NDArray[np.int32]) -> RegionMap:
    """Groups numbered anew, in the order in which one meets them row by row."""
    met = groups.ravel()
    first = np.empty(met.max() + 1, dtype=np.int64)
    first[met[::-1]] = np.arange(met.size)[::-1]  # of several pixels, the one written last stays
    numbers = np.empty(len(first), dtype=np.int32)
    numbers[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    return numbers[groups]
