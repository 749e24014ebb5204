"""Fronts of Jakarta's houses: rows of shop-houses, kampung houses, glass offices, warung of planks."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, dimmed, mixed, render
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, Light
from core.toytown.jakarta.things.meanings import BANNER, BOARD, WARUNG
from core.toytown.things.facades import WARM, House

PLASTER: tuple[RGB, ...] = (
    (226, 220, 206), (206, 196, 176), (232, 226, 190), (190, 206, 190), (176, 196, 210), (220, 186, 160),
    (206, 160, 150), (150, 176, 150), (196, 190, 186), (236, 206, 130), (126, 160, 176), (176, 140, 120),
)  # fmt: skip
SIGNS: tuple[tuple[RGB, RGB], ...] = (
    ((206, 34, 40), (250, 244, 220)), ((30, 80, 160), (250, 250, 246)), ((240, 200, 40), (170, 26, 30)),
    ((34, 130, 70), (250, 244, 210)), ((240, 240, 236), (190, 30, 40)), ((24, 24, 28), (240, 200, 90)),
    ((226, 110, 30), (255, 250, 236)), ((110, 40, 110), (250, 236, 250)),
)  # fmt: skip
NAMES = (
    "APOTEK", "TOKO JAYA", "FOTOKOPI", "BENGKEL", "LAUNDRY", "INDO MART", "BANK", "OPTIK", "SALON", "KOPI",
    "RM PADANG", "BAKSO", "CELLULAR", "ELEKTRONIK", "TOKO EMAS", "MEBEL", "KLINIK", "ROTI", "BATIK",
    "SERVIS AC", "TOKO KUE", "PASAR", "KANTOR POS", "BARBERSHOP",
)  # fmt: skip
FOOD = ("SOTO", "BAKSO", "NASI GORENG", "SATE", "KOPI", "WARTEG", "PECEL LELE", "ES TEH", "MIE AYAM", "PULSA")
TIN: tuple[RGB, ...] = (
    (150, 154, 158),
    (136, 96, 70),
    (120, 84, 62),
    (96, 120, 140),
    (110, 130, 104),
    (160, 70, 54),
)


def front(dice: Dice, light: Light, facing: Facing, style: str, width: float) -> House:
    """A house in one of the styles ruko, kampung, office, warung, to stand along the street."""
    make = {"ruko": _ruko, "kampung": _kampung, "office": _office, "warung": _warung}[style]
    return make(dice, light, facing, width)


def _house(
    board: Board, dice: Dice, light: Light, facing: Facing, depth: float, roof: RGB, rise: float, wall: RGB
) -> House:
    end = Board(depth, board.height)
    width, height = end.image.size
    end.pixels(0, 0, render(dice, width, height, dimmed(wall, 0.9)), kinds.BUILDING)
    return House(
        board.texture(light, facing),
        end.texture(light),
        board.width,
        board.height,
        depth,
        roof,
        rise,
        wall,
        (),
    )


def _plaster(board: Board, dice: Dice, wall: RGB) -> None:
    """Painted walls, with the black streaks that the rain leaves below every ledge."""
    width, height = board.image.size
    board.pixels(0, 0, render(dice, width, height, wall), kinds.BUILDING)
    for _ in range(int(board.width * 1.6)):
        x, top = dice.between(0, board.width), dice.between(1.5, board.height)
        drop = dice.between(0.3, 1.6)
        thin = dice.between(0.03, 0.14)
        board.shape(
            [(x, top), (x + thin, top), (x + thin / 2, top - drop)], dimmed(wall, 0.78), kinds.BUILDING
        )


def _window(board: Board, dice: Dice, light: Light, x: float, y: float, w: float, h: float) -> None:
    kind = kinds.BUILDING
    glass = mixed((46, 52, 58), (120, 140, 150), dice.random() * 0.6)
    board.rect(
        x - 0.07, y - 0.07, x + w + 0.07, y + h + 0.07, dice.pick(((220, 216, 208), (90, 70, 54))), kind
    )
    board.rect(x, y, x + w, y + h, glass, kind)
    board.shape(
        [(x, y + h), (x + w * 0.6, y + h), (x, y + h * 0.3)], mixed(glass, (210, 220, 226), 0.35), kind
    )
    if light.lamps and dice.chance(0.45):
        board.shine(
            [(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dimmed(WARM, dice.between(0.7, 1)), kind
        )
    bars = (54, 54, 56)
    if dice.chance(0.6):
        for step in range(int(w / 0.2)):
            board.rect(x + step * 0.2, y, x + step * 0.2 + 0.03, y + h, bars, kind)
    board.rect(x + w / 2 - 0.03, y, x + w / 2 + 0.03, y + h, (206, 202, 194), kind)


def sign_board(board: Board, dice: Dice, light: Light, x: float, y: float, w: float, h: float) -> None:
    """A shop's board; at night many shine."""
    ground, ink = dice.pick(SIGNS)
    board.rect(x, y, x + w, y + h, ground, BOARD)
    if light.lamps and dice.chance(0.6):
        board.shine(
            [(x, y), (x + w, y), (x + w, y + h), (x, y + h)], mixed(ground, (255, 255, 240), 0.3), BOARD
        )
    board.text(dice.pick(NAMES), x + 0.15, y + 0.1 * h, w - 0.3, h * 0.8, ink, BOARD)
    if w > 3.2 and dice.chance(0.5):
        board.rect(x, y, x + h * 0.9, y + h, dice.pick(SIGNS)[0], BOARD)


