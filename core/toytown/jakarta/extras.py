"""What a theme adds to a street of Jakarta's. Each function adds it to a planner."""

from __future__ import annotations

from collections.abc import Callable

from core.classes import RGB
from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drive.street import still, walking
from core.toytown.jakarta.planner import Planner
from core.toytown.jakarta.sides import CLOTHS, plant
from core.toytown.jakarta.things import carts, roadside
from core.toytown.jakarta.traffic import waiting_becak
from core.toytown.things import diggers, figures, furniture

PACE = 0.11
"""Turns of a walker's stride for each frame."""
SHIRTS: tuple[RGB, ...] = (
    (226, 226, 220), (40, 60, 110), (200, 60, 60), (240, 190, 70), (70, 140, 100), (120, 80, 130),
    (60, 62, 70), (210, 130, 150), (150, 120, 90),
)  # fmt: skip


def _adult(planner: Planner) -> figures.Person:
    """Somebody in light clothes."""
    dice, person = planner.dice, figures.adult(planner.dice)
    return figures.Person(
        person.size * 0.95, dice.pick(figures.SKIN[1:4]), dice.pick(figures.HAIR[:3]), dice.pick(SHIRTS),
        person.trousers, dice.chance(0.25), person.bag, person.kind,
    )  # fmt: skip


def _child(planner: Planner) -> figures.Person:
    """A child, often in the uniform of a primary school: white and red."""
    dice, person = planner.dice, figures.child(planner.dice)
    uniform = dice.chance(0.6)
    return figures.Person(
        person.size, dice.pick(figures.SKIN[1:4]), dice.pick(figures.HAIR[:3]),
        (232, 230, 226) if uniform else person.coat, (170, 36, 40) if uniform else person.trousers,
        False, person.bag, person.kind,
    )  # fmt: skip


def _walk(
    planner: Planner, person: figures.Person, x: float, z: float, y: float, across: int, pace: float
) -> None:
    dice = planner.dice
    away = dice.chance(0.5)
    args = (across,) if across else (0, away)
    draw = walking(figures.walk, dice.random(), PACE, person, *args)
    dz = 0.0 if across else (pace if away else -pace)
    planner.put(x, z, draw, (0.55, 0.1, 1.78 * person.size), y, dx=pace * across, dz=dz)


