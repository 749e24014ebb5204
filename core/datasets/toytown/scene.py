"""A frame of a drive: the street's plan seen from the driver's seat at one moment, drawn far to near."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.classes import RGB
from core.datasets.toytown import furniture, ground, kinds
from core.datasets.toytown.board import dimmed, letters, mixed
from core.datasets.toytown.canvas import FINER, NEAR, Canvas, Point, View
from core.datasets.toytown.dice import Dice, sine
from core.datasets.toytown.ground import FAR, KERB, Shadows, strip
from core.datasets.toytown.light import Facing, finish, sky
from core.datasets.toytown.street import LANE, LENGTH, Place, Plot, Street, Thing, plan

BANDS: tuple[Place, ...] = ("beyond", "front", "border", "pavement", "kerb", "road", "lane")
PAINT: RGB = (226, 226, 220)
YELLOW: RGB = (206, 176, 62)
GRASS: RGB = (96, 120, 60)

Step = tuple[tuple[int, int, float], Callable[[], None]]


def draw_frame(seed: int, number: int, width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The (H, W, 3) picture and the (H, W) label map of a frame."""
    street = plan(seed)
    shake = Dice(seed, f"frame {number}")
    view = View(
        width, height, -LANE / 2 + 0.12 * sine(number / 19), street.speed * number,
        0.02 * sine(number / 23 + seed % 7 / 7), 0.003 * sine(number / 5),
    )  # fmt: skip
    canvas = Canvas(view, street.light)
    things = [_moved(thing, number) for thing in street.things]
    _draw_sky(canvas, street, number)
    _draw_ground(canvas, street, things)
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
    if not thing.dx and not thing.dz:
        return thing
    x, z = thing.x + thing.dx * number, thing.z + thing.dz * number
    return Thing(thing.place, x, z, thing.draw, thing.size, thing.dx, thing.dz, thing.crown)


def _draw_sky(canvas: Canvas, street: Street, number: int) -> None:
    view = canvas.view
    middle = view.middle[0] / FINER, view.middle[1] / FINER
    colours = sky(street.light, street.clouds, view.width, view.height, middle, number * 0.7)
    pixels = np.empty((view.height, view.width, 4), dtype=np.uint8)
    pixels[..., :3] = np.clip(colours, 0, 255)
    pixels[..., 3] = kinds.SKY
    canvas.image.paste(Image.fromarray(pixels.repeat(FINER, axis=0).repeat(FINER, axis=1)), (0, 0))


# Ground


def _draw_ground(canvas: Canvas, street: Street, things: list[Thing]) -> None:
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
    if street.rail is not None:
        _draw_rails(canvas, street.rail)
    shadows = Shadows(canvas)
    _cast(shadows, canvas, street, things)
    ground.grain(canvas, shadows.image())


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
    ground.kerb(canvas, kerb, near, FAR, dimmed(street.paving, 0.82))


def _draw_edges(canvas: Canvas, street: Street) -> None:
    """Parking lanes and shoulders, between the lanes and the kerb."""
    near = canvas.view.z
    for side in (-1, 1):
        inner = side * LANE
        bay = inner + side * street.bay(side)
        if street.bay(side):
            left, right = sorted((inner, bay))
            strip(canvas, left, right, near, FAR, (124, 108, 102), kinds.PARKING)
            strip(canvas, *sorted((inner, inner + side * 0.1)), near, FAR, (206, 204, 196), kinds.PARKING)
            z = 6.0 * int(near / 6)
            while z < near + 70:
                strip(canvas, left, right, z, z + 0.1, (206, 204, 196), kinds.PARKING)
                z += 6
        if street.shoulder:
            strip(canvas, *sorted((bay, street.kerb(side))), near, FAR, (134, 126, 108), kinds.SHOULDER)


