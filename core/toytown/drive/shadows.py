"""Shadows on the ground: of houses, bridges, and of everything that stands on it."""

from __future__ import annotations

from PIL import Image

from core.toytown.drawing.canvas import NEAR, Canvas
from core.toytown.drawing.dice import sine
from core.toytown.drawing.ground import Shadows
from core.toytown.drive.street import Street, Thing


def cast(canvas: Canvas, street: Street, things: list[Thing]) -> Image.Image:
    """All shadows on the ground, for `ground.grain`."""
    shadows = Shadows(canvas)
    light, near = street.light, canvas.view.z
    lean = (-light.sun * 0.62, -0.3 if light.ahead else 0.42) if light.sun else (0.0, 0.0)
    dark = {"noon": 112, "morning": 100, "dusk": 46}.get(light.weather, 0)
    for plot in street.plots:
        front, far = plot.x, plot.z + plot.house.width
        if far < near:
            continue
        base = [(front, max(near, plot.z)), (front, far)]
        edge = [(front - plot.side * 0.7, far), (front - plot.side * 0.7, max(near, plot.z))]
        shadows.add([*base, *edge], 46)
        if dark and light.sun == plot.side:
            reach = lean[0] * plot.house.height
            shift = lean[1] * plot.house.height
            shadows.add(
                [*base, (front + reach, far + shift), (front + reach, max(near, plot.z) + shift)], dark
            )
    for plane, deep, high in (
        (street.spans.bridge, 7.0, 5.0),
        (street.spans.gate, 5.5, 4.0),
        (street.spans.tunnel, 90.0, 0.0),
    ):
        if plane is not None:
            shadows.add(
                [(-30, plane - 0.4), (30, plane - 0.4), (30, plane + deep), (-30, plane + deep)],
                205 if high == 0 else 140,
            )
    for thing in things:
        if thing.size[0] and near + NEAR < thing.z < near + 90:
            cast_thing(shadows, thing, lean, dark)
    return shadows.image()


def cast_thing(shadows: Shadows, thing: Thing, lean: tuple[float, float], dark: int) -> None:
    """The shadow of one thing, which leans by `lean` metres (x, z) for each metre of its height."""
    width, length, height = thing.size
    x, z = thing.x, thing.z
    y = thing.y
    if thing.crown:
        if dark:
            middle = (x + lean[0] * height * 0.65, z + lean[1] * height * 0.65)
            shadows.add(_disc(middle, width * 0.36), dark - 18)
            shadows.add(
                [(x - 0.15, z), (x + 0.15, z), (middle[0] + 0.15, middle[1]), (middle[0] - 0.15, middle[1])],
                dark - 18,
            )
        shadows.add(_disc((x, z), 0.5), 70, y)
        return
    half = width / 2
    foot = [(x - half, z), (x + half, z), (x + half, z + length), (x - half, z + length)]
    if dark:
        shift = [(a + lean[0] * height, b + lean[1] * height) for a, b in foot]
        shadows.add(_hull(foot + shift), dark, y)
    if length < 1.5:
        shadows.add([(x + a * half * 1.5, z + b * 0.22) for a, b in _disc((0, 0), 1)], 90, y)
        return
    grown = [
        (x - half - 0.12, z - 0.18),
        (x + half + 0.12, z - 0.18),
        (x + half + 0.12, z + length),
        (x - half - 0.12, z + length),
    ]
    shadows.add(grown, 128, y)


def _disc(middle: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    return [(middle[0] + radius * sine(i / 12 + 0.25), middle[1] + radius * sine(i / 12)) for i in range(12)]


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex hull (Andrew's monotone chain, 1979)."""
    ordered = sorted(points)
    hull: list[tuple[float, float]] = []
    for run in (ordered, ordered[::-1]):
        start = len(hull)
        for p in run:
            while len(hull) >= start + 2 and _turn(hull[-2], hull[-1], p) <= 0:
                hull.pop()
            hull.append(p)
        hull.pop()
    return hull


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
