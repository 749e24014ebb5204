"""The railway's carriages."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed, mixed
from core.toytown.drawing.canvas import Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Light
from core.toytown.things.cars import GLASS


def carriage(dice: Dice, light: Light) -> Texture:
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
