"""Along a street of Jakarta's: poles and cables, planters, awnings, banners, flyovers, gates."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed
from core.toytown.drawing.canvas import NEAR, Canvas, Point, Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import FRONT, Facing, Light
from core.toytown.jakarta.things.fronts import FOOD, SIGNS
from core.toytown.jakarta.things.meanings import (
    AWNING,
    BANNER,
    CABLE,
    FLYOVER,
    FOOTBRIDGE,
    GAPURA,
    PLANTER,
    PLANTS,
    RAILING,
    UTILITY_POLE,
)
from core.toytown.things.furniture import post

CONCRETE: RGB = (164, 160, 152)
SOIL: RGB = (88, 96, 58)
"""Earth that is overgrown."""


def utility_pole(canvas: Canvas, x: float, y: float, z: float, reach: float, box: bool) -> None:
    """A concrete pole of 8 m with arms, now and then a transformer."""
    grey: RGB = (150, 146, 140)
    parts = [*post(0, 0, 8.2, 0.26, grey)]
    parts += [
        ([(-0.7, up), (0.7, up), (0.7, up + 0.09), (-0.7, up + 0.09)], (90, 84, 78)) for up in (7.8, 7.1)
    ]
    if box:
        parts.append(([(-0.6, 5.4), (0.6, 5.4), (0.6, 6.5), (-0.6, 6.5)], (120, 124, 126)))
        parts.append(([(0.2, 5.4), (0.6, 5.4), (0.6, 6.5), (0.2, 6.5)], (92, 96, 98)))
    for step in range(5):
        low = 5.0 + 0.18 * step
        parts.append(([(-0.24, low), (0.3, low), (0.26, low + 0.14), (-0.2, low + 0.12)], (30, 30, 32)))
    canvas.flat(x, y, z, parts, UTILITY_POLE)


def cables(
    canvas: Canvas, x: float, y: float, z: float, span: float, sags: tuple[tuple[float, float, float], ...]
) -> None:
    """Cables along the street from one pole to the next: (out, height, sag) of each, in metres."""
    pieces = 8
    for out, high, sag in sags:
        for piece in range(pieces):
            a, b = piece / pieces, (piece + 1) / pieces
            (ay, by) = (high - 4 * sag * s * (1 - s) for s in (a, b))
            thick = 0.035
            line: list[Point] = [
                (x + out, y + ay, z + a * span), (x + out, y + by, z + b * span),
                (x + out, y + by + thick, z + b * span), (x + out, y + ay + thick, z + a * span),
            ]  # fmt: skip
            canvas.polygon(line, (28, 28, 30), CABLE)


def crossing_cables(
    canvas: Canvas, x: float, y: float, z: float, width: float, sags: tuple[tuple[float, float], ...]
) -> None:
    """Cables across the street, of the given heights and sags, from x - width / 2 to x + width / 2."""
    for high, sag in sags:
        for piece in range(10):
            a, b = piece / 10, (piece + 1) / 10
            ends = [(x - width / 2 + s * width, y + high - 4 * sag * s * (1 - s)) for s in (a, b)]
            (ax, ay), (bx, by) = ends
            canvas.polygon(
                [(ax, ay, z), (bx, by, z), (bx, by + 0.04, z), (ax, ay + 0.04, z)], (28, 28, 30), CABLE
            )


def _slab(
    canvas: Canvas, x: tuple[float, float], y: float, z: tuple[float, float], colour: RGB, kind: int
) -> None:
    """A level rectangle."""
    corners: list[Point] = [(x[0], y, z[0]), (x[1], y, z[0]), (x[1], y, z[1]), (x[0], y, z[1])]
    canvas.polygon(corners, colour, kind, "up")


def planter(
    canvas: Canvas, x: float, y: float, z: float, half: float, length: float, plants: Texture, painted: bool
) -> None:
    """A piece of the median's planter: concrete of 0.45 m, in black and white, with what grows in it."""
    high, pieces = 0.45, max(1, round(length / 1.0))
    near = canvas.view.z + NEAR
    seen = -1 if canvas.view.x < x else 1
    step = length / pieces
    for piece in reversed(range(pieces)):
        a, b = z + piece * step, z + (piece + 1) * step
        if b < near:
            continue
        tone: RGB = CONCRETE if not painted else (232, 230, 224) if (round(a / step) % 2) else (40, 40, 42)
        canvas.flank(x + seen * half, (y, y + high), (a, b), tone, PLANTER, -seen)
        _slab(canvas, (x - half, x + half), y + high, (a, b), CONCRETE, PLANTER)
        soil = half - 0.14
        _slab(canvas, (x - soil, x + soil), y + high, (a, b), SOIL, PLANTS)
    if plants.height > 0:
        canvas.side(plants, x, y + high, z, z + length)
    if z > near:
        tone = CONCRETE if not painted else (232, 230, 224)
        canvas.upright((x - half, x + half), (y, y + high), z, tone, PLANTER)


