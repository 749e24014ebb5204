"""Other moving things: a trailer and a digger."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import Canvas, circle
from core.toytown.drawing.dice import sine
from core.toytown.drawing.light import facing_street
from core.toytown.things.cars import TYRE


def trailer(canvas: Canvas, x: float, y: float, z: float, paint: RGB) -> None:
    """A covered trailer on its own wheels."""
    kind, half, hand = kinds.OTHER_MOVING, 0.8, 1 if x < canvas.view.x else -1
    facing = facing_street(-hand)
    side = x + hand * half
    canvas.polygon(
        [(side, y + a, z + b) for a, b in ((0.45, 0), (1.5, 0), (1.5, 2.4), (0.45, 2.4))], paint, kind, facing
    )
    wheel = [(side + hand * 0.02, y + b, z + a) for a, b in circle(1.2, 0.3, 0.3)]
    canvas.polygon(wheel, TYRE, kind, facing)
    rear: list[tuple[list[tuple[float, float]], RGB]] = [
        (
            [
                (-half, 0.45),
                (half, 0.45),
                (half, 1.5),
                (half - 0.12, 1.62),
                (-half + 0.12, 1.62),
                (-half, 1.5),
            ],
            paint,
        ),
        ([(-half, 0.4), (half, 0.4), (half, 0.58), (-half, 0.58)], (56, 56, 58)),
        ([(-0.02, 0.58), (0.02, 0.58), (0.02, 1.5), (-0.02, 1.5)], dimmed(paint, 0.6)),
        ([(-0.74, 0.42), (-0.5, 0.42), (-0.5, 0.54), (-0.74, 0.54)], (190, 30, 28)),
        ([(0.5, 0.42), (0.74, 0.42), (0.74, 0.54), (0.5, 0.54)], (190, 30, 28)),
        ([(-0.78, 0), (-0.6, 0), (-0.6, 0.4), (-0.78, 0.4)], TYRE),
        ([(0.6, 0), (0.78, 0), (0.78, 0.4), (0.6, 0.4)], TYRE),
    ]
    canvas.flat(x, y, z, rear, kind)


def digger(canvas: Canvas, x: float, y: float, z: float, step: float) -> None:
    """A yellow digger at work, its arm going up and down once a turn of `step`."""
    yellow: RGB = (226, 168, 30)
    dark: RGB = (52, 52, 54)
    up = 0.25 + 0.25 * sine(step)
    parts: list[tuple[list[tuple[float, float]], RGB]] = [
        ([(-1.5, 0.0), (1.5, 0.0), (1.65, 0.35), (1.5, 0.72), (-1.5, 0.72), (-1.65, 0.35)], dark),
        *[(circle(cx, 0.36, 0.24), (96, 96, 98)) for cx in (-1.2, -0.4, 0.4, 1.2)],
        ([(-1.45, 0.8), (1.2, 0.8), (1.2, 1.6), (-1.45, 1.75)], yellow),
        ([(-1.45, 0.8), (1.2, 0.8), (1.2, 0.95), (-1.45, 0.95)], dimmed(yellow, 0.7)),
        ([(-0.1, 1.5), (1.1, 1.5), (1.0, 2.65), (0.0, 2.65)], yellow),
        ([(0.08, 1.65), (0.98, 1.65), (0.9, 2.5), (0.12, 2.5)], (86, 104, 116)),
        ([(1.0, 1.1), (2.6, 2.7 + up), (2.45, 2.95 + up), (0.95, 1.55)], yellow),
        ([(2.45, 2.95 + up), (2.68, 2.8 + up), (3.3, 1.2 + up), (3.08, 1.12 + up)], dimmed(yellow, 0.85)),
        ([(2.85, 1.25 + up), (3.4, 1.3 + up), (3.2, 0.6 + up), (2.7, 0.8 + up)], dark),
    ]
    canvas.flat(x, y, z, parts, kinds.OTHER_MOVING)
