"""A board to paint a flat thing on, in metres: the front of a house, a sign, the side of a bus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.classes import RGB
from core.toytown.drawing.canvas import SEE_THROUGH, Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import FRONT, Facing, Light

Outline = Sequence[tuple[float, float]]


class Board:
    """Metres from the lower left corner; every mark has a colour and a class, all else is transparent."""

    def __init__(self, width: float, height: float, texels: int = 32) -> None:
        self.width, self.height, self.texels = width, height, texels
        size = max(2, round(width * texels)), max(2, round(height * texels))
        self.image = Image.new("RGBA", size, (0, 0, 0, SEE_THROUGH))
        self._draw = ImageDraw.Draw(self.image)
        self._floor = size[1]
        self._shining: list[tuple[Outline, RGB, int]] = []

    def rect(self, left: float, bottom: float, right: float, top: float, colour: RGB, kind: int) -> None:
        """Fill a rectangle."""
        if right > left and top > bottom:
            u0, v0, u1, v1 = self._box(left, bottom, right, top)
            self._draw.rectangle((u0, v0, max(u0, u1 - 1), max(v0, v1 - 1)), fill=(*colour, kind))

    def shape(self, outline: Outline, colour: RGB, kind: int) -> None:
        """Fill a polygon."""
        texels, floor = self.texels, self._floor
        points = [(x * texels, floor - y * texels) for x, y in outline]
        self._draw.polygon(points, fill=(*colour, kind))

    def shapes(self, corners: NDArray[np.float64], colours: NDArray[np.uint8], kind: int) -> None:
        """Fill many polygons: (n, 2k) alternating right and up, and (n, 3) colours."""
        points = corners * self.texels
        points[:, 1::2] = self._floor - points[:, 1::2]
        for outline, (red, green, blue) in zip(points.tolist(), colours.tolist(), strict=True):
            self._draw.polygon(outline, fill=(red, green, blue, kind))

    def erase(self, outline: Outline) -> None:
        """Make a hole."""
        self.shape(outline, (0, 0, 0), SEE_THROUGH)

    def shine(self, outline: Outline, colour: RGB, kind: int) -> None:
        """A polygon that keeps its colour in every light; it is painted last."""
        self._shining.append((outline, colour, kind))

    def pixels(self, left: float, bottom: float, painted: NDArray[np.uint8], kind: int) -> None:
        """Put (h, w, 3) painted pixels down with their lower left corner at (left, bottom)."""
        height, width = painted.shape[:2]
        u, _, _, v = self._box(left, bottom, left, bottom)
        part = np.concatenate([painted, np.full((height, width, 1), kind, dtype=np.uint8)], axis=2)
        self.image.paste(Image.fromarray(part), (u, v - height))

    def text(
        self,
        words: str,
        left: float,
        bottom: float,
        width: float,
        height: float,
        colour: RGB,
        kind: int,
    ) -> None:
        """Write words as large as fit into a rectangle, in its middle."""
        ink = letters(words)
        scale = min(width * self.texels / ink.width, height * self.texels / ink.height)
        size = max(1, int(ink.width * scale)), max(1, int(ink.height * scale))
        mask = ink.resize(size, Image.Resampling.BICUBIC).point(lambda v: 255 if v > 110 else 0)
        u = int((left + width / 2) * self.texels - size[0] / 2)
        v = int(self.image.height - (bottom + height / 2) * self.texels - size[1] / 2)
        self.image.paste((*colour, kind), (u, v), mask)

    def texture(self, light: Light | None = None, facing: Facing = FRONT) -> Texture:
        """What was painted, in this light."""
        pixels = np.asarray(self.image)
        if light is not None:
            self.image = Image.fromarray(light.on_pixels(pixels, facing))
            self._draw = ImageDraw.Draw(self.image)
        for outline, colour, kind in self._shining:
            self.shape(outline, colour, kind)
        return Texture.of(np.array(self.image), self.width, self.height)

    def _box(self, left: float, bottom: float, right: float, top: float) -> tuple[int, int, int, int]:
        height = self.image.height
        return (
            round(left * self.texels), height - round(top * self.texels),
            round(right * self.texels), height - round(bottom * self.texels),
        )  # fmt: skip


@lru_cache(maxsize=128)
def letters(words: str) -> Image.Image:
    """Words as a grey picture, 0 to 255, cropped to the ink.

    The font is Pillow's own: a machine's fonts make no difference.
    """
    font = ImageFont.load_default(size=72)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(words))
    image = Image.new("L", (right - left + 16, bottom - top + 16), 0)
    ImageDraw.Draw(image).text((8 - left, 8 - top), words, fill=255, font=font, stroke_width=2)
    return image.crop(image.getbbox())


def bricks(
    dice: Dice, width: int, height: int, colour: RGB, course: int = 3, length: int = 8, joint: int = 20
) -> NDArray[np.uint8]:
    """(height, width, 3) courses of stones of uneven tint, with paler joints and weathered patches."""
    rows, cols = np.arange(height)[:, None], np.arange(width)[None, :]
    layer = rows // course
    shifted = cols + (layer % 2) * (length // 2)
    tints = dice.array(height // course + 1, width // length + 2)[layer, shifted // length]
    patches = dice.array(height // 48 + 2, width // 48 + 2)
    patches = patches[rows // 48, cols // 48] * 4
    mortar = (rows % course == 0) | (shifted % length == 0)
    change = tints * 17 + patches + dice.array(height, width) * 7
    change = np.where(mortar, change * 0.3 + joint, change)
    stain = 1 - 0.18 * (rows > height - 20)
    painted = (np.array(colour) + change[..., None] * np.array((1.0, 0.86, 0.76))) * stain[..., None]
    clipped: NDArray[np.uint8] = np.clip(painted, 0, 255).astype(np.uint8)
    return clipped


def render(dice: Dice, width: int, height: int, colour: RGB) -> NDArray[np.uint8]:
    """(height, width, 3) painted plaster: nearly even, a little stained towards the ground."""
    streaks = dice.array(1, width // 6 + 1)[:, np.arange(width) // 6] * 4
    rows = np.arange(height)[:, None] / max(1, height)
    change = dice.array(height, width) * 5 + streaks * rows - 12 * rows * rows
    return np.clip(np.array(colour) + change[..., None], 0, 255).astype(np.uint8)


def mixed(first: RGB, second: RGB, share: float) -> RGB:
    """`share` of the second colour in the first."""
    red, green, blue = (int(a + share * (b - a)) for a, b in zip(first, second, strict=True))
    return red, green, blue


def dimmed(colour: RGB, factor: float) -> RGB:
    """A colour made darker (factor below 1) or brighter."""
    red, green, blue = (max(0, min(255, int(c * factor))) for c in colour)
    return red, green, blue
