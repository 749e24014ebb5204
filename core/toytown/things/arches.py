"""Things to drive under, painted flat: a bridge, a town gate, the mouth of a tunnel."""

from __future__ import annotations

from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, bricks, dimmed
from core.toytown.drawing.canvas import Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Light
from core.toytown.things.facades import BRICK, STONE, cover


def arch_outline(
    middle: float, half: float, low: float, spring: float, rise: float
) -> list[tuple[float, float]]:
    """The outline of an opening with a round top."""
    head = [(middle + dx, spring + dy) for dx, dy in circle(0, 0, half, rise) if dy >= -1e-9]
    return [(middle + half, low), *head, (middle - half, low)]


def gateway(dice: Dice, light: Light, width: float, opening: float) -> Texture:
    """The front of a town gate with an arch over the road and a small one over each pavement."""
    height, kind = 9.5, kinds.ARCHWAY
    stone = dice.pick(STONE)
    board = Board(width, height)
    cover(board, dice, stone, "stone", kind)
    middle, pale = width / 2, dimmed(stone, 1.2)
    board.rect(0, 7.2, width, 7.45, pale, kind)
    for step in range(int(width / 3)):
        _slit(board, 1.5 + 3 * step, 7.9, kind)
    beside = opening / 2 + 2.2
    for at, half, spring, rise in (
        (middle, opening / 2, 3.4, 2.4),
        (middle - beside, 1.15, 2.2, 1.0),
        (middle + beside, 1.15, 2.2, 1.0),
    ):
        board.shape(arch_outline(at, half + 0.4, 0, spring, rise + 0.4), pale, kind)
        board.shape(arch_outline(at, half + 0.08, 0, spring, rise + 0.08), dimmed(stone, 0.5), kind)
        board.erase(arch_outline(at, half, -0.1, spring, rise))
    board.shape(circle(middle, 6.55, 0.5), (232, 226, 210), kind)
    board.shape(circle(middle, 6.55, 0.42), (40, 46, 70), kind)
    x = 0.0
    while x < width:
        board.erase([(x, height - 0.5), (x + 0.7, height - 0.5), (x + 0.7, height + 1), (x, height + 1)])
        x += 1.4
    return board.texture(light)


def _slit(board: Board, x: float, y: float, kind: int) -> None:
    board.shape(arch_outline(x, 0.3, y - 0.7, y, 0.4), (48, 46, 46), kind)


def bridge_front(dice: Dice, light: Light, width: float, clearance: float) -> Texture:
    """A bridge over the road seen from the road: girders, a parapet, and what holds it up at both ends."""
    height, kind = clearance + 2.3, kinds.BRIDGE
    board = Board(width, height)
    iron = dice.pick(((60, 92, 84), (110, 64, 54), (88, 96, 108)))
    end = width * 0.24
    masonry = bricks(dice, round(end * 32), round((clearance + 0.3) * 32), dice.pick(BRICK[:3]))
    board.pixels(0, 0, masonry, kind)
    board.pixels(width - end, 0, masonry, kind)
    for x in (0.0, end - 0.5, width - end, width - 0.5):
        board.rect(x, 0, x + 0.5, clearance, (176, 166, 148), kind)
    board.rect(0, clearance, width, clearance + 1.3, iron, kind)
    board.rect(0, clearance, width, clearance + 0.14, dimmed(iron, 0.6), kind)
    board.rect(0, clearance + 1.14, width, clearance + 1.3, dimmed(iron, 1.3), kind)
    x = 0.0
    while x < width:
        board.rect(x, clearance + 0.1, x + 0.12, clearance + 1.2, dimmed(iron, 0.76), kind)
        x += 1.5
    x = 0.0
    while x < width:
        board.rect(x, clearance + 1.3, x + 0.1, height, dimmed(iron, 0.85), kind)
        x += 0.5
    board.rect(0, height - 0.12, width, height, iron, kind)
    board.rect(
        width / 2 - 0.9, clearance + 0.25, width / 2 + 0.9, clearance + 1.05, (244, 240, 220), kinds.SIGN
    )
    board.text("4.4 m", width / 2 - 0.8, clearance + 0.35, 1.6, 0.6, (30, 30, 30), kinds.SIGN)
    return board.texture(light)


def portal(dice: Dice, light: Light, width: float, opening: float) -> Texture:
    """The mouth of a tunnel; its opening is transparent."""
    height, kind = 7.6, kinds.TUNNEL
    stone = dice.pick(STONE)
    board = Board(width, height)
    cover(board, dice, dimmed(stone, 0.82), "stone", kind)
    middle = width / 2
    board.shape(arch_outline(middle, opening / 2 + 0.7, 0, 3.0, 3.0), dimmed(stone, 1.15), kind)
    board.shape(arch_outline(middle, opening / 2 + 0.1, 0, 3.0, 2.4), dimmed(stone, 0.45), kind)
    board.erase(arch_outline(middle, opening / 2, -0.1, 3.0, 2.3))
    board.rect(0, height - 0.4, width, height, dimmed(stone, 1.1), kind)
    board.rect(0, height - 0.5, width, height - 0.4, dimmed(stone, 0.5), kind)
    return board.texture(light)
