"""Motorcycles and scooters with one to three riders and what they carry, moving or parked.

A motorcycle is built of upright sheets, some across the street and one along it, for depth from every
camera. Measures are a common scooter's and a rider's on it: 1.9 m long, 0.75 m wide at the handlebars, a
rider's head at 1.55 m.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.classes import RGB
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import facing_street
from core.toytown.jakarta.things.meanings import MOTORCYCLE, PARKED
from core.toytown.things.figures import SKIN, Part, limb, scaled

LENGTH, WIDTH, HEIGHT = 1.9, 0.75, 1.68
TINY = 6.0
"""Pixels a metre below which a motorcycle is a few shapes."""
Load = Literal["", "box", "sacks", "gallons", "crates"]

PAINT: tuple[RGB, ...] = (
    (26, 26, 30), (26, 26, 30), (172, 26, 34), (32, 60, 140), (226, 226, 224), (206, 96, 28), (96, 100, 108),
    (70, 150, 170), (206, 120, 150),
)  # fmt: skip
JACKETS: tuple[RGB, ...] = (
    (34, 150, 62), (34, 150, 62), (24, 24, 28), (40, 44, 60), (110, 28, 34), (90, 94, 100), (206, 200, 190),
    (40, 70, 130), (230, 150, 40), (150, 120, 90), (200, 90, 120), (60, 84, 60),
)  # fmt: skip
HELMETS: tuple[RGB, ...] = (
    (34, 150, 62), (22, 22, 26), (22, 22, 26), (200, 34, 40), (236, 236, 232), (40, 70, 150), (240, 190, 40),
    (220, 130, 160),
)  # fmt: skip
TROUSERS: tuple[RGB, ...] = ((36, 40, 54), (28, 28, 32), (84, 74, 62), (60, 70, 92), (120, 110, 96))
PONCHOS: tuple[RGB, ...] = ((40, 90, 170), (214, 190, 60), (190, 60, 120), (120, 140, 150), (60, 140, 90))
GREEN: RGB = (34, 150, 62)


@dataclass(frozen=True)
class Rider:
    """Somebody on a motorcycle. scarf: the colour of a headscarf; size: 1 for an adult."""

    jacket: RGB
    trousers: RGB
    helmet: RGB
    skin: RGB
    size: float = 1.0
    scarf: RGB | None = None
    poncho: bool = False


@dataclass(frozen=True)
class Motorcycle:
    """A motorcycle with its riders, the driver first, and its load."""

    paint: RGB
    riders: tuple[Rider, ...]
    load: Load = ""
    tint: RGB = (150, 120, 90)


def any_motorcycle(dice: Dice, wet: bool) -> Motorcycle:
    """One to three riders, or one with a load; in ponchos if it rains."""
    count = dice.pick((1, 1, 1, 1, 2, 2, 2, 3))
    load: Load = dice.pick(("", "", "", "box", "box", "sacks", "gallons", "crates")) if count == 1 else ""
    riders = [_any_rider(dice, wet) for _ in range(count)]
    if count == 3:  # a child between its parents
        riders[1] = Rider(
            dice.pick(PONCHOS),
            dice.pick(TROUSERS),
            dice.pick(HELMETS),
            riders[0].skin,
            dice.between(0.6, 0.78),
        )
    tint = dice.pick(((34, 150, 62), (24, 26, 30), (206, 60, 40), (190, 160, 110), (90, 150, 200)))
    return Motorcycle(dice.pick(PAINT), tuple(riders), load, tint)


def _any_rider(dice: Dice, wet: bool) -> Rider:
    jacket, helmet = dice.pick(JACKETS), dice.pick(HELMETS)
    if jacket == GREEN:  # a driver of a ride-hailing firm: jacket and helmet match
        helmet = dice.pick((GREEN, GREEN, (22, 22, 26)))
    poncho = wet and dice.chance(0.6)
    scarf = dice.pick(PONCHOS + JACKETS) if dice.chance(0.25) else None
    return Rider(
        dice.pick(PONCHOS) if poncho else jacket, dice.pick(TROUSERS), helmet, dice.pick(SKIN[1:4]),
        dice.between(0.94, 1.05), scarf, poncho,
    )  # fmt: skip


def draw_motorcycle(
    canvas: Canvas, x: float, y: float, z: float, motorcycle: Motorcycle, away: bool, moving: bool = True
) -> None:
    """A motorcycle along the street whose nearer end is at z."""
    _Drawing(canvas, (x, y, z), motorcycle, away, MOTORCYCLE if moving else PARKED).draw(moving)


class _Drawing:
    """One drawing: it keeps the position, so that each part is a few numbers from the rear wheel's back."""

    def __init__(
        self, canvas: Canvas, place: tuple[float, float, float], what: Motorcycle, away: bool, kind: int
    ) -> None:
        self.canvas, self.what, self.away, self.kind = canvas, what, away, kind
        self.x, self.y, self.z = place
        self.hand = 1 if self.x < canvas.view.x else -1
        self.near = canvas.view.scale(self.z) > 16

    def at(self, along: float) -> float:
        """z of a length measured from the rear."""
        return self.z + (along if self.away else LENGTH - along)

    def sheet(self, along: float, parts: Sequence[Part]) -> None:
        """Shapes across the street, as (right, up)."""
        self.canvas.flat(self.x, self.y, self.at(along), parts, self.kind)

    def profile(self, parts: Sequence[Part], out: float) -> None:
        """Shapes along the street, as (along, up), so far out from the middle on the visible side."""
        x, facing = self.x + self.hand * out, facing_street(-self.hand)
        for outline, colour in parts:
            points = [(x, self.y + max(0.0, up), self.at(along)) for along, up in outline]
            self.canvas.polygon(points, colour, self.kind, facing)

    def draw(self, moving: bool) -> None:
        what, away = self.what, self.away
        if self.canvas.view.scale(self.z) < TINY:
            self.sheet(0.6, _from_afar(what))
            return
        ends = [(1.45, _front(what, away)), (0.06, _rear(what))]
        if not away:
            ends.reverse()
        seats: list[tuple[float, list[Part]]] = [
            (seat, _seated(rider, away, seat == 0.86))
            for seat, rider in zip((0.86, 0.56, 0.26), what.riders, strict=False)
        ]
        if what.load:
            seats.append((0.22, _load(what)))
        self.profile(_side(what), 0.09)
        self.sheet(*ends[0])
        if self.near:
            self.profile(_leg(what), 0.2)
        for along, parts in sorted(seats, key=lambda seat: seat[0], reverse=away):
            self.sheet(along, parts)
        self.sheet(*ends[1])
        if self.canvas.light.lamps and moving:
            self._shine()

    def _shine(self) -> None:
        lamp: RGB = (240, 46, 36) if self.away else (255, 248, 220)
        along, up = (0.06, 0.74) if self.away else (1.45, 0.86)
        place = (self.x, self.y + up, self.at(along))
        points = [(self.x + a, self.y + b, place[2]) for a, b in circle(0, up, 0.07)]
        self.canvas.shining(points, lamp, self.kind)
        self.canvas.glow(place, 0.16 if self.away else 0.34, lamp)


