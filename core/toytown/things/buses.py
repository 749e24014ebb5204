"""Buses and lorries: boxes with painted sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed, mixed
from core.toytown.drawing.canvas import Canvas, Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, Light
from core.toytown.things.cars import GLASS, PAINT, TYRE


@dataclass(frozen=True)
class Box:
    """A bus or lorry: painted flat sides that make a box. Its ends and side as textures."""

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
    paint = (
        (176, 28, 34)
        if double
        else dice.pick(((230, 226, 214), (40, 110, 140), (60, 120, 70), (190, 150, 60)))
    )
    trim = dice.pick(((240, 232, 210), (36, 40, 60), (206, 170, 60)))
    number = str(1 + dice.below(40))
    place = dice.pick(("STATION", "HARBOUR", "OLD MILL", "ZOO", "MARKET"))
    ends = [
        _bus_end(light, width, height, double, paint, trim, number, place, rear) for rear in (True, False)
    ]
    sides = [
        _bus_side(dice, light, length, height, double, paint, trim, facing) for facing in ("left", "right")
    ]
    return Box(length, width, height, ends[0], ends[1], sides[0], sides[1], dimmed(paint, 1.1), kinds.TRUCK)


def _bus_end(
    light: Light,
    width: float,
    height: float,
    double: bool,
    paint: RGB,
    trim: RGB,
    number: str,
    place: str,
    rear: bool,
) -> Texture:
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
            board.shine(
                [(0.18, low), (width - 0.18, low), (width - 0.18, high), (0.18, high)], (232, 214, 160), kind
            )
    sign = 2.52
    board.rect(0.4, sign, width - 0.4, sign + 0.36, (24, 24, 26), kind)
    board.text(
        f"{number} {place}" if not rear else number, 0.5, sign + 0.06, width - 1.0, 0.26, (250, 196, 60), kind
    )
    lamp: RGB = (196, 30, 28) if rear else (240, 238, 220)
    for left in (0.12, width - 0.42):
        outline = [(left, 0.68), (left + 0.3, 0.68), (left + 0.3, 0.92), (left, 0.92)]
        (board.shine if light.lamps else board.shape)(outline, lamp, kind)
    board.rect(
        width / 2 - 0.35, 0.62, width / 2 + 0.35, 0.8, (222, 190, 60) if rear else (230, 230, 224), kind
    )
    board.rect(0, height - 0.1, width, height, dimmed(paint, 1.25), kind)
    return board.texture(light)


def _bus_side(
    dice: Dice,
    light: Light,
    length: float,
    height: float,
    double: bool,
    paint: RGB,
    trim: RGB,
    facing: Facing,
) -> Texture:
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


FREIGHT = ("MILK", "REMOVALS", "TOYS", "ICE CREAM", "FLOUR")


def lorry(dice: Dice, light: Light, freight: Sequence[str] = FREIGHT) -> Box:
    """A delivery lorry with a painted box; `freight` are the words that may be on it."""
    length, width, height = 8.0, 2.45, 3.6
    cab, body = dice.pick(PAINT), dice.pick(((230, 228, 220), (70, 100, 130), (200, 180, 120), (120, 60, 50)))
    words = dice.pick(freight)
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
    front.rect(0, 0.35, width, 2.6, cab, kinds.TRUCK)
    front.rect(0.2, 1.5, width - 0.2, 2.4, mixed(GLASS, (150, 170, 190), 0.3), kinds.TRUCK)
    front.rect(0.5, 0.75, width - 0.5, 1.25, (40, 42, 46), kinds.TRUCK)
    front.rect(0.15, 0, 0.55, 0.4, TYRE, kinds.TRUCK)
    front.rect(width - 0.55, 0, width - 0.15, 0.4, TYRE, kinds.TRUCK)
    for left in (0.12, width - 0.44):
        outline = [(left, 0.6), (left + 0.32, 0.6), (left + 0.32, 0.85), (left, 0.85)]
        (front.shine if light.lamps else front.shape)(outline, (240, 238, 220), kinds.TRUCK)
    sides = [
        _lorry_side(light, length, height, cab, body, words, ink, facing) for facing in ("left", "right")
    ]
    return Box(
        length,
        width,
        height,
        rear.texture(light),
        front.texture(light),
        sides[0],
        sides[1],
        body,
        kinds.TRUCK,
    )


def _lorry_side(
    light: Light, length: float, height: float, cab: RGB, body: RGB, words: str, ink: RGB, facing: Facing
) -> Texture:
    board, kind = Board(length, height, 24), kinds.TRUCK
    board.rect(0, 0.9, length - 2.0, height, body, kind)
    board.rect(length - 2.0, 2.5, length, height, body, kind)
    board.rect(0, 0.6, length - 1.8, 0.9, (46, 46, 48), kind)
    board.rect(length - 1.9, 0.4, length, 2.6, cab, kind)
    board.rect(length - 1.5, 1.5, length - 0.2, 2.35, mixed(GLASS, (150, 170, 190), 0.3), kind)
    board.text(words, 0.5, 1.6, length - 3.0, 1.2, ink, kind)
    for at in (1.2, 2.3, length - 1.0):
        board.shape(circle(at, 0.5, 0.5), TYRE, kind)
        board.shape(circle(at, 0.5, 0.24), (140, 142, 146), kind)
    return board.texture(light, facing)


def draw_box(canvas: Canvas, x: float, y: float, z: float, box: Box, oncoming: bool) -> None:
    """Draw a bus or lorry whose nearer end is at z."""
    half, far = box.width / 2, z + box.length
    if canvas.view.x > x + half:
        canvas.side(box.right, x + half, y, z, far)
    elif canvas.view.x < x - half:
        canvas.side(box.left, x - half, y, z, far)
    canvas.front(box.front if oncoming else box.rear, x - half, y, z)
    if canvas.light.lamps:
        colour: RGB = (255, 246, 214) if oncoming else (240, 40, 30)
        for side in (-0.8, 0.8):
            canvas.glow((x + side * half, y + 0.8, z), 0.4 if oncoming else 0.22, colour)
