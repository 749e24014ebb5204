"""Kaki lima carts, their keepers' parasols, and the plastic stools around them."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing.board import Board, dimmed, mixed
from core.toytown.drawing.canvas import Canvas, Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Light
from core.toytown.jakarta.things.fronts import FOOD, SIGNS
from core.toytown.jakarta.things.meanings import CART, STOOL


def cart(dice: Dice, light: Light) -> Texture:
    """A food cart of 1.7 m: a chest on two wheels, a glass case, and a roof on posts."""
    width, height = 1.8, 2.05
    board = Board(width, height, 64)
    paint = dice.pick(
        ((60, 130, 190), (206, 60, 50), (70, 150, 90), (236, 200, 60), (226, 226, 220), (150, 110, 76))
    )
    for x in (0.35, 1.35):
        board.shape(circle(x, 0.3, 0.3), (34, 32, 32), CART)
        board.shape(circle(x, 0.3, 0.21), (130, 128, 124), CART)
    board.rect(0.1, 0.42, width - 0.1, 0.98, paint, CART)
    board.rect(0.1, 0.42, width - 0.1, 0.5, dimmed(paint, 0.6), CART)
    board.text(dice.pick(FOOD), 0.2, 0.56, width - 0.4, 0.34, dice.pick(SIGNS)[1], CART)
    glass = mixed((150, 170, 180), (230, 236, 240), 0.4)
    board.rect(0.14, 0.98, width * 0.62, 1.55, glass, CART)
    for _ in range(9):
        x, low = dice.between(0.2, 0.9), 1.0 + 0.26 * dice.below(2)
        board.rect(x, low, x + 0.16, low + dice.between(0.08, 0.2), dimmed(dice.pick(SIGNS)[0], 0.8), CART)
    board.shape(circle(width * 0.8, 1.08, 0.16, 0.12), (160, 162, 166), CART)
    for x in (0.14, width - 0.2):
        board.rect(x, 0.98, x + 0.05, 1.85, (120, 116, 110), CART)
    roof = dice.pick(SIGNS)[0]
    board.shape([(0, 1.8), (width, 1.8), (width - 0.12, 2.0), (0.12, 2.0)], roof, CART)
    board.rect(0, 1.74, width, 1.82, dimmed(roof, 0.7), CART)
    if light.lamps:
        board.shine(circle(0.9, 1.66, 0.06), (255, 244, 200), CART)
    return board.texture(light)


def parasol(canvas: Canvas, x: float, y: float, z: float, tints: tuple[RGB, RGB]) -> None:
    """A large parasol over a cart, 2.3 m high; it belongs to the cart."""
    canvas.flat(x, y, z, [([(-0.03, 0), (0.03, 0), (0.03, 2.2), (-0.03, 2.2)], (150, 150, 152))], CART)
    for piece in range(6):
        left, right = -1.15 + piece * 2.3 / 6, -1.15 + (piece + 1) * 2.3 / 6
        gore = [(left, 1.95), (right, 1.95), (right * 0.12, 2.5), (left * 0.12, 2.5)]
        canvas.flat(x, y, z, [(gore, dimmed(tints[piece % 2], 1.1 - 0.09 * piece))], CART)


def stool(canvas: Canvas, x: float, y: float, z: float, tint: RGB) -> None:
    """A plastic stool, 0.45 m high."""
    legs = [
        ([(a, 0), (a + 0.06, 0), (a * 0.8 + 0.06, 0.4), (a * 0.8, 0.4)], dimmed(tint, 0.75))
        for a in (-0.18, 0.12)
    ]
    seat = ([(-0.17, 0.38), (0.17, 0.38), (0.16, 0.46), (-0.16, 0.46)], tint)
    canvas.flat(x, y, z, [*legs, seat], STOOL)
