"""Both sides of a street of Jakarta's: rows of houses, stalls, walls and greens, block by block."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing.board import Board
from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drawing.light import facing_street
from core.toytown.drive.street import Border, Plot, still
from core.toytown.jakarta.planner import Planner
from core.toytown.jakarta.street import REACH, Street
from core.toytown.jakarta.things import fronts, motorcycles, roadside
from core.toytown.jakarta.things.meanings import BOARD
from core.toytown.things import fences, furniture

PLACES = ("Blok M", "Kota", "Senayan", "Kuningan", "Menteng", "Bandara")
CLOTHS: tuple[tuple[RGB, RGB], ...] = (
    ((60, 110, 190), (60, 110, 190)), ((206, 60, 50), (236, 232, 224)), ((60, 130, 80), (230, 226, 210)),
    ((236, 140, 40), (236, 140, 40)), ((150, 152, 154), (134, 136, 138)), ((150, 110, 84), (128, 90, 68)),
    ((200, 190, 170), (180, 170, 150)), ((80, 84, 90), (100, 104, 110)),
)  # fmt: skip
WIDTHS = {"ruko": (8.0, 16.0), "kampung": (6.0, 10.0), "office": (16.0, 26.0), "warung": (3.5, 7.0)}


def build(planner: Planner, side: int) -> None:
    """Fill a side with blocks, leaving room where something spans the street, and gaps for alleys."""
    dice, blocks = planner.dice, planner.theme.blocks
    turn, z = dice.below(len(blocks)), -22.0
    while z < REACH:
        far = z + dice.between(20, 36)
        block = blocks[turn % len(blocks)]
        if block in WIDTHS:
            _row(planner, side, block, z, far)
        elif block == "wall":
            _wall(planner, side, z, far)
        else:
            _green(planner, side, z, far)
        turn += 1
        z = far + (dice.between(2.5, 4.5) if dice.chance(0.4) else 0)


def _row(planner: Planner, side: int, style: str, near: float, far: float) -> None:
    street, dice = planner.street, planner.dice
    facing, front = facing_street(side), street.front(side)
    z = near
    while far - z > 3.4:
        width = min(dice.between(*WIDTHS[style]), far - z)
        back = dice.between(1.0, 2.5) if style == "kampung" else 0.0
        if any(a - 2 < z + width and z < b + 1 for a, b in street.spans):
            z += 2.0
            continue
        house = fronts.front(dice, planner.light, facing, style, width)
        street.plots.append(Plot(side, front + side * back, z, house))
        _before(planner, side, style, z, width)
        z += width + (dice.between(0.2, 1.2) if style == "warung" else 0)


def _before(planner: Planner, side: int, style: str, z: float, width: float) -> None:
    """What stands before a house: canopies, hanging boards, parked scooters, stools."""
    street, dice = planner.street, planner.dice
    front = street.front(side)
    if style == "warung" or (style == "ruko" and dice.chance(0.5)):
        reach = dice.between(1.0, min(2.2, street.walk - 0.3))
        high = dice.between(2.5, 2.8) if style == "warung" else dice.between(2.7, 3.1)
        first, second = dice.pick(CLOTHS)
        start, length = z + 0.2, width - 0.4
        draw = still(roadside.awning, side, reach, length, high, (planner.near(first), planner.near(second)))

        def placed(canvas: Canvas, x: float, y: float, at: float, number: int) -> None:
            draw(canvas, front, y, at, number)

        planner.put(front - side * reach / 2, start, placed, (reach, length, high), street.rise, low=2.0)
    if style in {"ruko", "office"} and dice.chance(0.6):
        _hanging_board(planner, side, z + dice.between(0.5, width - 0.5))
    if style != "office" and dice.chance(0.6):
        _parked_row(planner, side, z + 0.6, width - 1.2)


def _hanging_board(planner: Planner, side: int, z: float) -> None:
    """A board that stands out from the wall and faces the drivers."""
    dice, street = planner.dice, planner.street
    width, height = dice.between(0.7, 1.3), dice.between(0.8, 2.6)
    board = Board(width, height, 40)
    ground, ink = dice.pick(fronts.SIGNS)
    board.rect(0, 0, width, height, ground, BOARD)
    rows = max(1, int(height / 0.8))
    for row in range(rows):
        words = dice.pick(fronts.NAMES + fronts.FOOD)
        board.text(words, 0.06, height * row / rows + 0.08, width - 0.12, height / rows - 0.16, ink, BOARD)
    lit = planner.light.lamps and dice.chance(0.6)
    face = board.texture(None if lit else planner.light)
    low, x = dice.between(3.3, 4.6), street.front(side) - side * width * 0.55

    def draw(canvas: Canvas, at: float, y: float, far: float, _: int) -> None:
        canvas.front(face, at - width / 2, y + low, far)

    planner.put(x, z, draw, (width, 0.1, low + height), street.rise, low=low, shade=False)


def _parked_row(planner: Planner, side: int, z: float, length: float) -> None:
    """Scooters side by side before a house, their fronts to the wall, or in line along the kerb."""
    street, dice = planner.street, planner.dice
    count = 2 + dice.below(max(1, int(length / 0.8)))
    across = dice.chance(0.7)
    if across and street.walk - street.drain > 2.2:
        for step in range(min(count, int(length / 0.75))):
            what = motorcycles.Motorcycle(planner.near(dice.pick(motorcycles.PAINT)), ())
            x = street.front(side) - side * (street.drain + 1.05 + dice.between(-0.08, 0.08))
            draw = still(motorcycles.draw_parked, what, side)
            planner.put(x, z + 0.75 * step, draw, (1.9, 0.4, 1.1), street.rise)
        return
    for step in range(min(count // 2 + 1, int(length / 2.2))):
        what = motorcycles.Motorcycle(planner.near(dice.pick(motorcycles.PAINT)), ())
        x = street.kerb(side) + side * dice.between(0.5, 0.8)
        draw = still(motorcycles.draw_motorcycle, what, side < 0, False)
        planner.put(x, z + 2.2 * step, draw, (0.75, 1.9, 1.1), street.rise)


def _line(street: Street, side: int, near: float, far: float, texture: Texture) -> None:
    """A wall or a fence along the pavement, piece by piece."""
    z = near
    while z < far - 1:
        end = min(z + texture.width, far)
        street.borders.append(Border(street.front(side), z, end, texture))
        z = end


def _wall(planner: Planner, side: int, near: float, far: float) -> None:
    """A long wall with trees behind it."""
    street, dice = planner.street, planner.dice
    texture = fences.wall(dice, planner.light, facing_street(side), dice.between(1.8, 2.8))
    _line(street, side, near, far, texture)
    z = near + 1
    while z < far:
        plant(planner, street.front(side) + side * dice.between(2.5, 8), z, dice.pick(planner.trees))
        z += dice.between(2.5, 6)


def _green(planner: Planner, side: int, near: float, far: float) -> None:
    """A green with banyans and palms behind a railing."""
    street, dice = planner.street, planner.dice
    texture = fences.fence(dice, planner.light, facing_street(side), dice.pick(("railings", "mesh", "guard")))
    _line(street, side, near, far, texture)
    z = near + 1
    while z < far:
        what = dice.pick(planner.trees if dice.chance(0.75) else planner.bushes)
        plant(planner, street.front(side) + side * dice.between(2.0, 14), z, what)
        z += dice.between(1.6, 3.6)


def plant(planner: Planner, x: float, z: float, texture: Texture, foot: float = 0.05) -> None:
    """Put up a tree or a bush."""
    mirrored = planner.dice.chance(0.5)

    def draw(canvas: Canvas, at: float, y: float, far: float, _: int) -> None:
        canvas.front(texture, at - texture.width / 2, y, far, mirrored)

    if planner.street.leaves_free(z):
        planner.put(x, z, draw, (texture.width, 0.1, texture.height), foot, crown=True)


def furnish(planner: Planner, side: int) -> None:
    """Poles with their cables, lamps, signs, and trees at the kerb."""
    street, dice = planner.street, planner.dice
    edge = street.kerb(side) + side * 0.5
    span = dice.between(22, 34)
    z = -dice.between(2, 20)
    sags = tuple(
        (dice.between(-0.6, 0.6), dice.between(5.6, 8.0), dice.between(0.2, 1.4))
        for _ in range(6 + dice.below(9))
    )
    poles = side < 0 or dice.chance(0.6)
    while z < 120 and poles:
        if street.leaves_free(z):
            draw = still(roadside.utility_pole, 1.0, dice.chance(0.2))
            planner.put(edge, z, draw, (0.26, 0.26, 8.2), street.rise)
        planner.put(edge, z, still(roadside.cables, span, sags), (1.3, span, 8.1), low=5.0, shade=False)
        z += span
    z = dice.between(4, 16)
    while z < 110:
        if street.leaves_free(z):
            if dice.chance(0.4):
                planner.put(edge, z, still(furniture.lamp, False), (0.2, 0.2, 7), street.rise)
            elif dice.chance(0.5):
                plant(planner, edge + side * 0.4, z, dice.pick(planner.trees))
            else:
                face = furniture.sign(dice, planner.light, PLACES)
                planner.put(edge, z, still(furniture.put_sign, face), (0.4, 0.1, 2.9), street.rise)
        z += dice.between(7, 18)
