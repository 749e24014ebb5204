"""What spans the street: a level crossing with a train, a bridge, a town gate, a tunnel in a hill."""

from __future__ import annotations

from itertools import pairwise

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, Point
from core.toytown.drawing.dice import Dice, sine
from core.toytown.drive.street import KERB, Street
from core.toytown.things import furniture

HILL: RGB = (86, 108, 56)
CARRIAGE = 20.3
"""Metres from one carriage to the next."""


def draw_crossing(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A level crossing with a train going through, its barriers down."""
    for index in range(4):
        canvas.front(street.textures["train"], -64 + 1.1 * number + index * CARRIAGE, 0.25, z)
    mesh = street.textures["mesh"]
    for side in (-1, 1):
        for piece in range(6):
            offset = piece * mesh.width if side > 0 else -(piece + 1) * mesh.width
            canvas.front(mesh, street.front(side) + offset, KERB, z - 2.8)
        furniture.crossing_light(canvas, street.kerb(side) + side * 0.5, KERB, z - 3.6, number % 4 < 2)
        reach = side * (abs(street.kerb(side)) + 0.1)
        furniture.barrier(canvas, street.kerb(side) + side * 0.2, KERB, z - 3.6 + 0.2 * side, -reach)


def draw_bridge(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A railway bridge over the road between embankments, with a train on it."""
    front = street.textures["bridge"]
    half, clearance = front.width / 2, front.height - 2.3
    for side in (-1, 1):
        edge, end = side * half, side * (half + 60)
        bank: list[Point] = [(edge, 0, z), (end, 0, z), (end, clearance + 0.4, z), (edge, clearance + 1.2, z)]
        canvas.polygon(bank, HILL, kinds.GREEN)
    for index in range(3):
        x = -46 + 0.9 * number + index * CARRIAGE
        canvas.front(street.textures["train"], x, clearance + 0.9, z + 3)
    span = front.width * 0.26
    for side in (-1, 1):
        canvas.flank(side * span, (0, clearance), (z, z + 6.5), (66, 60, 55), kinds.BRIDGE, side)
    ceiling: list[Point] = [
        (x, clearance, z + b) for x, b in ((-span, 0), (span, 0), (span, 6.5), (-span, 6.5))
    ]
    canvas.polygon(ceiling, (36, 33, 30), kinds.BRIDGE)
    canvas.front(front, -half, 0, z)


def draw_gate(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A town gate, five metres deep, in the town's wall."""
    front, wall = street.textures["gate"], street.textures["town wall"]
    middle, half = _road(street)
    left = middle - front.width / 2
    for piece in range(3):
        canvas.front(wall, left - (piece + 1) * wall.width, 0, z + 1)
        canvas.front(wall, left + front.width + piece * wall.width, 0, z + 1)
    half += 0.1
    for side in (-1, 1):
        canvas.flank(middle + side * half, (0, 3.4), (z, z + 5), (104, 96, 84), kinds.ARCHWAY, side)
    _draw_vault(canvas, (middle, half, 3.4, 2.4), (z, z + 5), (92, 86, 76), kinds.ARCHWAY)
    canvas.front(front, left, 0, z)


def draw_tunnel(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A hill with the mouth of a tunnel; lamps run along its walls into the dark."""
    front = street.textures["portal"]
    middle, half = _road(street)
    half += 0.6
    canvas.upright((middle - half, middle + half), (0, 6), z + 55, (14, 14, 16), kinds.TUNNEL)
    for piece in range(10, -1, -1):
        near = z + piece * 5
        tone = 0.62 - 0.045 * piece
        for side in (-1, 1):
            x = middle + side * half
            wall = dimmed((120, 116, 108), tone)
            canvas.flank(x, (0, 3), (near, near + 5), wall, kinds.TUNNEL, side)
            lamp: list[Point] = [
                (x - side * 0.05, y, near + b) for y, b in ((2.6, 1), (2.6, 2.4), (2.75, 2.4), (2.75, 1))
            ]
            canvas.shining(lamp, (255, 206, 120), kinds.TUNNEL)
        vault = dimmed((110, 106, 100), tone * 2)
        _draw_vault(canvas, (middle, half, 3.0, 2.3), (near, near + 5), vault, kinds.TUNNEL)
    _draw_hill(canvas, street, front.width / 2, middle, z)
    canvas.front(front, middle - front.width / 2, 0, z)


def _road(street: Street) -> tuple[float, float]:
    """The middle between the kerbs and half the distance between them."""
    return (street.kerb(-1) + street.kerb(1)) / 2, (street.kerb(1) - street.kerb(-1)) / 2


def _draw_vault(
    canvas: Canvas,
    arch: tuple[float, float, float, float],
    along: tuple[float, float],
    colour: RGB,
    kind: int,
) -> None:
    """The underside of an arch, given by its middle, half width, springing height and rise."""
    middle, half, spring, rise = arch
    near, far = along
    head = [(middle + half * sine(i / 24 + 0.25), spring + rise * sine(i / 24)) for i in range(13)]
    for i, ((ax, ay), (bx, by)) in enumerate(pairwise(head)):
        stave: list[Point] = [(ax, ay, near), (bx, by, near), (bx, by, far), (ax, ay, far)]
        canvas.polygon(stave, dimmed(colour, 0.4 + 0.03 * abs(i - 6)), kind)


def _draw_hill(canvas: Canvas, street: Street, half: float, middle: float, z: float) -> None:
    """The hill above and on both sides of a tunnel's mouth, with woods on its top."""
    dice = Dice(street.theme, f"hill {street.speed}")
    wood = street.textures["wood"]
    for step in range(-2, 2):
        canvas.front(wood, step * 26 + dice.between(-4, 4), 8.5, z + 6)
    ridge = [(float(x), max(2.0, 15 - 0.0042 * x * x) + dice.between(-0.5, 0.5)) for x in range(-60, 61, 6)]
    for side in (-1, 1):
        slope = [p for p in ridge if (p[0] - middle) * side > 0][::side]
        mouth = [
            (side * 60.0, 0.0),
            (middle + side * half, 0.0),
            (middle + side * half, 5.4),
            (middle, 5.4),
            (middle, 15.0),
        ]
        canvas.polygon([(x, y, z + 1) for x, y in [*mouth, *slope]], HILL, kinds.GREEN)
    for _ in range(140):
        x = dice.between(-50, 50)
        y = max(2.0, 14 - 0.0042 * x * x) * dice.random()
        size, tone = dice.between(0.3, 1.0), dice.between(0.7, 1.15)
        if abs(x - middle) > half + size or y > 7:
            tuft = (
                (x - size, y),
                (x + size, y),
                (x + size * 0.5, y + size),
                (x - size * 0.4, y + size * 0.9),
            )
            canvas.polygon([(a, b, z + 1) for a, b in tuft], dimmed(HILL, tone), kinds.GREEN)
