"""Passenger cars, SUVs, pickups and vans: side profiles extended to their width.

A car is drawn at (x, y, z), the middle of its nearer end on the road (its rear if it drives away from us).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed, mixed
from core.toytown.drawing.canvas import Canvas, Point, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, facing_street

PAINT: tuple[RGB, ...] = (
    (164, 30, 36), (36, 58, 116), (196, 198, 202), (226, 226, 222), (44, 46, 52), (36, 92, 76),
    (120, 128, 138),    (200, 160, 60), (92, 130, 160), (110, 34, 48), (176, 92, 48), (134, 150, 120),
)  # fmt: skip


GLASS: RGB = (48, 58, 68)


TYRE: RGB = (30, 30, 32)


@dataclass(frozen=True)
class Shape:
    """A car's side: lengths from the rear, heights from the road, in metres.

    waist: where the windows begin; roof: its height; rear and front: (at the waist, at the roof) where the
    windows begin and end; bonnet: the bonnet's height at the front.
    """

    length: float
    width: float
    sill: float
    waist: float
    roof: float
    rear: tuple[float, float]
    front: tuple[float, float]
    boot: float
    bonnet: float
    wheel: float


HATCHBACK = Shape(3.9, 1.72, 0.24, 0.92, 1.44, (0.05, 0.42), (3.0, 2.15), 0.86, 0.72, 0.30)


SALOON = Shape(4.5, 1.76, 0.24, 0.92, 1.42, (0.85, 1.35), (3.35, 2.55), 0.92, 0.74, 0.31)


ESTATE = Shape(4.6, 1.78, 0.24, 0.94, 1.46, (0.05, 0.38), (3.5, 2.7), 0.9, 0.76, 0.31)


SMALL = Shape(3.4, 1.60, 0.22, 0.92, 1.48, (0.04, 0.3), (2.75, 2.05), 0.88, 0.76, 0.28)


JEEP = Shape(4.6, 1.92, 0.36, 1.14, 1.82, (0.04, 0.22), (3.5, 2.9), 1.1, 1.06, 0.38)


PICKUP = Shape(5.1, 1.88, 0.36, 1.12, 1.76, (2.05, 2.2), (3.9, 3.3), 1.12, 1.04, 0.38)


VAN = Shape(4.9, 1.94, 0.32, 1.2, 2.1, (0.02, 0.06), (4.5, 3.7), 1.1, 1.1, 0.34)


@dataclass(frozen=True)
class Car:
    """A car's looks."""

    shape: Shape
    paint: RGB
    kind: int
    panelled: bool = False

    @property
    def length(self) -> float:
        """Metres from bumper to bumper."""
        return self.shape.length

    @property
    def width(self) -> float:
        """Metres across."""
        return self.shape.width


def any_car(dice: Dice) -> Car:
    """A passenger car."""
    # Two numbers that nothing uses: without drawing them, every street would change.
    dice.random(), dice.random()
    return Car(dice.pick((HATCHBACK, HATCHBACK, SALOON, ESTATE, SMALL)), dice.pick(PAINT), kinds.CAR)


def any_suv(dice: Dice) -> Car:
    """An SUV, a pickup truck or a delivery van."""
    shape = dice.pick((JEEP, JEEP, PICKUP, VAN))
    paint = dice.pick(PAINT[2:]) if shape is not VAN else (232, 232, 230)
    return Car(shape, paint, kinds.SUV, panelled=shape is VAN)


def draw_car(
    canvas: Canvas, x: float, y: float, z: float, car: Car, oncoming: bool, braking: bool = False
) -> None:
    """Draw a car whose nearer end is at z."""
    _CarDrawing(canvas, car, (x, y, z), oncoming).draw(braking)