def _draw_wear(canvas: Canvas, street: Street) -> None:
    """Repairs, manhole covers, cracks and the darker tracks of tyres."""
    near, dice = canvas.view.z, Dice(street.theme, f"wear {street.speed}")
    for x in (-LANE / 2, LANE / 2):
        for wheel in (-0.75, 0.75):
            strip(canvas, x + wheel - 0.22, x + wheel + 0.22, near, FAR, dimmed(street.asphalt, 0.972), kinds.ROAD)
    for _ in range(14):
        x, z = dice.between(-LANE, LANE - 1.2), dice.between(2, 70)
        w, length, tone = dice.between(0.6, 1.4), dice.between(0.8, 5), dice.between(0.84, 1.1)
        if z > near:
            strip(canvas, x, x + w, z, z + length, dimmed(street.asphalt, tone), kinds.ROAD)
    for _ in range(5):
        x, z = dice.between(-LANE + 0.5, LANE - 0.5), dice.between(6, 50)
        if z - near > 1:
            for radius, tone in ((0.36, 0.6), (0.31, 0.8)):
                cover = [(x + radius * a, 0.0, z + radius * b) for a, b in ((0.5, 0.87), (1, 0), (0.5, -0.87), (-0.5, -0.87), (-1, 0), (-0.5, 0.87))]
                canvas.polygon(cover, dimmed(street.asphalt, tone), kinds.ROAD, "up")


def _draw_markings(canvas: Canvas, street: Street) -> None:
    near = canvas.view.z
    hatched = street.hatching
    zebra = street.zebra
    z = 6.0 * int(near / 6) - 6
    while z < 150:
        middle = z + 1.2
        blocked = (hatched and hatched[0] - 3 < middle < hatched[1]) or (zebra is not None and zebra - 3 < middle < zebra + 6)
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
    if street.rail is not None:
        strip(canvas, -LANE + 0.2, -0.1, street.rail - 6.2, street.rail - 5.9, PAINT, kinds.LANE)
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
            bar([(side * wide(a) - 0.06, a), (side * wide(a) + 0.06, a), (side * wide(b) + 0.06, b), (side * wide(b) - 0.06, b)])
    z = start + 1.5
    while z < stop - 1.5:
        low, high = wide(z), wide(z + 1.1)
        bar([(-low, z), (-low, z + 0.4), (high, z + 1.5), (high, z + 1.1)])
        z += 2.0


def _draw_writing(canvas: Canvas, words: str, start: float) -> None:
    """Words on our lane, drawn out so that a driver can read them."""
    ink = np.asarray(letters(words)) > 127
    rows, cols = ink.shape
    wide, deep = 2.2 / cols, 2.8 / rows
    for row, col in zip(*np.nonzero(ink), strict=True):
        x, z = -LANE / 2 - 1.1 + int(col) * wide, start + (rows - 1 - int(row)) * deep
        strip(canvas, x, x + wide * 1.05, z, z + deep * 1.05, PAINT, kinds.LANE)


def _draw_arrow(canvas: Canvas, x: float, z: float) -> None:
    strip(canvas, x - 0.09, x + 0.09, z, z + 2.6, PAINT, kinds.LANE)
    if z > canvas.view.z:
        canvas.polygon([(x - 0.4, 0, z + 2.6), (x + 0.4, 0, z + 2.6), (x, 0, z + 4.2)], PAINT, kinds.LANE, "up")


def _draw_rails(canvas: Canvas, z: float) -> None:
    for left, right in ((-60, -LANE - 1.5), (LANE + 1.5, 60)):
        strip(canvas, left, right, z - 2.4, z + 2.4, (126, 112, 98), kinds.SHOULDER, 0.02)
    strip(canvas, -LANE - 1.5, LANE + 1.5, z - 2.2, z + 2.2, (112, 98, 88), kinds.ROAD)
    for rail in (-0.72, 0.72):
        strip(canvas, -60, 60, z + rail - 0.07, z + rail + 0.07, (168, 166, 164), kinds.ROAD, 0.02)


# Shadows


