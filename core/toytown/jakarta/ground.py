"""The ground of Jakarta's street as planned: road, paint, wear, pavements or bare earth, open drains."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import dimmed
from core.toytown.drawing.canvas import NEAR, Canvas, Point, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.ground import FAR, strip
from core.toytown.jakarta.street import REACH, Street
from core.toytown.jakarta.things.meanings import DIRT, DRAIN, KERBSTONE

WHITE: RGB = (222, 220, 212)
YELLOW: RGB = (212, 176, 60)
GRASS: RGB = (92, 112, 60)
CONCRETE: RGB = (158, 154, 146)


def draw_ground(canvas: Canvas, street: Street) -> None:
    """Everything that lies flat."""
    near = canvas.view.z
    strip(canvas, -400, 400, near, FAR, GRASS, kinds.GREEN)
    for side in (-1, 1):
        _draw_walk(canvas, street, side)
    strip(canvas, street.kerb(-1), street.kerb(1), near, FAR, street.asphalt, kinds.ROAD)
    _draw_wear(canvas, street)
    _draw_paint(canvas, street)
    for side in (-1, 1):
        _draw_kerb(canvas, street, side)


def _between(
    canvas: Canvas, a: float, b: float, near: float, far: float, colour: RGB, kind: int, y: float = 0
) -> None:
    left, right = sorted((a, b))
    strip(canvas, left, right, near, far, colour, kind, y)


def _draw_walk(canvas: Canvas, street: Street, side: int) -> None:
    """From the kerb to the houses, and the yards behind their line."""
    near, kerb, front, y = canvas.view.z, street.kerb(side), street.front(side), street.rise
    dirt = street.verge == "dirt"
    ground, kind = (street.earth, DIRT) if dirt else (street.paving, kinds.SIDEWALK)
    _between(
        canvas, front, front + side * 8, near, REACH + 30, dimmed(street.paving, 0.88), kinds.SIDEWALK, y
    )
    _between(canvas, kerb, front, near, FAR, ground, kind, y)
    if street.drain:
        inner = front - side * street.drain
        _between(canvas, front, inner, near, FAR, CONCRETE, DRAIN, y)
        lip = side * 0.14
        _between(canvas, front - lip, inner + lip, near, FAR, (38, 40, 34), DRAIN, y)
        _between(canvas, front - lip * 1.8, inner + lip * 1.8, near, FAR, (62, 66, 50), DRAIN, y)
        _draw_slabs(canvas, street, side)


def _draw_slabs(canvas: Canvas, street: Street, side: int) -> None:
    """Slabs across the drain before the doors."""
    dice, front = Dice(street.seed, f"slabs {side}"), street.front(side)
    z = dice.between(0, 6)
    while z < 90:
        long = dice.between(0.8, 2.6)
        if z + long > canvas.view.z:
            _between(
                canvas, front, front - side * street.drain, z, z + long, CONCRETE, kinds.SIDEWALK, street.rise
            )
        z += long + dice.between(2, 9)


def _draw_kerb(canvas: Canvas, street: Street, side: int) -> None:
    """A kerb in black and white, or a ragged edge of earth on the asphalt."""
    near, kerb = canvas.view.z, street.kerb(side)
    if street.verge == "dirt":
        dice, z = Dice(street.seed, f"edge {side}"), 0.0
        while z < 80:
            long, reach = dice.between(0.8, 3), dice.between(0.05, 0.5)
            if z + long > near + NEAR:
                points: list[Point] = [
                    (kerb, 0.01, z), (kerb - side * reach, 0.01, z + long * 0.3),
                    (kerb - side * reach * 0.7, 0.01, z + long * 0.7), (kerb, 0.01, z + long),
                ]  # fmt: skip
                canvas.polygon(points, dimmed(street.earth, 0.95), DIRT, "up")
            z += long
        return
    y = street.rise
    z = 1.0 * int(near)
    while z < near + 70:
        tone: RGB = CONCRETE if not street.painted else (226, 224, 216) if int(z) % 2 else (44, 44, 46)
        _between(canvas, kerb, kerb + side * 0.16, z, z + 1, tone, KERBSTONE, y)
        canvas.flank(kerb, (0, y), (z, z + 1), tone, KERBSTONE, side)
        z += 1
    _between(canvas, kerb, kerb + side * 0.16, z, FAR, CONCRETE, KERBSTONE, y)
    canvas.flank(kerb, (0, y), (z, FAR), dimmed(CONCRETE, 0.8), KERBSTONE, side)


def _draw_wear(canvas: Canvas, street: Street) -> None:
    """Mended patches, tyre tracks, covers, and in the rain puddles are left to the mirror."""
    dice, near = Dice(street.seed, "wear"), canvas.view.z
    for side in (-1, 1):
        for lane in range(street.lanes):
            for track in (-0.75, 0.75):
                x = street.lane_middle(side, lane) + track
                strip(canvas, x - 0.3, x + 0.3, near, FAR, dimmed(street.asphalt, 0.965), kinds.ROAD)
    left, right = street.kerb(-1), street.kerb(1)
    for _ in range(26):
        x, z = dice.between(left, right - 1.6), dice.between(0, 70)
        wide, long, tone = dice.between(0.5, 2.4), dice.between(0.6, 7), dice.between(0.8, 1.12)
        if z + long > near + NEAR:
            strip(canvas, x, x + wide, z, z + long, dimmed(street.asphalt, tone), kinds.ROAD)
    for _ in range(9):
        x, z, radius = dice.between(left + 0.5, right - 0.5), dice.between(4, 45), dice.between(0.2, 0.45)
        if z - near > 1.2:
            hole: list[Point] = [(a, 0.0, b) for a, b in circle(x, z, radius, radius * 1.3)]
            canvas.polygon(hole, dimmed(street.asphalt, dice.between(0.55, 0.8)), kinds.ROAD, "up")


def _draw_paint(canvas: Canvas, street: Street) -> None:
    near, dice = canvas.view.z, Dice(street.seed, "paint")
    worn = dice.between(0.7, 1.0)
    white, yellow = dimmed(WHITE, worn), dimmed(YELLOW, worn)
    for side in (-1, 1):
        for lane in range(1, street.lanes):
            _dashes(canvas, street, side * (street.half + lane * street.lane), white)
        edge = side * (street.half + street.lanes * street.lane - 0.1)
        if street.edge or street.verge == "pavement":
            _between(canvas, edge - 0.06, edge + 0.06, near, FAR, white, kinds.LANE)
        if street.median != "none":
            x = side * (street.half + 0.15)
            _between(canvas, x - 0.06, x + 0.06, near, FAR, yellow, kinds.LANE)
    if street.median == "none":
        if dice.chance(0.5):
            _dashes(canvas, street, 0.0, white)
        else:
            for x in (-0.13, 0.13):
                strip(canvas, x - 0.05, x + 0.05, near, FAR, white, kinds.LANE)
    if street.zebra is not None:
        _draw_zebra(canvas, street, street.zebra, white, dice)
    if street.junction is not None:
        _draw_box(canvas, street, street.junction, yellow)


def _free(street: Street, z: float) -> bool:
    return (street.zebra is None or not street.zebra - 7 < z < street.zebra + 4) and (
        street.junction is None or not street.junction - 2 < z < street.junction + 9
    )


def _dashes(canvas: Canvas, street: Street, x: float, colour: RGB) -> None:
    z = 8.0 * int(canvas.view.z / 8) - 8
    while z < 140:
        if _free(street, z):
            strip(canvas, x - 0.06, x + 0.06, z, z + 3, colour, kinds.LANE)
        z += 8


def _draw_zebra(canvas: Canvas, street: Street, z: float, white: RGB, dice: Dice) -> None:
    """A zebra crossing, our stop line, and often the red box where motorcycles wait."""
    half = street.half + street.lanes * street.lane
    if dice.chance(0.6):
        red = dice.pick(((150, 60, 50), (170, 74, 60), (60, 110, 80)))
        strip(canvas, -half + 0.1, -street.half - 0.1, z - 5.5, z - 1.6, red, kinds.LANE)
        for step in range(street.lanes):
            x = street.lane_middle(-1, step)
            strip(canvas, x - 0.5, x + 0.5, z - 4.4, z - 2.6, white, kinds.LANE)
            strip(canvas, x - 0.3, x + 0.3, z - 4.1, z - 2.9, red, kinds.LANE)
    x = -half + 0.2
    while x < half - 0.4:
        if not (street.half and abs(x + 0.25) < street.half):
            strip(canvas, x, x + 0.5, z, z + 2.8, white, kinds.LANE)
        x += 1.0
    strip(canvas, -half + 0.1, -street.half - 0.1, z - 1.5, z - 1.2, white, kinds.LANE)


def _draw_box(canvas: Canvas, street: Street, z: float, yellow: RGB) -> None:
    """The yellow box at a junction, which must be kept clear."""
    half, deep = street.half + street.lanes * street.lane - 0.4, 7.0
    near = canvas.view.z + NEAR

    def bar(ax: float, az: float, bx: float, bz: float) -> None:
        if min(az, bz) > near:
            points: list[Point] = [
                (ax - 0.09, 0, az),
                (ax + 0.09, 0, az),
                (bx + 0.09, 0, bz),
                (bx - 0.09, 0, bz),
            ]
            canvas.polygon(points, yellow, kinds.HATCHING, "up")

    step = 1.6
    x = -half
    while x < half - 0.2:
        run = min(deep, half - x)
        bar(x, z, x + run, z + run)
        bar(-x, z, -x - run, z + run)
        x += step
    for z0 in range(1, int(deep / step) + 1):
        run = min(deep - z0 * step, 2 * half)
        bar(-half, z + z0 * step, -half + run, z + z0 * step + run)
        bar(half, z + z0 * step, half - run, z + z0 * step + run)
    for edge in (z, z + deep):
        if edge > near:
            strip(canvas, -half, half, edge - 0.1, edge + 0.1, yellow, kinds.HATCHING)
    for x in (-half, half):
        strip(canvas, x - 0.09, x + 0.09, z, z + deep, yellow, kinds.HATCHING)
