"""Shapes drawn on a canvas of fabric.js, as pixels of a mask: from its JSON, never from its picture.

The canvas's own picture is antialiased, and mixed colours at its edges would become false classes. Each shape
is brought to the mask's half pixels and covers what the editor's brush or polygon covers there.

Source of the geometry: fabric.js 7.4: `calcOwnMatrix`, `translateToCenterPoint`, `Path._calcDimensions`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.annotation.runs import Mask
from core.annotation.strokes import MAX_WIDTH, Area, Point, brush, painted, polygon
from core.errors import AnnotationError
from core.languages import mark, sentence

Drawn = Mapping[str, object]
"""One shape, as fabric.js writes it; it can be anything."""

Points = NDArray[np.float64]
"""(N, 2) places as (x, y)."""

_Places = list[tuple[float, float]]

MAX_SHAPES = 500
"""On one canvas."""

_MAX_POINTS = 20_000
"""Of all shapes that are drawn at once: a quarter of an hour of an unbroken stroke."""

_MAX_PARTS = 200
"""Straight lines in the place of one curve, which is then some thousand pixels long."""

_MAX_WORK = 1_000_000_000
"""Pixels that brushes look at, at once: some ten seconds."""

_FARTHEST = 100_000.0
"""Of any number in a shape: many canvases away."""

_FLAT = 0.1
"""Pixels that a curve may be away from the straight lines in its place."""

_ORIGINS = {"left": -0.5, "top": -0.5, "center": 0.0, "right": 0.5, "bottom": 0.5}
_CORNERS = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])

_DAMAGED = mark("A shape on the canvas is damaged: draw it again.")
_TOO_MUCH = mark("That is too much to draw at once: draw it in several parts.")


@dataclass(frozen=True)
class Sheet:
    """A canvas over a mask.

    size: (height, width) of the mask in its pixels. canvas: (height, width) of the canvas in its own.
    values: what each colour of the canvas paints, by the text that stands for the colour there.
    """

    size: tuple[int, int]
    canvas: tuple[int, int]
    values: Mapping[str, int]

    @property
    def scale(self) -> NDArray[np.float64]:
        """Pixels of the mask for one of the canvas, along x and y."""
        return np.array([self.size[1] / self.canvas[1], self.size[0] / self.canvas[0]])


def shapes_in(drawing: object) -> tuple[Drawn, ...]:
    """The shapes of a canvas's JSON, which can be anything; AnnotationError for what is none, or too many."""
    found = drawing.get("objects", []) if isinstance(drawing, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(shape, Mapping) for shape in found):
        raise AnnotationError(sentence(_DAMAGED))
    if len(found) > MAX_SHAPES:
        raise AnnotationError(
            sentence(
                "There are more than {max_shapes} shapes on the canvas: empty it first.",
                max_shapes=MAX_SHAPES,
            )
        )
    return tuple(found)


def draw(mask: Mask, shapes: Iterable[Drawn], sheet: Sheet) -> Mask:
    """The mask with shapes painted into it, the first one lowest.

    Strokes and lines are as wide as on the canvas; rectangles, circles and polygons are filled, by the
    even-odd rule. AnnotationError for a shape that is damaged, of another kind, or too large to be drawn.
    """
    outlines: list[_Outline] = []
    points = work = 0
    for shape in shapes:
        outlines.append(_outline(shape, sheet))
        points += len(outlines[-1].points)
        work += outlines[-1].work(sheet.size)
        if points > _MAX_POINTS or work > _MAX_WORK:
            raise AnnotationError(sentence(_TOO_MUCH))
    for outline in outlines:
        mask = painted(mask, outline.area(sheet.size), outline.value)
    return mask


