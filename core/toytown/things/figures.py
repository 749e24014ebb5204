"""People, riders and animals: paper figures that face the driver or walk across the street.

A figure stands at (x, z) on the height y. `step` is where it is in its stride, in turns. Shapes are given
as (right, up) in metres for an adult, and scaled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, circle
from core.toytown.drawing.dice import Dice, sine

Part = tuple[Sequence[tuple[float, float]], RGB]
Cart = Literal["pram", "suitcase", "handcart"]


SKIN: tuple[RGB, ...] = ((224, 178, 148), (190, 138, 104), (130, 88, 64), (96, 66, 50), (236, 196, 170))


HAIR: tuple[RGB, ...] = ((52, 38, 30), (96, 66, 40), (28, 26, 26), (176, 140, 84), (140, 136, 132))


COATS: tuple[RGB, ...] = (
    (42, 44, 52), (66, 54, 48), (40, 56, 92), (110, 36, 40), (58, 74, 62), (122, 112, 98),
    (168, 140, 96), (84, 84, 90),
)  # fmt: skip


BRIGHT: tuple[RGB, ...] = ((206, 50, 54), (236, 176, 40), (52, 122, 190), (84, 160, 84), (214, 108, 160))


TROUSERS: tuple[RGB, ...] = ((44, 52, 76), (34, 34, 38), (92, 80, 64), (70, 72, 76))


@dataclass(frozen=True)
class Person:
    """How somebody looks. size: 1 for an adult of 1.74 m."""

    size: float
    skin: RGB
    hair: RGB
    coat: RGB
    trousers: RGB
    long_coat: bool
    bag: RGB | None
    kind: int


def adult(dice: Dice) -> Person:
    """A grown-up on foot."""
    return Person(
        dice.between(0.92, 1.08), dice.pick(SKIN), dice.pick(HAIR), dice.pick(COATS), dice.pick(TROUSERS),
        dice.chance(0.3), dice.pick(BRIGHT + COATS) if dice.chance(0.4) else None, kinds.PEDESTRIAN,
    )  # fmt: skip


def child(dice: Dice) -> Person:
    """A child in bright clothes with a satchel."""
    return Person(
        dice.between(0.58, 0.74), dice.pick(SKIN), dice.pick(HAIR), dice.pick(BRIGHT), dice.pick(TROUSERS),
        False, dice.pick(BRIGHT), kinds.CHILD,
    )  # fmt: skip


def scaled(parts: Sequence[Part], size: float, mirrored: bool) -> list[Part]:
    """Shapes made larger or smaller, and turned to the left."""
    turn = -size if mirrored else size
    return [([(a * turn, b * size) for a, b in outline], colour) for outline, colour in parts]


def limb(x0: float, y0: float, x1: float, y1: float, thick: float, thin: float, colour: RGB) -> Part:
    """An arm or a leg from (x0, y0), `thick` there, to (x1, y1), `thin` there."""
    dx, dy = x1 - x0, y1 - y0
    length = max(1e-6, math.sqrt(dx * dx + dy * dy))
    nx, ny = -dy / length, dx / length
    return (
        [
            (x0 + nx * thick / 2, y0 + ny * thick / 2), (x1 + nx * thin / 2, y1 + ny * thin / 2),
            (x1 - nx * thin / 2, y1 - ny * thin / 2), (x0 - nx * thick / 2, y0 - ny * thick / 2),
        ],
        colour,
    )  # fmt: skip


def walk(
    canvas: Canvas, x: float, y: float, z: float, step: float, person: Person, across: int, away: bool = False
) -> None:
    """Draw somebody walking: across to the right (1) or left (-1), or along the street (0)."""
    parts = _across(person, step) if across else _along(person, step, away)
    canvas.flat(x, y, z, scaled(parts, person.size, across < 0), person.kind)


def _across(person: Person, step: float) -> list[Part]:
    swing = 0.30 * sine(step)
    lift = 0.07 * max(0.0, sine(step + 0.25))
    coat, legs, shoe = person.coat, person.trousers, (36, 30, 28)
    parts: list[Part] = [
        limb(0.02, 1.36, 0.06 + swing * 0.7, 0.92, 0.11, 0.08, dimmed(coat, 0.7)),
        limb(0.0, 0.86, -swing * 0.5, 0.46, 0.17, 0.13, dimmed(legs, 0.75)),
        limb(-swing * 0.5, 0.48, -swing - 0.02, 0.06, 0.13, 0.09, dimmed(legs, 0.75)),
        ([(-swing - 0.08, 0.0), (-swing + 0.15, 0.0), (-swing + 0.13, 0.07), (-swing - 0.06, 0.1)], shoe),
        limb(0.0, 0.86, swing * 0.55, 0.47 + lift, 0.17, 0.13, legs),
        limb(swing * 0.55, 0.49 + lift, swing - 0.02, 0.07 + lift, 0.13, 0.09, legs),
        (
            [
                (swing - 0.08, lift),
                (swing + 0.15, lift),
                (swing + 0.13, 0.07 + lift),
                (swing - 0.06, 0.1 + lift),
            ],
            shoe,
        ),
        ([(-0.13, 0.82), (0.12, 0.82), (0.15, 1.2), (0.1, 1.46), (-0.1, 1.46), (-0.16, 1.2)], coat),
        ([(-0.13, 0.82), (-0.04, 0.82), (-0.06, 1.46), (-0.1, 1.46), (-0.16, 1.2)], dimmed(coat, 0.78)),
    ]
    if person.long_coat:
        parts.append(([(-0.15, 0.5), (0.14, 0.5), (0.13, 0.9), (-0.13, 0.9)], coat))
    if person.bag:
        parts.append(([(-0.3, 0.98), (-0.12, 0.96), (-0.1, 1.36), (-0.26, 1.38)], person.bag))
    parts += [
        limb(0.0, 1.38, -swing * 0.7, 0.92, 0.12, 0.08, dimmed(coat, 0.9)),
        (circle(-swing * 0.7, 0.88, 0.045), person.skin),
        ([(-0.04, 1.42), (0.06, 1.42), (0.06, 1.54), (-0.04, 1.54)], person.skin),
        (circle(0.03, 1.62, 0.1, 0.13), person.skin),
        (
            [(-0.1, 1.56), (-0.02, 1.6), (0.04, 1.7), (0.12, 1.7), (0.08, 1.77), (-0.04, 1.78), (-0.11, 1.7)],
            person.hair,
        ),
    ]
    return parts


def _along(person: Person, step: float, away: bool) -> list[Part]:
    swing = sine(step)
    left, right = max(0.0, swing) * 0.1, max(0.0, -swing) * 0.1
    coat, legs = person.coat, person.trousers
    parts: list[Part] = [
        limb(-0.09, 0.86, -0.09, 0.05 + left, 0.16, 0.11, legs),
        limb(0.09, 0.86, 0.09, 0.05 + right, 0.16, 0.11, dimmed(legs, 0.85)),
        ([(-0.15, left), (-0.03, left), (-0.04, 0.09 + left), (-0.14, 0.09 + left)], (36, 30, 28)),
        ([(0.03, right), (0.15, right), (0.14, 0.09 + right), (0.04, 0.09 + right)], (36, 30, 28)),
        limb(-0.2, 1.4, -0.25, 0.88 + right, 0.11, 0.08, dimmed(coat, 0.85)),
        limb(0.2, 1.4, 0.25, 0.88 + left, 0.11, 0.08, dimmed(coat, 0.75)),
        (circle(-0.25, 0.85 + right, 0.045), person.skin),
        (circle(0.25, 0.85 + left, 0.045), person.skin),
        (
            [
                (-0.18, 0.8),
                (0.18, 0.8),
                (0.2, 1.1),
                (0.21, 1.42),
                (0.08, 1.48),
                (-0.08, 1.48),
                (-0.21, 1.42),
                (-0.2, 1.1),
            ],
            coat,
        ),
        ([(0.06, 0.8), (0.18, 0.8), (0.2, 1.1), (0.21, 1.42), (0.1, 1.46)], dimmed(coat, 0.82)),
    ]
    if person.long_coat:
        parts.append(([(-0.2, 0.48), (0.2, 0.48), (0.18, 0.9), (-0.18, 0.9)], dimmed(coat, 0.95)))
    if not away:
        parts.append(([(-0.05, 1.2), (0.05, 1.2), (0.07, 1.47), (-0.07, 1.47)], (226, 222, 214)))
    if person.bag and away:
        parts.append(
            (
                [(-0.14, 0.98), (0.14, 0.98), (0.14, 1.36), (0.08, 1.42), (-0.08, 1.42), (-0.14, 1.36)],
                person.bag,
            )
        )
    parts += [
        ([(-0.05, 1.44), (0.05, 1.44), (0.05, 1.54), (-0.05, 1.54)], person.skin),
        (circle(0.0, 1.62, 0.1, 0.13), person.hair if away else person.skin),
    ]
    if not away:
        parts.append(
            (
                [
                    (-0.11, 1.62),
                    (-0.07, 1.7),
                    (0.07, 1.7),
                    (0.11, 1.62),
                    (0.1, 1.74),
                    (0.0, 1.79),
                    (-0.1, 1.74),
                ],
                person.hair,
            )
        )
    return parts


def push(
    canvas: Canvas,
    x: float,
    y: float,
    z: float,
    step: float,
    person: Person,
    cart: Cart,
    tint: RGB,
    across: int,
) -> None:
    """Somebody walking across with a pram, a suitcase or a hand cart in front of or behind them."""
    hand = across or 1
    parts: list[Part]
    if cart == "pram":
        at = 0.78
        parts = [
            limb(0.28, 1.0, 0.5, 0.72, 0.05, 0.04, (60, 60, 64)),
            limb(0.5, 0.72, 1.02, 0.2, 0.04, 0.04, (120, 122, 126)),
            limb(0.58, 0.2, 1.0, 0.72, 0.04, 0.04, (120, 122, 126)),
            ([(0.45, 0.55), (1.12, 0.55), (1.2, 0.82), (0.42, 0.82)], tint),
            ([(0.72, 0.8), (1.2, 0.8), (1.16, 1.04), (0.98, 1.16), (0.8, 1.1)], dimmed(tint, 0.8)),
            *[(circle(cx, 0.17, 0.17), (40, 40, 42)) for cx in (0.55, 1.05)],
            *[(circle(cx, 0.17, 0.11), (176, 178, 182)) for cx in (0.55, 1.05)],
        ]
    elif cart == "suitcase":
        at = -0.5
        parts = [
            limb(-0.2, 0.88, -0.5, 0.66, 0.04, 0.03, (70, 70, 74)),
            ([(-0.76, 0.1), (-0.36, 0.1), (-0.36, 0.7), (-0.76, 0.7)], tint),
            ([(-0.7, 0.16), (-0.66, 0.16), (-0.66, 0.64), (-0.7, 0.64)], dimmed(tint, 0.7)),
            ([(-0.5, 0.16), (-0.46, 0.16), (-0.46, 0.64), (-0.5, 0.64)], dimmed(tint, 0.7)),
            *[(circle(cx, 0.06, 0.06), (34, 34, 36)) for cx in (-0.68, -0.44)],
        ]
    else:
        at = 0.9
        parts = [
            limb(0.25, 0.92, 0.62, 0.78, 0.05, 0.05, (112, 82, 54)),
            ([(0.55, 0.5), (1.65, 0.5), (1.75, 0.95), (0.5, 0.95)], (136, 98, 60)),
            ([(0.5, 0.9), (1.75, 0.9), (1.6, 1.2), (0.7, 1.24)], tint),
            ([(0.55, 0.68), (1.7, 0.68), (1.7, 0.73), (0.55, 0.73)], (92, 66, 42)),
            (circle(1.1, 0.34, 0.34), (52, 44, 38)),
            (circle(1.1, 0.34, 0.24), (150, 120, 84)),
        ]
    turned = scaled(parts, 1.0, hand < 0)
    if at > 0:
        walk(canvas, x, y, z, step, person, hand)
    canvas.flat(x, y, z, turned, kinds.CART)
    if at < 0:
        walk(canvas, x, y, z, step, person, hand)


def dog(canvas: Canvas, x: float, y: float, z: float, step: float, coat: RGB, across: int) -> None:
    """A dog trotting across."""
    a, b = 0.1 * sine(step), 0.1 * sine(step + 0.5)
    dark = dimmed(coat, 0.7)
    parts: list[Part] = [
        limb(-0.24, 0.36, -0.24 + b, 0.0, 0.08, 0.05, dark), limb(0.2, 0.36, 0.2 + a, 0.0, 0.07, 0.05, dark),
        limb(-0.3, 0.36, -0.3 + a, 0.0, 0.1, 0.06, coat), limb(0.26, 0.36, 0.26 + b, 0.0, 0.09, 0.06, coat),
        ([(-0.38, 0.34), (-0.1, 0.28), (0.3, 0.26), (0.36, 0.5), (0.1, 0.54), (-0.34, 0.52)], coat),
        limb(-0.36, 0.48, -0.56, 0.66, 0.06, 0.03, coat),
        ([(0.24, 0.42), (0.38, 0.44), (0.46, 0.68), (0.34, 0.74)], coat),
        ([(0.32, 0.6), (0.48, 0.56), (0.64, 0.58), (0.64, 0.66), (0.48, 0.76), (0.36, 0.76)], coat),
        ([(0.32, 0.74), (0.42, 0.76), (0.36, 0.56)], dark),
        ([(0.6, 0.62), (0.65, 0.62), (0.65, 0.67), (0.6, 0.67)], (24, 22, 22)),
        ([(0.26, 0.46), (0.38, 0.5), (0.37, 0.55), (0.25, 0.51)], (190, 40, 44)),
    ]  # fmt: skip
    canvas.flat(x, y, z, scaled(parts, 1.15, across < 0), kinds.ANIMAL)


def horse(canvas: Canvas, x: float, y: float, z: float, step: float, coat: RGB, across: int) -> None:
    """A horse in a meadow."""
    a, b = 0.14 * sine(step), 0.14 * sine(step + 0.5)
    dark = dimmed(coat, 0.55)
    parts: list[Part] = [
        limb(-0.62, 0.9, -0.62 + b, 0.0, 0.16, 0.09, dimmed(coat, 0.7)),
        limb(0.5, 0.9, 0.5 + a, 0.0, 0.15, 0.09, dimmed(coat, 0.7)),
        limb(-0.74, 0.95, -0.74 + a, 0.0, 0.22, 0.1, coat), limb(0.62, 0.95, 0.62 + b, 0.0, 0.18, 0.1, coat),
        limb(-0.88, 1.4, -1.06, 0.75, 0.14, 0.08, dark),
        ([(-0.9, 1.0), (-0.4, 0.84), (0.4, 0.82), (0.78, 1.0), (0.8, 1.42), (0.2, 1.42),
          (-0.5, 1.5), (-0.88, 1.42)], coat),
        ([(0.46, 1.3), (0.82, 1.1), (1.2, 1.84), (0.98, 2.02)], coat),
        ([(0.42, 1.42), (0.58, 1.42), (1.06, 2.06), (0.94, 2.06)], dark),
        ([(0.98, 1.98), (1.08, 1.74), (1.44, 1.5), (1.54, 1.6), (1.24, 2.02), (1.08, 2.1)], coat),
        ([(1.02, 2.02), (1.1, 2.02), (1.06, 2.2)], dark),
        ([(1.4, 1.5), (1.54, 1.6), (1.5, 1.66), (1.36, 1.56)], dark),
    ]  # fmt: skip
    canvas.flat(x, y, z, scaled(parts, 1.0, across < 0), kinds.ANIMAL)
