"""Bajaj, the three-wheeled taxi with an engine, and becak, the one that is pedalled."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, Point, circle
from core.toytown.drawing.light import facing_street
from core.toytown.jakarta.things.meanings import BAJAJ, BECAK
from core.toytown.things.cars import GLASS, TYRE
from core.toytown.things.figures import Part, Person, limb

BAJAJ_SIZE = (1.3, 2.65, 1.72)
"""Width, length and height in metres."""
BECAK_SIZE = (1.05, 2.3, 1.75)


def draw_bajaj(canvas: Canvas, x: float, y: float, z: float, paint: RGB, hood: RGB, away: bool) -> None:
    """A bajaj whose nearer end is at z: one wheel in front, two behind, a hood over all."""
    wide, length, high = BAJAJ_SIZE
    half, hand = wide / 2, 1 if x < canvas.view.x else -1
    facing = facing_street(-hand)

    wheels: tuple[tuple[float, float], ...]

    def at(along: float) -> float:
        return z + (along if away else length - along)

    def profile(outline: list[tuple[float, float]], colour: RGB) -> None:
        canvas.polygon([(x + hand * half, y + b, at(a)) for a, b in outline], colour, BAJAJ, facing)

    def across(along: float, lean: float, outline: list[tuple[float, float]], colour: RGB) -> None:
        canvas.polygon([(x + a, y + b, at(along - lean * b)) for a, b in outline], colour, BAJAJ)

    profile(
        [
            (0.02, 0.3),
            (1.7, 0.26),
            (2.5, 0.4),
            (2.35, 0.95),
            (1.6, 0.95),
            (1.6, 0.5),
            (0.9, 0.5),
            (0.85, 1.0),
            (0.0, 1.0),
        ],
        paint,
    )
    profile([(0.9, 0.5), (1.6, 0.5), (1.6, 0.95), (2.3, 0.95), (2.02, 1.5), (0.85, 1.5)], (42, 40, 42))
    profile(
        [(0.0, 0.98), (0.88, 0.98), (0.88, 1.45), (2.0, 1.45), (1.95, high - 0.08), (0.1, high - 0.08)], hood
    )
    profile(circle(0.42, 0.25, 0.25), TYRE)
    profile(circle(0.42, 0.25, 0.13), (140, 142, 146))
    roof: list[Point] = [
        (x + a, y + high - (0.06 if abs(a) > 0.5 else 0), at(b))
        for a, b in ((-half, 0.1), (half, 0.1), (half, 1.95), (-half, 1.95))
    ]
    canvas.polygon(roof, dimmed(hood, 1.1), BAJAJ, "up")
    body = [(-half, 0.3), (half, 0.3), (half, 1.0), (-half, 1.0)]
    cover = [(-half, 0.98), (half, 0.98), (half - 0.05, high - 0.1), (half - 0.2, high), (-half + 0.2, high),
             (-half + 0.05, high - 0.1)]  # fmt: skip
    if away:
        across(0.0, 0, body, paint)
        across(0.0, -0.05, cover, hood)
        across(0.0, -0.05, [(-0.34, 1.16), (0.34, 1.16), (0.34, 1.46), (-0.34, 1.46)], (60, 64, 70))
        across(0.0, 0, [(-half, 0.3), (half, 0.3), (half, 0.42), (-half, 0.42)], dimmed(paint, 0.5))
        wheels, lamp = ((-half + 0.02, -half + 0.2), (half - 0.2, half - 0.02)), (200, 34, 30)
        across(0.0, 0, [(-0.2, 0.48), (0.2, 0.48), (0.2, 0.6), (-0.2, 0.6)], (222, 192, 60))
    else:
        for left, right in ((-half + 0.02, -half + 0.18), (half - 0.18, half - 0.02)):
            canvas.upright((x + left, x + right), (y, y + 0.5), at(0.5), TYRE, BAJAJ)
        across(1.98, 0, cover, hood)
        across(2.6, 0.18, [(-0.54, 0.95), (0.54, 0.95), (0.5, 1.52), (-0.5, 1.52)], GLASS)
        across(2.6, 0.18, [(-0.54, 1.2), (-0.2, 1.52), (-0.5, 1.52)], (150, 166, 180))
        across(2.45, 0, [(-0.5, 0.36), (0.5, 0.36), (0.56, 0.96), (-0.56, 0.96)], paint)
        across(2.45, 0, [(-0.5, 0.84), (0.5, 0.84), (0.54, 0.96), (-0.54, 0.96)], dimmed(paint, 1.15))
        wheels, lamp = ((-0.08, 0.08),), (240, 240, 224)
    for left, right in wheels:
        canvas.upright((x + left, x + right), (y, y + 0.42), at(0.05 if away else 2.5), TYRE, BAJAJ)
    near = at(0.0 if away else 2.5)
    for out in (-0.5, 0.5):
        points: list[Point] = [(x + a, y + b, near) for a, b in circle(out, 0.72, 0.07)]
        (canvas.shining if canvas.light.lamps else canvas.polygon)(points, lamp, BAJAJ)
        if canvas.light.lamps:
            canvas.glow((x + out, y + 0.72, near), 0.2, lamp)


def draw_becak(
    canvas: Canvas,
    x: float,
    y: float,
    z: float,
    step: float,
    person: Person,
    paint: RGB,
    hood: RGB,
    away: bool,
) -> None:
    """A becak whose nearer end is at z: passengers sit in front under a hood, the driver pedals behind."""
    length = BECAK_SIZE[1]
    up = 0.12 * step

    def at(along: float) -> float:
        return z + (along if away else length - along)

    bench: list[Part] = [
        ([(-0.52, 0.4), (0.52, 0.4), (0.5, 0.98), (-0.5, 0.98)], paint),
        ([(-0.5, 0.95), (0.5, 0.95), (0.44, 1.5), (0.3, 1.64), (-0.3, 1.64), (-0.44, 1.5)], hood),
        *(([(a, 0.0), (a + 0.07, 0.0), (a + 0.07, 0.62), (a, 0.62)], TYRE) for a in (-0.52, 0.45)),
    ]
    if not away:
        bench += [
            ([(-0.4, 0.9), (0.4, 0.9), (0.34, 1.42), (-0.34, 1.42)], (54, 44, 42)),
            ([(-0.5, 0.42), (0.5, 0.42), (0.5, 0.52), (-0.5, 0.52)], dimmed(paint, 1.3)),
        ]
    coat, legs = person.coat, person.trousers
    driver: list[Part] = [
        ([(-0.03, 0.0), (0.03, 0.0), (0.03, 0.66), (-0.03, 0.66)], TYRE),
        limb(-0.1, 0.95, -0.13, 0.32 + up, 0.15, 0.1, legs),
        limb(0.1, 0.95, 0.13, 0.32 - up, 0.15, 0.1, dimmed(legs, 0.85)),
        limb(-0.2, 1.38, -0.32, 1.04, 0.11, 0.08, dimmed(coat, 0.9)),
        limb(0.2, 1.38, 0.32, 1.04, 0.11, 0.08, dimmed(coat, 0.78)),
        ([(-0.16, 0.92), (0.16, 0.92), (0.21, 1.36), (0.1, 1.46), (-0.1, 1.46), (-0.21, 1.36)], coat),
        ([(-0.04, 1.42), (0.04, 1.42), (0.04, 1.52), (-0.04, 1.52)], person.skin),
        (circle(0, 1.6, 0.1, 0.12), person.hair if away else person.skin),
        ([(-0.2, 1.64), (0.2, 1.64), (0.07, 1.76), (-0.07, 1.76)], (196, 170, 110)),
    ]
    sheets = [(1.5, bench), (0.35, driver)]
    hand = 1 if x < canvas.view.x else -1
    side = [(0.1, 0.6), (0.9, 0.4), (2.2, 0.4), (2.1, 0.95), (1.5, 0.95), (1.4, 0.5), (0.9, 0.5), (0.3, 0.78)]
    for along, parts in sheets if away else sheets[::-1]:
        canvas.flat(x, y, at(along), parts, BECAK)
        if along > 1:
            facing = facing_street(-hand)
            canvas.polygon(
                [(x + hand * 0.5, y + b, at(a)) for a, b in side], dimmed(paint, 0.9), BECAK, facing
            )
            wheel = circle(1.6, 0.32, 0.32)
            canvas.polygon([(x + hand * 0.52, y + b, at(a)) for a, b in wheel], TYRE, BECAK, facing)
            canvas.polygon(
                [(x + hand * 0.52, y + b, at(a)) for a, b in circle(1.6, 0.32, 0.24)],
                (120, 122, 126),
                BECAK,
                facing,
            )
