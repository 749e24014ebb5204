"""What a drive's world is made of: the street's measures and everything that stands or moves along it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, Literal, ParamSpec

from core.classes import RGB
from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drawing.light import Floats, Light
from core.toytown.things.facades import House

FRAMES = 12
"""Frames of one drive."""
LENGTH = 190.0
"""How far a street is built, in metres."""
LANE = 3.3
"""Width of a lane; people drive on the left."""
KERB = 0.11
"""Height of a pavement above the road in metres."""

Draw = Callable[[Canvas, float, float, float, int], None]
"""Draws something on a canvas at (x, y, z) in the frame with this number."""
Place = Literal["beyond", "border", "pavement", "kerb", "road", "lane"]
"""Bands from the outside to our own lane: what is further in hides what is further out."""
GroundKind = Literal["grass", "street", "parking"]
P = ParamSpec("P")


@dataclass(frozen=True)
class Thing:
    """Something that stands at (x, y, z) in the first frame and moves by (dx, dz) metres a frame.

    size: width, length and height in metres, for its shadow; no width, no shadow.
    crown: whether the height is a tree's, with its shadow on top.
    """

    place: Place
    x: float
    y: float
    z: float
    draw: Draw
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    dx: float = 0.0
    dz: float = 0.0
    crown: bool = False

    @property
    def is_vehicle(self) -> bool:
        """Whether it takes up a car's place on the road."""
        return self.size[1] > 1.5


def still(
    draw: Callable[Concatenate[Canvas, float, float, float, P], None], *args: P.args, **kwargs: P.kwargs
) -> Draw:
    """A drawing function with its last arguments filled in, the same in every frame."""
    return lambda canvas, x, y, z, _: draw(canvas, x, y, z, *args, **kwargs)


def walking(
    draw: Callable[Concatenate[Canvas, float, float, float, float, P], None],
    start: float,
    pace: float,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Draw:
    """The same for a figure that strides: from the turn `start` on, `pace` turns a frame."""
    return lambda canvas, x, y, z, number: draw(canvas, x, y, z, start + pace * number, *args, **kwargs)


@dataclass(frozen=True)
class Plot:
    """A house's place: the side (-1 left, 1 right), its front's x, where it begins."""

    side: int
    x: float
    z: float
    house: House


@dataclass(frozen=True)
class Border:
    """A wall, fence or hedge along the street at x."""

    x: float
    near: float
    far: float
    texture: Texture


@dataclass(frozen=True)
class Ground:
    """A rectangle of ground."""

    left: float
    right: float
    near: float
    far: float
    kind: GroundKind


@dataclass(frozen=True)
class Spans:
    """Where something spans the street or takes its middle, in metres from the start."""

    rail: float | None = None
    bridge: float | None = None
    gate: float | None = None
    tunnel: float | None = None
    zebra: float | None = None
    hatching: tuple[float, float] | None = None

    @property
    def planes(self) -> list[float]:
        """Where nothing at a side may reach across."""
        return sorted(z for z in (self.rail, self.bridge, self.gate, self.tunnel) if z is not None)

    def leaves_free(self, z: float) -> bool:
        """Whether there is room at z for something beside the road."""
        return all(not -5 < z - plane < 8 for plane in self.planes)


@dataclass
class Street:
    """One drive's world; it is filled while the drive is planned, and not changed after that.

    parking: whether there is a parking lane, left and right; shoulder: width of the strip before the kerb.
    speed: our own, in metres a frame. writing: words on our lane and where they are.
    """

    theme: int
    light: Light
    clouds: Floats
    spans: Spans
    parking: tuple[bool, bool]
    shoulder: float
    pavement: float
    asphalt: RGB
    paving: RGB
    speed: float
    double_lines: bool
    writing: tuple[str, float] | None
    plots: list[Plot] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    textures: dict[str, Texture] = field(default_factory=dict)

    def bay(self, side: int) -> float:
        """Width of the parking lane on a side."""
        return 2.2 if self.parking[(side + 1) // 2] else 0.0

    def kerb(self, side: int) -> float:
        """x of the kerb on a side."""
        return side * (LANE + self.bay(side) + self.shoulder)

    def front(self, side: int) -> float:
        """x of the building line on a side."""
        return self.kerb(side) + side * self.pavement
