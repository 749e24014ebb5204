"""People on bicycles and motorcycles."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, circle
from core.toytown.drawing.dice import sine
from core.toytown.things.figures import Part, Person, limb, scaled


def cyclist(canvas: Canvas, x: float, y: float, z: float, step: float, person: Person, across: int) -> None:
    """Somebody on a bicycle, seen from the side (across is 1 or -1) or from behind (0)."""
    frame = dimmed(person.bag or (180, 40, 44), 0.9)
    if not across:
        canvas.flat(x, y, z, _rider_along(person, step, frame), kinds.BICYCLIST)
        return
    up = 0.13 * sine(step)
    wheel = [part for cx in (-0.52, 0.52) for part in _ring(cx, 0.34, 0.34, 0.28)]
    parts: list[Part] = [
        limb(-0.05, 0.92, 0.12, 0.62 - up, 0.14, 0.11, dimmed(person.trousers, 0.75)),
        limb(0.12, 0.62 - up, 0.0, 0.28 - up, 0.11, 0.08, dimmed(person.trousers, 0.75)),
        *wheel,
        limb(-0.52, 0.34, -0.1, 0.84, 0.05, 0.05, frame), limb(-0.1, 0.84, 0.0, 0.3, 0.05, 0.05, frame),
        limb(-0.08, 0.76, 0.4, 0.84, 0.05, 0.05, frame), limb(0.0, 0.3, 0.4, 0.84, 0.05, 0.05, frame),
        limb(0.52, 0.34, 0.38, 0.98, 0.05, 0.05, frame),
        limb(0.3, 1.02, 0.44, 0.98, 0.05, 0.05, (40, 40, 42)),
        ([(-0.22, 0.88), (0.0, 0.88), (0.0, 0.94), (-0.22, 0.94)], (40, 36, 34)),
        limb(-0.05, 0.94, 0.14, 0.62 + up, 0.16, 0.12, person.trousers),
        limb(0.14, 0.62 + up, 0.02, 0.28 + up, 0.12, 0.09, person.trousers),
        ([(-0.06, 0.22 + up), (0.14, 0.22 + up), (0.12, 0.3 + up), (-0.05, 0.3 + up)], (34, 32, 32)),
        ([(-0.2, 0.9), (0.04, 0.9), (0.3, 1.36), (0.2, 1.5), (0.02, 1.44)], person.coat),
        limb(0.18, 1.4, 0.36, 1.02, 0.11, 0.08, dimmed(person.coat, 0.86)),
        *_head(person, 0.3, 1.6),
    ]  # fmt: skip
    canvas.flat(x, y, z, scaled(parts, person.size, across < 0), kinds.BICYCLIST)


def _ring(x: float, y: float, outer: float, inner: float) -> list[Part]:
    """A wheel: a tyre as a ring of short pieces, and its spokes."""
    out, inside = circle(x, y, outer), circle(x, y, inner)
    parts: list[Part] = []
    for i in range(len(out)):
        j = (i + 1) % len(out)
        parts.append(([out[i], out[j], inside[j], inside[i]], (36, 36, 38)))
        if i % 2:
            parts.append(limb(x, y, *inside[i], 0.02, 0.02, (130, 132, 136)))
    return parts


def _head(person: Person, x: float, y: float) -> list[Part]:
    return [
        (circle(x, y, 0.1, 0.13), person.skin),
        (
            [
                (x - 0.14, y + 0.03),
                (x + 0.15, y + 0.03),
                (x + 0.1, y + 0.14),
                (x, y + 0.18),
                (x - 0.1, y + 0.14),
            ],
            person.bag or (222, 222, 216),
        ),
    ]


def _rider_along(person: Person, step: float, frame: RGB) -> list[Part]:
    up = 0.14 * sine(step)
    coat, legs = person.coat, person.trousers
    parts: list[Part] = [
        ([(-0.025, 0.0), (0.025, 0.0), (0.025, 0.68), (-0.025, 0.68)], (34, 34, 36)),
        ([(-0.05, 0.6), (0.05, 0.6), (0.05, 0.86), (-0.05, 0.86)], frame),
        limb(-0.11, 0.94, -0.14, 0.3 + up, 0.16, 0.1, legs),
        limb(0.11, 0.94, 0.14, 0.3 - up, 0.16, 0.1, dimmed(legs, 0.85)),
        ([(-0.2, 0.24 + up), (-0.07, 0.24 + up), (-0.08, 0.34 + up), (-0.19, 0.34 + up)], (34, 32, 32)),
        ([(0.07, 0.24 - up), (0.2, 0.24 - up), (0.19, 0.34 - up), (0.08, 0.34 - up)], (34, 32, 32)),
        ([(-0.12, 0.86), (0.12, 0.86), (0.14, 0.96), (-0.14, 0.96)], (40, 36, 34)),
        limb(-0.2, 1.4, -0.3, 1.02, 0.11, 0.08, dimmed(coat, 0.9)),
        limb(0.2, 1.4, 0.3, 1.02, 0.11, 0.08, dimmed(coat, 0.75)),
        ([(-0.16, 0.92), (0.16, 0.92), (0.22, 1.38), (0.1, 1.48), (-0.1, 1.48), (-0.22, 1.38)], coat),
        ([(0.04, 0.92), (0.16, 0.92), (0.22, 1.38), (0.1, 1.48)], dimmed(coat, 0.82)),
        (circle(0.0, 1.6, 0.1, 0.13), person.hair),
        (
            [(-0.14, 1.62), (0.14, 1.62), (0.1, 1.74), (0.0, 1.78), (-0.1, 1.74)],
            person.bag or (222, 222, 216),
        ),
    ]
    parts.append(([(-0.04, 0.72), (0.04, 0.72), (0.04, 0.79), (-0.04, 0.79)], (220, 30, 28)))
    if person.bag:
        bag = [(-0.12, 1.04), (0.12, 1.04), (0.13, 1.36), (-0.13, 1.36)]
        parts.append((bag, dimmed(person.bag, 0.8)))
    return parts


def motorcyclist(canvas: Canvas, x: float, y: float, z: float, person: Person, away: bool) -> None:
    """A motorcycle with its rider, from behind or from the front."""
    paint = person.bag or (150, 30, 34)
    lamp: RGB = (230, 40, 32) if away else (255, 248, 220)
    parts: list[Part] = [
        ([(-0.09, 0.0), (0.09, 0.0), (0.09, 0.64), (-0.09, 0.64)], (28, 28, 30)),
        ([(-0.3, 0.3), (-0.16, 0.26), (-0.14, 0.42), (-0.28, 0.44)], (160, 162, 166)),
        ([(0.3, 0.3), (0.16, 0.26), (0.14, 0.42), (0.28, 0.44)], (160, 162, 166)),
        limb(-0.2, 0.86, -0.34, 0.36, 0.19, 0.14, (38, 38, 42)),
        limb(0.2, 0.86, 0.34, 0.36, 0.19, 0.14, (32, 32, 36)),
        ([(-0.22, 0.56), (0.22, 0.56), (0.26, 0.86), (-0.26, 0.86)], paint),
        ([(-0.12, 0.62), (0.12, 0.62), (0.12, 0.72), (-0.12, 0.72)], lamp),
        ([(-0.1, 0.44), (0.1, 0.44), (0.1, 0.55), (-0.1, 0.55)], (222, 190, 60)),
        limb(-0.24, 1.36, -0.4, 0.98, 0.14, 0.1, dimmed(person.coat, 0.9)),
        limb(0.24, 1.36, 0.4, 0.98, 0.14, 0.1, dimmed(person.coat, 0.75)),
        ([(-0.2, 0.84), (0.2, 0.84), (0.27, 1.34), (0.12, 1.44), (-0.12, 1.44), (-0.27, 1.34)], person.coat),
        ([(-0.27, 1.12), (0.27, 1.12), (0.27, 1.18), (-0.27, 1.18)], (226, 220, 90)),
        (circle(0.0, 1.57, 0.15, 0.17), paint),
        (
            [(-0.12, 1.52), (0.12, 1.52), (0.1, 1.62), (-0.1, 1.62)],
            dimmed(paint, 0.6) if away else (40, 46, 54),
        ),
        ([(-0.5, 1.12), (-0.38, 1.12), (-0.38, 1.2), (-0.5, 1.2)], (60, 60, 64)),
        ([(0.38, 1.12), (0.5, 1.12), (0.5, 1.2), (0.38, 1.2)], (60, 60, 64)),
    ]
    canvas.flat(x, y, z, parts, kinds.MOTORCYCLE)
    if canvas.light.lamps:
        canvas.glow((x, y + 0.67, z), 0.14 if away else 0.3, lamp)


def scooter(canvas: Canvas, x: float, y: float, z: float, tint: RGB) -> None:
    """A scooter that stands at the kerb, seen from the side."""
    parts: list[Part] = [
        *_ring(-0.52, 0.22, 0.22, 0.11), *_ring(0.56, 0.22, 0.22, 0.11),
        ([(-0.72, 0.3), (-0.2, 0.24), (0.25, 0.2), (0.36, 0.34), (-0.06, 0.36), (-0.1, 0.6),
          (-0.72, 0.62)], tint),
        ([(0.3, 0.22), (0.42, 0.26), (0.34, 0.9), (0.24, 0.88)], tint),
        ([(0.36, 0.36), (0.72, 0.36), (0.66, 0.46), (0.4, 0.5)], dimmed(tint, 0.8)),
        ([(-0.7, 0.62), (-0.06, 0.6), (-0.04, 0.72), (-0.66, 0.76)], (50, 40, 36)),
        limb(0.3, 0.9, 0.2, 1.04, 0.07, 0.06, (50, 50, 54)),
        (circle(0.36, 0.86, 0.08), (230, 230, 220)),
    ]  # fmt: skip
    canvas.flat(x, y, z, parts, kinds.MOTORCYCLE)