def railing(dice: Dice, light: Light, facing: Facing = FRONT) -> Texture:
    """A median's railing, 6 m long, of steel bars in one colour."""
    board = Board(6.0, 1.1, 32)
    tint = dice.pick(((60, 120, 70), (190, 190, 188), (200, 60, 50), (60, 90, 150), (214, 180, 60)))
    for low in (0.15, 0.95):
        board.rect(0, low, 6.0, low + 0.07, tint, RAILING)
    for step in range(40):
        board.rect(step * 0.15, 0.15, step * 0.15 + 0.045, 1.0, dimmed(tint, 0.9), RAILING)
    for x in (0.0, 2.0, 4.0):
        board.rect(x, 0, x + 0.1, 1.1, dimmed(tint, 0.7), RAILING)
    return board.texture(light, facing)


def awning(
    canvas: Canvas, x: float, y: float, z: float, side: int, reach: float, length: float, high: float,
    tints: tuple[RGB, RGB],
) -> None:  # fmt: skip
    """A canopy of corrugated tin or cloth on thin posts, from the wall at x towards the street."""
    edge, low = x - side * reach, high - 0.45
    ribs = max(2, round(length / 0.7))
    for rib in reversed(range(ribs)):
        a, b = z + length * rib / ribs, z + length * (rib + 1) / ribs
        slope: list[Point] = [(x, y + high, a), (edge, y + low, a), (edge, y + low, b), (x, y + high, b)]
        above = canvas.view.eye > y + low
        tone = 1.0 if above else 0.55
        canvas.polygon(slope, dimmed(tints[rib % 2], tone), AWNING, "up" if above else FRONT)
        canvas.flank(
            edge, (y + low - 0.12, y + low + 0.03), (a, b), dimmed(tints[rib % 2], 0.9), AWNING, side
        )
    for at in (z + length, z):
        if at > canvas.view.z + NEAR:
            canvas.upright((edge - 0.04, edge + 0.04), (y, y + low), at, (110, 100, 90), AWNING)


def banner(dice: Dice, light: Light, width: float, height: float) -> Texture:
    """A cloth with large words on it; the whole of it is writing."""
    board = Board(width, height, 40)
    ground, ink = dice.pick(SIGNS)
    board.rect(0, 0, width, height, ground, BANNER)
    words = dice.pick(
        (*FOOD, "DIRGAHAYU RI", "DISKON 50%", "PEMILU", "KREDIT MOTOR", "DIJUAL", "SELAMAT DATANG")
    )
    if height > width:  # an upright flag, written in its upper and lower half
        board.text(words.split()[0], 0.06, height * 0.55, width - 0.12, height * 0.35, ink, BANNER)
        board.rect(0.08, height * 0.1, width - 0.08, height * 0.45, dice.pick(SIGNS)[0], BANNER)
    else:
        board.text(words, 0.2, height * 0.15, width - 0.4, height * 0.7, ink, BANNER)
    return board.texture(light)


def hang(canvas: Canvas, x: float, y: float, z: float, cloth: Texture, low: float, poles: bool) -> None:
    """Put a banner up across, its lower edge at a height, between two bamboo poles."""
    half = cloth.width / 2
    if poles:
        for side in (-half, half):
            canvas.flat(
                x + side, y, z, post(0, 0, low + cloth.height + 0.2, 0.07, (170, 150, 96)), UTILITY_POLE
            )
    canvas.front(cloth, x - half, y + low, z - 0.03)


def pier(
    canvas: Canvas, x: float, y: float, z: float, half: float, high: float, head: float, kind: int
) -> None:
    """A pier of concrete with a head that is `head` metres to each side."""
    canvas.upright((x - half, x + half), (y, y + high), z, dimmed(CONCRETE, 0.85), kind)
    canvas.upright((x + half * 0.3, x + half), (y, y + high), z, dimmed(CONCRETE, 0.62), kind)
    if head:
        canvas.upright(
            (x - head, x + head), (y + high - 1.0, y + high), z - 0.05, dimmed(CONCRETE, 0.8), kind
        )


