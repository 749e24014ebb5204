"""Angkot and TransJakarta buses: boxes with painted ends and sides, and a roof as seen from above."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing.board import Board, dimmed, mixed
from core.toytown.drawing.canvas import Canvas, Texture, circle
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, Light
from core.toytown.jakarta.things.meanings import ANGKOT, BUS
from core.toytown.things import buses
from core.toytown.things.cars import GLASS, TYRE

ROUTES = ("M 01", "M 16", "KWK 06", "T 25", "S 08", "D 02", "MIKROTRANS", "JAK 15")
TERMINI = ("BLOK M", "KOTA", "SENEN", "PULO GADUNG", "KALIDERES", "GROGOL", "RAGUNAN", "ANCOL")


def angkot(dice: Dice, light: Light) -> buses.Box:
    """A minibus with benches, 4 m long, in its route's colour."""
    length, width, height = 3.95, 1.56, 1.86
    paint = dice.pick(
        ((60, 140, 200), (196, 40, 40), (60, 130, 70), (40, 60, 130), (232, 232, 228), (220, 140, 40))
    )
    stripe = dice.pick(((240, 240, 236), (240, 200, 60), (30, 34, 60)))
    words = dice.pick(ROUTES)
    rear, front = (_angkot_end(light, width, height, paint, words, rear) for rear in (True, False))
    left, right = (_angkot_side(light, length, height, paint, stripe, facing) for facing in ("left", "right"))
    return buses.Box(length, width, height, rear, front, left, right, dimmed(paint, 1.05), ANGKOT)


def _draw_lamp(
    board: Board, light: Light, place: tuple[float, float, float, float], colour: RGB, kind: int
) -> None:
    """A lamp, which shines if it is dark. place: left, low, right and high."""
    left, low, right, high = place
    outline = [(left, low), (right, low), (right, high), (left, high)]
    (board.shine if light.lamps else board.shape)(outline, colour, kind)


def _angkot_end(light: Light, width: float, height: float, paint: RGB, words: str, rear: bool) -> Texture:
    board, kind = Board(width, height, 48), ANGKOT
    top = [(width, height - 0.05), (width - 0.08, height), (0.08, height), (0, height - 0.05)]
    board.shape([(0, 0.3), (width, 0.3), *top], paint, kind)
    for left in (0.08, width - 0.26):
        board.rect(left, 0, left + 0.18, 0.34, TYRE, kind)
    board.rect(0, 0.3, width, 0.5, (44, 46, 50), kind)
    glass = [(0.12, 1.08), (width - 0.12, 1.08), (width - 0.22, 1.68), (0.22, 1.68)]
    board.shape(glass, mixed(GLASS, (120, 140, 160), 0.2), kind)
    board.shape([(0.14, 1.2), (0.5, 1.66), (0.24, 1.66)], (150, 166, 180), kind)
    board.rect(0.3, 1.56, width - 0.3, 1.74, (238, 234, 214), kind)
    board.text(words, 0.34, 1.58, width - 0.68, 0.14, (150, 30, 34), kind)
    lamp: RGB = (190, 30, 28) if rear else (238, 238, 224)
    for left in (0.06, width - 0.34):
        _draw_lamp(board, light, (left, 0.66, left + 0.28, 0.88), lamp, kind)
    board.rect(width / 2 - 0.22, 0.52, width / 2 + 0.22, 0.64, (226, 196, 60), kind)
    return board.texture(light)


def _angkot_side(
    light: Light, length: float, height: float, paint: RGB, stripe: RGB, facing: Facing
) -> Texture:
    """The side; the texture's left end is the nearer one on the driver's left, the farther on the right."""
    board, kind = Board(length, height, 32), ANGKOT
    board.rect(0, 0.28, length, height - 0.03, paint, kind)
    board.rect(0, 0.28, length, 0.42, dimmed(paint, 0.5), kind)
    board.rect(0, 0.8, length, 0.98, stripe, kind)
    for low, high in ((0.2, 1.3), (1.4, 2.6), (2.7, 3.75)):
        board.rect(low, 1.08, high, 1.62, mixed(GLASS, (140, 160, 178), 0.25), kind)
        board.shape([(low, 1.62), (low + 0.4, 1.62), (low, 1.2)], (150, 166, 180), kind)
    if facing == "right":
        board.rect(1.5, 0.4, 2.55, 1.62, (36, 34, 34), kind)  # the open door, on the pavement's side
    for x in (0.7, length - 0.75):
        board.shape(circle(x, 0.28, 0.34), dimmed(paint, 0.4), kind)
        board.shape(circle(x, 0.28, 0.28), TYRE, kind)
        board.shape(circle(x, 0.28, 0.15), (150, 152, 156), kind)
    return board.texture(light, facing)


