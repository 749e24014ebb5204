"""A frame of a drive through Jakarta: the street's plan as its camera sees it, drawn far to near."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.classes import RGB
from core.toytown.drawing import ground, kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import NEAR, Canvas, Point
from core.toytown.drawing.dice import Dice, sine
from core.toytown.drawing.light import facing_street, finish
from core.toytown.drawing.sky import draw_sky
from core.toytown.drive.buildings import draw_house
from core.toytown.drive.street import Plot
from core.toytown.jakarta.camera import aim
from core.toytown.jakarta.ground import draw_ground
from core.toytown.jakarta.lens import photograph
from core.toytown.jakarta.order import drawing_order
from core.toytown.jakarta.planning import plan
from core.toytown.jakarta.shadows import cast
from core.toytown.jakarta.street import REACH, Box, Piece, Street
from core.toytown.jakarta.things.meanings import OWN

SIGHT = 135.0
"""Metres beyond which things are too small to be drawn."""
GLASS: tuple[RGB, ...] = ((120, 136, 150), (150, 156, 160), (96, 112, 130), (170, 164, 150), (130, 120, 116))


def draw_frame(
    seed: int, number: int, width: int, height: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The (H, W, 3) picture and the (H, W) label map of a frame."""
    street = plan(seed)
    camera = street.camera
    swing = 1.0 if camera.rides else 0.0
    turned = aim(
        camera, width, height, street.speed * number,
        swing * 0.0015 * sine(number / 5 + seed % 7 / 7), swing * 0.004 * sine(number / 17 + seed % 11 / 11),
    )  # fmt: skip
    canvas = Canvas(turned.view, street.light)
    pieces = [piece.moved(number) for piece in street.pieces]
    draw_sky(canvas, street.clouds, number * 0.7)
    draw_ground(canvas, street)
    ground.grain(canvas, cast(canvas, street, pieces))
    _draw_skyline(canvas, street)
    for draw in _steps(canvas, street, pieces, number):
        draw()
    turned.turned(canvas)
    _draw_own(canvas, street)
    labels = canvas.labels()
    glows = []
    for point, radius, colour in canvas.glows:
        col, row = turned.seen(*turned.view.project(point))
        glows.append((col, row, radius * turned.view.scale(point[2]), point[2] - turned.view.z, colour))
    shake = Dice(seed, f"frame {number}")
    picture = finish(street.light, canvas.colours(), labels, canvas.depths(), turned.middle, glows, shake)
    return photograph(street.lens, picture), labels


def _draw_skyline(canvas: Canvas, street: Street) -> None:
    """Towers in the haze, and trees and roofs before them."""
    dice, z = Dice(street.seed, "skyline"), canvas.view.z + REACH + 60
    for _ in range(9):
        x, wide, high = dice.between(-150, 130), dice.between(12, 26), dice.between(20, 75)
        wall = dice.pick(GLASS)
        canvas.upright((x, x + wide), (0, high), z, wall, kinds.BUILDING)
        canvas.upright((x + wide * 0.7, x + wide), (0, high), z, dimmed(wall, 0.82), kinds.BUILDING)
        for floor in range(int(high / 4)):
            low = 3 + floor * 4
            canvas.upright((x, x + wide * 0.7), (low, low + 1.6), z, dimmed(wall, 0.78), kinds.BUILDING)
    wood = street.textures["wood"]
    for step in range(-5, 5):
        canvas.front(wood, step * 40 + dice.between(-6, 6), -0.5, z - 30)


def _steps(canvas: Canvas, street: Street, pieces: list[Piece], number: int) -> list[Callable[[], None]]:
    """All drawings, those that are hidden by others before them."""
    view = canvas.view
    near, limit = view.z + NEAR, view.z + SIGHT
    boxes: list[Box] = []
    draws: list[Callable[[], None]] = []
    for plot in street.plots:
        if plot.z + plot.house.width > near and plot.z < limit:
            left, right = sorted((plot.x, plot.x + plot.side * plot.house.depth))
            top = plot.house.height + plot.house.rise
            boxes.append((left, right, 0.0, top, plot.z, plot.z + plot.house.width))
            draws.append(partial(_draw_plot, canvas, plot))
    for border in street.borders:
        if border.far > near and border.near < limit:
            x, high = border.x, border.texture.height
            boxes.append((x, x, 0.0, high, border.near, border.far))
            draws.append(partial(canvas.side, border.texture, x, street.rise, border.near, border.far))
    for piece in pieces:
        if near < piece.z + piece.size[1] and piece.z < limit and _in_sight(canvas, piece.box):
            boxes.append(piece.box)
            draws.append(partial(piece.draw, canvas, piece.x, piece.y, piece.z, number))
    return [draws[index] for index in drawing_order(boxes, (view.x, view.eye, view.z))]