def _shutter(board: Board, dice: Dice, light: Light, x: float, w: float, top: float) -> None:
    """A shop's opening: a closed rolling shutter, or goods in the dark."""
    kind = kinds.BUILDING
    if dice.chance(0.4):
        tint = dice.pick(((150, 152, 154), (90, 120, 150), (120, 130, 116), (170, 160, 140)))
        step = 0.0
        while step < top:
            board.rect(x, step, x + w, min(top, step + 0.1), dimmed(tint, 1.0), kind)
            board.rect(x, step + 0.08, x + w, min(top, step + 0.12), dimmed(tint, 0.7), kind)
            step += 0.12
        return
    board.rect(x, 0.1, x + w, top, (40, 38, 38), kind)
    if light.lamps:
        room = [(x, 0.1), (x + w, 0.1), (x + w, top), (x, top)]
        board.shine(room, dimmed((236, 236, 206), dice.between(0.6, 1)), kind)
    for shelf in range(3):
        low, at = 0.15 + shelf * 0.75, x + 0.1
        while at < x + w - 0.3:
            tint = dimmed(dice.pick(SIGNS)[0], dice.between(0.55, 1.0))
            high = dice.between(0.25, 0.6)
            goods = [(at, low), (at + 0.3, low), (at + 0.28, low + high), (at + 0.02, low + high)]
            (board.shine if light.lamps else board.shape)(goods, tint, kind)
            at += dice.between(0.3, 0.7)


def _ruko(dice: Dice, light: Light, facing: Facing, width: float) -> House:
    """Shop-houses, each 4 m wide, of two to four floors behind one row of fronts."""
    floors = 2 + dice.below(3)
    ground, storey = 3.4, 3.1
    board = Board(width, ground + storey * (floors - 1) + 0.7)
    wall, kind = dice.pick(PLASTER), kinds.BUILDING
    _plaster(board, dice, wall)
    units = max(1, round(width / 4.2))
    pitch = width / units
    for unit in range(units):
        x = unit * pitch
        tint = dice.pick(PLASTER)
        if dice.chance(0.5):
            board.rect(x, ground, x + pitch, board.height, tint, kind)
        for floor in range(1, floors):
            low = ground + storey * (floor - 1) + 0.9
            style = dice.below(3)
            if style == 0:
                _window(board, dice, light, x + 0.4, low, pitch - 0.8, 1.5)
            elif style == 1:
                for part in (0.12, 0.56):
                    _window(board, dice, light, x + pitch * part, low, pitch * 0.32, 1.5)
            else:
                board.rect(x + 0.2, low - 0.4, x + pitch - 0.2, low + 1.6, dimmed(tint, 0.45), kind)
                for bar in range(int((pitch - 0.4) / 0.16)):
                    board.rect(
                        x + 0.2 + bar * 0.16, low - 0.4, x + 0.24 + bar * 0.16, low + 0.4, (70, 72, 74), kind
                    )
            if dice.chance(0.5):
                _air_conditioner(board, x + dice.between(0.3, pitch - 1.1), low - 0.75)
            board.rect(x, low - 0.95, x + pitch, low - 0.85, dimmed(wall, 0.7), kind)
        _shutter(board, dice, light, x + 0.2, pitch - 0.4, ground - 0.8)
        high = dice.between(0.7, 1.3)
        if dice.chance(0.85):
            sign_board(board, dice, light, x + 0.1, ground - 0.5, pitch - 0.2, high)
        if floors > 2 and dice.chance(0.3):
            sign_board(
                board, dice, light, x + 0.3, ground + storey - 0.3, pitch - 0.6, dice.between(0.8, 1.8)
            )
        board.rect(x - 0.08, 0, x + 0.08, board.height, dimmed(wall, 0.75), kind)
    board.rect(0, board.height - 0.2, width, board.height, dimmed(wall, 0.7), kind)
    return _house(board, dice, light, facing, 9.0, (110, 106, 102), 0.0, wall)


def _air_conditioner(board: Board, x: float, y: float) -> None:
    board.rect(x, y, x + 0.8, y + 0.55, (214, 212, 204), kinds.BUILDING)
    board.shape([(x + 0.08, y + 0.05), (x + 0.5, y + 0.05), (x + 0.5, y + 0.5), (x + 0.08, y + 0.5)],
                (120, 120, 118), kinds.BUILDING)  # fmt: skip


