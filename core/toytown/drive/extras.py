"""What a theme adds to a street: people, animals, buses, road works. Each function adds it to a planner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.classes import RGB
from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drive.planner import Planner
from core.toytown.drive.street import LANE, Place, still, walking
from core.toytown.things import buses, diggers, figures, furniture, riders

PACE = 0.11
"""Turns of a walker's stride for each frame."""


# On foot


def _along_pavement(planner: Planner, person: figures.Person, z: float) -> None:
    street, dice = planner.street, planner.dice
    side = dice.pick((-1, 1))
    x = street.kerb(side) + side * dice.between(0.8, street.pavement - 0.5)
    start, away = dice.random(), dice.chance(0.5)
    draw = walking(figures.walk, start, PACE, person, 0, away)
    planner.put("pavement", x, z, draw, (0.5, 0.3, 1.7 * person.size), 0.0, 0.16 if away else -0.16)


def _crossing(
    planner: Planner, person: figures.Person, place: Place, x: float, z: float, across: int
) -> None:
    draw = walking(figures.walk, planner.dice.random(), PACE, person, across)
    planner.put(place, x, z, draw, (0.5, 0.3, 1.7 * person.size), 0.15 * across)


def _crowd(planner: Planner) -> None:
    for _ in range(16):
        _along_pavement(planner, figures.adult(planner.dice), planner.dice.between(5, 60))


def _children(planner: Planner) -> None:
    dice, street = planner.dice, planner.street
    for _ in range(3):
        _along_pavement(planner, figures.child(dice), dice.between(9, 30))
    side = planner.open_side()
    _crossing(planner, figures.child(dice), "pavement", street.kerb(side) + side * 1.2, 15.5, -side)
    zebra = street.spans.zebra
    if zebra is not None:
        _crossing(planner, figures.adult(dice), "road", 0.6, zebra + 1.0, 1)
        _crossing(planner, figures.child(dice), "road", 1.2, zebra + 1.6, 1)
    _crossing(
        planner, figures.adult(dice), "road", dice.between(1, 2.5), dice.between(26, 34), dice.pick((-1, 1))
    )


def _pushing(planner: Planner, cart: figures.Cart, tints: tuple[RGB, ...]) -> None:
    street, dice = planner.street, planner.dice
    side = planner.open_side()
    draw = walking(figures.push, dice.random(), PACE, figures.adult(dice), cart, dice.pick(tints), -side)
    planner.put(
        "pavement", street.front(side) - side * 0.9, dice.between(15, 19), draw, (1.2, 0.4, 1.6), -0.1 * side
    )


# Riders and animals


def _cyclists(planner: Planner) -> None:
    dice, street = planner.dice, planner.street
    ahead = walking(riders.cyclist, dice.random(), 0.09, figures.adult(dice), 0)
    planner.put("lane", -LANE + 0.55, dice.between(8.5, 11), ahead, (0.6, 1.7, 1.7), 0, street.speed * 0.85)
    across = walking(riders.cyclist, dice.random(), 0.09, figures.adult(dice), -1)
    planner.put("road", 2.6, dice.between(30, 40), across, (1.6, 0.5, 1.7), -0.32)


def _motorcycle(planner: Planner, away: bool = False) -> None:
    dice, size = planner.dice, (0.8, 1.9, 1.6)
    draw = still(riders.motorcyclist, figures.adult(dice), away)
    if away:
        planner.clear({"lane"}, 0, 18)
        planner.put("lane", -LANE / 2 + 0.3, dice.between(9, 12), draw, size, 0, planner.street.speed * 1.1)
    else:
        planner.clear({"road"}, 0, 27)
        planner.put("road", LANE / 2 - 0.2, dice.between(20, 25), draw, size, 0, -0.5)
    _scooter(planner)


