"""The canvas: solid shapes in metres become pixels and their classes in one stroke.

The street runs along z, away from the driver; x points right, y up from the road; all in metres. A picture
is drawn three times larger than requested, in four channels: red, green, blue and the class. A shape is
painted into all four at once, so picture and label map cannot disagree. At the end the colours of each 3 x 3
block are averaged (antialiased), and its label is the class of its middle pixel (not antialiased).

Draw the farther things first: nearer ones are painted over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.classes import RGB
from core.toytown.drawing.dice import cosine, sine
from core.toytown.drawing.light import FRONT, Facing, Floats, Light, facing_street

Point = tuple[float, float, float]
Packed = NDArray[np.uint32]

FINER = 3
NEAR = 0.7
"""Metres before the lens at which shapes are cut off."""
SEE_THROUGH = 255
DEPTH_STEPS = 1.5
"""Depth is kept in steps of 1 / DEPTH_STEPS metres up to 254 of them; 255 is the sky."""


@dataclass(frozen=True)
class View:
    """Where the driver's eye is, and how large the picture is.

    x, z: the eye in metres; eye: its height. yaw, pitch: how far the horizon's middle is off the picture's
    middle, as a share of the picture's width. zoom: the focal length as a share of the picture's width; 0.9
    is a horizontal field of view of 58 degrees.
    """

    width: int
    height: int
    x: float
    z: float
    yaw: float = 0.0
    pitch: float = 0.0
    eye: float = 1.35
    zoom: float = 0.9

    @cached_property
    def focal(self) -> float:
        """Focal length in fine pixels."""
        return self.zoom * self.width * FINER

    @cached_property
    def middle(self) -> tuple[float, float]:
        """Column and row, in fine pixels, of the point that the street runs to."""
        across = self.width * FINER
        return across * (0.5 + self.yaw), self.height * FINER * 0.46 + across * self.pitch

    def project(self, point: Point) -> tuple[float, float]:
        """Column and row in fine pixels of a point beyond `NEAR`."""
        x, y, z = point
        scale = self.focal / (z - self.z)
        return self.middle[0] + (x - self.x) * scale, self.middle[1] + (self.eye - y) * scale

    def scale(self, z: float) -> float:
        """Final pixels a metre at z."""
        return self.focal / FINER / max(NEAR, z - self.z)


@dataclass(frozen=True)
class Texture:
    """A flat painting, metres wide and high, at sizes that halve for greater distances.

    levels: (h, w) arrays of four bytes each: red, green, blue, class; the class 255 is transparent.
    """

    width: float
    height: float
    levels: tuple[Packed, ...]

    @classmethod
    def of(cls, pixels: NDArray[np.uint8], width: float, height: float) -> Texture:
        """From (h, w, 4) bytes; the top row is the top."""
        levels = [pixels]
        while min(levels[-1].shape[:2]) >= 8 and len(levels) < 7:
            levels.append(_halve(levels[-1]))
        return cls(width, height, tuple(_pack(level) for level in levels))


def _pack(pixels: NDArray[np.uint8]) -> Packed:
    return np.ascontiguousarray(pixels).view(np.uint32)[..., 0]


def _halve(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average the colours of opaque neighbours; class and opacity come from one of the four."""
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    total = np.zeros((height // 2, width // 2, 3), dtype=np.uint16)
    count = np.zeros((height // 2, width // 2, 1), dtype=np.uint16)
    for row, col in ((0, 0), (0, 1), (1, 0), (1, 1)):
        part = pixels[row:height:2, col:width:2]
        opaque = (part[..., 3:] != SEE_THROUGH).astype(np.uint16)
        total += part[..., :3] * opaque
        count += opaque
    halved = np.empty((height // 2, width // 2, 4), dtype=np.uint8)
    halved[..., :3] = total // np.maximum(1, count)
    halved[..., 3] = pixels[1:height:2, 1:width:2, 3]
    return halved


_CIRCLE = tuple((cosine(i / 14), sine(i / 14)) for i in range(14))


class Canvas:
    """The canvas; see the module's docstring."""

    def __init__(self, view: View, light: Light) -> None:
        self.view = view
        self.light = light
        self.size = (view.width * FINER, view.height * FINER)
        self.image = Image.new("RGBA", self.size)
        self.depth = Image.new("L", self.size, 255)
        self.glows: list[tuple[Point, float, RGB]] = []
        self._draw = ImageDraw.Draw(self.image)
        self._draw_depth = ImageDraw.Draw(self.depth)

    # Polygons

    def polygon(self, points: Sequence[Point], colour: RGB, kind: int, facing: Facing = FRONT) -> None:
        """Fill a polygon; `facing` says how the light falls on it."""
        self._fill(points, self.light.on(colour, facing), kind)

    def shining(self, points: Sequence[Point], colour: RGB, kind: int) -> None:
        """Fill a polygon that shines by itself: lamps, lit windows."""
        self._fill(points, colour, kind)

    def flat(
        self,
        x: float,
        y: float,
        z: float,
        shapes: Iterable[tuple[Sequence[tuple[float, float]], RGB]],
        kind: int,
    ) -> None:
        """Polygons in the plane that faces the driver, as (right, up) from the point (x, y, z)."""
        for outline, colour in shapes:
            self._fill([(x + a, y + b, z) for a, b in outline], self.light.on(colour, FRONT), kind)

    def upright(
        self, x: tuple[float, float], y: tuple[float, float], z: float, colour: RGB, kind: int
    ) -> None:
        """A rectangle that faces the driver."""
        outline = [(x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)]
        self.polygon(outline, colour, kind)

    def flank(
        self, x: float, y: tuple[float, float], z: tuple[float, float], colour: RGB, kind: int, side: int
    ) -> None:
        """A rectangle along the street that looks from its side (-1 left, 1 right) to the other."""
        outline = [(x, y[0], z[0]), (x, y[0], z[1]), (x, y[1], z[1]), (x, y[1], z[0])]
        self.polygon(outline, colour, kind, facing_street(side))

    def overlay(self, outline: Sequence[tuple[float, float]], colour: RGB, kind: int) -> None:
        """Fill a polygon given in fine pixels, in front of everything else."""
        self._draw.polygon(outline, fill=(*colour, kind))
        self._draw_depth.polygon(outline, fill=0)

    def glow(self, point: Point, radius: float, colour: RGB) -> None:
        """Remember a lamp at `point` that makes the air around it shine, `radius` in metres."""
        if point[2] - self.view.z > NEAR:
            self.glows.append((point, radius, colour))

    def _fill(self, points: Sequence[Point], colour: RGB, kind: int) -> None:
        limit = self.view.z + NEAR
        if any(p[2] < limit for p in points):
            points = _cut(points, limit)
            if len(points) < 3:
                return
        outline = [self.view.project(p) for p in points]
        self._draw.polygon(outline, fill=(*colour, kind))
        self._draw_depth.polygon(outline, fill=self._depth_of(points[0][2]))

    def _depth_of(self, z: float) -> int:
        return max(0, min(254, int((z - self.view.z) * DEPTH_STEPS)))

    # Textures

    def front(self, texture: Texture, x: float, y: float, z: float, mirrored: bool = False) -> None:
        """Put a texture up facing the driver, its lower left corner at (x, y, z)."""
        if z - self.view.z < NEAR:
            return
        left, bottom = self.view.project((x, y, z))
        right, top = self.view.project((x + texture.width, y + texture.height, z))
        rows, cols = self._span(top, bottom, 1), self._span(left, right, 0)
        if not len(rows) or not len(cols):
            return
        level = texture.levels[self._level(texture, z - self.view.z)]
        pick_row = _floor((rows + 0.5 - top) * (level.shape[0] / (bottom - top)), level.shape[0])
        pick_col = _floor((cols + 0.5 - left) * (level.shape[1] / (right - left)), level.shape[1])
        if mirrored:
            pick_col = level.shape[1] - 1 - pick_col
        depth = np.broadcast_to(np.uint8(self._depth_of(z)), (len(rows), len(cols)))
        self._paste(level[pick_row[:, None], pick_col], depth, int(cols[0]), int(rows[0]))

    def side(self, texture: Texture, x: float, y: float, near: float, far: float) -> None:
        """Put a texture up along the street in the plane x, from z = near to far, standing on y.

        What is left in the texture is left in the picture: the near end on the driver's left, the far end on
        the right.
        """
        view = self.view
        start, stop = max(near, view.z + NEAR), far
        if stop <= start or abs(x - view.x) < 0.01:
            return
        ends = sorted((view.project((x, y, start))[0], view.project((x, y, stop))[0]))
        cols = self._span(ends[0], ends[1], 0)
        if not len(cols):
            return
        middles = cols.astype(np.float64) + 0.5
        depth = view.focal * (x - view.x) / (middles - view.middle[0])
        share = (depth + view.z - near) / (far - near)
        along = share if x < view.x else 1 - share
        edges = self._level_edges(texture)
        levels = np.searchsorted(edges, depth)
        for level in np.unique(levels):
            chosen = np.flatnonzero(levels == level)
            self._side_slice(
                texture.levels[int(level)], texture.height, y, cols[chosen], depth[chosen], along[chosen]
            )

    def _side_slice(
        self,
        level: Packed,
        height: float,
        y: float,
        cols: NDArray[np.int64],
        depth: NDArray[np.float64],
        along: NDArray[np.float64],
    ) -> None:
        view = self.view
        closest = float(depth.min()) + view.z
        top = min(view.project((0, y + height, closest))[1], view.middle[1])
        bottom = max(view.project((0, y, closest))[1], view.middle[1])
        rows = self._span(top, bottom, 1)
        if not len(rows):
            return
        up = (view.eye - y) - (rows + 0.5 - view.middle[1])[:, None] * (depth / view.focal)
        pick_row = np.floor(up * (-level.shape[0] / height)).astype(np.int64) + level.shape[0]
        pick_col = _floor(along * level.shape[1], level.shape[1])
        outside = (pick_row < 0) | (pick_row >= level.shape[0])
        packed = level[np.clip(pick_row, 0, level.shape[0] - 1), pick_col]
        codes = np.clip(depth * DEPTH_STEPS, 0, 254).astype(np.uint8)
        self._paste(packed, np.broadcast_to(codes, packed.shape), int(cols[0]), int(rows[0]), outside)

    def _level_edges(self, texture: Texture) -> Floats:
        """Distances at which the next smaller level of a texture begins."""
        first = self.view.focal * texture.height / texture.levels[0].shape[0] * 1.4
        edges: Floats = first * (1 << np.arange(len(texture.levels) - 1))
        return edges

    def _level(self, texture: Texture, distance: float) -> int:
        return int(np.searchsorted(self._level_edges(texture), distance))

    def _span(self, low: float, high: float, axis: int) -> NDArray[np.int64]:
        """The fine pixels whose middles lie between two coordinates, inside the canvas."""
        return np.arange(max(0, int(low + 0.5)), min(self.size[axis], int(high + 0.5)), dtype=np.int64)

    def _paste(
        self,
        packed: Packed,
        depth: NDArray[np.uint8],
        col: int,
        row: int,
        outside: NDArray[np.bool_] | None = None,
    ) -> None:
        pixels = np.ascontiguousarray(packed)[..., None].view(np.uint8)
        opaque = pixels[..., 3] != SEE_THROUGH
        if outside is not None:
            opaque &= ~outside
        mask = Image.fromarray(opaque.astype(np.uint8) * 255)
        self.image.paste(Image.fromarray(pixels), (col, row), mask)
        self.depth.paste(Image.fromarray(np.ascontiguousarray(depth)), (col, row), mask)

    # Results

    def colours(self) -> Floats:
        """(H, W, 3) colours, 0..255: the mean of each block."""
        fine = np.asarray(self.image)[..., :3]
        total = np.zeros((self.view.height, self.view.width, 3), dtype=np.uint16)
        for row in range(FINER):
            for col in range(FINER):
                total += fine[row::FINER, col::FINER]
        mean: Floats = total / (FINER * FINER)
        return mean

    def labels(self) -> NDArray[np.uint8]:
        """(H, W) classes: the class in the middle of each block."""
        return np.asarray(self.image)[FINER // 2 :: FINER, FINER // 2 :: FINER, 3].copy()

    def depths(self) -> NDArray[np.float64]:
        """(H, W) metres to what is seen; infinite in the sky."""
        codes = np.asarray(self.depth)[FINER // 2 :: FINER, FINER // 2 :: FINER]
        return np.where(codes == 255, np.inf, (codes + 0.5) / DEPTH_STEPS)


def circle(x: float, y: float, across: float, up: float | None = None) -> list[tuple[float, float]]:
    """The outline of an ellipse around (x, y) with these radii."""
    high = across if up is None else up
    return [(x + across * c, y + high * s) for c, s in _CIRCLE]


def _floor(values: NDArray[np.float64], limit: int) -> NDArray[np.int64]:
    return np.clip(values.astype(np.int64), 0, limit - 1)


def _cut(points: Sequence[Point], limit: float) -> list[Point]:
    """The part of a polygon with z of at least `limit` (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for (x0, y0, z0), (x1, y1, z1) in zip(points, [*points[1:], points[0]], strict=True):
        if z0 >= limit:
            kept.append((x0, y0, z0))
        if (z0 >= limit) != (z1 >= limit):
            share = (limit - z0) / (z1 - z0)
            kept.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0), limit))
    return kept
