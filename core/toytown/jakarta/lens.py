"""What cheap cameras do to a picture: blur, pale or loud colours, dark corners, coarse pixels, JPEG's blocks.

The labels stay as they are: what a thing is does not depend on who photographed it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Triple


@dataclass(frozen=True)
class Lens:
    """One camera's faults.

    saturation, contrast, gamma: 1 leaves them; tint: a factor for each colour; corners: how much darker the
    corners are, 0..1; blur: a Gaussian's radius as a share of the picture's width; coarse: the share of the
    pixels across that the sensor has; quality: JPEG's, 0 for none.
    """

    saturation: float
    contrast: float
    gamma: float
    tint: Triple
    corners: float
    blur: float
    coarse: float
    quality: int


def any_lens(dice: Dice, watching: bool, dark: bool) -> Lens:
    """A camera's faults; those that watch a street have more of them, and none makes a dark scene darker."""
    poor = dice.chance(0.75 if watching else 0.3)
    tint = (dice.between(0.92, 1.08), dice.between(0.95, 1.05), dice.between(0.92, 1.08))
    return Lens(
        saturation=dice.between(0.25, 1.1) if poor else dice.between(0.65, 1.45),
        contrast=dice.between(0.75, 1.25),
        gamma=dice.between(0.7, 0.95) if dark else dice.between(0.78, 1.28),
        tint=tint,
        corners=dice.between(0.1, 0.6) if dice.chance(0.4) else 0.0,
        blur=dice.between(0.0008, 0.003) if poor else dice.between(0, 0.001),
        coarse=dice.between(0.4, 0.85) if poor else 1.0,
        quality=12 + dice.below(30) if poor else dice.pick((0, 0, 35, 50, 65, 80)),
    )


def photograph(lens: Lens, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The (H, W, 3) picture as this camera takes it."""
    height, width = picture.shape[:2]
    image = Image.fromarray(_coloured(lens, picture))
    if lens.coarse < 1:
        size = max(16, round(width * lens.coarse)), max(16, round(height * lens.coarse))
        image = image.resize(size, Image.Resampling.BILINEAR).resize(
            (width, height), Image.Resampling.BILINEAR
        )
    if lens.blur * width > 0.2:
        image = image.filter(ImageFilter.GaussianBlur(lens.blur * width))
    if lens.quality:
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=lens.quality)
        image = Image.open(packed).convert("RGB")
    return np.array(image)


def _coloured(lens: Lens, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    levels = np.round(255 * (np.arange(256) / 255) ** lens.gamma, 3)
    seen = levels[picture]
    grey = (seen[..., :1] * 77 + seen[..., 1:2] * 150 + seen[..., 2:] * 29) / 256
    seen = grey + (seen - grey) * lens.saturation
    seen = (128 + (seen - 128) * lens.contrast) * np.array(lens.tint)
    if lens.corners:
        rows = (np.arange(height)[:, None] + 0.5) / height - 0.5
        cols = (np.arange(width)[None, :] + 0.5) / width - 0.5
        seen *= (1 - lens.corners * 2 * (rows * rows + cols * cols))[..., None]
    coloured: NDArray[np.uint8] = np.clip(seen + 0.5, 0, 255).astype(np.uint8)
    return coloured
