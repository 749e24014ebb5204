"""What cameras do to pictures beyond their light: other hues, no colour, noise, few pixels, JPEG.

A network that sees more variety than the world has takes the world for one more variety (Tobin et al.,
"Domain randomization for transferring deep neural networks from simulation to the real world", 2017).
"""

from __future__ import annotations

import random
from collections.abc import Callable

import torch
from torch import Tensor

from core.models.compiler import without_compiler
from core.photos.images import decode, encode_jpeg

with without_compiler():
    import torchvision.transforms.v2.functional as TF


def varied(image: Tensor, amount: float) -> Tensor:
    """An image (3, h, w) uint8 after some of the changes, each drawn by itself; amount: 0 to 1."""
    for share, change in _CHANGES:
        if random.random() < share * amount:
            image = change(image)
    return image


def _other_hue(image: Tensor) -> Tensor:
    turned: Tensor = TF.adjust_hue(image, random.uniform(-0.15, 0.15))
    return turned


def _without_colour(image: Tensor) -> Tensor:
    grey: Tensor = TF.rgb_to_grayscale(image, num_output_channels=3)
    return grey


def _coarse(image: Tensor) -> Tensor:
    """As a smaller picture that was enlarged."""
    factor = random.uniform(0.35, 0.8)
    size = list(image.shape[1:])
    small = TF.resize(image, [max(1, round(side * factor)) for side in size], antialias=True)
    enlarged: Tensor = TF.resize(small, size, antialias=False)
    return enlarged


def _noisy(image: Tensor) -> Tensor:
    noise = torch.randn(image.shape) * random.uniform(2, 16)
    return (image + noise).clamp(0, 255).round().to(torch.uint8)


def _as_jpeg(image: Tensor) -> Tensor:
    """As a picture from a file that was saved small."""
    saved = encode_jpeg(image.permute(1, 2, 0).numpy(), quality=random.randrange(25, 81))
    return torch.from_numpy(decode(saved)).permute(2, 0, 1)


_CHANGES: tuple[tuple[float, Callable[[Tensor], Tensor]], ...] = (
    (0.4, _other_hue),
    (0.1, _without_colour),
    (0.3, _coarse),
    (0.4, _noisy),
    (0.3, _as_jpeg),
)
"""In the order in which they happen to a picture, each with the share of pictures that it happens to."""
