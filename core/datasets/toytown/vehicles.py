"""Cars, vans, buses, lorries, a trailer, a digger and a train: profiles drawn out to their width.

A vehicle is drawn at (x, z), the middle of its rear bumper's line on the road if it drives away from us and
of its front's if it comes towards us: always its nearer end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.classes import RGB
from core.datasets.toytown import kinds
from core.datasets.toytown.board import Board, dimmed, mixed
from core.datasets.toytown.canvas import Canvas, Point, Texture, circle
from core.datasets.toytown.dice import Dice
from core.datasets.toytown.light import Facing, Light

PAINT: tuple[RGB, ...] = (
    (164, 30, 36), (36, 58, 116), (196, 198, 202), (226, 226, 222), (44, 46, 52), (36, 92, 76), (120, 128, 138),
    (200, 160, 60), (92, 130, 160), (110, 34, 48), (176, 92, 48), (134, 150, 120),
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
    plate: str = "TOY 1"
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
    plate = f"{dice.pick('ABCDEFGHJK')}{10 + dice.below(89)} TOY"
    return Car(dice.pick((HATCHBACK, HATCHBACK, SALOON, ESTATE, SMALL)), dice.pick(PAINT), kinds.CAR, plate)


def any_suv(dice: Dice) -> Car:
    """An SUV, a pickup truck or a delivery van."""
    shape = dice.pick((JEEP, JEEP, PICKUP, VAN))
    paint = dice.pick(PAINT[2:]) if shape is not VAN else (232, 232, 230)
    return Car(shape, paint, kinds.SUV, panelled=shape is VAN)


def draw_car(canvas: Canvas, car: Car, x: float, z: float, oncoming: bool, braking: bool = False) -> None:
    """Draw a car whose nearer end is at z."""
    _CarDrawing(canvas, car, x, z, oncoming).draw(braking)


class _CarDrawing:
    """One drawing of a car: keeps the place, so that each part is a few numbers."""

    def __init__(self, canvas: Canvas, car: Car, x: float, z: float, oncoming: bool) -> None:
        self.canvas, self.car, self.shape = canvas, car, car.shape
        self.x, self.z, self.oncoming = x, z, oncoming
        self.near = canvas.view.scale(z) > 9
        # The side that the driver sees is the one towards the middle of the view.
        self.hand = 1 if x < canvas.view.x else -1
        self.facing: Facing = "right" if self.hand > 0 else "left"

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
        return self.x + side * self.half(y), y, self.at(along)

    def span(
        self, low: tuple[float, float], high: tuple[float, float], colour: RGB, facing: Facing, left: float = -1, right: float = 1
    ) -> None:
        """A panel across the car between two (height, along) edges."""
        self.canvas.polygon(
            [self.point(left, *low), self.point(right, *low), self.point(right, *high), self.point(left, *high)],
            colour, self.car.kind, facing,
        )  # fmt: skip

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
                self.span((low, along(low)), (low + 0.24, along(low + 0.24)), (34, 36, 40), "front", seat - 0.2, seat + 0.2)

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
                radius = 0.42 if self.oncoming else 0.26
                middle = ((left + right) / 2 * s.width / 2 + self.x, (lamp_low + lamp_high) / 2, self.at(along))
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
            (0.0, s.sill), (s.length, s.sill), (s.length, s.bonnet), (s.front[0], s.waist), (s.rear[0], s.waist), (0.0, boot),
        ]  # fmt: skip
        self.flank(body, paint)
        self.flank([(s.rear[0], s.waist), (s.front[0], s.waist), (s.front[1], s.roof), (s.rear[1], s.roof)], dimmed(paint, 0.92))
        self.flank([(0, s.sill), (s.length, s.sill), (s.length, s.sill + 0.14), (0, s.sill + 0.14)], dimmed(paint, 0.5))
        self.flank([(0.02, s.waist - 0.1), (s.length - 0.3, s.waist - 0.14), (s.length - 0.3, s.waist - 0.11), (0.02, s.waist - 0.06)], dimmed(paint, 1.22))
        self.side_windows()
        if self.near:
            for along in (s.rear[0] + (s.front[0] - s.rear[0]) * 0.46, s.front[0] - 0.12):
                self.flank([(along, s.sill + 0.1), (along + 0.025, s.sill + 0.1), (along + 0.025, s.waist), (along, s.waist)], dimmed(paint, 0.45))
            handle = s.rear[0] + (s.front[0] - s.rear[0]) * 0.36
            self.flank([(handle, s.waist - 0.16), (handle + 0.18, s.waist - 0.16), (handle + 0.18, s.waist - 0.12), (handle, s.waist - 0.12)], dimmed(paint, 0.5))
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
            self.flank([(middle - 0.04, low), (middle + 0.04, low), (middle + 0.02, high), (middle - 0.04, high)], dimmed(self.car.paint, 0.5))

    def wheels(self, far: bool, end: bool = False) -> None:
        s, kind = self.shape, self.car.kind
        for along in (s.length * 0.19, s.length * 0.81):
            if far:
                side = -self.hand * (s.width / 2 - 0.06)
                points = [(self.x + side, y, self.at(a)) for a, y in circle(along, s.wheel, s.wheel)]
                self.canvas.polygon(points, TYRE, kind, self.facing)
                continue
            if end:
                continue
            out = self.hand * (s.width / 2 + 0.01)
            for radius, colour in ((s.wheel * 1.16, dimmed(self.car.paint, 0.4)), (s.wheel, TYRE), (s.wheel * 0.62, (150, 152, 156)), (s.wheel * 0.2, (70, 72, 76))):
                points = [(self.x + out, max(0.0, y), self.at(a)) for a, y in circle(along, s.wheel, radius)]
                self.canvas.polygon(points, colour, kind, self.facing)
        if end:
            near = s.length - 0.75 if self.oncoming else 0.55
            for side in (-1, 1):
                left, right = sorted((side * (s.width / 2 - 0.04), side * (s.width / 2 - 0.26)))
                z = self.at(near)
                self.canvas.polygon(
                    [(self.x + left, 0, z), (self.x + right, 0, z), (self.x + right, s.sill - 0.06, z), (self.x + left, s.sill - 0.06, z)],
                    TYRE, kind, "front",
                )  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A bus or lorry: painted flat sides put together to a box. Its ends and side as textures."""

    length: float
    width: float
    height: float
    rear: Texture
    front: Texture
    left: Texture
    right: Texture
    roof: RGB
    kind: int