def city_bus(dice: Dice, light: Light) -> buses.Box:
    """A TransJakarta bus, 12 m long."""
    length, width, height = 12.0, 2.5, 3.3
    paint, skirt = dice.pick(
        (((40, 90, 170), (236, 238, 240)), ((232, 234, 236), (206, 60, 40)), ((226, 90, 36), (40, 60, 120)),
         ((60, 140, 90), (236, 236, 232)), ((206, 40, 60), (240, 240, 238)))
    )  # fmt: skip
    words = dice.pick(TERMINI)
    rear, front = (_bus_end(light, width, height, paint, skirt, words, rear) for rear in (True, False))
    left, right = (
        _bus_side(dice, light, length, height, paint, skirt, facing) for facing in ("left", "right")
    )
    return buses.Box(length, width, height, rear, front, left, right, (214, 216, 218), BUS)


def _bus_end(
    light: Light, width: float, height: float, paint: RGB, skirt: RGB, words: str, rear: bool
) -> Texture:
    board, kind = Board(width, height, 40), BUS
    board.rect(0, 0.32, width, height, paint, kind)
    board.rect(0, 0.32, width, 1.05, skirt, kind)
    for left in (0.1, width - 0.45):
        board.rect(left, 0, left + 0.35, 0.45, TYRE, kind)
    low = 1.7 if rear else 1.15
    board.rect(0.12, low, width - 0.12, 2.7, mixed(GLASS, (130, 150, 170), 0.2), kind)
    board.shape([(0.12, 2.7), (1.1, 2.7), (0.12, low + 0.3)], (146, 164, 180), kind)
    board.rect(0.35, 2.76, width - 0.35, 3.12, (22, 22, 24), kind)
    board.text(words, 0.4, 2.8, width - 0.8, 0.28, (250, 170, 50), kind)
    lamp: RGB = (196, 30, 28) if rear else (240, 240, 226)
    for left in (0.14, width - 0.5):
        _draw_lamp(board, light, (left, 0.62, left + 0.36, 0.86), lamp, kind)
    board.rect(width / 2 - 0.3, 0.5, width / 2 + 0.3, 0.66, (226, 196, 60), kind)
    return board.texture(light)


def _bus_side(
    dice: Dice, light: Light, length: float, height: float, paint: RGB, skirt: RGB, facing: Facing
) -> Texture:
    board, kind = Board(length, height, 20), BUS
    board.rect(0, 0.32, length, height, paint, kind)
    board.rect(0, 0.32, length, 1.15, skirt, kind)
    board.rect(0, 0.32, length, 0.45, (40, 40, 44), kind)
    board.rect(0.2, 1.4, length - 0.2, 2.55, GLASS, kind)
    for pane in range(8):
        x = 0.25 + pane * 1.45
        outline = [(x, 1.45), (x + 1.35, 1.45), (x + 1.35, 2.5), (x, 2.5)]
        tint = mixed(GLASS, (150, 172, 190), 0.4 * dice.random())
        board.shape(outline, tint, kind)
        if light.lamps:
            board.shine(outline, (214, 222, 206), kind)
    board.text("TRANSJAKARTA", 3.0, 2.66, 6.0, 0.44, skirt, kind)
    for x in (2.6, length - 2.4):
        board.shape(circle(x, 0.48, 0.54), dimmed(skirt, 0.3), kind)
        board.shape(circle(x, 0.48, 0.46), TYRE, kind)
        board.shape(circle(x, 0.48, 0.22), (146, 148, 152), kind)
    return board.texture(light, facing)


def draw_box(canvas: Canvas, x: float, y: float, z: float, box: buses.Box, oncoming: bool) -> None:
    """Draw a box whose nearer end is at z, with its roof where the camera is above it."""
    half, top = box.width / 2, y + box.height
    if canvas.view.eye > top:
        corners = [
            (x - half, top, z),
            (x + half, top, z),
            (x + half, top, z + box.length),
            (x - half, top, z + box.length),
        ]
        canvas.polygon(corners, box.roof, box.kind, "up")
        inner = [
            (x - half * 0.7, top, z + 0.3), (x + half * 0.7, top, z + 0.3),
            (x + half * 0.7, top, z + box.length - 0.3), (x - half * 0.7, top, z + box.length - 0.3),
        ]  # fmt: skip
        canvas.polygon(inner, dimmed(box.roof, 0.93), box.kind, "up")
    buses.draw_box(canvas, x, y, z, box, oncoming)
