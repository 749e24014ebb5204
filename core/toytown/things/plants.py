"""Trees, bushes and hedges, painted leaf by leaf."""

from __future__ import annotations

import math

import numpy as np

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed
from core.toytown.drawing.canvas import Texture, circle
from core.toytown.drawing.dice import Dice, cosine, sine
from core.toytown.drawing.light import Light

LEAVES: tuple[RGB, ...] = ((112, 142, 62), (92, 130, 66), (132, 148, 64), (116, 142, 82), (156, 142, 60))
BARK: tuple[RGB, ...] = ((78, 64, 52), (92, 80, 66), (64, 56, 48))

Cluster = tuple[float, float, float]
"""A round cluster of leaves: (x, y, radius)."""


def leafy_tree(dice: Dice, light: Light) -> Texture:
    """A broad tree, about 7 m high."""
    width, height = dice.between(4.6, 6.6), dice.between(6.2, 8.4)
    board = Board(width, height, 40)
    middle, bark = width / 2, dice.pick(BARK)
    _branch(board, dice, bark, kinds.TREE, (middle, 0.0), 0.25, height * 0.32, 0.24, 3)
    clusters = []
    for step in range(34):
        turn, out = step * 0.381966, math.sqrt(step / 34)  # a sunflower's even spread
        x = middle + cosine(turn) * out * width * 0.36 + dice.between(-0.2, 0.2)
        y = height * 0.66 + sine(turn) * out * height * 0.25 + dice.between(-0.2, 0.2)
        clusters.append((x, y, dice.between(0.6, 0.95) * width / 6))
    leaves(board, dice, light, clusters, dice.pick(LEAVES), kinds.TREE)
    return board.texture(light)


def bare_tree(dice: Dice, light: Light) -> Texture:
    """A tree in winter: a trunk and its fine twigs, with the sky between them."""
    width, height = dice.between(5, 7), dice.between(6.5, 9)
    board = Board(width, height, 40)
    _branch(board, dice, dice.pick(BARK), kinds.TREE, (width / 2, 0.0), 0.25, height * 0.3, 0.2, 8)
    return board.texture(light)


def conifer(dice: Dice, light: Light) -> Texture:
    """A dark, pointed tree."""
    width, height = dice.between(2.8, 3.8), dice.between(6, 9)
    board = Board(width, height, 40)
    board.rect(width / 2 - 0.14, 0, width / 2 + 0.14, 1, (70, 56, 46), kinds.TREE)
    clusters = []
    for _ in range(70):
        up = dice.random()
        reach = (1 - up) * width * 0.42
        clusters.append(
            (width / 2 + dice.between(-reach, reach), 0.7 + up * (height - 1.0), 0.16 + 0.3 * (1 - up))
        )
    leaves(board, dice, light, clusters, (70, 100, 72), kinds.TREE)
    return board.texture(light)


def bush(dice: Dice, light: Light) -> Texture:
    """A round bush, now and then in flower."""
    width, height = dice.between(1.6, 2.6), dice.between(1.0, 1.6)
    board = Board(width, height, 40)
    clusters = [
        (dice.between(0.3, width - 0.3), dice.between(0.15, height - 0.3), dice.between(0.2, 0.32))
        for _ in range(22)
    ]
    tint = dice.pick(LEAVES)
    leaves(board, dice, light, clusters, tint, kinds.GREEN)
    if dice.chance(0.5):
        flower = dice.pick(((222, 120, 150), (236, 226, 240), (240, 210, 90)))
        for _ in range(40):
            spot = circle(dice.between(0.25, width - 0.25), dice.between(0.2, height - 0.2), 0.045)
            board.shape(spot, light.on(flower, "up"), kinds.GREEN)
    return board.texture(light)


