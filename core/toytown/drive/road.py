"""The street's ground as planned: pavements, parking lanes, markings, wear."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed, letters, mixed
from core.toytown.drawing.canvas import NEAR, Canvas, Point, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.ground import FAR, strip
from core.toytown.drive.street import KERB, LANE, LENGTH, Street

PAINT: RGB = (226, 226, 220)


YELLOW: RGB = (206, 176, 62)


GRASS: RGB = (96, 120, 60)


def draw_ground(canvas: Canvas, street: Street) -> None:
    """Everything that lies flat."""
    near = canvas.view.z
    strip(canvas, -400, 400, near, FAR, GRASS, kinds.GREEN)
    for side in (-1, 1):
        _draw_verge(canvas, street, side)
    for patch in street.grounds:
        if patch.kind != "street":
            _draw_patch(canvas, patch.kind, patch.left, patch.right, patch.near, patch.far)
    for side in (-1, 1):
        _draw_pavement(canvas, street, side)
    left, right = street.kerb(-1), street.kerb(1)
    strip(canvas, left, right, near, FAR, street.asphalt, kinds.ROAD)
    for patch in street.grounds:
        if patch.kind == "street":
            strip(canvas, patch.left, patch.right, patch.near, patch.far, street.asphalt, kinds.ROAD)
    _draw_edges(canvas, street)
    _draw_wear(canvas, street)
    _draw_markings(canvas, street)
    if street.spans.rail is not None:
        _draw_rails(canvas, street.spans.rail)


def _draw_verge(canvas: Canvas, street: Street, side: int) -> None:
    """Paved ground from the building line outwards, where nothing else is planned."""
    left, right = sorted((street.front(side), street.front(side) + side * 6))
    strip(canvas, left, right, canvas.view.z, LENGTH, dimmed(street.paving, 0.9), kinds.SIDEWALK, KERB)


def _draw_patch(canvas: Canvas, kind: str, left: float, right: float, near: float, far: float) -> None:
    if kind == "parking":
        strip(canvas, left, right, near, far, (112, 104, 100), kinds.PARKING, KERB)
        z = near
        while z < far:
            strip(canvas, left, right, z, z + 0.12, (206, 204, 196), kinds.PARKING, KERB)
            z += 5.6
    else:
        strip(canvas, left, right, near, far, GRASS, kinds.GREEN, KERB)


def _draw_pavement(canvas: Canvas, street: Street, side: int) -> None:
    near, kerb = canvas.view.z, street.kerb(side)
    left, right = sorted((kerb, street.front(side)))
    strip(canvas, left, right, near, FAR, street.paving, kinds.SIDEWALK, KERB)
    left, right = sorted((kerb, kerb + side * 0.16))
    strip(canvas, left, right, near, FAR, mixed(street.paving, (206, 200, 190), 0.5), kinds.SIDEWALK, KERB)
    canvas.flank(kerb, (0, KERB), (near, FAR), dimmed(street.paving, 0.82), kinds.SIDEWALK, side)


def _draw_edges(canvas: Canvas, street: Street) -> None:
    """Parking lanes and shoulders, between the lanes and the kerb."""
    near = canvas.view.z
    for side in (-1, 1):
        inner = side * LANE
        bay = inner + side * street.bay(side)
        if street.bay(side):
            left, right = sorted((inner, bay))
            strip(canvas, left, right, near, FAR, (124, 108, 102), kinds.PARKING)
            left_line, right_line = sorted((inner, inner + side * 0.1))
            strip(canvas, left_line, right_line, near, FAR, (206, 204, 196), kinds.PARKING)
            z = 6.0 * int(near / 6)
            while z < near + 70:
                strip(canvas, left, right, z, z + 0.1, (206, 204, 196), kinds.PARKING)
                z += 6
        if street.shoulder:
            left, right = sorted((bay, street.kerb(side)))
            strip(canvas, left, right, near, FAR, (134, 126, 108), kinds.SHOULDER)


def _draw_wear(canvas: Canvas, street: Street) -> None:
    """Repairs, manhole covers, cracks and the darker tracks of tyres."""
    near, dice = canvas.view.z, Dice(street.theme, f"wear {street.speed}")
    for x in (-LANE / 2, LANE / 2):
        for wheel in (-0.75, 0.75):
            strip(
                canvas,
                x + wheel - 0.22,
                x + wheel + 0.22,
                near,
                FAR,
                dimmed(street.asphalt, 0.972),
                kinds.ROAD,
            )
    for _ in range(14):
        x, z = dice.between(-LANE, LANE - 1.2), dice.between(2, 70)
        w, length, tone = dice.between(0.6, 1.4), dice.between(0.8, 5), dice.between(0.91, 1.05)
        if z > near:
            strip(canvas, x, x + w, z, z + length, dimmed(street.asphalt, tone), kinds.ROAD)
    for _ in range(5):
        x, z = dice.between(-LANE + 0.5, LANE - 0.5), dice.between(6, 50)
        if z - near > 1:
            for radius, tone in ((0.36, 0.6), (0.31, 0.8)):
                cover: list[Point] = [(a, 0.0, b) for a, b in circle(x, z, radius)]
                canvas.polygon(cover, dimmed(street.asphalt, tone), kinds.ROAD, "up")


def _draw_markings(canvas: Canvas, street: Street) -> None:
    near = canvas.view.z
    hatched = street.spans.hatching
    zebra = street.spans.zebra
    z = 6.0 * int(near / 6) - 6
    while z < 150:
        middle = z + 1.2
        blocked = (hatched and hatched[0] - 3 < middle < hatched[1]) or (
            zebra is not None and zebra - 3 < middle < zebra + 6
        )
        if not blocked:
            strip(canvas, -0.06, 0.06, z, z + 2.4, PAINT, kinds.LANE)
        z += 6
    for side in (-1, 1):
        edge = side * (LANE - 0.12)
        if street.double_lines and not street.bay(side):
            for x in (edge, edge - side * 0.2):
                strip(canvas, x - 0.05, x + 0.05, near, FAR, YELLOW, kinds.LANE)
        elif street.shoulder:
            strip(canvas, edge - 0.06, edge + 0.06, near, FAR, PAINT, kinds.LANE)
    if hatched:
        _draw_hatching(canvas, *hatched)
    if zebra is not None:
        x = -LANE + 0.2
        while x < LANE - 0.3:
            strip(canvas, x, x + 0.5, zebra, zebra + 2.6, PAINT, kinds.LANE)
            x += 1.0
        strip(canvas, -LANE + 0.2, -0.1, zebra - 1.6, zebra - 1.35, PAINT, kinds.LANE)
    if street.writing:
        _draw_writing(canvas, *street.writing)
    if street.spans.rail is not None:
        strip(canvas, -LANE + 0.2, -0.1, street.spans.rail - 6.2, street.spans.rail - 5.9, PAINT, kinds.LANE)
    _draw_arrow(canvas, -LANE / 2, 9 + street.speed * 20)


def _draw_hatching(canvas: Canvas, start: float, stop: float) -> None:
    """A hatched island in the middle of the road, pointed at both ends."""
    half, taper = 0.62, 5.0

    def wide(z: float) -> float:
        return half * max(0.0, min(1.0, (z - start) / taper, (stop - z) / taper))

    def bar(points: list[tuple[float, float]]) -> None:
        if max(z for _, z in points) > canvas.view.z + NEAR:
            canvas.polygon([(x, 0.0, z) for x, z in points], PAINT, kinds.HATCHING, "up")

    for a, b in ((start, start + taper), (start + taper, stop - taper), (stop - taper, stop)):
        for side in (-1, 1):
            bar(
                [
                    (side * wide(a) - 0.06, a),
                    (side * wide(a) + 0.06, a),
                    (side * wide(b) + 0.06, b),
                    (side * wide(b) - 0.06, b),
                ]
            )
    z = start + 1.5
    while z < stop - 1.5:
        low, high = wide(z), wide(z + 1.1)
        bar([(-low, z), (-low, z + 0.4), (high, z + 1.5), (high, z + 1.1)])
        z += 2.0


def _draw_writing(canvas: Canvas, words: str, start: float) -> None:
    """Words on our lane, drawn out so that a driver can read them."""
    rows, cols = 24, 20 * len(words)
    ink = np.asarray(letters(words).resize((cols, rows), Image.Resampling.BICUBIC)) > 127
    left, wide, deep = -LANE / 2 - 1.1, 2.2 / cols, 3.2 / rows
    for row in range(rows):
        z = start + (rows - 1 - row) * deep
        edges = np.flatnonzero(np.diff(ink[row].astype(np.int8), prepend=0, append=0)).tolist()
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            strip(canvas, left + first * wide, left + last * wide, z, z + deep, PAINT, kinds.LANE)


def _draw_arrow(canvas: Canvas, x: float, z: float) -> None:
    strip(canvas, x - 0.09, x + 0.09, z, z + 2.6, PAINT, kinds.LANE)
    if z > canvas.view.z:
        canvas.polygon(
            [(x - 0.4, 0, z + 2.6), (x + 0.4, 0, z + 2.6), (x, 0, z + 4.2)], PAINT, kinds.LANE, "up"
        )


def _draw_rails(canvas: Canvas, z: float) -> None:
    for left, right in ((-60, -LANE - 1.5), (LANE + 1.5, 60)):
        strip(canvas, left, right, z - 2.4, z + 2.4, (126, 112, 98), kinds.SHOULDER, 0.02)
    strip(canvas, -LANE - 1.5, LANE + 1.5, z - 2.2, z + 2.2, (112, 98, 88), kinds.ROAD)
    for rail in (-0.72, 0.72):
        strip(canvas, -60, 60, z + rail - 0.07, z + rail + 0.07, (168, 166, 164), kinds.ROAD, 0.02)
