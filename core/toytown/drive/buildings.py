"""Houses put up in the street, and the town and woods that close the view."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import NEAR, Canvas, Point
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import facing_street
from core.toytown.drive.street import LENGTH, Plot, Street

CHIMNEY: RGB = (138, 88, 70)
EAVES = 0.3
"""How far a roof reaches out over its wall, in metres."""


def draw_skyline(canvas: Canvas, street: Street) -> None:
    """What closes the view: a church, roofs, and woods before them."""
    dice = Dice(street.theme, f"skyline {street.speed}")
    z = LENGTH + 25
    _draw_church(canvas, dice.between(-34, 34), z, dice.pick(((150, 140, 122), (136, 128, 118))))
    for _ in range(22):
        _draw_distant_house(canvas, dice, z)
    for step in range(-5, 5):
        canvas.front(street.textures["wood"], step * 40 + dice.between(-6, 6), -0.5, z - 2)


def _draw_church(canvas: Canvas, x: float, z: float, stone: RGB) -> None:
    canvas.upright((x - 2.2, x + 2.2), (0, 16), z, stone, kinds.BUILDING)
    canvas.upright((x + 0.9, x + 2.2), (0, 16), z, dimmed(stone, 0.8), kinds.BUILDING)
    canvas.polygon([(x - 2.3, 16, z), (x + 2.3, 16, z), (x, 27, z)], (92, 96, 104), kinds.BUILDING)


def _draw_distant_house(canvas: Canvas, dice: Dice, z: float) -> None:
    x, wide, high = dice.between(-70, 60), dice.between(5, 9), dice.between(4, 7)
    wall = dice.pick(((176, 150, 124), (206, 196, 176), (150, 106, 88)))
    canvas.upright((x, x + wide), (0, high), z, wall, kinds.BUILDING)
    top = high + 2.4
    roof: list[Point] = [
        (x - 0.3, high, z),
        (x + wide + 0.3, high, z),
        (x + wide - 1.4, top, z),
        (x + 1.4, top, z),
    ]
    canvas.polygon(roof, dice.pick(((110, 78, 66), (88, 86, 92))), kinds.BUILDING)
    if canvas.light.lamps:
        pane: list[Point] = [(x + a, b, z) for a, b in ((1, 2), (1.8, 2), (1.8, 3.2), (1, 3.2))]
        canvas.shining(pane, (255, 214, 140), kinds.BUILDING)


def draw_house(canvas: Canvas, plot: Plot) -> None:
    """A house: its nearer end with the gable, its roof, and its front over both."""
    house, x, side = plot.house, plot.x, plot.side
    near, high = plot.z, house.height
    far, ridge = near + house.width, x + side * house.depth / 2
    if near > canvas.view.z + NEAR:
        canvas.front(house.end, x if side > 0 else x - house.depth, 0, near)
        if house.rise:
            gable: list[Point] = [
                (x, high, near),
                (x + side * house.depth, high, near),
                (ridge, high + house.rise, near),
            ]
            canvas.polygon(gable, dimmed(house.wall, 0.94), kinds.BUILDING)
    if house.rise:
        for at in house.chimneys:
            _draw_chimney(canvas, ridge, high + house.rise, near + at, side)
        _draw_roof(canvas, plot, ridge)
    canvas.side(house.front, x, 0, near, far)
    gutter = dimmed(house.roof, 0.6)
    canvas.flank(x - side * EAVES, (high - 0.12, high + 0.06), (near, far), gutter, kinds.BUILDING, side)


def _draw_roof(canvas: Canvas, plot: Plot, ridge: float) -> None:
    """The slope of the roof on the street's side, in courses of two tones."""
    house, near, far = plot.house, plot.z, plot.z + plot.house.width
    eave, courses = plot.x - plot.side * EAVES, 7
    for i in range(courses):
        (low_x, low_y), (top_x, top_y) = (
            (eave + (ridge - eave) * share, house.height + house.rise * share)
            for share in (i / courses, (i + 1) / courses)
        )
        course: list[Point] = [
            (low_x, low_y, near),
            (low_x, low_y, far),
            (top_x, top_y, far),
            (top_x, top_y, near),
        ]
        canvas.polygon(
            course, dimmed(house.roof, 0.92 + 0.14 * (i % 2)), kinds.BUILDING, facing_street(plot.side)
        )


def _draw_chimney(canvas: Canvas, x: float, ridge: float, z: float, side: int) -> None:
    low, high = ridge - 0.8, ridge + 1.3
    canvas.flank(x - side * 0.35, (low, high), (z, z + 1.1), CHIMNEY, kinds.BUILDING, side)
    canvas.upright((x - 0.35, x + 0.35), (low, high), z, dimmed(CHIMNEY, 0.9), kinds.BUILDING)
    canvas.upright((x - 0.43, x + 0.43), (high - 0.15, high), z, (170, 160, 146), kinds.BUILDING)
    for pot in (-0.18, 0.18):
        outline: list[Point] = [
            (x + pot + a, high + b, z) for a, b in ((-0.1, 0), (0.1, 0), (0.08, 0.5), (-0.08, 0.5))
        ]
        canvas.polygon(outline, (176, 96, 70), kinds.BUILDING)