def bus(dice: Dice, light: Light, double: bool) -> Box:
    """A town bus, with one deck or two."""
    length, width, height = (10.0, 2.5, 4.25) if double else (10.5, 2.5, 3.05)
    paint = (176, 28, 34) if double else dice.pick(((230, 226, 214), (40, 110, 140), (60, 120, 70), (190, 150, 60)))
    trim = dice.pick(((240, 232, 210), (36, 40, 60), (206, 170, 60)))
    number = str(1 + dice.below(40))
    place = dice.pick(("STATION", "HARBOUR", "OLD MILL", "ZOO", "MARKET"))
    ends = [_bus_end(light, width, height, double, paint, trim, number, place, rear) for rear in (True, False)]
    sides = [_bus_side(dice, light, length, height, double, paint, trim, facing) for facing in ("left", "right")]
    return Box(length, width, height, ends[0], ends[1], sides[0], sides[1], dimmed(paint, 1.1), kinds.TRUCK)


def _bus_end(light: Light, width: float, height: float, double: bool, paint: RGB, trim: RGB, number: str, place: str, rear: bool) -> Texture:
    board, kind = Board(width, height, 40), kinds.TRUCK
    board.rect(0, 0.35, width, height, paint, kind)
    board.rect(0.1, 0.0, 0.45, 0.5, TYRE, kind)
    board.rect(width - 0.45, 0.0, width - 0.1, 0.5, TYRE, kind)
    board.rect(0, 0.35, width, 0.55, dimmed(paint, 0.5), kind)
    board.rect(0, 1.05, width, 1.2, trim, kind)
    glass = mixed(GLASS, (140, 160, 180), 0.25)
    panes = [(1.35, 2.45)] + ([(2.95, 3.8)] if double else [])
    for low, high in panes:
        board.rect(0.18, low, width - 0.18, high, glass, kind)
        board.shape([(0.18, high), (1.4, high), (0.18, low + 0.3)], mixed(glass, (210, 224, 236), 0.35), kind)
        if light.lamps:
            board.shine([(0.18, low), (width - 0.18, low), (width - 0.18, high), (0.18, high)], (232, 214, 160), kind)
    sign = 2.52
    board.rect(0.4, sign, width - 0.4, sign + 0.36, (24, 24, 26), kind)
    board.text(f"{number} {place}" if not rear else number, 0.5, sign + 0.06, width - 1.0, 0.26, (250, 196, 60), kind)
    lamp: RGB = (196, 30, 28) if rear else (240, 238, 220)
    for left in (0.12, width - 0.42):
        outline = [(left, 0.68), (left + 0.3, 0.68), (left + 0.3, 0.92), (left, 0.92)]
        (board.shine if light.lamps else board.shape)(outline, lamp, kind)
    board.rect(width / 2 - 0.35, 0.62, width / 2 + 0.35, 0.8, (222, 190, 60) if rear else (230, 230, 224), kind)
    board.rect(0, height - 0.1, width, height, dimmed(paint, 1.25), kind)
    return board.texture(light)