def _cast(shadows: Shadows, canvas: Canvas, street: Street, things: list[Thing]) -> None:
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
            shadows.add([*base, (front + reach, far + shift), (front + reach, max(near, plot.z) + shift)], dark)
    for plane, deep, high in ((street.bridge, 7.0, 5.0), (street.gate, 5.5, 4.0), (street.tunnel, 90.0, 0.0)):
        if plane is not None:
            shadows.add([(-30, plane - 0.4), (30, plane - 0.4), (30, plane + deep), (-30, plane + deep)], 205 if high == 0 else 140)
    for thing in things:
        if thing.size[0] and near + NEAR < thing.z < near + 90:
            _cast_thing(shadows, thing, lean, dark)


def _cast_thing(shadows: Shadows, thing: Thing, lean: tuple[float, float], dark: int) -> None:
    width, length, height = thing.size
    x, z = thing.x, thing.z
    if thing.crown:
        if dark:
            middle = (x + lean[0] * height * 0.65, z + lean[1] * height * 0.65)
            shadows.add(_disc(middle, width * 0.36), dark - 18)
            shadows.add([(x - 0.15, z), (x + 0.15, z), (middle[0] + 0.15, middle[1]), (middle[0] - 0.15, middle[1])], dark - 18)
        shadows.add(_disc((x, z), 0.5), 70)
        return
    half = width / 2
    foot = [(x - half, z), (x + half, z), (x + half, z + length), (x - half, z + length)]
    if dark:
        shift = [(a + lean[0] * height, b + lean[1] * height) for a, b in foot]
        shadows.add(_hull(foot + shift), dark)
    grown = [(x - half - 0.12, z - 0.18), (x + half + 0.12, z - 0.18), (x + half + 0.12, z + length), (x - half - 0.12, z + length)]
    shadows.add(grown, 128 if length > 1.5 else 84)


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


# Everything that stands up


def _steps(canvas: Canvas, street: Street, things: list[Thing], number: int) -> list[Step]:
    """All drawings with their turn: what lies behind a bridge first, then from outside in, then far to near."""
    planes, near = street.planes, canvas.view.z
    limit = street.tunnel + 60 if street.tunnel is not None else 1e9

    def section(z: float) -> int:
        return -sum(plane <= z for plane in planes)

    steps: list[Step] = []
    if street.tunnel is None:
        steps.append(((-99, 0, 0.0), lambda: _draw_skyline(canvas, street)))
    for plot in street.plots:
        if plot.z + plot.house.width > near + NEAR and plot.z < limit:
            steps.append(((section(plot.z), 0, -plot.z), lambda plot=plot: _draw_house(canvas, plot)))  # type: ignore[misc]
    for border in street.borders:
        if border.far > near + NEAR:
            turn = (section(border.near), BANDS.index("border"), -border.near)
            steps.append((turn, lambda b=border: canvas.side(b.texture, b.x, KERB, b.near, b.far)))  # type: ignore[misc]
    for thing in things:
        if near + NEAR < thing.z + thing.size[1] and thing.z < min(limit, near + 170):
            band = max(0, BANDS.index(thing.place) - (thing.place == "front"))
            turn = (section(thing.z), band, -thing.z)
            steps.append((turn, lambda t=thing: t.draw(canvas, t.x, t.z, number)))  # type: ignore[misc]
    spanning = {
        street.rail: _draw_crossing, street.bridge: _draw_bridge, street.gate: _draw_gate, street.tunnel: _draw_tunnel,
    }  # fmt: skip
    for plane in planes:
        if plane > near + NEAR:
            turn = (section(plane), 98, 0.0)
            steps.append((turn, lambda p=plane: spanning[p](canvas, street, p, number)))  # type: ignore[misc]
    return steps