def _in_sight(canvas: Canvas, box: Box) -> bool:
    """Whether a box may be in the drawing: not if all of it is to the left or to the right of it."""
    view, (left, right, *_, near, far) = canvas.view, box
    scales = [view.focal / max(NEAR, z - view.z) for z in (near, far)]
    cols = [view.middle[0] + (x - view.x) * scale for x in (left - 1, right + 1) for scale in scales]
    return max(cols) > 0 and min(cols) < canvas.size[0]


def _draw_plot(canvas: Canvas, plot: Plot) -> None:
    """A house, with the top of its flat roof or the far slope of its pitched one where the camera sees it."""
    house, x, view = plot.house, plot.x, canvas.view
    near, far, back = plot.z, plot.z + house.width, x + plot.side * house.depth
    if view.eye > house.height:
        ridge = (x + back) / 2, house.height + house.rise
        start = ridge if house.rise else (x, house.height)
        slope: list[Point] = [
            (*start, near),
            (*start, far),
            (back, house.height, far),
            (back, house.height, near),
        ]
        canvas.polygon(
            slope, dimmed(house.roof, 0.9), kinds.BUILDING, facing_street(-plot.side) if house.rise else "up"
        )
    draw_house(canvas, plot)


def _draw_own(canvas: Canvas, street: Street) -> None:
    """What the camera sees of its own vehicle: a car's bonnet, a motorcycle's handlebars; both are Void."""
    dice = Dice(street.seed, "own")
    if street.camera.kind == "car" and dice.chance(0.8):
        _draw_bonnet(canvas, dice)
    elif street.camera.kind == "motorcycle" and dice.chance(0.75):
        _draw_handlebars(canvas, dice)


def _draw_bonnet(canvas: Canvas, dice: Dice) -> None:
    width, height = canvas.size
    rise = height * dice.between(0.03, 0.1)
    paint: RGB = dice.pick(((30, 32, 36), (150, 150, 152), (210, 210, 206), (100, 30, 34), (60, 66, 80)))
    for top, tone in ((1.0, 0.85), (0.82, 1.1), (0.62, 0.92), (0.36, 0.8)):
        bends = [1 - (i / 12 - 1) * (i / 12 - 1) * 0.72 for i in range(25)]
        outline = [(width * i / 24, height - rise * top * bend) for i, bend in enumerate(bends)]
        canvas.overlay(
            [*outline, (width, height), (0, height)], canvas.light.on(dimmed(paint, tone), "up"), OWN
        )


def _draw_handlebars(canvas: Canvas, dice: Dice) -> None:
    """Two grips, the instruments between them, and two mirrors."""
    width, height = canvas.size
    base, middle = height * dice.between(0.9, 0.97), width * dice.between(0.46, 0.54)
    dark, light = canvas.light.on((34, 34, 38), "up"), canvas.light.on((120, 126, 132), "up")
    span, thick = width * dice.between(0.28, 0.36), width * 0.014
    panel = [(middle - span * 0.4, height), (middle - span * 0.3, base), (middle + span * 0.3, base),
             (middle + span * 0.4, height)]  # fmt: skip
    canvas.overlay(panel, dark, OWN)
    for side in (-1, 1):
        end = middle + side * span
        grip = [
            (middle, base + thick),
            (end, base + 3 * thick),
            (end, base + 6 * thick),
            (middle, base + 4 * thick),
        ]
        canvas.overlay(grip, dark, OWN)
        mirror, up = middle + side * span * 0.85, base - height * 0.1
        stalk = middle + side * span * 0.6
        canvas.overlay(
            [
                (stalk, base + 2 * thick),
                (stalk + thick, base + 2 * thick),
                (mirror + thick / 2, up),
                (mirror - thick / 2, up),
            ],
            dark,
            OWN,
        )
        rim = [
            (mirror + span * 0.2 * sine(i / 12 + 0.25), up - span * 0.13 * sine(i / 12)) for i in range(12)
        ]
        canvas.overlay(rim, dark, OWN)
        glass = [
            (mirror + span * 0.17 * sine(i / 12 + 0.25), up - span * 0.1 * sine(i / 12)) for i in range(12)
        ]
        canvas.overlay(glass, light, OWN)
