"""What stands beside a street: lamp columns, traffic lights, signs, cones, bollards, boards, boxes."""

from __future__ import annotations

from collections.abc import Sequence

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed
from core.toytown.drawing.canvas import Canvas, Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Light

STEEL: RGB = (112, 118, 122)
Part = tuple[Sequence[tuple[float, float]], RGB]


def post(x: float, low: float, high: float, thick: float, colour: RGB) -> list[Part]:
    """An upright with one darker side."""
    half = thick / 2
    return [
        ([(x - half, low), (x + half, low), (x + half, high), (x - half, high)], colour),
        (
            [(x + half * 0.2, low), (x + half, low), (x + half, high), (x + half * 0.2, high)],
            dimmed(colour, 0.66),
        ),
    ]


def lamp(canvas: Canvas, x: float, y: float, z: float, old: bool) -> None:
    """A street lamp: a tall one with an arm over the road, or an old lantern."""
    hand = 1 if x < canvas.view.x else -1
    if old:
        dark: RGB = (40, 52, 48)
        canvas.flat(x, y, z, [*post(0, 0, 0.5, 0.24, dark), *post(0, 0.4, 3.2, 0.12, dark)], kinds.POLE)
        canvas.flat(x, y, z, [([(-0.34, 2.9), (0.34, 2.9), (0.34, 2.96), (-0.34, 2.96)], dark)], kinds.POLE)
        glass = [(-0.13, 3.2), (0.13, 3.2), (0.22, 3.62), (-0.22, 3.62)]
        cap = [(-0.26, 3.62), (0.26, 3.62), (0.06, 3.84), (-0.06, 3.84)]
        canvas.flat(x, y, z, [(cap, dark)], kinds.POLE)
        bulb, middle = glass, (x, y + 3.4, z)
    else:
        reach = 1.5 * hand
        canvas.flat(x, y, z, [*post(0, 0, 1.1, 0.22, STEEL), *post(0, 1, 6.9, 0.15, STEEL)], kinds.POLE)
        arm: list[Part] = [
            ([(0, 6.75), (reach, 7.1), (reach, 7.2), (0, 6.92)], STEEL),
            (
                [(reach * 0.7, 7.0), (reach * 1.35, 7.08), (reach * 1.35, 7.26), (reach * 0.7, 7.24)],
                dimmed(STEEL, 0.8),
            ),
        ]
        canvas.flat(x, y, z, arm, kinds.POLE)
        bulb = [(reach * 0.75, 6.98), (reach * 1.3, 7.03), (reach * 1.3, 7.1), (reach * 0.75, 7.08)]
        middle = (x + reach, y + 7.0, z)
    points = [(x + a, y + b, z) for a, b in bulb]
    if canvas.light.lamps:
        canvas.shining(points, (255, 222, 150), kinds.POLE)
        canvas.glow(middle, 0.8, (255, 206, 130))
    else:
        canvas.polygon(points, (222, 222, 206), kinds.POLE)


def traffic_light(canvas: Canvas, x: float, y: float, z: float, green: bool) -> None:
    """A traffic light on its pole."""
    canvas.flat(x, y, z, post(0, 0, 2.3, 0.13, (72, 76, 78)), kinds.POLE)
    box: list[Part] = [
        ([(-0.3, 2.2), (0.3, 2.2), (0.3, 3.4), (-0.3, 3.4)], (30, 32, 34)),
        ([(-0.3, 2.2), (0.3, 2.2), (0.3, 2.25), (-0.3, 2.25)], (212, 212, 206)),
        ([(-0.3, 3.35), (0.3, 3.35), (0.3, 3.4), (-0.3, 3.4)], (212, 212, 206)),
        ([(-0.3, 2.2), (-0.26, 2.2), (-0.26, 3.4), (-0.3, 3.4)], (212, 212, 206)),
        ([(0.26, 2.2), (0.3, 2.2), (0.3, 3.4), (0.26, 3.4)], (212, 212, 206)),
    ]
    canvas.flat(x, y, z, box, kinds.TRAFFIC_LIGHT)
    lamps: tuple[tuple[float, RGB, bool], ...] = (
        (3.16, (250, 52, 40), not green), (2.8, (250, 180, 40), False), (2.44, (60, 240, 150), green),
    )  # fmt: skip
    for up, colour, lit in lamps:
        points = [(x + a, y + b, z) for a, b in circle(0, up, 0.135)]
        if lit:
            canvas.shining(points, colour, kinds.TRAFFIC_LIGHT)
            canvas.glow((x, y + up, z), 0.28, colour)
        else:
            canvas.polygon(points, dimmed(colour, 0.24), kinds.TRAFFIC_LIGHT)


PLACES = ("Harbour", "Station", "Old Mill", "Castle", "Toytown")


def sign(dice: Dice, light: Light, places: Sequence[str] = PLACES) -> Texture:
    """The face of a traffic sign: a speed limit, a warning, no entry, a direction or one of `places`."""
    style = dice.pick(
        ("limit", "limit", "limit", "warning", "warning", "entry", "direction", "parking", "parking", "place")
    )
    return named_sign(dice, light, style, places)


