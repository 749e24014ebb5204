"""Things cut out of photos, pasted into frames of a street: what they are is then known to the pixel.

Source: Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method for Instance
Segmentation", 2021.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

HORIZON = 0.45
"""Where the horizon is in a frame from behind a windscreen, as a share of its height from the top; about."""

_NEAREST, _FARTHEST = 0.85, 16
"""How high a pasted thing is: a share of the frame at most, pixels at least."""

_HEIGHTS = (0.8, 1.5)
"""How high a motorcycle is, in distances of its foot from the horizon: it is about as high as the camera.
With room for other cameras and horizons."""

_LIGHT = (-0.5, 0.25)
"""The logarithm of the factor by which a thing is made darker or lighter."""
_SOFT = 0.7
"""Pixels over which a pasted thing's edge is blurred."""


@dataclass(frozen=True, eq=False)
class Cutout:
    """A thing and its outline: image (H, W, 3) uint8, mask (H, W) uint8, 255 where the thing is."""

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]

    @classmethod
    def of(cls, image: NDArray[np.uint8], outline: Sequence[tuple[int, int]]) -> Cutout:
        """What is inside an outline of (column, row) corners."""
        mask = Image.new("L", image.shape[1::-1])
        ImageDraw.Draw(mask).polygon(list(outline), fill=255)
        left, top, right, bottom = mask.getbbox() or (0, 0, *image.shape[1::-1])
        return cls(image[top:bottom, left:right], np.asarray(mask)[top:bottom, left:right])

    def scaled(self, height: int, mirrored: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Its pixels (h, w, 3) and how far each of them is the thing (h, w), 0 to 1."""
        width = max(1, round(self.mask.shape[1] * height / self.mask.shape[0]))
        image = Image.fromarray(self.image).resize((width, height), Image.Resampling.LANCZOS)
        mask = Image.fromarray(self.mask).resize((width, height), Image.Resampling.BILINEAR)
        soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(_SOFT)), dtype=np.float64) / 255
        pixels = np.asarray(image, dtype=np.float64)
        return (pixels[:, ::-1], soft[:, ::-1]) if mirrored else (pixels, soft)


def pasted(
    image: NDArray[np.uint8],
    label: NDArray[np.uint8],
    cutout: Cutout,
    number: int,
    ground: Sequence[int],
    rng: random.Random,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A frame (H, W, 3) and its label map (H, W) with the cutout somewhere on the ground.

    number: the thing's label. ground: the labels of what it may stand on; without any, nothing is pasted.
    """
    height, width = label.shape
    horizon = HORIZON * height
    first = int(horizon + height * 0.08)
    rows, cols = np.isin(label[first:], ground).nonzero()
    if not len(rows):
        return image, label
    row = rng.choice(np.unique(rows).tolist())
    col = rng.choice(cols[rows == row].tolist())
    foot = first + row
    tall = min(int((foot - horizon) * rng.uniform(*_HEIGHTS)), int(_NEAREST * height))
    pixels, part = cutout.scaled(max(tall, _FARTHEST), rng.random() < 0.5)
    pixels = np.clip(pixels * np.exp(rng.uniform(*_LIGHT)), 0, 255)
    top, left = foot - part.shape[0], col - part.shape[1] // 2
    there = np.s_[max(0, top) : foot, max(0, left) : left + part.shape[1]]
    seen = np.s_[max(0, -top) :, max(0, -left) : min(part.shape[1], width - left)]
    frame, labels = image.copy(), label.copy()
    alpha = part[seen][..., None]
    frame[there] = (frame[there] * (1 - alpha) + pixels[seen] * alpha).round().astype(np.uint8)
    labels[there][part[seen] > 0.5] = number
    return frame, labels