def _draw_skyline(canvas: Canvas, street: Street) -> None:
    """What closes the view: woods, roofs and a church."""
    dice, light = Dice(street.theme, f"skyline {street.speed}"), street.light
    z = LENGTH + 25
    wood = street.textures["wood"]
    tower = dice.between(-34, 34)
    stone: RGB = dice.pick(((150, 140, 122), (136, 128, 118)))
    for shade, left, right, top in ((1.0, -2.2, 2.2, 16.0), (0.8, 0.9, 2.2, 16.0)):
        canvas.polygon([(tower + left, 0, z), (tower + right, 0, z), (tower + right, top, z), (tower + left, top, z)], dimmed(stone, shade), kinds.BUILDING)
    canvas.polygon([(tower - 2.3, 16, z), (tower + 2.3, 16, z), (tower, 27, z)], (92, 96, 104), kinds.BUILDING)
    for _ in range(22):
        x, wide, high = dice.between(-70, 60), dice.between(5, 9), dice.between(4, 7)
        wall, roof = dice.pick(((176, 150, 124), (206, 196, 176), (150, 106, 88))), dice.pick(((110, 78, 66), (88, 86, 92)))
        canvas.polygon([(x, 0, z), (x + wide, 0, z), (x + wide, high, z), (x, high, z)], wall, kinds.BUILDING)
        canvas.polygon([(x - 0.3, high, z), (x + wide + 0.3, high, z), (x + wide - 1.4, high + 2.4, z), (x + 1.4, high + 2.4, z)], roof, kinds.BUILDING)
        if light.lamps:
            canvas.shining([(x + 1, 2, z), (x + 1.8, 2, z), (x + 1.8, 3.2, z), (x + 1, 3.2, z)], (255, 214, 140), kinds.BUILDING)
    for step in range(-5, 5):
        canvas.front(wood, step * 40 + dice.between(-6, 6), -0.5, z - 2)


def _draw_house(canvas: Canvas, plot: Plot) -> None:
    house, x, side = plot.house, plot.x, plot.side
    near, far, high, deep = plot.z, plot.z + house.width, house.height, house.depth
    facing: Facing = "left" if side > 0 else "right"
    ridge = x + side * deep / 2
    if near > canvas.view.z + NEAR:
        canvas.front(house.end, x if side > 0 else x - deep, 0, near)
        if house.rise:
            canvas.polygon([(x, high, near), (x + side * deep, high, near), (ridge, high + house.rise, near)], dimmed(house.wall, 0.94), kinds.BUILDING)
    if house.rise:
        _draw_roof(canvas, plot, facing, ridge)
    canvas.side(house.front, x, 0, near, far)
    eave = x - side * 0.3
    canvas.polygon([(eave, high - 0.12, near), (eave, high - 0.12, far), (eave, high + 0.06, far), (eave, high + 0.06, near)], dimmed(house.roof, 0.6), kinds.BUILDING, facing)


def _draw_roof(canvas: Canvas, plot: Plot, facing: Facing, ridge: float) -> None:
    house, x, side = plot.house, plot.x, plot.side
    near, far, high = plot.z, plot.z + house.width, house.height
    top = high + house.rise
    for at in house.chimneys:
        _draw_chimney(canvas, ridge, top, near + at, side, facing)
    courses = 7
    for i in range(courses):
        a, b = i / courses, (i + 1) / courses
        tone = 0.92 + 0.14 * (i % 2)
        low_x, low_y = x - side * 0.3 + (ridge - x) * a, high + house.rise * a
        top_x, top_y = x - side * 0.3 * (1 - b) + (ridge - x) * b, high + house.rise * b
        canvas.polygon([(low_x, low_y, near), (low_x, low_y, far), (top_x, top_y, far), (top_x, top_y, near)], dimmed(house.roof, tone), kinds.BUILDING, facing)


