"""Walls and fences, painted flat."""

from __future__ import annotations

from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed
from core.toytown.drawing.canvas import Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, Light
from core.toytown.things.facades import BRICK, POSTERS, STONE, cover


def wall(dice: Dice, light: Light, facing: Facing, height: float = 1.5, length: float = 8.0) -> Texture:
    """A free-standing wall of brick or stone with a coping."""
    board = Board(length, height)
    stone = dice.chance(0.4)
    colour = dice.pick(STONE if stone else BRICK[:3])
    cover(board, dice, colour, "stone" if stone else "brick", kinds.WALL)
    board.rect(0, height - 0.14, length, height, (178, 170, 156), kinds.WALL)
    board.rect(0, height - 0.2, length, height - 0.14, dimmed(colour, 0.6), kinds.WALL)
    board.rect(0, 0, 0.4, height, dimmed(colour, 1.1), kinds.WALL)
    if height > 1.9 and dice.chance(0.7):
        word = dice.pick(POSTERS)
        board.rect(2.0, 0.7, 3.2, 1.7, (236, 224, 190), kinds.TEXT)
        board.text(word, 2.1, 0.9, 1.0, 0.6, (150, 36, 40), kinds.TEXT)
    return board.texture(light, facing)


def fence(dice: Dice, light: Light, facing: Facing, style: str) -> Texture:
    """A fence, 6 m long, of one of the styles railings, picket, boards, mesh, guard."""
    length = 6.0
    height = {"railings": 1.3, "picket": 1.0, "boards": 1.8, "mesh": 1.9, "guard": 0.85}[style]
    board, kind = Board(length, height), kinds.FENCE
    if style == "boards":
        x = 0.0
        base = dice.pick(((126, 92, 62), (112, 100, 84), (96, 74, 56)))
        while x < length:
            board.rect(
                x, 0, x + 0.22, height - dice.between(0, 0.06), dimmed(base, dice.between(0.82, 1.12)), kind
            )
            board.rect(x + 0.19, 0, x + 0.22, height, dimmed(base, 0.55), kind)
            x += 0.22
        board.rect(0, height * 0.8, length, height * 0.8 + 0.08, dimmed(base, 0.7), kind)
    elif style == "mesh":
        grey = (120, 126, 124)
        for step in range(int(length / 0.3) + 8):
            x = step * 0.3 - height
            board.shape(
                [(x, 0), (x + 0.06, 0), (x + height + 0.06, height), (x + height, height)], grey, kind
            )
            board.shape(
                [(x + height, 0), (x + height + 0.06, 0), (x + 0.06, height), (x, height)], grey, kind
            )
        for x in (0.0, length / 2):
            board.rect(x, 0, x + 0.1, height, (90, 96, 92), kind)
        board.rect(0, height - 0.08, length, height, (90, 96, 92), kind)
    elif style == "guard":
        grey = (150, 154, 158)
        board.rect(0, 0.4, length, 0.75, grey, kind)
        board.rect(0, 0.55, length, 0.6, dimmed(grey, 0.6), kind)
        board.rect(0, 0.7, length, 0.75, dimmed(grey, 1.25), kind)
        for x in (0.2, 2.2, 4.2):
            board.rect(x, 0, x + 0.14, 0.7, dimmed(grey, 0.6), kind)
    else:
        _bars(board, style, height, length)
    return board.texture(light, facing)


def _bars(board: Board, style: str, height: float, length: float) -> None:
    kind = kinds.FENCE
    colour, pitch, wide = ((38, 42, 44), 0.2, 0.075) if style == "railings" else ((232, 230, 222), 0.24, 0.15)
    for rail in (0.16, height - 0.26):
        board.rect(0, rail, length, rail + 0.08, dimmed(colour, 0.85), kind)
    x = 0.02
    while x < length:
        board.rect(x, 0, x + wide, height - 0.1, colour, kind)
        board.shape([(x, height - 0.1), (x + wide, height - 0.1), (x + wide / 2, height)], colour, kind)
        x += pitch
    for x in (0.0, length / 2):
        board.rect(x, 0, x + 0.14, height, dimmed(colour, 0.9), kind)