def _from_afar(what: Motorcycle) -> list[Part]:
    """All that is left of it in a few pixels."""
    parts: list[Part] = [
        ([(-0.08, 0.0), (0.08, 0.0), (0.08, 0.6), (-0.08, 0.6)], (26, 26, 28)),
        ([(-0.3, 0.4), (0.3, 0.4), (0.22, 0.95), (-0.22, 0.95)], what.paint),
    ]
    if what.riders:
        rider = what.riders[0]
        parts.append(([(-0.26, 0.8), (0.26, 0.8), (0.24, 1.36), (-0.24, 1.36)], rider.jacket))
        parts.append((circle(0.0, 1.51, 0.14, 0.15), rider.helmet))
    return parts


def _front(what: Motorcycle, away: bool) -> list[Part]:
    """Front wheel, leg shield, lamp, handlebars and mirrors."""
    paint, dark = what.paint, (34, 34, 38)
    parts: list[Part] = [
        ([(-0.06, 0.0), (0.06, 0.0), (0.06, 0.54), (-0.06, 0.54)], (26, 26, 28)),
        ([(-0.08, 0.4), (0.08, 0.4), (0.1, 0.6), (-0.1, 0.6)], paint),
        ([(-0.2, 0.46), (0.2, 0.46), (0.17, 0.98), (-0.17, 0.98)], dimmed(paint, 0.8 if away else 1.0)),
        limb(-0.35, 1.04, 0.35, 1.04, 0.06, 0.06, dark),
        limb(-0.3, 1.04, -0.36, 1.24, 0.03, 0.03, dark), limb(0.3, 1.04, 0.36, 1.24, 0.03, 0.03, dark),
        (circle(-0.37, 1.26, 0.065, 0.045), (70, 76, 84)), (circle(0.37, 1.26, 0.065, 0.045), (70, 76, 84)),
    ]  # fmt: skip
    if not away:
        parts += [
            ([(-0.14, 0.9), (0.14, 0.9), (0.12, 1.1), (-0.12, 1.1)], dimmed(paint, 0.9)),
            (circle(0.0, 0.86, 0.09, 0.08), (236, 236, 226)),
            ([(-0.1, 0.6), (0.1, 0.6), (0.1, 0.7), (-0.1, 0.7)], (24, 24, 26)),
        ]
    return parts