def _draw_chimney(canvas: Canvas, x: float, y: float, z: float, side: int, facing: Facing) -> None:
    brick: RGB = (138, 88, 70)
    inner = x - side * 0.35
    low, high = y - 0.8, y + 1.3
    canvas.polygon([(inner, low, z), (inner, low, z + 1.1), (inner, high, z + 1.1), (inner, high, z)], brick, kinds.BUILDING, facing)
    canvas.polygon([(x - 0.35, low, z), (x + 0.35, low, z), (x + 0.35, high, z), (x - 0.35, high, z)], dimmed(brick, 0.9), kinds.BUILDING)
    canvas.polygon([(x - 0.43, high - 0.15, z), (x + 0.43, high - 0.15, z), (x + 0.43, high, z), (x - 0.43, high, z)], (170, 160, 146), kinds.BUILDING)
    for pot in (-0.18, 0.18):
        canvas.polygon([(x + pot - 0.1, high, z), (x + pot + 0.1, high, z), (x + pot + 0.08, high + 0.5, z), (x + pot - 0.08, high + 0.5, z)], (176, 96, 70), kinds.BUILDING)


# What spans the street


def _draw_crossing(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A level crossing with a train going through."""
    start = -64.0 + 1.1 * number
    for index in range(4):
        canvas.front(street.carriages[0], start + index * 20.3, 0.25, z)
    mesh = street.textures["mesh"]
    for side in (-1, 1):
        for piece in range(6):
            edge = street.front(side) + side * (piece + (side < 0)) * mesh.width
            canvas.front(mesh, edge if side > 0 else street.front(side) - (piece + 1) * mesh.width, KERB, z - 2.8)
        furniture.crossing_light(canvas, street.kerb(side) + side * 0.5, KERB, z - 3.6, number % 4 < 2)
    furniture.barrier(canvas, street.kerb(-1) - 0.2, KERB, z - 3.8, abs(street.kerb(-1)) + 0.1)
    furniture.barrier(canvas, street.kerb(1) + 0.2, KERB, z - 3.4, -street.kerb(1) - 0.1)


def _inside(canvas: Canvas, half: tuple[float, float], high: float, near: float, far: float, colour: RGB, kind: int) -> None:
    """Ceiling and walls of a passage."""
    for x, facing in ((half[0], "right"), (half[1], "left")):
        canvas.polygon([(x, 0, near), (x, 0, far), (x, high, far), (x, high, near)], dimmed(colour, 0.55), kind, facing)  # type: ignore[arg-type]
    ceiling: list[Point] = [(half[0], high, near), (half[1], high, near), (half[1], high, far), (half[0], high, far)]
    canvas.polygon(ceiling, dimmed(colour, 0.3), kind)


def _draw_bridge(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A railway bridge over the road, with a train on it."""
    front = street.textures["bridge"]
    half = front.width / 2
    clearance = front.height - 2.3
    span = front.width * 0.26
    for side in (-1, 1):
        edge = side * half
        canvas.polygon([(edge, 0, z), (edge + side * 60, 0, z), (edge + side * 60, clearance + 0.4, z), (edge, clearance + 1.2, z)], (88, 110, 58), kinds.GREEN)
    for index in range(3):
        canvas.front(street.carriages[-1], -46.0 + 0.9 * number + index * 20.3, clearance + 0.9, z + 3)
    _inside(canvas, (-span, span), clearance, z, z + 6.5, (120, 110, 100), kinds.BRIDGE)
    canvas.front(front, -half, 0, z)


def _draw_gate(canvas: Canvas, street: Street, z: float, number: int) -> None:
    front, wall = street.textures["gate"], street.textures["town wall"]
    middle = (street.kerb(-1) + street.kerb(1)) / 2
    left = middle - front.width / 2
    for piece in range(3):
        canvas.front(wall, left - (piece + 1) * wall.width, 0, z + 1)
        canvas.front(wall, left + front.width + piece * wall.width, 0, z + 1)
    half = (street.kerb(1) - street.kerb(-1)) / 2 + 0.1
    for x, facing in ((middle - half, "right"), (middle + half, "left")):
        canvas.polygon([(x, 0, z), (x, 0, z + 5), (x, 3.4, z + 5), (x, 3.4, z)], (104, 96, 84), kinds.ARCHWAY, facing)  # type: ignore[arg-type]
    _draw_vault(canvas, middle, half, 3.4, 2.4, z, z + 5, (92, 86, 76), kinds.ARCHWAY)
    canvas.front(front, left, 0, z)


def _draw_vault(canvas: Canvas, middle: float, half: float, spring: float, rise: float, near: float, far: float, colour: RGB, kind: int) -> None:
    """The underside of an arch."""
    head = [(middle + half * sine(i / 24 + 0.25), spring + rise * sine(i / 24)) for i in range(13)]
    for i, ((ax, ay), (bx, by)) in enumerate(zip(head, head[1:], strict=False)):
        canvas.polygon([(ax, ay, near), (bx, by, near), (bx, by, far), (ax, ay, far)], dimmed(colour, 0.4 + 0.03 * abs(i - 6)), kind)


def _draw_tunnel(canvas: Canvas, street: Street, z: float, number: int) -> None:
    """A hill with the mouth of a tunnel."""
    front = street.textures["portal"]
    middle = (street.kerb(-1) + street.kerb(1)) / 2
    half = (street.kerb(1) - street.kerb(-1)) / 2 + 0.6
    far = z + 55
    canvas.polygon([(middle - half, 0, far), (middle + half, 0, far), (middle + half, 6, far), (middle - half, 6, far)], (14, 14, 16), kinds.TUNNEL)
    for piece in range(10, -1, -1):
        a, b = z + piece * 5, z + (piece + 1) * 5
        tone = 0.62 - 0.045 * piece
        for x, facing in ((middle - half, "right"), (middle + half, "left")):
            canvas.polygon([(x, 0, a), (x, 0, b), (x, 3, b), (x, 3, a)], dimmed((120, 116, 108), tone), kinds.TUNNEL, facing)  # type: ignore[arg-type]
            lamp = x - 0.05 if x > middle else x + 0.05
            canvas.shining([(lamp, 2.6, a + 1), (lamp, 2.6, a + 2.4), (lamp, 2.75, a + 2.4), (lamp, 2.75, a + 1)], (255, 206, 120), kinds.TUNNEL)
        _draw_vault(canvas, middle, half, 3.0, 2.3, a, b, dimmed((110, 106, 100), tone * 2), kinds.TUNNEL)
    _draw_hill(canvas, street, front.width / 2, middle, z)
    canvas.front(front, middle - front.width / 2, 0, z)


def _draw_hill(canvas: Canvas, street: Street, half: float, middle: float, z: float) -> None:
    dice = Dice(street.theme, f"hill {street.speed}")
    ridge = [(x, max(2.0, 15 - 0.0042 * x * x) + dice.between(-0.5, 0.5)) for x in range(-60, 61, 6)]
    top: Point = (middle, 15.0, z + 1)
    wood = street.textures["wood"]
    for step in range(-2, 2):
        canvas.front(wood, step * 26 + dice.between(-4, 4), 8.5, z + 6)
    outline: list[Point] = [(x, y, z + 1) for x, y in ridge]
    # The mouth is left out: the hill lies above and on both sides of it.
    canvas.polygon([*[p for p in outline if p[0] < middle], top, (middle, 5.4, z + 1), (middle - half, 5.4, z + 1), (middle - half, 0, z + 1), (-60, 0, z + 1)], (86, 108, 56), kinds.GREEN)
    canvas.polygon([(60, 0, z + 1), (middle + half, 0, z + 1), (middle + half, 5.4, z + 1), (middle, 5.4, z + 1), top, *[p for p in outline if p[0] > middle]], (86, 108, 56), kinds.GREEN)
    for _ in range(140):
        x, share = dice.between(-50, 50), dice.random()
        y = (max(2.0, 14 - 0.0042 * x * x)) * share
        if abs(x - middle) > half or y > 7:
            size, tone = dice.between(0.3, 1.0), dice.between(0.7, 1.15)
            canvas.polygon([(x - size, y, z + 1), (x + size, y, z + 1), (x + size * 0.5, y + size, z + 1), (x - size * 0.4, y + size * 0.9, z + 1)], dimmed((86, 108, 56), tone), kinds.GREEN)


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
