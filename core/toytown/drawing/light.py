"""Light and weather: how bright a face is, the sky, and the effects of air, rain and sensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.dice import Dice, smooth_noise

Facing = Literal["up", "left", "right", "front"]
"""Which way a face points: to the sky, to the driver's left or right, or to the driver."""
FRONT: Facing = "front"


def facing_street(side: int) -> Facing:
    """Which way a face on a side of the street (-1 left, 1 right) points: to the other side."""
    return "left" if side > 0 else "right"


Weather = Literal["noon", "morning", "dusk", "overcast", "rain"]
Triple = tuple[float, float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Light:
    """The light of one drive.

    ambient: the light on every face, per colour; direct: what the sun adds to a face at right angles to it.
    sun: the side it comes from, -1 left, 1 right, 0 none; ahead: whether it is in front of the driver.
    top, horizon: the sky's colours; cloud: their colour and how much of the sky they cover, 0..1.
    haze: the distance in metres at which two thirds of a thing's colour are the air's.
    exposure: the camera's factor; noise: the sensor's, in grey levels.
    headlights: whether the camera rides on a vehicle whose headlights are on at dusk.
    """

    weather: Weather
    ambient: Triple
    direct: Triple
    sun: int
    ahead: bool
    top: Triple
    horizon: Triple
    cloud: Triple
    cover: float
    haze: float
    exposure: Triple
    noise: float
    headlights: bool = True

    @property
    def lamps(self) -> bool:
        """Whether lamps are lit."""
        return self.weather in {"dusk", "rain"}

    @property
    def wet(self) -> bool:
        """Whether the road reflects."""
        return self.weather == "rain"

    def factors(self, facing: Facing) -> Triple:
        """The factors for a colour on a face."""
        return self._factors[facing]

    @cached_property
    def _factors(self) -> dict[Facing, Triple]:
        facings: tuple[Facing, ...] = ("up", "left", "right", "front")
        return {facing: self._computed(facing) for facing in facings}

    def _computed(self, facing: Facing) -> Triple:
        if facing == "up":
            share = 0.75
        elif facing == "front":
            share = 0.08 if self.ahead else 0.5
        else:
            share = 0.85 if (facing == "left") == (self.sun < 0) and self.sun else 0.0
        red, green, blue = (a + d * share for a, d in zip(self.ambient, self.direct, strict=True))
        return red, green, blue

    def on(self, colour: RGB, facing: Facing) -> RGB:
        """A colour as it looks on a face."""
        red, green, blue = self._factors[facing]
        return (
            min(255, int(colour[0] * red)),
            min(255, int(colour[1] * green)),
            min(255, int(colour[2] * blue)),
        )

    def on_pixels(self, pixels: NDArray[np.uint8], facing: Facing) -> NDArray[np.uint8]:
        """(h, w, 4) painted pixels as they look on a face; the fourth channel stays."""
        levels = np.arange(256)
        lit = pixels.copy()
        for channel, factor in enumerate(self.factors(facing)):
            lit[..., channel] = np.minimum(255, levels * factor).astype(np.uint8)[pixels[..., channel]]
        return lit


def light_of(weather: Weather, dice: Dice) -> Light:
    """The light of a drive in this weather; the sun's side and the camera's colour cast are random."""
    sun = dice.pick((-1, 1))
    ahead = dice.chance(0.4)
    warm = dice.between(-0.03, 0.03)
    bright = dice.between(0.95, 1.08) * (1.14 if ahead else 1.0)
    cast = (bright * (1 + warm), bright, bright * (1 - warm))
    noise = dice.between(1.5, 3.0)
    if weather == "noon":
        return Light(
            weather, (0.56, 0.62, 0.72), (0.62, 0.56, 0.44), sun, ahead,
            (92, 146, 214), (206, 226, 240), (250, 250, 250), dice.between(0.4, 0.68), 420, cast, noise,
        )  # fmt: skip
    if weather == "morning":
        return Light(
            weather, (0.50, 0.55, 0.66), (0.74, 0.58, 0.36), sun, ahead,
            (116, 158, 206), (246, 226, 196), (255, 240, 218), dice.between(0.35, 0.6), 200, cast, noise,
        )  # fmt: skip
    if weather == "dusk":
        return Light(
            weather, (0.34, 0.33, 0.46), (0.20, 0.12, 0.06), sun, True,
            (58, 72, 122), (250, 176, 118), (148, 104, 128), dice.between(0.35, 0.6), 260, cast, noise + 1.5,
        )  # fmt: skip
    if weather == "rain":
        return Light(
            weather, (0.58, 0.61, 0.66), (0.0, 0.0, 0.0), 0, False,
            (160, 168, 178), (204, 208, 212), (136, 144, 154), 0.8, 150, cast, noise + 0.8,
        )  # fmt: skip
    return Light(
        weather, (0.74, 0.76, 0.79), (0.06, 0.06, 0.05), 0, False,
        (206, 212, 220), (238, 240, 241), (176, 183, 193), 0.72, 300, cast, noise,
    )  # fmt: skip


def cloud_map(dice: Dice) -> Floats:
    """(256, 512) seamless clouds, -1..1, made once for each drive."""
    return smooth_noise(dice, 256, 512, 4, octaves=6)


def sky(
    light: Light, clouds: Floats, width: int, height: int, middle: tuple[float, float], drift: float
) -> Floats:
    """(height, width, 3) sky above a horizon at `middle` (column and row in final pixels)."""
    rows = np.arange(height)[:, None] + 0.5
    cols = np.arange(width)[None, :] + 0.5
    above = np.clip((middle[1] - rows) / (0.55 * height), 0, 1)
    rise = above * (2 - above)
    colour = np.array(light.horizon) + rise[..., None] * (np.array(light.top) - np.array(light.horizon))
    colour = np.broadcast_to(colour, (height, width, 3)).copy()

    far = 1 / (above + 0.09)
    across = (cols - middle[0]) / width * far * 70 + 300 + drift
    deep = far * 42 + drift * 0.6
    deep = np.broadcast_to(deep, across.shape)
    density = _sampled(clouds, deep, across)
    density = np.clip((density - (0.42 - 0.62 * light.cover)) * 3.2, 0, 1) * np.clip(above * 6, 0, 1)
    shaded = np.array(light.cloud) * (1 - 0.14 * np.clip(density - 0.45, 0, 1)[..., None])
    colour += (density * 0.85)[..., None] * (shaded - colour)

    if light.sun and light.ahead:
        _add_sun(colour, light, middle)
    return colour


def _sampled(field: Floats, rows: Floats, cols: Floats) -> Floats:
    """Interpolate a seamless (256, 512) field."""
    top, left = np.floor(rows), np.floor(cols)
    down, right = rows - top, cols - left
    row, col = top.astype(np.int64) % 256, left.astype(np.int64) % 512
    below, beside = (row + 1) % 256, (col + 1) % 512
    upper = field[row, col] * (1 - right) + field[row, beside] * right
    lower = field[below, col] * (1 - right) + field[below, beside] * right
    blended: Floats = upper * (1 - down) + lower * down
    return blended


def _add_sun(colour: Floats, light: Light, middle: tuple[float, float]) -> None:
    height, width = colour.shape[:2]
    rows, cols = np.arange(height)[:, None] + 0.5, np.arange(width)[None, :] + 0.5
    up = 0.06 if light.weather == "dusk" else 0.34
    across = (cols - middle[0] - light.sun * 0.24 * width) / width
    above = (rows - middle[1] + up * height) / width
    away = across * across + above * above
    disc = np.clip(1.6 - away / 0.0004, 0, 1)
    halo = 0.55 / (1 + away / 0.006) + 0.3 / (1 + away / 0.06)
    shine = np.clip(disc + halo, 0, 1)[..., None]
    colour += shine * (np.array((255, 236, 196)) - colour)


def finish(
    light: Light,
    colours: Floats,
    labels: NDArray[np.uint8],
    depths: Floats,
    middle: tuple[float, float],
    glows: Sequence[tuple[float, float, float, float, RGB]],
    dice: Dice,
) -> NDArray[np.uint8]:
    """Apply air, wetness, lamps, lens and sensor: (H, W, 3) drawn colours become the picture.

    middle: where the horizon is, column and row. glows: lamps as column, row, radius in pixels, distance in
    metres and colour. Labels are only read: light falls on things without changing what they are.
    """
    seen = colours.copy()
    far = np.where(np.isinf(depths), 0.0, depths)
    share = far / (far + light.haze)
    share = np.square(np.minimum(share, 0.8)) * 1.25
    seen += np.clip(share, 0, 0.85)[..., None] * (np.array(light.horizon) * 0.97 - seen)
    if light.wet:
        _mirror(seen, labels, middle[1], dice)
    if light.weather == "dusk" and light.headlights:
        _headlights(seen, labels, depths, middle)
    for glow in glows:
        _add_glow(seen, depths, glow, 0.55 if light.lamps else 0.22)
    if light.wet:
        _rain(seen, dice)
    height, width = seen.shape[:2]
    rows = (np.arange(height)[:, None] + 0.5) / height - 0.5
    cols = (np.arange(width)[None, :] + 0.5) / width - 0.5
    seen *= (1 - 0.36 * (rows * rows + cols * cols))[..., None] * np.array(light.exposure)
    grain = dice.array(height, width)[..., None] * 1.2 + dice.array(height, width * 3).reshape(
        height, width, 3
    )
    seen += grain * light.noise
    return np.clip(seen + 0.5, 0, 255).astype(np.uint8)


_MIRRORS = np.zeros(256, dtype=np.float64)
_MIRRORS[[kinds.ROAD, kinds.LANE, kinds.HATCHING, kinds.PARKING]] = 1.0
_MIRRORS[[kinds.SIDEWALK, kinds.SHOULDER]] = 0.55


def _mirror(seen: Floats, labels: NDArray[np.uint8], horizon: float, dice: Dice) -> None:
    """Wet ground: each column shows, upside down, what stands on it."""
    height, width = labels.shape
    rows = np.broadcast_to(np.arange(height)[:, None], labels.shape)
    wet = _MIRRORS[labels]
    contact = np.maximum.accumulate(np.where(wet > 0, int(horizon), rows), axis=0)
    source = np.clip(2 * contact - rows, 0, height - 1)
    image = seen[source, np.arange(width)[None, :]]
    image = _smear(image, max(2, height // 40))
    below = np.clip((rows - horizon) / (height - horizon), 0, 1)
    ripple = smooth_noise(dice, 64, 512, 2, octaves=3)
    ripple = ripple[(rows * 64 // height) % 64, (np.arange(width) * 512 // width)[None, :] % 512]
    strength = wet * np.clip(0.46 - 0.36 * below + 0.24 * ripple, 0.05, 0.6)
    seen += strength[..., None] * (image * 0.92 - seen)


def _smear(image: Floats, reach: int) -> Floats:
    """The mean of each pixel and its neighbours up to `reach` rows above and below."""
    height = image.shape[0]
    rows = np.arange(height)
    total = np.zeros_like(image)
    for shift in range(-reach, reach + 1, max(1, reach // 3)):
        total += image[np.clip(rows + shift, 0, height - 1)]
    count = len(range(-reach, reach + 1, max(1, reach // 3)))
    return total / count


def _headlights(seen: Floats, labels: NDArray[np.uint8], depths: Floats, middle: tuple[float, float]) -> None:
    """Our own car's headlights: a warm pool of light on the road and on things in it."""
    height, width = labels.shape
    cols = np.abs(np.arange(width)[None, :] + 0.5 - middle[0]) / width
    rows = np.arange(height)[:, None] + 0.5
    reach = np.clip(1.15 - depths / 34, 0, 1) * np.clip(1 - cols * 2.1, 0, 1)
    reach = reach * np.clip((rows - middle[1] + 0.10 * height) / (0.12 * height), 0, 1)
    reach = np.where(labels == kinds.VOID, 0, reach)
    seen *= 1 + reach[..., None] * np.array((1.05, 0.95, 0.66))


def _add_glow(
    seen: Floats, depths: Floats, glow: tuple[float, float, float, float, RGB], strength: float
) -> None:
    col, row, radius, distance, colour = glow
    height, width = depths.shape
    reach = max(1.5, radius) * 3
    top, bottom = max(0, int(row - reach)), min(height, int(row + reach) + 2)
    left, right = max(0, int(col - reach)), min(width, int(col + reach) + 2)
    if top >= bottom or left >= right:
        return
    rows = np.arange(top, bottom)[:, None] + 0.5 - row
    cols = np.arange(left, right)[None, :] + 0.5 - col
    fall = np.clip(1 - (rows * rows + cols * cols) / (reach * reach), 0, 1)
    fall = fall * fall * fall * strength
    fall = np.where(depths[top:bottom, left:right] < distance - 1.5, 0, fall)
    part = seen[top:bottom, left:right]
    part += fall[..., None] * (np.array(colour) - part * 0.35)


def _rain(seen: Floats, dice: Dice) -> None:
    height, width = seen.shape[:2]
    for _ in range(width * height // 700):
        col, row = dice.below(width), dice.below(height)
        length = 2 + dice.below(max(2, height // 26))
        part = seen[row : row + length, col]
        part += dice.between(0.05, 0.2) * (225 - part)