def _rear(what: Motorcycle) -> list[Part]:
    """Rear wheel, mudguard, plate and lamp."""
    return [
        ([(-0.07, 0.0), (0.07, 0.0), (0.07, 0.56), (-0.07, 0.56)], (26, 26, 28)),
        ([(0.08, 0.24), (0.2, 0.24), (0.2, 0.38), (0.08, 0.38)], (120, 122, 126)),
        ([(-0.15, 0.52), (0.15, 0.52), (0.18, 0.8), (-0.18, 0.8)], what.paint),
        ([(-0.11, 0.68), (0.11, 0.68), (0.11, 0.78), (-0.11, 0.78)], (196, 30, 30)),
        ([(-0.1, 0.42), (0.1, 0.42), (0.1, 0.54), (-0.1, 0.54)], (24, 24, 26)),
        ([(-0.07, 0.45), (0.07, 0.45), (0.07, 0.5), (-0.07, 0.5)], (220, 220, 214)),
    ]


def _side(what: Motorcycle) -> list[Part]:
    """The machine from the side, as (along from the rear, up)."""
    paint = what.paint
    parts: list[Part] = []
    for at in (0.3, 1.6):
        parts += [
            (circle(at, 0.29, 0.29), (26, 26, 28)), (circle(at, 0.29, 0.2), (110, 112, 116)),
            (circle(at, 0.29, 0.16), (52, 54, 58)),
        ]  # fmt: skip
    return [
        *parts,
        ([(0.06, 0.56), (0.5, 0.4), (0.95, 0.26), (1.3, 0.28), (1.36, 0.5), (1.0, 0.48), (0.9, 0.74),
          (0.0, 0.82)], paint),
        ([(0.3, 0.26), (0.75, 0.22), (0.75, 0.36), (0.3, 0.42)], (130, 132, 136)),
        ([(0.02, 0.78), (0.9, 0.72), (0.94, 0.8), (0.5, 0.84), (0.04, 0.88)], (30, 28, 28)),
        ([(1.28, 0.3), (1.42, 0.34), (1.42, 1.0), (1.3, 1.08)], dimmed(paint, 1.1)),
        limb(1.6, 0.29, 1.4, 0.8, 0.08, 0.06, (60, 62, 66)),
        limb(1.38, 1.04, 1.24, 1.06, 0.06, 0.06, (34, 34, 38)),
    ]  # fmt: skip


def _leg(what: Motorcycle) -> list[Part]:
    """A leg of each rider from the side."""
    parts: list[Part] = []
    for seat, rider in zip((0.86, 0.56, 0.26), what.riders, strict=False):
        if rider.size > 0.8:
            parts += [
                limb(seat - 0.08, 0.86, seat + 0.32, 0.74, 0.18, 0.14, rider.trousers),
                limb(seat + 0.32, 0.76, seat + 0.24, 0.34, 0.13, 0.1, rider.trousers),
                limb(seat + 0.18, 0.32, seat + 0.38, 0.34, 0.09, 0.07, (34, 30, 30)),
            ]
    return parts


