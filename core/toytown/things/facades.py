"""The fronts of houses, and walls, fences, railings: everything flat that stands along a street."""

from __future__ import annotations

from dataclasses import dataclass

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drawing.board import Board, bricks, dimmed, mixed, render
from core.toytown.drawing.canvas import Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import Facing, Light

BRICK: tuple[RGB, ...] = ((148, 92, 70), (168, 122, 84), (128, 80, 66), (176, 148, 108), (152, 116, 96))


PAINT: tuple[RGB, ...] = (
    (226, 220, 204), (214, 196, 160), (188, 204, 208), (220, 190, 178), (190, 204, 176), (232, 230, 224),
    (206, 176, 128),
)  # fmt: skip


STONE: tuple[RGB, ...] = ((178, 166, 142), (160, 152, 138), (190, 178, 150))


SHOP: tuple[RGB, ...] = (
    (30, 60, 52), (120, 30, 34), (28, 44, 84), (40, 40, 44), (196, 150, 40), (60, 92, 60), (150, 60, 30),
    (230, 226, 214),
)  # fmt: skip


DOOR: tuple[RGB, ...] = (
    (140, 28, 30),
    (24, 56, 84),
    (30, 70, 48),
    (36, 34, 36),
    (196, 170, 60),
    (92, 40, 70),
)


ROOF: tuple[RGB, ...] = ((86, 84, 92), (104, 72, 62), (122, 78, 60), (74, 76, 80), (96, 90, 84))


NAMES = (
    "BAKERY", "BOOKS", "CAFE", "TEA ROOM", "FLOWERS", "TOYS", "CHEMIST", "THE CROWN", "GROCER", "BIKES",
    "TAILOR", "FISH & CHIPS", "BANK", "HATS", "PIANOS", "POST OFFICE", "WOOL", "OPTICIAN", "RECORDS", "DELI",
)  # fmt: skip


POSTERS = ("FAIR", "SALE", "CIRCUS", "JAZZ", "VOTE", "FILM")


WARM: RGB = (255, 214, 140)


@dataclass(frozen=True)
class House:
    """A house to be put up: its front and what is needed for the rest of it, in metres."""

    front: Texture
    end: Texture
    width: float
    height: float
    depth: float
    roof: RGB
    rise: float
    wall: RGB
    chimneys: tuple[float, ...]


def house(dice: Dice, light: Light, facing: Facing, style: str, width: float) -> House:
    """A house in one of the styles terrace, villa, shop, modern, college."""
    floors = {"terrace": 2, "villa": 2, "shop": 3, "modern": 4, "college": 3}[style] + dice.below(2)
    if style == "villa":
        floors = 2
    ground, storey = (3.5, 2.9) if style in {"shop", "modern", "college"} else (2.9, 2.7)
    height = ground + storey * (floors - 1) + 0.5
    board = Board(width, height)
    brick = style == "terrace" or (style in {"shop", "villa"} and dice.chance(0.55))
    if style == "modern":
        colour = dice.pick(((176, 172, 164), (150, 148, 146), (164, 132, 108), (120, 122, 126)))
    elif style == "college":
        colour = dice.pick(STONE)
    else:
        colour = dice.pick(BRICK if brick else PAINT)
    cover(board, dice, colour, "stone" if style == "college" else "brick" if brick else "plaster")
    {"modern": _modern, "shop": _shop, "college": _college}.get(style, _home)(
        board, dice, light, floors, ground, storey, colour
    )
    end = Board(7.0, height)
    cover(end, dice, dimmed(colour, 0.94), "brick" if brick else "plaster")
    if dice.chance(0.6):
        window(end, dice, light, 3.0, ground + 0.8, 0.9, 1.4, "sash")
    flat_roof = style == "modern" or (style == "shop" and dice.chance(0.3))
    chimneys = (
        ()
        if flat_roof or style == "college"
        else tuple(sorted(dice.between(0.1, 0.9) * width for _ in range(1 + dice.below(2))))
    )
    return House(
        board.texture(light, facing), end.texture(light), width, height, 7.0,
        dice.pick(ROOF), 0.0 if flat_roof else dice.between(2.6, 4.0), colour, chimneys,
    )  # fmt: skip


def cover(board: Board, dice: Dice, colour: RGB, material: str, kind: int = kinds.BUILDING) -> None:
    """Paint the whole board as brick, stone or plaster."""
    width, height = board.image.size
    if material == "brick":
        painted = bricks(dice, width, height, colour)
    elif material == "stone":
        painted = bricks(dice, width, height, colour, 10, 20, -18)
    else:
        painted = render(dice, width, height, colour)
    board.pixels(0, 0, painted, kind)