def _walkers(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    for _ in range(14 + dice.below(12)):
        side = dice.pick((-1, 1))
        x = street.kerb(side) + side * dice.between(0.4, max(0.6, street.walk - street.drain - 0.3))
        _walk(planner, _adult(planner), x, dice.between(5, 55), street.rise, 0, 0.14)
    for _ in range(2 + dice.below(3)):  # across the road, wherever there is a gap
        x, z = (
            dice.between(street.kerb(-1), street.kerb(1)),
            (street.zebra or dice.between(12, 40)) + dice.random() * 2,
        )
        if planner.stand(x, z, 0.7, 0.5):
            _walk(planner, _adult(planner), x, z, 0.0, dice.pick((-1, 1)), 0.1)
    for _ in range(5):  # those who stand and wait
        side = dice.pick((-1, 1))
        draw = still(figures.walk, 0.02, _adult(planner), 0, dice.chance(0.5))
        x = street.front(side) - side * (street.drain + dice.between(0.3, 0.8))
        planner.put(x, dice.between(6, 40), draw, (0.5, 0.1, 1.7), street.rise)


def _children(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    side, z = dice.pick((-1, 1)), dice.between(8, 18)
    for step in range(3 + dice.below(3)):
        x = street.kerb(side) + side * dice.between(0.4, 1.2)
        _walk(planner, _child(planner), x, z + 0.9 * step, street.rise, 0, 0.12)
    _walk(
        planner,
        _child(planner),
        street.front(-side) + side * 1.0,
        dice.between(9, 15),
        street.rise,
        side,
        0.08,
    )


def _carts(planner: Planner) -> None:
    """Kaki lima on the pavement or at the kerb, with parasols, stools and their keepers."""
    street, dice = planner.street, planner.dice
    for _ in range(3 + dice.below(3)):
        side, z = dice.pick((-1, 1)), dice.between(7, 45)
        face = carts.cart(dice, planner.light)
        x = street.kerb(side) + side * dice.pick((-0.9, 1.1, 1.1))
        y = street.rise if abs(x) > abs(street.kerb(side)) else 0.0
        if not (planner.take if y else planner.stand)(x, z, 1.9, 0.9):
            continue
        planner.put(x, z, still(_put_up, face), (1.8, 0.5, 2.05), y)
        if dice.chance(0.4):
            first, second = dice.pick(CLOTHS)
            planner.put(x, z + 0.6, still(carts.parasol, (first, second)), (2.3, 0.05, 2.5), y)
        keeper = still(figures.walk, 0.02, _adult(planner), 0, dice.chance(0.5))
        planner.put(x + side * 0.4, z + 0.75, keeper, (0.5, 0.1, 1.7), y)
        tint = dice.pick(((206, 40, 44), (40, 100, 190), (60, 150, 80)))
        for step in range(dice.below(5)):
            stool = still(carts.stool, tint)
            planner.put(x + side * 0.6 + 0.4 * step * side, z - 0.5, stool, (0.36, 0.2, 0.46), y)


def _put_up(canvas: Canvas, x: float, y: float, z: float, face: Texture) -> None:
    canvas.front(face, x - face.width / 2, y, z)


def _pushing(planner: Planner) -> None:
    """Somebody with a hand cart across the road's edge."""
    street, dice = planner.street, planner.dice
    side, z = dice.pick((-1, 1)), dice.between(10, 22)
    tint = dice.pick(((90, 130, 170), (190, 160, 110), (120, 140, 90)))
    draw = walking(figures.push, dice.random(), PACE, _adult(planner), "handcart", tint, -side)
    planner.put(street.front(side) - side * 1.6, z, draw, (2.0, 0.2, 1.7), street.rise, dx=-0.05 * side)


def _becak(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    for _ in range(2):
        side = dice.pick((-1, 1))
        x, z = street.kerb(side) - side * 0.75, dice.between(9, 30)
        if planner.stand(x, z, 1.05, 2.3):
            waiting_becak(planner, x, z)


def _animals(planner: Planner) -> None:
    """Goats, dogs and cats at the roadside."""
    street, dice = planner.street, planner.dice
    for _ in range(2 + dice.below(3)):
        side, across = dice.pick((-1, 1)), dice.pick((-1, 1))
        coat = dice.pick(((150, 104, 60), (50, 44, 42), (206, 196, 176), (120, 110, 100), (190, 140, 90)))
        x = street.kerb(side) + side * dice.between(0.3, street.walk)
        draw = walking(figures.dog, dice.random(), 0.1, coat, across)
        planner.put(x, dice.between(7, 26), draw, (1.3, 0.1, 0.85), street.rise, dx=0.04 * across)


def _lights(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    z, green = (street.zebra or 28.0) + 4, dice.chance(0.4)
    for x in (street.kerb(-1) - 0.35, street.kerb(1) + 0.35, *([0.0] if street.half > 0.3 else [])):
        y = street.rise if x else 0.0
        planner.put(x, z, still(furniture.traffic_light, green), (0.6, 0.1, 3.4), y)


def _banners(planner: Planner) -> None:
    """Cloths between bamboo poles at the roadside, flags, and now and then one across the whole street."""
    street, dice = planner.street, planner.dice
    for _ in range(4 + dice.below(4)):
        side, flag = dice.pick((-1, 1)), dice.chance(0.5)
        wide, high = (0.7, dice.between(1.8, 2.6)) if flag else (dice.between(1.6, 2.6), 0.8)
        cloth = roadside.banner(dice, planner.light, wide, high)
        low = 1.2 if flag else dice.between(1.0, 2.4)
        x, z = street.kerb(side) + side * dice.between(0.5, 1.4), dice.between(8, 50)
        planner.put(x, z, still(roadside.hang, cloth, low, True), (wide, 0.1, low + high + 0.2), street.rise)
    if dice.chance(0.6):
        wide = street.kerb(1) - street.kerb(-1)
        cloth = roadside.banner(dice, planner.light, min(6.0, wide * 0.8), 1.0)
        z = dice.between(20, 48)
        if street.leaves_free(z):
            planner.put(0, z, still(roadside.hang, cloth, 5.4, False), (wide, 0.1, 6.6), low=5.3, shade=False)
            draw = still(roadside.crossing_cables, wide + 3, ((6.5, 0.1),))
            planner.put(0, z + 0.1, draw, (wide + 3, 0.1, 6.6), low=5.3, shade=False)


def _works(planner: Planner) -> None:
    """A digger behind cones at the left kerb."""
    street, dice = planner.street, planner.dice
    near, kerb = dice.between(20, 28), street.kerb(-1)
    if not planner.stand(kerb + 1.5, near, 3.0, 7.0):
        return
    planner.put(kerb + 0.4, near + 5, walking(diggers.digger, 0.1, 0.02), (3.4, 0.4, 2.7))
    for step in range(6):
        planner.put(kerb + 0.4 + step * 0.48, near + step * 0.9, still(furniture.cone), (0.48, 0.1, 0.78))


def _columns(planner: Planner) -> None:
    """Tall advertising boards on one leg, and cables across the street."""
    street, dice = planner.street, planner.dice
    for _ in range(2):
        side, z = dice.pick((-1, 1)), dice.between(16, 60)
        wide, high = dice.between(3.0, 5.0), dice.between(2.0, 3.2)
        face = roadside.banner(dice, planner.light, wide, high)
        x = street.kerb(side) + side * 1.0
        if street.leaves_free(z):
            planner.put(x, z + 0.1, still(furniture.column, 6.0), (0.24, 0.1, 6.0), street.rise)
            draw = still(roadside.hang, face, 5.4, False)
            planner.put(x, z, draw, (wide, 0.1, 5.4 + high), street.rise, low=5.3, shade=False)
    wires = tuple((dice.between(6.0, 7.8), dice.between(0.2, 0.9)) for _ in range(4))
    wide = street.kerb(1) - street.kerb(-1) + 2
    draw = still(roadside.crossing_cables, wide, wires)
    planner.put(0, dice.between(12, 40), draw, (wide, 0.1, 7.9), low=5.0, shade=False)


def _median_palms(planner: Planner) -> None:
    slender = [tree for tree in planner.trees if tree.width < 7]  # a banyan is wider than the planter
    z = planner.dice.between(4, 9)
    while z < 120:
        plant(planner, 0.0, z, planner.dice.pick(slender), 0.45)
        z += planner.dice.between(9, 15)


EXTRAS: dict[str, Callable[[Planner], None]] = {
    "animals": _animals,
    "bajaj": lambda planner: None,
    "banners": _banners,
    "becak": _becak,
    "carts": _carts,
    "children": _children,
    "columns": _columns,
    "lights": _lights,
    "median palms": _median_palms,
    "pushing": _pushing,
    "walkers": _walkers,
    "works": _works,
}
"""What a theme may add. Bajaj are part of the traffic of the themes that name them."""
