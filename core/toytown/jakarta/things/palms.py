"""Palms and banyans."""

from __future__ import annotations

import math
from itertools import pairwise

from core.classes import RGB
from core.toytown.drawing.board import Board, dimmed
from core.toytown.drawing.canvas import Texture
from core.toytown.drawing.dice import Dice, cosine, sine
from core.toytown.drawing.light import Light
from core.toytown.jakarta.things.meanings import BANYAN, PALM, PLANTS
from core.toytown.things import plants

FRONDS: tuple[RGB, ...] = ((84, 122, 52), (104, 134, 58), (74, 108, 60), (130, 134, 62))
LEAVES: tuple[RGB, ...] = ((66, 104, 46), (84, 118, 52), (58, 94, 52), (98, 120, 50))


def palm(dice: Dice, light: Light) -> Texture:
    """A palm of 5 to 9 m with a bent trunk."""
    width, height = 4.6, dice.between(5, 9)
    board, bark = Board(width, height, 40), dice.pick(((132, 116, 96), (110, 96, 80), (150, 140, 124)))
    crown, bend = height - 1.7, dice.between(-0.5, 0.5)
    middle = width / 2
    for step in range(24):
        low, high = step / 24, (step + 1) / 24
        a, b = (middle + bend * share * share for share in (low, high))
        half = 0.17 - 0.06 * low
        ring = [
            (a - half, crown * low),
            (a + half, crown * low),
            (b + half, crown * high),
            (b - half, crown * high),
        ]
        board.shape(ring, dimmed(bark, 0.86 + 0.2 * (step % 2)), PALM)
        board.shape([(a + half * 0.2, crown * low), *ring[1:3], (b + half * 0.2, crown * high)],
                    dimmed(bark, 0.66), PALM)  # fmt: skip
    tint = dice.pick(FRONDS)
    for frond in range(15):
        turn = -0.08 + 0.66 * frond / 14 + dice.between(-0.02, 0.02)
        _frond(
            board,
            dice,
            (middle + bend, crown),
            turn,
            dice.between(1.7, 2.3),
            dimmed(tint, dice.between(0.6, 1.15)),
        )
    return board.texture(light)


def _frond(
    board: Board, dice: Dice, start: tuple[float, float], turn: float, length: float, colour: RGB
) -> None:
    """A leaf that rises and hangs over, with its leaflets."""
    x, y = start
    rise, run = sine(turn), cosine(turn)
    spine = [
        (x + run * length * s, y + (rise * s - (0.75 - 0.2 * rise) * s * s * 0.9) * length * 0.8)
        for s in (i / 8 for i in range(9))
    ]
    for (ax, ay), (bx, by) in pairwise(spine):
        drop = dice.between(0.28, 0.5)
        board.shape(
            [(ax, ay), (bx, by), (bx + 0.08 * run, by - drop), (ax + 0.12 * run, ay - drop * 0.8)],
            colour,
            PALM,
        )
        board.shape([(ax, ay), (bx, by), (bx - 0.02, by + 0.14), (ax, ay + 0.1)], dimmed(colour, 1.2), PALM)


def banyan(dice: Dice, light: Light) -> Texture:
    """A broad, dark tree, its aerial roots hanging down to the ground around the trunk."""
    width, height = dice.between(7.5, 10.5), dice.between(7.5, 10.0)
    board, bark = Board(width, height, 32), dice.pick(((96, 84, 70), (82, 74, 66), (112, 100, 86)))
    middle = width / 2
    for root in range(14):
        x = middle + (root - 6.5) * 0.13 + dice.between(-0.08, 0.08)
        wide, lean = dice.between(0.1, 0.26), (root - 6.5) * 0.06
        board.shape(
            [
                (x + lean - wide, 0),
                (x + lean + wide, 0),
                (x + wide * 0.6, height * 0.55),
                (x - wide * 0.6, height * 0.55),
            ],
            dimmed(bark, dice.between(0.7, 1.1)),
            BANYAN,
        )
    for _ in range(18):
        x = middle + dice.between(-0.33, 0.33) * width
        low = dice.between(1.8, 3.4)
        board.rect(x, low, x + 0.04, height * 0.55, dimmed(bark, 0.8), BANYAN)
    clusters = []
    for step in range(40):
        turn, out = step * 0.381966, math.sqrt(step / 40)
        x = middle + cosine(turn) * out * width * 0.38 + dice.between(-0.3, 0.3)
        y = height * 0.68 + sine(turn) * out * height * 0.22 + dice.between(-0.2, 0.2)
        clusters.append((x, y, dice.between(0.75, 1.1) * width / 8))
    plants.leaves(board, dice, light, clusters, dice.pick(LEAVES), BANYAN)
    return board.texture(light)


def planting(dice: Dice, light: Light, length: float) -> Texture:
    """What grows in a planter: low leaves and flowers, as long as one piece of it."""
    height = dice.between(0.5, 1.1)
    board = Board(length, height, 32)
    tint = dice.pick((*LEAVES, (150, 60, 80), (150, 130, 60)))
    clusters = [
        (dice.between(0.1, length - 0.1), dice.between(0.05, height - 0.25), dice.between(0.14, 0.26))
        for _ in range(int(length * 7))
    ]
    plants.leaves(board, dice, light, clusters, tint, PLANTS, dense=0.7)
    return board.texture(light)