def _bus_side(dice: Dice, light: Light, length: float, height: float, double: bool, paint: RGB, trim: RGB, facing: Facing) -> Texture:
    board, kind = Board(length, height, 24), kinds.TRUCK
    board.rect(0, 0.35, length, height, paint, kind)
    board.rect(0, 0.35, length, 0.6, dimmed(paint, 0.5), kind)
    board.rect(0, 1.05, length, 1.2, trim, kind)
    for low, high in [(1.35, 2.4)] + ([(2.95, 3.8)] if double else []):
        x = 0.3
        while x < length - 1.2:
            glass = mixed(GLASS, (150, 170, 190), dice.random() * 0.5)
            outline = [(x, low), (x + 1.15, low), (x + 1.15, high), (x, high)]
            board.shape(outline, glass, kind)
            if light.lamps:
                board.shine(outline, (226, 208, 156), kind)
            x += 1.3
    board.text(dice.pick(("TOYTOWN BUSES", "VISIT THE FAIR", "FRESH MILK")), 2.0, 2.46, 6.0, 0.42, trim, kind)
    for x in (2.0, length - 2.4):
        board.shape(circle(x, 0.48, 0.56), dimmed(paint, 0.35), kind)
        board.shape(circle(x, 0.48, 0.48), TYRE, kind)
        board.shape(circle(x, 0.48, 0.24), (140, 142, 146), kind)
    return board.texture(light, facing)


def lorry(dice: Dice, light: Light) -> Box:
    """A delivery lorry with a painted box."""
    length, width, height = 8.0, 2.45, 3.6
    cab, body = dice.pick(PAINT), dice.pick(((230, 228, 220), (70, 100, 130), (200, 180, 120), (120, 60, 50)))
    words = dice.pick(("MILK", "REMOVALS", "TOYS", "ICE CREAM", "FLOUR"))
    ink = (40, 60, 110) if sum(body) > 450 else (240, 232, 210)
    rear = Board(width, height, 40)
    rear.rect(0, 0.9, width, height, body, kinds.TRUCK)
    rear.rect(0.1, 1.0, width - 0.1, height - 0.15, dimmed(body, 0.9), kinds.TRUCK)
    rear.rect(width / 2 - 0.03, 1.0, width / 2 + 0.03, height - 0.15, dimmed(body, 0.5), kinds.TRUCK)
    rear.text(words, 0.3, 2.3, width - 0.6, 0.5, ink, kinds.TRUCK)
    rear.rect(0.2, 0.55, width - 0.2, 0.9, (46, 46, 48), kinds.TRUCK)
    rear.rect(0.15, 0, 0.6, 0.7, TYRE, kinds.TRUCK)
    rear.rect(width - 0.6, 0, width - 0.15, 0.7, TYRE, kinds.TRUCK)
    for left in (0.25, width - 0.55):
        outline = [(left, 0.6), (left + 0.3, 0.6), (left + 0.3, 0.8), (left, 0.8)]
        (rear.shine if light.lamps else rear.shape)(outline, (200, 30, 28), kinds.TRUCK)
    front = Board(width, height, 40)
    front.rect(0, 2.5, width, height, body, kinds.TRUCK)
    front.rect(0.05, 0.35, width - 0.05, 2.6, cab, kinds.TRUCK)
    front.rect(0.2, 1.5, width - 0.2, 2.4, mixed(GLASS, (150, 170, 190), 0.3), kinds.TRUCK)
    front.rect(0.5, 0.75, width - 0.5, 1.25, (40, 42, 46), kinds.TRUCK)
    front.rect(0.15, 0, 0.55, 0.4, TYRE, kinds.TRUCK)
    front.rect(width - 0.55, 0, width - 0.15, 0.4, TYRE, kinds.TRUCK)
    for left in (0.12, width - 0.44):
        outline = [(left, 0.6), (left + 0.32, 0.6), (left + 0.32, 0.85), (left, 0.85)]
        (front.shine if light.lamps else front.shape)(outline, (240, 238, 220), kinds.TRUCK)
    sides = [_lorry_side(light, length, height, cab, body, words, ink, facing) for facing in ("left", "right")]
    return Box(length, width, height, rear.texture(light), front.texture(light), sides[0], sides[1], body, kinds.TRUCK)