def flyover(canvas: Canvas, x: float, y: float, z: float, deck: float, deep: float) -> None:
    """A flyover's deck across the street, `deep` metres along it, its underside at height `deck`."""
    left, right = x - 70, x + 70
    near, far = max(z, canvas.view.z + NEAR), z + deep

    def slab(high: float, colour: RGB, kind: int, facing: Facing) -> None:
        corners: list[Point] = [
            (left, high, near),
            (right, high, near),
            (right, high, far),
            (left, high, far),
        ]
        canvas.polygon(corners, colour, kind, facing)

    if canvas.view.eye < deck:
        slab(deck, dimmed(CONCRETE, 0.42), FLYOVER, FRONT)
        for beam in range(5):
            at = z + deep * (5 - beam) / 5 - 0.6
            if at > canvas.view.z + NEAR:
                canvas.upright((left, right), (deck - 0.35, deck), at, dimmed(CONCRETE, 0.5), FLYOVER)
    else:
        slab(deck + 1.0, (92, 92, 96), kinds.ROAD, "up")
    if z < canvas.view.z + NEAR:
        return
    canvas.upright((left, right), (deck, deck + 1.5), z, CONCRETE, FLYOVER)
    canvas.upright((left, right), (deck + 1.3, deck + 1.5), z, dimmed(CONCRETE, 1.12), FLYOVER)
    for step in range(-23, 24):
        seam = x + step * 3.0
        canvas.upright((seam, seam + 0.08), (deck, deck + 1.3), z, dimmed(CONCRETE, 0.75), FLYOVER)
        streak = dimmed(CONCRETE, 0.88)
        canvas.upright((seam + 0.4, seam + 0.9), (deck, deck + 0.5 + 0.1 * (step % 5)), z, streak, FLYOVER)


def footbridge(
    canvas: Canvas, x: float, y: float, z: float, half: float, tint: RGB, cloth: Texture | None
) -> None:
    """A footbridge of steel over the whole street, with an advertisement on its side."""
    low, left, right = y, x - half - 2, x + half + 2
    if canvas.view.eye < low:
        under: list[Point] = [(left, low, z), (right, low, z), (right, low, z + 2.4), (left, low, z + 2.4)]
        canvas.polygon(under, (54, 52, 50), FOOTBRIDGE)
    if z < canvas.view.z + NEAR:
        return
    for up, high, tone in ((0.0, 0.45, 1.0), (1.45, 1.55, 1.0), (3.1, 3.3, 0.8)):
        canvas.upright((left, right), (low + up, low + high), z, dimmed(tint, tone), FOOTBRIDGE)
    for step in range(int((right - left) / 0.5)):
        at = left + step * 0.5
        tall = 3.1 if step % 6 == 0 else 1.45
        canvas.upright((at, at + 0.09), (low + 0.4, low + tall), z, dimmed(tint, 0.9), FOOTBRIDGE)
    if cloth is not None:
        canvas.front(cloth, x - cloth.width / 2, low + 0.1, z - 0.05)


def gapura(canvas: Canvas, x: float, y: float, z: float, half: float, paint: RGB, words: Texture) -> None:
    """The gate to a neighbourhood: two pillars with stepped heads and a board between them."""
    for side in (-1, 1):
        middle = x + side * half
        for step, (wide, low, high) in enumerate(
            ((0.55, 0, 3.6), (0.7, 3.5, 3.8), (0.45, 3.8, 4.4), (0.28, 4.4, 5.0))
        ):
            canvas.upright(
                (middle - wide, middle + wide),
                (y + low, y + high),
                z,
                dimmed(paint, 1 - 0.08 * (step % 2)),
                GAPURA,
            )
        canvas.upright((middle + 0.2, middle + 0.55), (y, y + 3.5), z, dimmed(paint, 0.72), GAPURA)
    canvas.upright((x - half, x + half), (y + 4.0, y + 4.95), z, dimmed(paint, 0.9), GAPURA)
    canvas.front(words, x - words.width / 2, y + 4.1, z - 0.03)


def separator(canvas: Canvas, x: float, y: float, z: float, length: float) -> None:
    """A low concrete block beside the lane of the buses, in black and yellow."""
    seen = -1 if canvas.view.x < x else 1
    for piece in (1, 0):
        a, b = z + piece * length / 2, z + (piece + 1) * length / 2
        tone: RGB = (226, 190, 60) if piece else (44, 44, 46)
        canvas.flank(x + seen * 0.15, (y, y + 0.25), (a, b), tone, PLANTER, -seen)
        canvas.polygon(
            [
                (x - 0.15, y + 0.25, a),
                (x + 0.15, y + 0.25, a),
                (x + 0.15, y + 0.25, b),
                (x - 0.15, y + 0.25, b),
            ],
            tone,
            PLANTER,
            "up",
        )
    if z > canvas.view.z + NEAR:
        canvas.upright((x - 0.15, x + 0.15), (y, y + 0.25), z, (44, 44, 46), PLANTER)
