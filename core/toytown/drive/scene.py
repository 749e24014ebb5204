"""A frame of a drive: the street's plan seen from the driver's seat at one moment, drawn far to near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.classes import RGB
from core.toytown.drawing import ground, kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import FINER, NEAR, Canvas, View
from core.toytown.drawing.dice import Dice, sine
from core.toytown.drawing.light import finish
from core.toytown.drawing.sky import draw_sky
from core.toytown.drive.buildings import draw_house, draw_skyline
from core.toytown.drive.planning import plan
from core.toytown.drive.road import draw_ground
from core.toytown.drive.shadows import cast
from core.toytown.drive.spanning import draw_bridge, draw_crossing, draw_gate, draw_tunnel
from core.toytown.drive.street import KERB, LANE, Place, Street, Thing

BANDS: tuple[Place, ...] = ("beyond", "border", "pavement", "kerb", "road", "lane")
SIGHT = 170.0
"""Metres beyond which things are too small to be drawn."""

Step = tuple[tuple[int, int, float], Callable[[], None]]
"""A drawing and its place in the order: the section of the street, the band, the distance."""


def draw_frame(
    seed: int, number: int, width: int, height: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The (H, W, 3) picture and the (H, W) label map of a frame."""
    street = plan(seed)
    shake = Dice(seed, f"frame {number}")
    view = View(
        width, height, -LANE / 2 + 0.12 * sine(number / 19), street.speed * number,
        0.02 * sine(number / 23 + seed % 7 / 7), 0.003 * sine(number / 5),
    )  # fmt: skip
    canvas = Canvas(view, street.light)
    things = [_moved(thing, number) for thing in street.things]
    draw_sky(canvas, street.clouds, number * 0.7)
    draw_ground(canvas, street)
    ground.grain(canvas, cast(canvas, street, things))
    for _, draw in sorted(_steps(canvas, street, things, number), key=lambda step: step[0]):
        draw()
    _draw_bonnet(canvas, street)
    labels = canvas.labels()
    middle = view.middle[0] / FINER, view.middle[1] / FINER
    glows = []
    for point, radius, colour in canvas.glows:
        col, row = view.project(point)
        glows.append((col / FINER, row / FINER, radius * view.scale(point[2]), point[2] - view.z, colour))
    picture = finish(street.light, canvas.colours(), labels, canvas.depths(), middle, glows, shake)
    return picture, labels


def _moved(thing: Thing, number: int) -> Thing:
    return replace(thing, x=thing.x + thing.dx * number, z=thing.z + thing.dz * number)


def _steps(canvas: Canvas, street: Street, things: list[Thing], number: int) -> list[Step]:
    """All drawings with their place in the order.

    What is behind a bridge comes first. In front of it, nothing further out hides what is further in, since
    all lines of sight run outwards; within a band, the farther comes before the nearer.
    """
    spans, near = street.spans, canvas.view.z + NEAR
    limit = near + SIGHT if spans.tunnel is None else min(near + SIGHT, spans.tunnel + 60)

    def turn(z: float, band: int) -> tuple[int, int, float]:
        return -sum(plane <= z for plane in spans.planes), band, -z

    steps: list[Step] = []
    if spans.tunnel is None:
        steps.append(((-99, 0, 0.0), partial(draw_skyline, canvas, street)))
    steps += [
        (turn(p.z, 0), partial(draw_house, canvas, p))
        for p in street.plots
        if p.z + p.house.width > near and p.z < limit
    ]
    steps += [
        (turn(b.near, BANDS.index("border")), partial(canvas.side, b.texture, b.x, KERB, b.near, b.far))
        for b in street.borders
        if b.far > near and b.near < limit
    ]
    steps += [
        (turn(t.z, BANDS.index(t.place)), partial(t.draw, canvas, t.x, t.y, t.z, number))
        for t in things
        if near < t.z + t.size[1] and t.z < limit
    ]
    for plane, span in (
        (spans.rail, draw_crossing),
        (spans.bridge, draw_bridge),
        (spans.gate, draw_gate),
        (spans.tunnel, draw_tunnel),
    ):
        if plane is not None and plane > near:
            steps.append((turn(plane, len(BANDS)), partial(span, canvas, street, plane, number)))
    return steps


def _draw_bonnet(canvas: Canvas, street: Street) -> None:
    """Our own car's bonnet along the lower edge: the one thing that every frame leaves Void."""
    width, height = canvas.size
    rise = height * 0.062
    paints: tuple[RGB, ...] = ((120, 34, 40), (44, 62, 98), (70, 74, 80), (150, 150, 152), (40, 70, 62))
    paint = paints[street.theme % len(paints)]
    tones = ((1.0, 0.85), (0.82, 1.1), (0.62, 0.92), (0.36, 0.8))
    for top, tone in tones:
        outline = []
        for i in range(25):
            across = i / 24
            bend = 1 - (2 * across - 1) * (2 * across - 1) * 0.72
            outline.append((width * across, height - rise * top * bend))
        outline += [(width, height), (0, height)]
        canvas.overlay(outline, street.light.on(dimmed(paint, tone), "up"), kinds.VOID)