def _lorry_side(light: Light, length: float, height: float, cab: RGB, body: RGB, words: str, ink: RGB, facing: Facing) -> Texture:
    board, kind = Board(length, height, 24), kinds.TRUCK
    board.rect(0, 0.9, length - 2.0, height, body, kind)
    board.rect(0, 0.6, length - 1.8, 0.9, (46, 46, 48), kind)
    board.rect(length - 1.9, 0.4, length, 2.6, cab, kind)
    board.rect(length - 1.5, 1.5, length - 0.2, 2.35, mixed(GLASS, (150, 170, 190), 0.3), kind)
    board.text(words, 0.5, 1.6, length - 3.0, 1.2, ink, kind)
    for at in (1.2, 2.3, length - 1.0):
        board.shape(circle(at, 0.5, 0.5), TYRE, kind)
        board.shape(circle(at, 0.5, 0.24), (140, 142, 146), kind)
    return board.texture(light, facing)


def draw_box(canvas: Canvas, box: Box, x: float, z: float, oncoming: bool) -> None:
    """Draw a bus or lorry whose nearer end is at z."""
    half, far = box.width / 2, z + box.length
    if canvas.view.x > x + half:
        canvas.side(box.right, x + half, 0, z, far)
    elif canvas.view.x < x - half:
        canvas.side(box.left, x - half, 0, z, far)
    canvas.front(box.front if oncoming else box.rear, x - half, 0, z)
    if canvas.light.lamps:
        colour: RGB = (255, 246, 214) if oncoming else (240, 40, 30)
        for side in (-0.8, 0.8):
            canvas.glow((x + side * half, 0.8, z), 0.4 if oncoming else 0.22, colour)


def trailer(canvas: Canvas, x: float, z: float, paint: RGB) -> None:
    """A covered trailer on its own wheels."""
    kind, half, hand = kinds.OTHER_MOVING, 0.8, 1 if x < canvas.view.x else -1
    facing: Facing = "right" if hand > 0 else "left"
    side = x + hand * half
    canvas.polygon([(side, 0.45, z), (side, 1.5, z), (side, 1.5, z + 2.4), (side, 0.45, z + 2.4)], paint, kind, facing)
    wheel = [(side + hand * 0.02, y, z + a) for a, y in circle(1.2, 0.3, 0.3)]
    canvas.polygon(wheel, TYRE, kind, facing)
    rear = [
        ([(-half, 0.45), (half, 0.45), (half, 1.5), (half - 0.12, 1.62), (-half + 0.12, 1.62), (-half, 1.5)], paint),
        ([(-half, 0.4), (half, 0.4), (half, 0.58), (-half, 0.58)], (56, 56, 58)),
        ([(-0.02, 0.58), (0.02, 0.58), (0.02, 1.5), (-0.02, 1.5)], dimmed(paint, 0.6)),
        ([(-0.74, 0.42), (-0.5, 0.42), (-0.5, 0.54), (-0.74, 0.54)], (190, 30, 28)),
        ([(0.5, 0.42), (0.74, 0.42), (0.74, 0.54), (0.5, 0.54)], (190, 30, 28)),
        ([(-0.78, 0), (-0.6, 0), (-0.6, 0.4), (-0.78, 0.4)], TYRE),
        ([(0.6, 0), (0.78, 0), (0.78, 0.4), (0.6, 0.4)], TYRE),
    ]
    canvas.flat(x, 0, z, rear, kind)  # type: ignore[arg-type]