def _seated(rider: Rider, away: bool, driving: bool) -> list[Part]:
    """Somebody astride, seen from behind or from the front."""
    coat, legs, size = rider.jacket, rider.trousers, rider.size
    flare = 0.4 if rider.poncho else 0.25
    arms = [(-0.24, 1.28, -0.34, 1.04), (0.24, 1.28, 0.34, 1.04)]
    if not driving:
        arms = [(-0.22, 1.28, -0.24, 1.0), (0.22, 1.28, 0.24, 1.0)]
    parts: list[Part] = [
        limb(-0.15, 0.82, -0.27, 0.36, 0.18, 0.12, legs),
        limb(0.15, 0.82, 0.27, 0.36, 0.18, 0.12, dimmed(legs, 0.85)),
        ([(-0.34, 0.28), (-0.2, 0.28), (-0.2, 0.38), (-0.33, 0.38)], (36, 32, 32)),
        ([(0.2, 0.28), (0.34, 0.28), (0.33, 0.38), (0.2, 0.38)], (36, 32, 32)),
        *(limb(*arm, 0.13, 0.09, dimmed(coat, 0.88)) for arm in arms),
        ([(-flare, 0.78), (flare, 0.78), (0.25, 1.2), (0.2, 1.33), (0.08, 1.38), (-0.08, 1.38),
          (-0.2, 1.33), (-0.25, 1.2)], coat),
        ([(0.06, 0.78), (flare, 0.78), (0.25, 1.2), (0.2, 1.33), (0.1, 1.36)], dimmed(coat, 0.82)),
    ]  # fmt: skip
    if not away:
        parts.append(([(-0.04, 0.84), (0.04, 0.84), (0.05, 1.34), (-0.05, 1.34)], dimmed(coat, 0.7)))
    if rider.scarf:
        drape = [(-0.16, 1.2), (0.16, 1.2), (0.12, 1.46), (-0.12, 1.46)]
        parts.append((drape, rider.scarf))
    parts += _head(rider, away)
    lift = 0.8 * (1 - size)  # a small one sits on the same saddle
    return [([(a, b + lift) for a, b in outline], colour) for outline, colour in scaled(parts, size, False)]


def _head(rider: Rider, away: bool) -> list[Part]:
    helmet = rider.helmet
    parts: list[Part] = [
        ([(-0.06, 1.32), (0.06, 1.32), (0.06, 1.42), (-0.06, 1.42)], rider.skin),
        (circle(0.0, 1.51, 0.14, 0.155), helmet),
        ([(0.02, 1.38), (0.1, 1.42), (0.135, 1.52), (0.09, 1.62), (0.03, 1.65)], dimmed(helmet, 0.78)),
    ]
    if away:
        return parts
    return [
        *parts,
        (circle(0.0, 1.48, 0.095, 0.1), rider.skin),
        ([(-0.12, 1.5), (0.12, 1.5), (0.13, 1.58), (-0.13, 1.58)], dimmed(helmet, 0.6)),
    ]


def _load(what: Motorcycle) -> list[Part]:
    tint = what.tint
    if what.load == "box":
        return [
            ([(-0.28, 0.84), (0.28, 0.84), (0.28, 1.36), (-0.28, 1.36)], tint),
            ([(-0.28, 1.26), (0.28, 1.26), (0.28, 1.36), (-0.28, 1.36)], dimmed(tint, 0.75)),
            ([(-0.14, 1.0), (0.14, 1.0), (0.14, 1.14), (-0.14, 1.14)], (236, 236, 230)),
        ]
    if what.load == "sacks":
        pale: RGB = (206, 196, 166)
        lower = ((-0.36, 0.56), (0.36, 0.62), (-0.1, 0.92), (0.14, 1.16))
        return [
            (circle(a, b, 0.3, 0.2), dimmed(pale, tone))
            for (a, b), tone in zip(lower, (0.8, 0.85, 1, 0.92), strict=True)
        ]
    if what.load == "gallons":
        blue: RGB = (96, 156, 210)
        return [
            (circle(a, b, 0.16, 0.22), dimmed(blue, tone))
            for a, b, tone in ((-0.36, 0.6, 0.85), (0.36, 0.6, 0.8), (-0.17, 1.02, 1.0), (0.17, 1.02, 0.95))
        ]
    parts: list[Part] = []
    for row in range(3):
        low, colour = 0.82 + row * 0.26, dimmed(tint, 1 - 0.12 * row)
        parts.append(([(-0.36, low), (0.36, low), (0.36, low + 0.24), (-0.36, low + 0.24)], colour))
        parts.append(([(-0.3, low + 0.08), (0.3, low + 0.08), (0.3, low + 0.14), (-0.3, low + 0.14)],
                      dimmed(colour, 0.6)))  # fmt: skip
    return parts


def draw_parked(canvas: Canvas, x: float, y: float, z: float, motorcycle: Motorcycle, hand: int) -> None:
    """A scooter that stands across the street, its front to the left (-1) or the right (1)."""
    middle = LENGTH / 2
    parts = [([(a - middle, b) for a, b in outline], colour) for outline, colour in _side(motorcycle)]
    canvas.flat(x, y, z, scaled(parts, 1.0, hand < 0), PARKED)