@dataclass(frozen=True)
class _Outline:
    """A shape in half pixels of the mask.

    width: of the brush that draws it; None for one that is filled. within: a polygon outside of which the
    brush draws nothing; empty for none.
    """

    points: Sequence[Point]
    width: int | None
    value: int
    within: Sequence[Point] = ()

    def area(self, size: tuple[int, int]) -> Area:
        if self.width is None:
            return polygon(size, self.points)
        area = brush(size, self.points, self.width)
        return area & polygon(size, self.within) if self.within else area

    def work(self, size: tuple[int, int]) -> int:
        """Pixels that a brush looks at on its way."""
        if self.width is None:
            return 0
        return sum(
            min((abs(x2 - x1) // 2 + self.width) * (abs(y2 - y1) // 2 + self.width), size[0] * size[1])
            for (x1, y1), (x2, y2) in pairwise(self.points)
        )


def _outline(shape: Drawn, sheet: Sheet) -> _Outline:
    kind = shape.get("type")
    if kind == "Path":
        return _path(shape, sheet)
    if kind == "Line":
        return _line(shape, sheet)
    if not isinstance(kind, str) or kind not in _FILLED:
        raise AnnotationError(
            sentence("Only strokes, lines, rectangles, circles and polygons can be drawn: leave others out.")
        )
    corners = _placed(shape, _FILLED[kind](shape, sheet)) * sheet.scale
    return _Outline(_half_pixels(corners), None, _value(shape.get("fill"), sheet))


def _path(shape: Drawn, sheet: Sheet) -> _Outline:
    """A stroke; or, where it is closed, what it encloses."""
    commands = _commands(shape.get("path"))
    places = _placed(shape, np.array([place for to in commands for place in to]), _middle(commands))
    flat: list[Points] = []
    for here in np.split(places * sheet.scale, np.cumsum([len(to) for to in commands])[:-1]):
        flat.append(here if len(here) == 1 else _curve(flat[-1][-1], *here))
        if len(flat[-1]) > _MAX_PARTS:
            raise AnnotationError(sentence(_TOO_MUCH))
    points = _half_pixels(np.concatenate(flat))
    if shape.get("fill") and _closes(shape):
        return _Outline(points, None, _value(shape["fill"], sheet))
    return _Outline(points, _width(shape, sheet), _value(shape.get("stroke"), sheet))


def _width(shape: Drawn, sheet: Sheet) -> int:
    """Pixels of the mask that a stroke is wide. One that was stretched has its middle width all along."""
    grown = 1.0 if shape.get("strokeUniform") else math.sqrt(abs(float(np.linalg.det(_stretched(shape)))))
    width = round(_number(shape, "strokeWidth") * grown * math.sqrt(float(sheet.scale.prod())))
    if not 0 <= width <= MAX_WIDTH:
        raise AnnotationError(
            sentence(
                "A stroke is at most {max_width} pixels of the picture wide: draw a thinner one.",
                max_width=MAX_WIDTH,
            )
        )
    return max(width, 1)


def _line(shape: Drawn, sheet: Sheet) -> _Outline:
    """A line, whose ends are straight on the canvas: a brush's are round."""
    given = np.array([(_number(shape, f"x{end}"), _number(shape, f"y{end}")) for end in (1, 2)])
    ends = _placed(shape, given) * sheet.scale
    width, along = _width(shape, sheet), ends[1] - ends[0]
    length = float(np.hypot(*along)) or 1.0
    aside = np.array([-along[1], along[0]]) / length * (width / 2 + 1)
    within = np.array([ends[0] + aside, ends[1] + aside, ends[1] - aside, ends[0] - aside])
    value = _value(shape.get("stroke"), sheet)
    return _Outline(_half_pixels(ends), width, value, _half_pixels(within))


def _commands(path: object) -> list[_Places]:
    """The places of each M, L or Q of a path: of a Q two, the first its control point.

    AnnotationError for other commands.
    """
    if not isinstance(path, list) or not path:
        raise AnnotationError(sentence(_DAMAGED))
    if len(path) > _MAX_POINTS:
        raise AnnotationError(sentence(_TOO_MUCH))
    found: list[_Places] = []
    for command in path:
        match command:
            case ["M" | "L" as name, x, y] if bool(found) == (name == "L"):
                found.append([(_finite(x), _finite(y))])
            case ["Q", x1, y1, x2, y2] if found:
                found.append([(_finite(x1), _finite(y1)), (_finite(x2), _finite(y2))])
            case ["Z" | "z"] if found:
                pass
            case _:
                raise AnnotationError(sentence(_DAMAGED))
    return found


def _closes(shape: Drawn) -> bool:
    path = shape.get("path")
    return isinstance(path, list) and path[-1] in (["Z"], ["z"])


def _middle(commands: Sequence[_Places]) -> Points:
    """(2,) the middle of the box around a path as fabric.js measures it.

    It takes a Q for a C whose two control points are the same: that bulges a little more.
    """
    places = [np.array(commands[0][-1])]
    for to in commands:
        end = np.array(to[-1])
        if len(to) == 2:
            start, control = places[-1], np.array(to[0])
            with np.errstate(divide="ignore", invalid="ignore"):
                share = np.sqrt((control - start) / (control - end))
            turn = share / (1 + share)  # where (1 - t)^2 (control - start) = t^2 (control - end)
            extreme = (1 - turn) ** 3 * start + 3 * turn * (1 - turn) * control + turn**3 * end
            places.append(np.where(np.isfinite(extreme), extreme, end))
        places.append(end)
    low, high = np.min(places, axis=0), np.max(places, axis=0)
    middle: Points = (low + high) / 2
    return middle


def _curve(start: Points, control: Points, end: Points) -> Points:
    """(N, 2) the places of a quadratic curve after its start, close enough for straight lines."""
    bulge = float(np.hypot(*(start - 2 * control + end))) / 4
    parts = max(1, math.ceil(math.sqrt(bulge / _FLAT)))
    time = np.arange(1, parts + 1)[:, np.newaxis] / parts
    curve: Points = (1 - time) ** 2 * start + 2 * time * (1 - time) * control + time**2 * end
    return curve


def _rectangle(shape: Drawn, _: Sheet) -> Points:
    return _CORNERS * (_number(shape, "width"), _number(shape, "height"))


def _ellipse(shape: Drawn, sheet: Sheet) -> Points:
    circle = shape.get("type") == "Circle"
    radii = [_number(shape, "radius")] * 2 if circle else [_number(shape, "rx"), _number(shape, "ry")]
    largest = max(map(abs, radii)) * float(sheet.scale.max()) * float(np.abs(_stretched(shape)).max())
    parts = max(12, math.ceil(math.pi / math.acos(1 - _FLAT / max(largest, 1.0))))
    angle = np.arange(parts) * 2 * math.pi / parts
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * radii


def _corners(shape: Drawn, _: Sheet) -> Points:
    """The corners of a polygon, around the middle of the box around them."""
    given = shape.get("points")
    if not isinstance(given, list) or not 0 < len(given) <= _MAX_POINTS:
        raise AnnotationError(sentence(_DAMAGED))
    if not all(isinstance(corner, Mapping) for corner in given):
        raise AnnotationError(sentence(_DAMAGED))
    corners = np.array([(_number(corner, "x"), _number(corner, "y")) for corner in given])
    around: Points = corners - (corners.min(axis=0) + corners.max(axis=0)) / 2
    return around


_FILLED = {
    "Rect": _rectangle,
    "Circle": _ellipse,
    "Ellipse": _ellipse,
    "Polygon": _corners,
}


def _placed(shape: Drawn, points: Points, middle: Points | None = None) -> Points:
    """(N, 2) where points of a shape lie on the canvas. middle: (2,) which of its points is its middle."""
    turned = _turn(_number(shape, "angle", 0.0))
    stretched = _stretched(shape)
    stroke, uniform = _number(shape, "strokeWidth", 0.0), bool(shape.get("strokeUniform"))
    side = np.array([_number(shape, "width"), _number(shape, "height")]) + (0.0 if uniform else stroke)
    box = np.abs(stretched) @ side + (stroke if uniform else 0.0)
    origin = np.array([_origin(shape, "originX"), _origin(shape, "originY")])
    corner = np.array([_number(shape, "left"), _number(shape, "top")])
    centre = corner - turned @ (origin * box)
    placed: Points = (points - (0.0 if middle is None else middle)) @ (turned @ stretched).T + centre
    return placed


def _stretched(shape: Drawn) -> Points:
    """(2, 2) a shape's scale, mirror and skew."""
    sides = []
    for axis in "XY":
        scale = _number(shape, f"scale{axis}", 1.0)
        sides.append(-scale if shape.get(f"flip{axis}") else scale)
    lean_x, lean_y = (math.tan(math.radians(_number(shape, f"skew{axis}", 0.0))) for axis in "XY")
    stretched: Points = np.diag(sides) @ np.array([[1, lean_x], [0, 1]]) @ np.array([[1, 0], [lean_y, 1]])
    return stretched


def _turn(degrees: float) -> Points:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[cosine, -sine], [sine, cosine]])


def _origin(shape: Drawn, name: str) -> float:
    """Where in its box a shape's position is, from its middle: -0.5 to 0.5."""
    origin = shape.get(name, "left" if name == "originX" else "top")
    if isinstance(origin, str) and origin in _ORIGINS:
        return _ORIGINS[origin]
    return _finite(origin) - 0.5


def _number(shape: Mapping[str, object], name: str, otherwise: float | None = None) -> float:
    return _finite(shape.get(name, otherwise))


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _FARTHEST:
        raise AnnotationError(sentence(_DAMAGED))
    return float(value)


def _half_pixels(places: Points) -> list[Point]:
    """Places of the mask in whole half pixels, without those that repeat the one before."""
    rounded = np.rint(2 * places.clip(-_FARTHEST, _FARTHEST)).astype(np.int64)
    kept = np.ones(len(rounded), bool)
    kept[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    return [(x, y) for x, y in rounded[kept].tolist()]


def _value(colour: object, sheet: Sheet) -> int:
    if not isinstance(colour, str) or colour not in sheet.values:
        raise AnnotationError(
            sentence("A shape has the colour of no class: choose a class, and draw it again.")
        )
    return sheet.values[colour]