def _scooter(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    side = planner.open_side()
    draw = still(riders.scooter, dice.pick(figures.BRIGHT))
    planner.put("pavement", street.kerb(side) + side * 1.0, dice.between(16, 24), draw, (1.5, 0.5, 1.0))


def _dog(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    coat = dice.pick(((150, 104, 60), (60, 50, 46), (206, 190, 164)))
    side = planner.open_side()
    x, z = street.front(side) - side * 0.8, dice.between(13, 16)
    draw = walking(figures.dog, dice.random(), 0.14, coat, -side)
    planner.put("pavement", x, z, draw, (0.9, 0.3, 0.6), -0.1 * side)
    _crossing(planner, figures.adult(dice), "pavement", x + side * 0.9, z + 0.2, -side)


def _horses(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    for _ in range(2):
        side, across = dice.pick((-1, 1)), dice.pick((-1, 1))
        coat = dice.pick(((112, 72, 44), (70, 52, 42), (196, 186, 172)))
        x = street.front(side) + side * dice.between(3, 6)
        draw = walking(figures.horse, dice.random(), 0.05, coat, across)
        planner.put("beyond", x, dice.between(24, 30), draw, (1.9, 0.6, 1.6), 0.05 * across)


# Larger vehicles


def _box(planner: Planner, make: Callable[[Planner], buses.Box], distant: bool = False) -> None:
    """A bus or lorry that comes towards us, in place of the cars that were there."""
    box = make(planner)
    z = 64.0 if distant else planner.dice.between(24, 32)
    planner.clear({"road"}, z - 8, z + box.length + 4)
    size = (box.width, box.length, box.height)
    planner.put("road", LANE / 2 + 0.1, z, still(buses.draw_box, box, True), size, 0, -0.55)


def _lorry_ahead(planner: Planner) -> None:
    box, z = _lorry(planner), planner.dice.between(17, 21)
    planner.clear({"lane"}, 11, z + box.length + 6)
    size = (box.width, box.length, box.height)
    planner.put("lane", -LANE / 2, z, still(buses.draw_box, box, False), size, 0, planner.street.speed)


def _bus(planner: Planner) -> buses.Box:
    return buses.bus(planner.dice, planner.light, False)


def _double_decker(planner: Planner) -> buses.Box:
    return buses.bus(planner.dice, planner.light, True)


def _lorry(planner: Planner) -> buses.Box:
    return buses.lorry(planner.dice, planner.light)


def _suv(planner: Planner) -> None:
    planner.clear({"lane"}, 11, 24)
    planner.put_car("lane", -LANE / 2, planner.dice.between(12, 16), False, True, planner.street.speed)


def _trailer(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    planner.clear({"lane"}, 11, 34)
    z = dice.between(13, 18)
    draw = still(diggers.trailer, dice.pick(((90, 110, 90), (150, 90, 60), (70, 80, 110))))
    planner.put("lane", -LANE / 2, z, draw, (1.6, 2.4, 1.6), 0, street.speed)
    planner.put_car("lane", -LANE / 2, z + 3.2, False, True, street.speed)


def _waiting_car(planner: Planner) -> None:
    rail = planner.street.spans.rail
    if rail is not None:
        planner.clear({"lane"}, rail - 22, rail)
        planner.put_car("lane", -LANE / 2, rail - 10.5, False, False, 0.0, True)


# Beside the road


def _lights(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    z = (street.spans.zebra or dice.between(26, 36)) + 4
    green = dice.chance(0.5)
    for side in (-1, 1):
        draw = still(furniture.traffic_light, green)
        planner.put("kerb", street.kerb(side) + side * 0.4, z, draw, (0.3, 0.3, 3.2))


def _posters(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    for side in (-1, 1):
        face = furniture.poster(dice, planner.light)
        x = street.front(side) - side * 1.1
        planner.put("pavement", x, dice.between(14, 30), still(_put_up, face), (1.5, 0.2, 2.4))


def _put_up(canvas: Canvas, x: float, y: float, z: float, face: Texture) -> None:
    canvas.front(face, x - face.width / 2, y, z)


def _columns(planner: Planner) -> None:
    street = planner.street
    for step in range(6):
        z = 9.0 + step * 22
        if street.spans.leaves_free(z):
            planner.put("border", street.front(1) + 0.3, z, still(furniture.column, 7.5), (0.2, 0.2, 6))


def _avenue(planner: Planner) -> None:
    street, dice = planner.street, planner.dice
    for side in (-1, 1):
        z = dice.between(8, 14)
        while z < 100:
            if street.spans.leaves_free(z):
                planner.plant("kerb", street.kerb(side) + side * 0.9, z, dice.pick(planner.trees))
            z += dice.between(9, 14)


def _road_works(planner: Planner) -> None:
    """A digger at the left kerb, behind cones and a warning."""
    dice = planner.dice
    near, kerb = dice.between(24, 28), planner.street.kerb(-1)
    planner.clear({"kerb", "lane"}, near - 7, near + 12, side=-1)
    warning = furniture.named_sign(dice, planner.light, "warning")
    planner.put("kerb", kerb + 0.3, near - 3, still(furniture.put_sign, warning), (0.1, 0.1, 2.6))
    for step in range(6):
        draw = still(furniture.cone)
        planner.put("road", kerb + 0.4 + step * 0.42, near + step * 1.3, draw, (0.4, 0.4, 0.7))
    planner.put("kerb", kerb - 0.1, near + 5, walking(diggers.digger, 0.1, 0.02), (3.0, 1.6, 1.7))


EXTRAS: dict[str, Callable[[Planner], None]] = {
    "avenue": _avenue,
    "bus": partial(_box, make=_bus),
    "cart": partial(_pushing, cart="handcart", tints=((176, 140, 90), (120, 140, 80))),
    "children": _children,
    "columns": _columns,
    "crowd": _crowd,
    "cyclists": _cyclists,
    "distant bus": partial(_box, make=_bus, distant=True),
    "dog": _dog,
    "double decker": partial(_box, make=_double_decker),
    "horses": _horses,
    "lights": _lights,
    "lorry": partial(_box, make=_lorry),
    "lorry ahead": _lorry_ahead,
    "motorcycle": _motorcycle,
    "motorcycle ahead": partial(_motorcycle, away=True),
    "posters": _posters,
    "pram": partial(_pushing, cart="pram", tints=((40, 60, 110), (120, 40, 60), (60, 90, 70))),
    "road works": _road_works,
    "scooter": _scooter,
    "suitcase": partial(_pushing, cart="suitcase", tints=((150, 50, 44), (40, 70, 90))),
    "suv": _suv,
    "trailer": _trailer,
    "waiting car": _waiting_car,
}