def _kampung(dice: Dice, light: Light, facing: Facing, width: float) -> House:
    """A small house of one or two floors under a tiled or tin roof."""
    floors = 1 + dice.below(2)
    board = Board(width, 3.0 + 2.8 * (floors - 1) + 0.2)
    wall, kind = dice.pick(PLASTER), kinds.BUILDING
    _plaster(board, dice, wall)
    board.rect(0, 0, width, 0.6, dimmed(dice.pick(PLASTER), 0.6), kind)
    for floor in range(floors):
        low = 0.9 + floor * 2.8
        door = 0.35 * width
        x = 0.5
        while x < width - 1.3:
            if floor == 0 and abs(x - door) < 0.8:
                board.rect(x, 0, x + 0.95, 2.1, dice.pick(((96, 66, 44), (60, 90, 110), (120, 60, 50))), kind)
                x += 1.5
                continue
            _window(board, dice, light, x, low, 1.1, 1.2)
            x += dice.between(1.7, 2.3)
    if dice.chance(0.35):
        sign_board(board, dice, light, 0.5, 2.2, min(2.6, width - 1), 0.6)
    roof = dice.pick(((150, 76, 54), (130, 70, 54), *TIN))
    return _house(board, dice, light, facing, 7.0, roof, dice.between(1.4, 2.4), wall)


def _office(dice: Dice, light: Light, facing: Facing, width: float) -> House:
    """An office or a mall of glass and panels, five to nine floors."""
    floors = 5 + dice.below(5)
    board = Board(width, 4.5 + 3.4 * floors, 20)
    wall, kind = (
        dice.pick(((206, 204, 200), (120, 126, 134), (170, 150, 126), (90, 104, 120))),
        kinds.BUILDING,
    )
    _plaster(board, dice, wall)
    glass = dice.pick(((70, 100, 124), (60, 90, 90), (90, 96, 106), (110, 130, 150)))
    for floor in range(floors):
        low = 4.5 + 3.4 * floor
        x = 0.4
        while x < width - 0.5:
            right = min(x + 1.5, width - 0.3)
            tint = mixed(glass, (196, 214, 226), 0.5 * dice.random())
            board.rect(x, low + 0.7, right, low + 3.1, tint, kind)
            if light.lamps and dice.chance(0.4):
                pane = [(x, low + 0.7), (right, low + 0.7), (right, low + 3.1), (x, low + 3.1)]
                board.shine(pane, (226, 232, 214), kind)
            x += 1.6
    board.rect(0.3, 0.2, width - 0.3, 3.6, mixed((50, 60, 70), glass, 0.4), kind)
    sign_board(board, dice, light, width * 0.2, 3.6, width * 0.6, 1.2)
    return _house(board, dice, light, facing, 12.0, (130, 130, 130), 0.0, wall)


def _warung(dice: Dice, light: Light, facing: Facing, width: float) -> House:
    """A stall with walls of planks, ply or tin, open to the street, with its dishes on a banner."""
    board, kind = Board(width, dice.between(2.5, 3.0)), WARUNG
    wall = dice.pick((*TIN, (120, 92, 66), (96, 130, 150), (190, 170, 130), (70, 110, 80)))
    x = 0.0
    while x < width:
        board.rect(x, 0, x + 0.2, board.height, dimmed(wall, dice.between(0.82, 1.1)), kind)
        x += 0.2
    x = 0.3
    while x < width - 1.6:
        right = min(width - 0.2, x + dice.between(1.8, 3.0))
        counter = dice.pick(SIGNS)[0]
        board.rect(x, 0.95, right, 2.1, (38, 34, 32), kind)
        if light.lamps:
            board.shine([(x, 1.5), (right, 1.5), (right, 2.1), (x, 2.1)], (250, 236, 180), kind)
        at = x + 0.1
        while at < right - 0.2:
            tint, high = dimmed(dice.pick(SIGNS)[0], dice.between(0.6, 1)), dice.between(0.15, 0.5)
            board.rect(at, 1.0, at + 0.14, 1.0 + high, tint, kind)
            at += 0.2
        if dice.chance(0.8):  # the cloth that hides who eats, with the dishes on it
            board.rect(x, 0.1, right, 0.95, counter, BANNER)
            board.text(dice.pick(FOOD), x + 0.1, 0.3, right - x - 0.2, 0.5, dice.pick(SIGNS)[1], BANNER)
        if dice.chance(0.5):
            cloth, ink = dice.pick(SIGNS)
            board.rect(x, 1.75, right, 2.3, cloth, BANNER)
            board.text(dice.pick(FOOD), x + 0.1, 1.8, right - x - 0.2, 0.45, ink, BANNER)
        x = right + 0.3
    return _house(board, dice, light, facing, 3.2, dice.pick(TIN), dice.between(0.3, 0.7), wall)
