"""The ground: road, kerbs, pavement, paint and shadows, and the grain that distinguishes them close by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.canvas import FINER, NEAR, Canvas
from core.toytown.drawing.dice import Dice, smooth_noise

FAR = 320.0
TILE = 512
TEXELS = 64
"""Texels a metre in the ground's tiles: a tile repeats every eight metres."""


def strip(
    canvas: Canvas, left: float, right: float, near: float, far: float, colour: RGB, kind: int, y: float = 0
) -> None:
    """A rectangle on the ground."""
    canvas.polygon([(left, y, near), (right, y, near), (right, y, far), (left, y, far)], colour, kind, "up")


@cache
def _tiles() -> NDArray[np.int16]:
    """(4, TILE, TILE) brightness, around 0: asphalt, slabs, grass, gravel."""
    dice = Dice(1, "ground")
    fine, coarse = dice.array(TILE, TILE), smooth_noise(dice, TILE, TILE, 4, octaves=5)
    asphalt = fine * 11 + coarse * 26
    slabs = fine * 6 + coarse * 12
    rows, cols = np.arange(TILE)[:, None], np.arange(TILE)[None, :]
    course = rows // 32
    joint = (rows % 32 < 2) | ((cols + 32 * (course % 2)) % 64 < 2)
    each = dice.array(TILE // 32, TILE // 64)[course, ((cols + 32 * (course % 2)) % TILE) // 64]
    slabs += each * 11 - joint * 30
    grass = dice.array(TILE, TILE) * 24 + smooth_noise(dice, TILE, TILE, 8, octaves=6) * 55
    gravel = dice.array(TILE, TILE) * 26 + smooth_noise(dice, TILE, TILE, 16, octaves=4) * 34
    return np.stack([asphalt, slabs, grass, gravel]).astype(np.int16)


_TILE_OF = np.zeros(256, dtype=np.int64)
_TILE_OF[kinds.SIDEWALK] = 1
_TILE_OF[kinds.GREEN] = 2
_TILE_OF[kinds.SHOULDER] = 3


def grain(canvas: Canvas, shadows: Image.Image) -> None:
    """Texture all the ground drawn so far, and darken it where `shadows` is bright.

    Call this once, when only sky and ground are drawn: labels do not change.
    """
    view = canvas.view
    top = min(canvas.size[1], max(0, int(view.middle[1]) + 2))
    if top >= canvas.size[1]:
        return
    box = (0, top, canvas.size[0], canvas.size[1])
    pixels = np.array(canvas.image.crop(box))
    rows = np.arange(top, canvas.size[1]) + 0.5 - view.middle[1]
    distance = view.eye * view.focal / rows
    cols = np.arange(canvas.size[0]) + 0.5 - view.middle[0]
    change = np.zeros(pixels.shape[:2])
    step = 4
    for start in range(0, len(rows), step * 8):
        part = slice(start, start + step * 8)
        metres_a_row = float(distance[part][0] / rows[part][0])
        fade = min(1.0, 0.16 / metres_a_row)
        if fade < 0.02:
            continue
        across = (distance[part, None] * (cols / view.focal) + view.x) * TEXELS
        along = np.broadcast_to(((distance[part] + view.z) * TEXELS)[:, None], across.shape)
        tile = _TILE_OF[pixels[part, :, 3]]
        found = _tiles()[
            tile, np.floor(along).astype(np.int64) % TILE, np.floor(across).astype(np.int64) % TILE
        ]
        change[part] = found * fade
    ground = pixels[..., 3] != kinds.SKY
    shade = 256 - np.asarray(shadows.crop(box)).astype(np.float64)
    factor = np.where(ground, (1 + change / 160) * (shade / 256), 1.0)
    pixels[..., :3] = np.clip(pixels[..., :3] * factor[..., None], 0, 255).astype(np.uint8)
    canvas.image.paste(Image.fromarray(pixels), (0, top))


class Shadows:
    """Where the ground is dark: 0 for lit, up to 255 for black; softened a little."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._image = Image.new("L", canvas.size, 0)

    def add(self, outline: Sequence[tuple[float, float]], darkness: int, y: float = 0.0) -> None:
        """Darken the polygon of (x, z) points on ground of height y; overlaps are as dark as the darker."""
        view = self._canvas.view
        points = [(x, y, max(z, view.z + NEAR)) for x, z in outline]
        projected = [view.project(p) for p in points]
        left = max(0, int(min(p[0] for p in projected)) - 1)
        top = max(0, int(min(p[1] for p in projected)) - 1)
        right = min(self._canvas.size[0], int(max(p[0] for p in projected)) + 2)
        bottom = min(self._canvas.size[1], int(max(p[1] for p in projected)) + 2)
        if left >= right or top >= bottom:
            return
        part = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(part).polygon([(u - left, v - top) for u, v in projected], fill=darkness)
        self._image.paste(ImageChops.lighter(self._image.crop((left, top, right, bottom)), part), (left, top))

    def image(self) -> Image.Image:
        """The shadows with soft edges."""
        return self._image.filter(ImageFilter.BoxBlur(FINER))