class _CarDrawing:
    """One drawing of a car: it keeps the position, so that each part is a few numbers."""

    def __init__(self, canvas: Canvas, car: Car, place: Point, oncoming: bool) -> None:
        self.canvas, self.car, self.shape = canvas, car, car.shape
        (self.x, self.y, self.z), self.oncoming = place, oncoming
        self.near = canvas.view.scale(self.z) > 9
        # The side that the driver sees is the one towards the middle of the view.
        self.hand = 1 if self.x < canvas.view.x else -1
        self.facing = facing_street(-self.hand)

    def at(self, along: float) -> float:
        """z of a length measured from the rear."""
        return self.z + (self.shape.length - along if self.oncoming else along)

    def half(self, y: float) -> float:
        """Half the width at a height: the cabin leans inwards, the sills a little too."""
        s = self.shape
        if y <= s.waist:
            return s.width / 2 * (1 - 0.05 * max(0.0, 0.5 - y))
        return s.width / 2 * (1 - 0.19 * (y - s.waist) / (s.roof - s.waist))

    def point(self, side: float, y: float, along: float) -> Point:
        """side: -1 left edge to 1 right edge."""
        return self.x + side * self.half(y), self.y + y, self.at(along)

    def span(
        self,
        low: tuple[float, float],
        high: tuple[float, float],
        colour: RGB,
        facing: Facing,
        left: float = -1,
        right: float = 1,
    ) -> None:
        """A panel across the car between two (height, along) edges."""
        self.canvas.polygon(
            [self.point(a, *at) for a, at in ((left, low), (right, low), (right, high), (left, high))],
            colour,
            self.car.kind,
            facing,
        )

    def flank(self, outline: Sequence[tuple[float, float]], colour: RGB) -> None:
        """A patch on the visible side, as (along, height)."""
        points = [self.point(self.hand, y, along) for along, y in outline]
        self.canvas.polygon(points, colour, self.car.kind, self.facing)

    def draw(self, braking: bool) -> None:
        s, paint = self.shape, self.car.paint
        self.wheels(far=True)
        self.side()
        roof = dimmed(paint, 1.05)
        ends = [(s.rear, 0.02, s.boot), (s.front, s.length - 0.02, s.bonnet)]
        if self.oncoming:
            ends.reverse()
        (near_glass, near_end, near_deck), (far_glass, _, _) = ends
        self.span((s.roof, far_glass[1]), (s.roof, near_glass[1]), roof, "up")
        if self.car.panelled and not self.oncoming:
            self.span((s.waist, near_glass[0]), (s.roof, near_glass[1]), paint, "front")
        else:
            self.span((s.waist, near_glass[0]), (s.roof, near_glass[1]), dimmed(paint, 0.8), "front", -1, 1)
        if not (self.car.panelled and not self.oncoming):
            self.glass(near_glass)
        if abs(near_glass[0] - near_end) > 0.15:
            self.span((near_deck, near_end), (s.waist, near_glass[0]), dimmed(paint, 1.08), "up")
        self.end(near_end, near_deck if abs(near_glass[0] - near_end) > 0.15 else s.waist, braking)

    def glass(self, at: tuple[float, float]) -> None:
        s = self.shape
        low, high = s.waist + 0.04, s.roof - 0.07

        def along(y: float) -> float:
            return at[0] + (at[1] - at[0]) * (y - s.waist) / (s.roof - s.waist)

        self.span((low, along(low)), (high, along(high)), GLASS, "front", -0.88, 0.88)
        shine = mixed(GLASS, (196, 214, 230), 0.6 if not self.canvas.light.lamps else 0.3)
        mid = (low + high) / 2 + 0.06
        self.span((mid, along(mid)), (high, along(high)), shine, "front", -0.88, 0.88)
        if self.near:
            for seat in (-0.42, 0.42):
                self.span(
                    (low, along(low)),
                    (low + 0.24, along(low + 0.24)),
                    (34, 36, 40),
                    "front",
                    seat - 0.2,
                    seat + 0.2,
                )

    def end(self, along: float, top: float, braking: bool) -> None:
        """Boot or nose: panel, bumper, lamps and plate."""
        s, paint, kind = self.shape, self.car.paint, self.car.kind
        self.span((s.sill, along), (top, along), paint, "front")
        self.span((top - 0.07, along), (top, along), dimmed(paint, 1.2), "front")
        self.span((s.sill, along), (s.sill + 0.24, along), dimmed(paint, 0.62), "front")
        self.span((s.sill - 0.06, along), (s.sill, along), (26, 26, 28), "front", -0.92, 0.92)
        lamp_low, lamp_high = top - 0.26, top - 0.08
        lit = self.canvas.light.lamps or (braking and not self.oncoming)
        if self.oncoming:
            self.span((s.sill + 0.27, along), (top - 0.12, along), (38, 40, 44), "front", -0.5, 0.5)
            colour: RGB = (255, 250, 226) if lit else (214, 218, 220)
        else:
            colour = (246, 40, 30) if lit else (150, 24, 26)
        for left, right in ((-0.97, -0.62), (0.62, 0.97)):
            corners = [(left, lamp_low), (right, lamp_low), (right, lamp_high), (left, lamp_high)]
            points = [self.point(a, y, along) for a, y in corners]
            if lit:
                self.canvas.shining(points, colour, kind)
                radius = 0.42 if self.oncoming else 0.2
                middle = (
                    (left + right) / 2 * s.width / 2 + self.x,
                    (lamp_low + lamp_high) / 2,
                    self.at(along),
                )
                self.canvas.glow(middle, radius, colour)
            else:
                self.canvas.polygon(points, colour, kind, "front")
        plate: RGB = (226, 226, 220) if self.oncoming else (222, 190, 60)
        low = s.sill + 0.09 if self.oncoming else s.sill + 0.3
        self.span((low, along), (low + 0.13, along), plate, "front", -0.3, 0.3)
        if self.near:
            for letter in range(6):
                left = -0.26 + 0.09 * letter
                self.span((low + 0.03, along), (low + 0.1, along), (50, 46, 40), "front", left, left + 0.05)
        self.wheels(far=False, end=True)

    def side(self) -> None:
        s, paint = self.shape, self.car.paint
        boot = s.boot if s.rear[0] > 0.2 else s.waist
        body = [
            (0.0, s.sill), (s.length, s.sill), (s.length, s.bonnet), (s.front[0], s.waist),
            (s.rear[0], s.waist), (0.0, boot),
        ]  # fmt: skip
        self.flank(body, paint)
        self.flank(
            [(s.rear[0], s.waist), (s.front[0], s.waist), (s.front[1], s.roof), (s.rear[1], s.roof)],
            dimmed(paint, 0.92),
        )
        self.flank(
            [(0, s.sill), (s.length, s.sill), (s.length, s.sill + 0.14), (0, s.sill + 0.14)],
            dimmed(paint, 0.5),
        )
        self.flank(
            [
                (0.02, s.waist - 0.1),
                (s.length - 0.3, s.waist - 0.14),
                (s.length - 0.3, s.waist - 0.11),
                (0.02, s.waist - 0.06),
            ],
            dimmed(paint, 1.22),
        )
        self.side_windows()
        if self.near:
            for along in (s.rear[0] + (s.front[0] - s.rear[0]) * 0.46, s.front[0] - 0.12):
                self.flank(
                    [
                        (along, s.sill + 0.1),
                        (along + 0.025, s.sill + 0.1),
                        (along + 0.025, s.waist),
                        (along, s.waist),
                    ],
                    dimmed(paint, 0.45),
                )
            handle = s.rear[0] + (s.front[0] - s.rear[0]) * 0.36
            self.flank(
                [
                    (handle, s.waist - 0.16),
                    (handle + 0.18, s.waist - 0.16),
                    (handle + 0.18, s.waist - 0.12),
                    (handle, s.waist - 0.12),
                ],
                dimmed(paint, 0.5),
            )
        self.wheels(far=False)

    def side_windows(self) -> None:
        s = self.shape
        low, high = s.waist + 0.03, s.roof - 0.08
        share = (high - s.waist) / (s.roof - s.waist)
        rear_high = s.rear[0] + (s.rear[1] - s.rear[0]) * share + 0.1
        front_high = s.front[0] + (s.front[1] - s.front[0]) * share - 0.1
        start = s.rear[0] + 0.2
        stop = s.front[0] - 0.22
        if self.car.panelled:
            start = rear_high = s.front[0] - 1.3
        middle = (start + stop) / 2
        tint = mixed(GLASS, (150, 170, 188), 0.22)
        self.flank([(start, low), (stop, low), (front_high, high), (rear_high, high)], tint)
        gleam = [(middle + 0.1, low), (middle + 0.5, low), (middle + 0.2, high), (middle - 0.05, high)]
        if not self.car.panelled:
            self.flank(gleam, mixed(GLASS, (196, 214, 230), 0.45))
            self.flank(
                [(middle - 0.04, low), (middle + 0.04, low), (middle + 0.02, high), (middle - 0.04, high)],
                dimmed(self.car.paint, 0.5),
            )

    def wheels(self, far: bool, end: bool = False) -> None:
        s, kind = self.shape, self.car.kind
        for along in (s.length * 0.19, s.length * 0.81):
            if far:
                side = -self.hand * (s.width / 2 - 0.06)
                points = [(self.x + side, self.y + y, self.at(a)) for a, y in circle(along, s.wheel, s.wheel)]
                self.canvas.polygon(points, TYRE, kind, self.facing)
                continue
            if end:
                continue
            out = self.hand * (s.width / 2 + 0.01)
            for radius, colour in (
                (s.wheel * 1.16, dimmed(self.car.paint, 0.4)),
                (s.wheel, TYRE),
                (s.wheel * 0.62, (150, 152, 156)),
                (s.wheel * 0.2, (70, 72, 76)),
            ):
                points = [
                    (self.x + out, self.y + max(0.0, y), self.at(a))
                    for a, y in circle(along, s.wheel, radius)
                ]
                self.canvas.polygon(points, colour, kind, self.facing)
        if end:
            near = s.length * (0.81 if self.oncoming else 0.19)
            for side in (-1, 1):
                tyre = self.x + side * (s.width / 2 - 0.26), self.x + side * (s.width / 2 - 0.04)
                self.canvas.upright(tyre, (self.y, self.y + s.sill - 0.06), self.at(near), TYRE, kind)