def hedge(dice: Dice, light: Light, height: float) -> Texture:
    """A clipped hedge, 6 m long, with an uneven top."""
    length = 6.0
    board = Board(length, height + 0.2, 40)
    tint = dice.pick(LEAVES[:4])
    board.rect(0, 0, length, height - 0.1, dimmed(tint, 0.5), kinds.GREEN)
    clusters = [
        (dice.between(0, length), dice.between(0.05, height - 0.12), dice.between(0.12, 0.24))
        for _ in range(int(length * height * 24))
    ]
    leaves(board, dice, light, clusters, tint, kinds.GREEN, dense=0.5)
    return board.texture(light)


def wood(dice: Dice, light: Light, length: float, height: float) -> Texture:
    """A row of distant trees."""
    board = Board(length, height, 12)
    for row in range(2):
        x = 0.0
        while x < length:
            high = height * dice.between(0.6, 0.95) * (1 - 0.25 * row)
            tint = dimmed(dice.pick(LEAVES), 0.75 + 0.12 * row)
            clusters = [
                (x + dice.between(-1.8, 1.8), dice.between(0.1, 1) * high, dice.between(0.6, 1.1))
                for _ in range(12)
            ]
            leaves(board, dice, light, clusters, tint, kinds.TREE, dense=0.3, leaf=0.2)
            x += dice.between(1.6, 3.0)
    return board.texture(light)


def leaves(
    board: Board,
    dice: Dice,
    light: Light,
    clusters: list[Cluster],
    tint: RGB,
    kind: int,
    dense: float = 1.0,
    leaf: float = 0.085,
) -> None:
    """Fill round clusters with leaves: dark below and behind, bright above and towards the sun."""
    side = light.sun * 0.5
    for x, y, radius in sorted(clusters, key=lambda c: c[1]):
        board.shape(circle(x, y - radius * 0.1, radius * 0.8), dimmed(tint, 0.5), kind)
        count = int(dense * 26 * max(1.0, 4 * radius * radius))
        dx, dy, spread, size, tip = dice.array(5, count)
        dx, dy = dx * np.sqrt(1 - dy * dy / 2), dy * np.sqrt(1 - dx * dx / 2)  # a square onto a disc
        lit = (0.78 + 0.34 * dy + side * 0.36 * dx + spread * 0.16) * (0.82 + 0.22 * np.arange(count) / count)
        size = leaf * (1 + 0.3 * size)
        tip = tip * size
        left, low = x + dx * radius, y + dy * radius
        corners = np.stack(
            [left - size, low, left + tip, low + size * 0.9, left + size, low, left - tip, low - size * 0.9]
        )
        colours = (np.array(tint)[:, None] + spread * np.array((8, 6, 0))[:, None]) * lit
        board.shapes(corners.T, np.clip(colours.T, 0, 255).astype(np.uint8), kind)


def _branch(
    board: Board,
    dice: Dice,
    bark: RGB,
    kind: int,
    start: tuple[float, float],
    turn: float,
    length: float,
    thick: float,
    depth: int,
) -> None:
    """A branch from `start` in the direction of `turn` (0.25 is up), and the thinner ones it bears."""
    x, y = start
    end = (x + cosine(turn) * length, y + sine(turn) * length)
    across = (sine(turn) * thick / 2, -cosine(turn) * thick / 2)
    thin = 0.72
    outline = [
        (x - across[0], y - across[1]), (x + across[0], y + across[1]),
        (end[0] + across[0] * thin, end[1] + across[1] * thin),
        (end[0] - across[0] * thin, end[1] - across[1] * thin),
    ]  # fmt: skip
    board.shape(outline, dimmed(bark, dice.between(0.85, 1.1)), kind)
    board.shape([outline[0], ((x + end[0]) / 2, (y + end[1]) / 2), end, outline[3]], dimmed(bark, 0.75), kind)
    if depth <= 1 or thick < 0.016:
        return
    for part in (-1, 1, 0) if depth > 3 else (-1, 1):
        spread = dice.between(0.04, 0.11) * part + dice.between(-0.02, 0.02)
        direction = turn + spread + (0.25 - turn) * 0.12
        _branch(
            board, dice, bark, kind, end, direction, length * dice.between(0.6, 0.82), thick * 0.62, depth - 1
        )