def digger(canvas: Canvas, x: float, z: float, swing: float) -> None:
    """A yellow digger at work, its arm raised by `swing` 0..1."""
    yellow: RGB = (226, 168, 30)
    dark: RGB = (52, 52, 54)
    up = 0.5 * swing
    parts: list[tuple[list[tuple[float, float]], RGB]] = [
        ([(-1.5, 0.0), (1.5, 0.0), (1.65, 0.35), (1.5, 0.72), (-1.5, 0.72), (-1.65, 0.35)], dark),
        *[(circle(cx, 0.36, 0.24), (96, 96, 98)) for cx in (-1.2, -0.4, 0.4, 1.2)],
        ([(-1.45, 0.8), (1.2, 0.8), (1.2, 1.6), (-1.45, 1.75)], yellow),
        ([(-1.45, 0.8), (1.2, 0.8), (1.2, 0.95), (-1.45, 0.95)], dimmed(yellow, 0.7)),
        ([(-0.1, 1.5), (1.1, 1.5), (1.0, 2.65), (0.0, 2.65)], yellow),
        ([(0.08, 1.65), (0.98, 1.65), (0.9, 2.5), (0.12, 2.5)], (86, 104, 116)),
        ([(1.0, 1.1), (2.6, 2.7 + up), (2.45, 2.95 + up), (0.95, 1.55)], yellow),
        ([(2.45, 2.95 + up), (2.68, 2.8 + up), (3.3, 1.2 + up), (3.08, 1.12 + up)], dimmed(yellow, 0.85)),
        ([(2.85, 1.25 + up), (3.4, 1.3 + up), (3.2, 0.6 + up), (2.7, 0.8 + up)], dark),
    ]
    canvas.flat(x, 0, z, parts, kinds.OTHER_MOVING)


def train(dice: Dice, light: Light) -> Texture:
    """A carriage, 20 m long, seen from the side."""
    board, kind = Board(20.0, 3.9, 24), kinds.TRAIN
    paint = dice.pick(((52, 92, 72), (120, 40, 48), (46, 66, 118), (206, 176, 84)))
    cream: RGB = (226, 216, 188)
    board.rect(0.15, 0.5, 19.85, 3.5, paint, kind)
    board.rect(0.15, 1.9, 19.85, 3.15, cream, kind)
    board.shape([(0.15, 3.5), (19.85, 3.5), (19.5, 3.88), (0.5, 3.88)], (96, 98, 102), kind)
    board.rect(0.15, 0.5, 19.85, 0.8, dimmed(paint, 0.6), kind)
    for index in range(10):
        x = 1.0 + index * 1.85
        if index in {2, 7}:
            board.rect(x, 0.8, x + 1.1, 3.1, dimmed(paint, 0.75), kind)
            board.rect(x + 0.2, 1.9, x + 0.9, 2.8, GLASS, kind)
            continue
        outline = [(x, 2.0), (x + 1.4, 2.0), (x + 1.4, 2.9), (x, 2.9)]
        board.shape(outline, mixed(GLASS, (160, 180, 200), dice.random() * 0.5), kind)
        if light.lamps:
            board.shine(outline, (244, 220, 160), kind)
        else:
            board.shape([(x, 2.9), (x + 0.6, 2.9), (x, 2.3)], (150, 168, 184), kind)
    for x in (2.2, 4.0, 16.0, 17.8):
        board.shape(circle(x, 0.45, 0.45), (40, 40, 42), kind)
        board.shape(circle(x, 0.45, 0.2), (110, 110, 112), kind)
    board.rect(0, 0.55, 0.15, 0.9, (40, 40, 42), kind)
    board.rect(19.85, 0.55, 20, 0.9, (40, 40, 42), kind)
    return board.texture(light)