def window(
    board: Board, dice: Dice, light: Light, x: float, y: float, w: float, h: float, style: str
) -> None:
    """A window with its lower left corner at (x, y): sash, cross, pane or shutters."""
    kind = kinds.BUILDING
    frame = dice.pick(((236, 234, 228), (236, 234, 228), (70, 62, 56), (196, 190, 176)))
    board.rect(x - 0.12, y - 0.16, x + w + 0.12, y, (206, 198, 184), kind)
    board.rect(x - 0.06, y + h, x + w + 0.06, y + h + 0.2, (186, 176, 158), kind)
    board.rect(x - 0.04, y, x + w + 0.04, y + h, (60, 56, 54), kind)
    board.rect(x, y, x + w, y + h - 0.05, frame, kind)
    edge = 0.08
    panes = [(x + edge, y + edge, x + w - edge, y + h - edge - 0.05)]
    if style in {"sash", "shutters"}:
        middle = y + h / 2
        panes = [
            (x + edge, y + edge, x + w - edge, middle - 0.04),
            (x + edge, middle + 0.04, x + w - edge, y + h - 0.13),
        ]
    elif style == "cross":
        middle = x + w / 2
        panes = [
            (x + edge, y + edge, middle - 0.04, y + h - 0.13),
            (middle + 0.04, y + edge, x + w - edge, y + h - 0.13),
        ]
    lit = light.lamps and dice.chance(0.5 if light.weather == "dusk" else 0.2)
    glass = mixed((52, 60, 70), (120, 140, 160), dice.random() * 0.7)
    for left, bottom, right, top in panes:
        board.rect(left, bottom, right, top, glass, kind)
        gleam = mixed(glass, (210, 224, 236), 0.4)
        board.shape(
            [(left, top), (left + (right - left) * 0.7, top), (left, bottom + (top - bottom) * 0.2)],
            gleam,
            kind,
        )
        if lit:
            warm = dimmed(WARM, 0.8 + 0.2 * dice.random())
            board.shine([(left, bottom), (right, bottom), (right, top), (left, top)], warm, kind)
        elif dice.chance(0.5):
            board.rect(left, bottom, left + (right - left) * 0.22, top, (206, 198, 186), kind)
            board.rect(right - (right - left) * 0.22, bottom, right, top, (206, 198, 186), kind)
    if style == "shutters":
        tint = dice.pick(DOOR)
        for left in (x - 0.1 - w * 0.42, x + w + 0.1):
            board.rect(left, y, left + w * 0.42, y + h, tint, kind)
            for slat in range(1, 7):
                at = y + slat * h / 7
                board.rect(left + 0.04, at, left + w * 0.42 - 0.04, at + 0.04, dimmed(tint, 0.7), kind)


def _door(board: Board, dice: Dice, light: Light, x: float) -> None:
    colour, kind = dice.pick(DOOR), kinds.BUILDING
    board.rect(x - 0.18, 0, x + 1.18, 2.75, (218, 212, 200), kind)
    board.rect(x, 0, x + 1.0, 2.1, colour, kind)
    board.rect(x, 2.15, x + 1.0, 2.55, (110, 124, 138), kind)
    if light.lamps:
        board.shine([(x, 2.15), (x + 1, 2.15), (x + 1, 2.55), (x, 2.55)], WARM, kind)
    for left in (0.12, 0.56):
        for bottom, top in ((0.2, 0.85), (1.0, 1.9)):
            board.rect(x + left, bottom, x + left + 0.32, top, dimmed(colour, 0.72), kind)
    board.rect(x + 0.86, 1.0, x + 0.94, 1.08, (220, 190, 90), kind)
    board.rect(x - 0.1, 0, x + 1.1, 0.16, (170, 164, 156), kind)


def _home(
    board: Board, dice: Dice, light: Light, floors: int, ground: float, storey: float, colour: RGB
) -> None:
    kind = kinds.BUILDING
    style = dice.pick(("sash", "sash", "cross", "shutters"))
    bays = max(2, int(board.width / 2.5))
    pitch = board.width / bays
    entrance = dice.below(bays)
    wide = min(1.25, pitch * (0.42 if style == "shutters" else 0.52))
    for floor in range(floors):
        bottom = 0.85 if floor == 0 else ground + storey * (floor - 1) + 0.75
        for bay in range(bays):
            x = (bay + 0.5) * pitch - wide / 2
            if floor == 0 and bay == entrance:
                _door(board, dice, light, (bay + 0.5) * pitch - 0.5)
            else:
                window(board, dice, light, x, bottom, wide, 1.55 if floor == 0 else 1.45, style)
    board.rect(0, 0, board.width, 0.3, dimmed(colour, 0.62), kind)
    if dice.chance(0.6):
        board.rect(0, ground - 0.1, board.width, ground + 0.08, mixed(colour, (230, 224, 210), 0.6), kind)
    _cornice(board, mixed(colour, (226, 220, 206), 0.55))
    board.rect(board.width - 0.14, 0, board.width - 0.04, board.height, (66, 62, 60), kind)