def named_sign(dice: Dice, light: Light, style: str, places: Sequence[str] = PLACES) -> Texture:
    """The face of a sign of a given style."""
    kind, red, white, blue = kinds.SIGN, (196, 28, 34), (240, 240, 236), (26, 70, 150)
    if style in {"direction", "place"}:
        board = Board(2.0, 0.75, 48)
        ground: RGB = (24, 92, 62) if style == "direction" else white
        ink: RGB = white if style == "direction" else (24, 24, 26)
        board.rect(0, 0, 2.0, 0.75, ink, kind)
        board.rect(0.05, 0.05, 1.95, 0.7, ground, kind)
        words = dice.pick(places)
        board.text(words, 0.15, 0.14, 1.7, 0.46, ink, kind)
        return board.texture(light)
    board = Board(0.76, 0.76, 72)
    if style == "warning":
        board.shape([(0.0, 0.04), (0.76, 0.04), (0.38, 0.74)], red, kind)
        board.shape([(0.12, 0.11), (0.64, 0.11), (0.38, 0.58)], white, kind)
        board.rect(0.35, 0.25, 0.41, 0.46, (24, 24, 26), kind)
        board.rect(0.35, 0.15, 0.41, 0.21, (24, 24, 26), kind)
    elif style == "parking":
        board.rect(0.04, 0.04, 0.72, 0.72, blue, kind)
        board.shape(circle(0.42, 0.5, 0.16), white, kind)
        board.shape(circle(0.42, 0.5, 0.07), blue, kind)
        board.rect(0.24, 0.12, 0.33, 0.66, white, kind)
    else:
        board.shape(circle(0.38, 0.38, 0.37), red, kind)
        if style == "entry":
            board.rect(0.14, 0.3, 0.62, 0.46, white, kind)
        else:
            board.shape(circle(0.38, 0.38, 0.28), white, kind)
            board.text(dice.pick(("20", "30", "40")), 0.17, 0.2, 0.42, 0.36, (24, 24, 26), kind)
    return board.texture(light)


def put_sign(canvas: Canvas, x: float, y: float, z: float, face: Texture) -> None:
    """A sign on a pole."""
    canvas.flat(x, y, z, post(0, 0, 2.2 + face.height, 0.085, STEEL), kinds.POLE)
    canvas.front(face, x - face.width / 2, y + 2.2, z - 0.05)


def crossing_light(canvas: Canvas, x: float, y: float, z: float, red: bool) -> None:
    """The lights and the cross at a railway crossing."""
    canvas.flat(x, y, z, post(0, 0, 3.0, 0.14, (216, 214, 206)), kinds.POLE)
    cross: list[Part] = [
        ([(-0.62, 2.62), (-0.5, 2.5), (0.62, 3.12), (0.5, 3.24)], (236, 232, 226)),
        ([(-0.62, 3.12), (-0.5, 3.24), (0.62, 2.62), (0.5, 2.5)], (236, 232, 226)),
        ([(-0.58, 2.6), (-0.53, 2.55), (0.58, 3.14), (0.53, 3.19)], (196, 30, 34)),
        ([(-0.58, 3.14), (-0.53, 3.19), (0.58, 2.6), (0.53, 2.55)], (196, 30, 34)),
    ]
    canvas.flat(x, y, z, cross, kinds.SIGN)
    canvas.flat(
        x,
        y,
        z,
        [([(-0.45, 1.9), (0.45, 1.9), (0.45, 2.35), (-0.45, 2.35)], (28, 28, 30))],
        kinds.TRAFFIC_LIGHT,
    )
    for side, lit in ((-0.22, red), (0.22, not red)):
        points = [(x + a, y + b, z) for a, b in circle(side, 2.12, 0.15)]
        if lit:
            canvas.shining(points, (255, 56, 44), kinds.TRAFFIC_LIGHT)
            canvas.glow((x + side, y + 2.12, z), 0.3, (255, 56, 44))
        else:
            canvas.polygon(points, (70, 22, 22), kinds.TRAFFIC_LIGHT)


def barrier(canvas: Canvas, x: float, y: float, z: float, length: float) -> None:
    """A lowered red and white barrier from a post at x; a negative length reaches to the left."""
    canvas.flat(x, y, z, [([(-0.2, 0), (0.2, 0), (0.2, 1.1), (-0.2, 1.1)], (206, 204, 198))], kinds.FENCE)
    pieces = 12
    for i in range(pieces):
        a, b = length * i / pieces, length * (i + 1) / pieces
        colour: RGB = (200, 32, 36) if i % 2 else (238, 236, 230)
        canvas.flat(x, y, z, [([(a, 0.9), (b, 0.9), (b, 1.04), (a, 1.04)], colour)], kinds.FENCE)
        canvas.flat(
            x, y, z, [([(a, 0.2), (a + 0.04, 0.2), (a + 0.04, 0.9), (a, 0.9)], (190, 190, 186))], kinds.FENCE
        )


