"""Pictures spoilt in five strengths, as weather, cameras and files spoil them.

Noise, blur, fog and JPEG are those of Hendrycks, Dietterich, "Benchmarking Neural Network Robustness to
Common Corruptions and Perturbations", 2019, with the strengths of their ImageNet-C, made for pictures of
224 x 224. Night is ours. Each is drawn from a fixed seed: the same picture is always spoilt in the same way.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.errors import SizeError
from core.languages import mark, sentence
from core.photos import images

STRENGTHS = 5
"""Strengths go from 1 to this; 0 is the picture itself."""

_SEED = 2019
_NOISE = (0.08, 0.12, 0.18, 0.26, 0.38)
"""Standard deviation of the noise, of values in [0, 1]. Source: ImageNet-C, gaussian_noise."""
_BLUR = (1.0, 2.0, 3.0, 4.0, 6.0)
"""Standard deviation of the blur in pixels. Source: ImageNet-C, gaussian_blur."""
_FOG = ((1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4))
"""How much fog there is, and by how much finer clouds are fainter. Source: ImageNet-C, fog."""
_JPEG = (25, 18, 15, 10, 7)
"""Quality of the file. Source: ImageNet-C, jpeg_compression."""
_NIGHT = (0.4, 0.2, 0.1, 0.05, 0.025)
"""Share of the daylight that is left."""
_NIGHT_COLOUR = (0.8, 0.9, 1.1)
"""Of red, green and blue: night is bluish to a camera set for the day."""
_PHOTONS = 400.0
"""That a white pixel would collect: few enough to see them as noise in the dark."""
_GAMMA = 2.2

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Corruption:
    """name: as in an address and on the command line. title: for people. about: what it does to a picture."""

    name: str
    title: str
    about: str
    spoil: Callable[[NDArray[np.uint8], int], NDArray[np.uint8]]

    def apply(self, image: NDArray[np.uint8], strength: int) -> NDArray[np.uint8]:
        """The (H, W, 3) uint8 picture spoilt; itself at strength 0. SizeError for one outside 0 ... 5."""
        if not 0 <= strength <= STRENGTHS:
            raise SizeError(
                sentence(
                    "The strength is {strength}; choose one from 0 (none) to {strengths}.",
                    strength=strength,
                    strengths=STRENGTHS,
                )
            )
        return self.spoil(image, strength - 1) if strength else image


def _noise(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    drawn = np.random.default_rng(_SEED).normal(scale=_NOISE[step], size=image.shape)
    return _bytes_of(image / 255 + drawn)


def _blur(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    return np.array(Image.fromarray(image).filter(ImageFilter.GaussianBlur(_BLUR[step])))


def _fog(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    amount, decay = _FOG[step]
    height, width = image.shape[:2]
    clouds = _plasma(max(height, width), decay)[:height, :width, np.newaxis]
    clear = image / 255
    brightest = clear.max()
    return _bytes_of((clear + amount * clouds) * brightest / (brightest + amount))


def _jpeg(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=_JPEG[step])
    return images.decode(file.getvalue())


def _night(image: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    light = (image / 255) ** _GAMMA * _NIGHT[step] * np.array(_NIGHT_COLOUR)
    caught = np.random.default_rng(_SEED).poisson(light * _PHOTONS) / _PHOTONS
    return _bytes_of(caught ** (1 / _GAMMA))


def _plasma(side: int, decay: float) -> Floats:
    """(n, n) clouds in [0, 1], n the power of two from `side`, by the diamond-square algorithm on a torus.

    decay: by how much each halving of the step makes the clouds fainter.
    Source: Fournier, Fussell, Carpenter, "Computer Rendering of Stochastic Models", 1982.
    """
    draw = np.random.default_rng(_SEED)
    size = 1 << max(1, (side - 1).bit_length())
    clouds = np.zeros((size, size))
    step, spread = size, 1.0
    while step > 1:
        half = step // 2

        def jitter(shape: tuple[int, int], spread: float = spread) -> Floats:
            return draw.uniform(-spread, spread, shape)

        corners = clouds[::step, ::step]
        squares = (
            corners
            + np.roll(corners, -1, 0)
            + np.roll(corners, -1, 1)
            + np.roll(np.roll(corners, -1, 0), -1, 1)
        ) / 4
        clouds[half::step, half::step] = squares + jitter(squares.shape)
        centres = clouds[half::step, half::step]
        across = (corners + np.roll(corners, -1, 1) + centres + np.roll(centres, 1, 0)) / 4
        down = (corners + np.roll(corners, -1, 0) + centres + np.roll(centres, 1, 1)) / 4
        clouds[::step, half::step] = across + jitter(across.shape)
        clouds[half::step, ::step] = down + jitter(down.shape)
        step, spread = half, spread / decay
    clouds -= clouds.min()
    highest = clouds.max()
    return clouds / highest if highest else clouds


def _bytes_of(values: Floats) -> NDArray[np.uint8]:
    """Values in [0, 1], cut off there, as 0..255."""
    whole: NDArray[np.uint8] = (np.clip(values, 0, 1) * 255).round().astype(np.uint8)
    return whole


CORRUPTIONS = {
    corruption.name: corruption
    for corruption in (
        Corruption(
            "noise",
            mark("Noise"),
            mark("Each pixel's colour is off by chance, as in a photo with little light."),
            _noise,
        ),
        Corruption(
            "blur",
            mark("Blurring"),
            mark("Neighbouring pixels run into each other, as behind a wet lens."),
            _blur,
        ),
        Corruption("fog", mark("Fog"), mark("Drifting white lies over everything."), _fog),
        Corruption("night", mark("Night"), mark("Little light is left, bluish and grainy."), _night),
        Corruption(
            "jpeg", mark("JPEG"), mark("The file is saved so small that its 8 x 8 blocks show."), _jpeg
        ),
    )
}
"""All corruptions by name."""