def _cornice(board: Board, colour: RGB) -> None:
    top, kind = board.height, kinds.BUILDING
    board.rect(0, top - 0.38, board.width, top, colour, kind)
    board.rect(0, top - 0.46, board.width, top - 0.38, dimmed(colour, 0.62), kind)
    board.rect(0, top - 0.1, board.width, top, dimmed(colour, 0.8), kind)


def _shop(
    board: Board, dice: Dice, light: Light, floors: int, ground: float, storey: float, colour: RGB
) -> None:
    kind, tint = kinds.BUILDING, dice.pick(SHOP)
    style = dice.pick(("sash", "cross", "sash"))
    bays = max(2, int(board.width / 2.3))
    for floor in range(1, floors):
        for bay in range(bays):
            x = (bay + 0.5) * board.width / bays - 0.55
            window(board, dice, light, x, ground + storey * (floor - 1) + 0.6, 1.1, 1.6, style)
    board.rect(0, 0, board.width, ground, dimmed(tint, 0.8), kind)
    board.rect(0, ground - 0.75, board.width, ground - 0.02, tint, kind)
    board.rect(0, ground - 0.06, board.width, ground + 0.06, mixed(tint, (240, 236, 226), 0.5), kind)
    _shop_windows(board, dice, light, ground - 0.9)
    pale = sum(tint) > 400
    ink = (44, 40, 40) if pale else dice.pick(((244, 240, 226), (250, 220, 130), (255, 255, 255)))
    width = min(board.width * 0.8, 5.0)
    _lettering(board, dice.pick(NAMES), (board.width - width) / 2, ground - 0.68, width, 0.58, ink, tint)
    if dice.chance(0.55):
        _awning(board, dice, ground)
    _cornice(board, mixed(colour, (226, 220, 206), 0.5))


def _lettering(
    board: Board, words: str, x: float, y: float, w: float, h: float, ink: RGB, ground: RGB
) -> None:
    """Words on a panel: the panel counts as writing, as it does in CamVid."""
    board.rect(x, y, x + w, y + h, ground, kinds.TEXT)
    board.text(words, x + 0.1, y + 0.06, w - 0.2, h - 0.12, ink, kinds.TEXT)


def _shop_windows(board: Board, dice: Dice, light: Light, top: float) -> None:
    kind = kinds.BUILDING
    door = dice.pick((0, 1, 2))
    panes = 3
    pitch = board.width / panes
    for pane in range(panes):
        left, right = pane * pitch + 0.2, (pane + 1) * pitch - 0.15
        bottom = 0.12 if pane == door else 0.6
        board.rect(left, bottom, right, top, (48, 56, 64), kind)
        board.shape([(left, top), (left + 0.9, top), (left, top - 1.5)], (122, 136, 150), kind)
        if light.lamps:
            warm = dimmed((255, 226, 168), 0.75 + 0.25 * dice.random())
            board.shine([(left, bottom), (right, bottom), (right, top), (left, top)], warm, kind)
        if pane == door:
            board.rect((left + right) / 2 - 0.04, bottom, (left + right) / 2 + 0.04, top, (30, 30, 32), kind)
            continue
        goods = dice.pick(((206, 90, 70), (214, 170, 80), (90, 140, 170), (130, 160, 90), (200, 190, 170)))
        at = left + 0.15
        while at < right - 0.35:
            high = dice.between(0.3, 0.9)
            tint = dimmed(goods, dice.between(0.6, 1.1))
            outline = [
                (at, bottom),
                (at + 0.26, bottom),
                (at + 0.22, bottom + high),
                (at + 0.04, bottom + high),
            ]
            (board.shine if light.lamps else board.shape)(outline, tint, kind)
            at += dice.between(0.32, 0.6)
        if dice.chance(0.35):
            board.rect(right - 0.75, top - 1.1, right - 0.1, top - 0.2, (238, 226, 90), kinds.TEXT)
            board.text(dice.pick(POSTERS), right - 0.7, top - 0.85, 0.55, 0.4, (170, 30, 40), kinds.TEXT)


