"""Gradients and feature maps as pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BRIGHTEST = 99.7
"""Percentile of a gradient that is drawn as the brightest: the few highest would leave all others dark."""

_DARK, _MIDDLE, _BRIGHT = (
    np.array(colour, np.float64) for colour in ((0, 0, 0), (225, 80, 20), (255, 240, 150))
)
"""From nothing to much: told apart by brightness alone."""


def heat(image: NDArray[np.uint8], amount: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A dark grey picture that glows where the amount is large.

    image: (H, W, 3). amount: (H, W), at least 0. Returns (H, W, 3) uint8.
    """
    highest = float(np.percentile(amount, _BRIGHTEST)) or float(amount.max()) or 1.0
    # The square root, for most of a gradient lies far below its highest values.
    strength = np.sqrt(np.clip(amount / highest, 0, 1))[..., np.newaxis]
    # Luma after ITU-R BT.601
    luma = (image @ np.array([0.299, 0.587, 0.114]))[..., np.newaxis] * 0.35
    glow = np.where(
        strength < 0.5,
        _DARK + (_MIDDLE - _DARK) * 2 * strength,
        _MIDDLE + (_BRIGHT - _MIDDLE) * (2 * strength - 1),
    )
    mixed: NDArray[np.uint8] = (
        (luma * (1 - strength) + glow * (0.25 + 0.75 * strength)).clip(0, 255).astype(np.uint8)
    )
    return mixed


def grey(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A feature map (h, w) of 0..255 as a grey (h, w, 3) picture."""
    return np.repeat(values[..., np.newaxis], 3, axis=2)


def marked(image: NDArray[np.uint8], row: float, col: float) -> NDArray[np.uint8]:
    """A picture (H, W, 3) with a white circle in black around a place, given in fractions of its sides."""
    height, width = image.shape[:2]
    down = np.arange(height)[:, np.newaxis] - row * height
    across = np.arange(width)[np.newaxis] - col * width
    distance = np.hypot(down, across)
    radius = max(height, width) / 14
    drawn = image.copy()
    drawn[np.abs(distance - radius) <= _LINE + 1] = 0
    drawn[np.abs(distance - radius) <= _LINE / 2] = 255
    return drawn


_LINE = 2.0
"""Pixels: how thick the circle is."""
