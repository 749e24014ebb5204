"""The effective receptive field: how much each pixel counts for one answer, and the square that holds most.

Source: Luo, Li, Urtasun, Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural
Networks", 2016: the gradient of one output with respect to the input, averaged over pictures.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, cache_key
from core.jobs import ProgressCallback
from core.photos.images import working_size
from core.toytown.writing import frame

SHARE = 0.95
"""Of the gradient, that the box holds."""

PICTURES = 20
"""That the average is taken over: frames of as many drives of Toytown."""

_SHAPE = (480, 640)
"""(height, width) of a frame of Toytown before it is scaled."""

_FIRST_DRIVE, _FRAME = 90_000, 5
_KEPT = Cache("receptive_fields", 32 * 1024 * 1024)

Floats = NDArray[np.float32]
Gradient = Callable[[NDArray[np.uint8], tuple[int, int]], Floats]
"""(H, W) how much each pixel of an (H, W, 3) picture counts for the answer at (row, column), at least 0."""


@dataclass(frozen=True)
class Square:
    """The square of `side` pixels, an odd number, in whose middle (row, col) is; it may leave the picture."""

    row: int
    col: int
    side: int


def normalised(gradient: Floats) -> Floats:
    """The gradient with a sum of 1; zeros if there is none."""
    total = gradient.sum(dtype=np.float64)
    found: Floats = (gradient / total if total > 0 else gradient).astype(np.float32)
    return found


def square_of(gradient: Floats, pixel: tuple[int, int], share: float = SHARE) -> Square:
    """The smallest square around a pixel that holds a share of a gradient (H, W), at least 0 everywhere.

    Its side is 1 where there is no gradient at all.
    """
    row, col = pixel
    down = np.abs(np.arange(gradient.shape[0]) - row)[:, np.newaxis]
    across = np.abs(np.arange(gradient.shape[1]) - col)[np.newaxis]
    held = np.cumsum(np.bincount(np.maximum(down, across).ravel(), gradient.ravel()))
    # A little less, for a sum of float32 in another order need not reach the share of the whole exactly.
    farthest = int(np.searchsorted(held, share * held[-1] * (1 - 1e-9)))
    return Square(row, col, 2 * farthest + 1)


def average_field(
    gradient: Gradient,
    longest: int,
    key_parts: tuple[str, ...],
    progress: ProgressCallback = lambda done, total: None,
) -> Floats:
    """(H, W) the mean gradient of the answers in the middle of 20 drawn streets, with a sum of 1.

    longest: the longer side in pixels at which the network works. key_parts: identify the network; with them
    the average is kept in the cache. progress: told after each picture; raising from it stops the work.
    """
    key = _key(longest, key_parts)
    kept = kept_average(longest, key_parts)
    if kept is not None:
        return kept
    height, width = working_size(*_SHAPE, longest)
    total = np.zeros((height, width), np.float64)
    for number in range(PICTURES):
        image, _ = frame(_FIRST_DRIVE + number, _FRAME, (width, height))
        total += normalised(gradient(image, (height // 2, width // 2)))
        progress(number + 1, PICTURES)
    found = normalised(total.astype(np.float32))
    file = io.BytesIO()
    np.save(file, found, allow_pickle=False)
    _KEPT.write(key, zlib.compress(file.getvalue(), 1))
    return found


def kept_average(longest: int, key_parts: tuple[str, ...]) -> Floats | None:
    """What `average_field` kept; None if it has not been computed, or is damaged."""
    data = _KEPT.read(_key(longest, key_parts))
    if data is None:
        return None
    try:
        found = np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False)
    except (ValueError, EOFError, zlib.error):
        return None
    fits = found.dtype == np.float32 and found.shape == working_size(*_SHAPE, longest)
    return found if fits else None


def _key(longest: int, key_parts: tuple[str, ...]) -> str:
    return cache_key("average", PICTURES, _FIRST_DRIVE, longest, *key_parts)