def _awning(board: Board, dice: Dice, ground: float) -> None:
    tint = dice.pick(((178, 40, 44), (40, 92, 70), (44, 70, 120), (206, 150, 60)))
    left, right = 0.3, board.width - 0.3
    stripes = max(4, int((right - left) / 0.5))
    for stripe in range(stripes):
        x0 = left + (right - left) * stripe / stripes
        x1 = left + (right - left) * (stripe + 1) / stripes
        colour = tint if stripe % 2 else (236, 230, 218)
        board.rect(x0, ground - 1.35, x1, ground - 0.82, colour, kinds.BUILDING)
        board.rect(x0, ground - 1.47, x1, ground - 1.35, dimmed(colour, 0.8), kinds.BUILDING)


def _modern(
    board: Board, dice: Dice, light: Light, floors: int, ground: float, storey: float, colour: RGB
) -> None:
    kind = kinds.BUILDING
    for floor in range(floors):
        bottom = 0.4 if floor == 0 else ground + storey * (floor - 1) + 0.8
        top = ground - 0.5 if floor == 0 else bottom + 1.6
        x = 0.4
        while x < board.width - 1.2:
            wide = min(1.5, board.width - 0.4 - x)
            glass = mixed((54, 70, 84), (134, 160, 182), dice.random())
            board.rect(x, bottom, x + wide - 0.1, top, glass, kind)
            board.shape([(x, top), (x + 0.8, top), (x, top - 1.0)], mixed(glass, (224, 234, 242), 0.35), kind)
            if light.lamps and dice.chance(0.45):
                board.shine(
                    [(x, bottom), (x + wide - 0.1, bottom), (x + wide - 0.1, top), (x, top)],
                    (240, 232, 196),
                    kind,
                )
            x += wide
        board.rect(0, top, board.width, top + 0.12, dimmed(colour, 0.75), kind)
        board.rect(0, bottom - 0.14, board.width, bottom, dimmed(colour, 1.12), kind)
    if dice.chance(0.6):
        _lettering(
            board,
            dice.pick(("LIBRARY", "CINEMA", "HOTEL", "MARKET", "THEATRE")),
            1.0,
            ground - 0.42,
            4.2,
            0.62,
            (250, 248, 240),
            (52, 60, 90),
        )
    _cornice(board, dimmed(colour, 0.9))


def _college(
    board: Board, dice: Dice, light: Light, floors: int, ground: float, storey: float, colour: RGB
) -> None:
    kind, dark = kinds.BUILDING, dimmed(colour, 0.7)
    bays = max(2, int(board.width / 3))
    pitch = board.width / bays
    for bay in range(bays):
        middle = (bay + 0.5) * pitch
        for floor in range(floors):
            bottom = 1.2 if floor == 0 else ground + storey * (floor - 1) + 0.7
            _gothic(board, light, dice, middle, bottom, 1.2, 1.8, colour)
        board.rect(bay * pitch - 0.22, 0, bay * pitch + 0.22, board.height - 0.5, dimmed(colour, 1.1), kind)
        board.rect(bay * pitch + 0.22, 0, bay * pitch + 0.34, board.height - 0.5, dark, kind)
    for floor in range(1, floors):
        y = ground + storey * (floor - 1)
        board.rect(0, y, board.width, y + 0.16, dimmed(colour, 1.14), kind)
    notch = 0.7
    x = 0.0
    while x < board.width:
        board.erase(
            [
                (x, board.height - 0.4),
                (x + notch, board.height - 0.4),
                (x + notch, board.height + 1),
                (x, board.height + 1),
            ]
        )
        x += 2 * notch
    board.rect(0, board.height - 0.62, board.width, board.height - 0.48, dark, kind)


def _gothic(
    board: Board, light: Light, dice: Dice, middle: float, y: float, w: float, h: float, stone: RGB
) -> None:
    def arch(half: float, low: float, high: float) -> list[tuple[float, float]]:
        return [
            (middle - half, low), (middle + half, low), (middle + half, high - half),
            (middle + half * 0.6, high - half * 0.3), (middle, high),
            (middle - half * 0.6, high - half * 0.3),
            (middle - half, high - half),
        ]  # fmt: skip

    kind = kinds.BUILDING
    board.shape(arch(w / 2 + 0.16, y - 0.12, y + h + 0.2), dimmed(stone, 1.16), kind)
    board.shape(arch(w / 2, y, y + h), (54, 58, 66), kind)
    if light.lamps and dice.chance(0.5):
        board.shine(arch(w / 2 - 0.05, y, y + h), (250, 196, 110), kind)
    board.rect(middle - 0.06, y, middle + 0.06, y + h - 0.1, stone, kind)
    board.rect(middle - w / 2, y + h * 0.5, middle + w / 2, y + h * 0.5 + 0.1, stone, kind)