def cone(canvas: Canvas, x: float, y: float, z: float) -> None:
    """A traffic cone."""
    orange: RGB = (226, 84, 30)
    parts: list[Part] = [
        ([(-0.24, 0), (0.24, 0), (0.24, 0.07), (-0.24, 0.07)], dimmed(orange, 0.62)),
        ([(-0.17, 0.07), (0.17, 0.07), (0.04, 0.78), (-0.04, 0.78)], orange),
        ([(-0.135, 0.25), (0.135, 0.25), (0.098, 0.45), (-0.098, 0.45)], (240, 240, 236)),
        ([(-0.075, 0.57), (0.075, 0.57), (0.055, 0.68), (-0.055, 0.68)], (240, 240, 236)),
        ([(0.07, 0.07), (0.17, 0.07), (0.04, 0.78), (0.015, 0.78)], dimmed(orange, 0.78)),
    ]
    canvas.flat(x, y, z, parts, kinds.CONE)


def bollard(canvas: Canvas, x: float, y: float, z: float) -> None:
    """A black bollard with a white band."""
    dark: RGB = (40, 42, 46)
    canvas.flat(
        x,
        y,
        z,
        [
            *post(0, 0, 0.95, 0.16, dark),
            ([(-0.08, 0.74), (0.08, 0.74), (0.08, 0.84), (-0.08, 0.84)], (226, 226, 220)),
        ],
        kinds.POLE,
    )


def column(canvas: Canvas, x: float, y: float, z: float, height: float) -> None:
    """A wooden telegraph pole."""
    wood: RGB = (96, 78, 60)
    arm: list[Part] = [
        (
            [(-0.6, height - 0.5), (0.6, height - 0.5), (0.6, height - 0.38), (-0.6, height - 0.38)],
            dimmed(wood, 0.8),
        )
    ]
    canvas.flat(x, y, z, [*post(0, 0, height, 0.22, wood), *arm], kinds.POLE)


def postbox(canvas: Canvas, x: float, y: float, z: float) -> None:
    """A red pillar box: none of CamVid's classes, so Void."""
    red: RGB = (178, 28, 32)
    parts: list[Part] = [
        ([(-0.24, 0), (0.24, 0), (0.24, 0.14), (-0.24, 0.14)], (34, 34, 36)),
        ([(-0.22, 0.14), (0.22, 0.14), (0.22, 1.3), (-0.22, 1.3)], red),
        ([(0.06, 0.14), (0.22, 0.14), (0.22, 1.3), (0.06, 1.3)], dimmed(red, 0.75)),
        ([(-0.27, 1.3), (0.27, 1.3), (0.2, 1.46), (0, 1.52), (-0.2, 1.46)], dimmed(red, 1.1)),
        ([(-0.12, 1.14), (0.12, 1.14), (0.12, 1.19), (-0.12, 1.19)], (24, 20, 20)),
        ([(-0.1, 0.86), (0.1, 0.86), (0.1, 1.05), (-0.1, 1.05)], (232, 228, 216)),
    ]
    canvas.flat(x, y, z, parts, kinds.VOID)


def bench(canvas: Canvas, x: float, y: float, z: float) -> None:
    """A wooden bench: Void, as the pillar box."""
    wood: RGB = (120, 84, 52)
    parts: list[Part] = [
        *[([(a, 0), (a + 0.08, 0), (a + 0.08, 0.45), (a, 0.45)], (44, 46, 48)) for a in (-0.7, 0.62)],
        *[([(-0.8, b), (0.8, b), (0.8, b + 0.1), (-0.8, b + 0.1)], wood) for b in (0.42, 0.62, 0.78)],
    ]
    canvas.flat(x, y, z, parts, kinds.VOID)


def poster(dice: Dice, light: Light) -> Texture:
    """A poster on two legs: writing that is no traffic sign."""
    board = Board(1.5, 2.5, 40)
    ground, ink = dice.pick(
        (
            ((236, 200, 70), (140, 30, 40)),
            ((36, 70, 120), (244, 236, 214)),
            ((190, 50, 50), (250, 240, 220)),
            ((226, 222, 206), (30, 70, 60)),
        )
    )
    for x in (0.1, 1.26):
        board.rect(x, 0, x + 0.14, 0.8, (70, 74, 78), kinds.POLE)
    board.rect(0, 0.7, 1.5, 2.5, (52, 56, 60), kinds.TEXT)
    board.rect(0.07, 0.77, 1.43, 2.43, ground, kinds.TEXT)
    board.text(
        dice.pick(("CIRCUS", "MUSEUM", "HARBOUR", "BISCUITS", "COCOA")), 0.15, 1.75, 1.2, 0.5, ink, kinds.TEXT
    )
    board.shape(circle(0.75, 1.25, 0.32), dimmed(ink, 1.2), kinds.TEXT)
    board.text(dice.pick(("TODAY", "HERE", "OPEN")), 0.35, 0.8, 0.8, 0.16, ink, kinds.TEXT)
    return board.texture(light)
