"""The plan of a drive, random by its seed: houses and parks on both sides, lamps, signs, traffic."""

from __future__ import annotations

from functools import lru_cache

from core.toytown.drawing.light import facing_street
from core.toytown.drive.extras import EXTRAS
from core.toytown.drive.planner import Planner
from core.toytown.drive.street import (
    LANE,
    LENGTH,
    Border,
    Ground,
    GroundKind,
    Plot,
    Street,
    still,
)
from core.toytown.things import arches, facades, fences, furniture, plants, rails


@lru_cache(maxsize=2)
def plan(seed: int) -> Street:
    """The street of a seed; it is not changed once made."""
    planner = Planner(seed)
    _paint_spanning(planner)
    for side in (-1, 1):
        _build_side(planner, side)
    for side in (-1, 1):
        _furnish(planner, side)
        _park_cars(planner, side)
    _drive_cars(planner)
    for extra in planner.theme.extras:
        EXTRAS[extra](planner)
    return planner.street


def _paint_spanning(planner: Planner) -> None:
    street, dice, light = planner.street, planner.dice, planner.light
    spans, textures = street.spans, street.textures
    reach = max(abs(street.front(-1)), street.front(1))
    road = street.kerb(1) - street.kerb(-1)
    if spans.bridge is not None:
        textures["bridge"] = arches.bridge_front(dice, light, 2 * reach / 0.52, 4.9)
    if spans.gate is not None:
        textures["gate"] = arches.gateway(dice, light, road + 9.2, road + 0.2)
        textures["town wall"] = fences.wall(dice, light, "front", 5.0, 16.0)
    if spans.tunnel is not None:
        textures["portal"] = arches.portal(dice, light, road + 8.2, road + 1.2)
    if spans.rail is not None or spans.bridge is not None:
        textures["train"] = rails.carriage(dice, light)
        textures["mesh"] = fences.fence(dice, light, "front", "mesh")
    textures["wood"] = plants.wood(dice, light, 40, 8)


# The two sides


def _build_side(planner: Planner, side: int) -> None:
    """Fill a side with blocks, leaving room where something spans the street, and for side streets."""
    street, dice, blocks = planner.street, planner.dice, planner.theme.blocks
    turn = dice.below(len(blocks))
    start = dice.between(-14, -6)
    for plane in [*street.spans.planes, LENGTH]:
        z, stop = start, min(plane - 4.5, LENGTH)
        while stop - z > 9:
            far = min(z + dice.between(22, 40), stop)
            _build_block(planner, side, blocks[turn % len(blocks)], z, far)
            turn += 1
            z = far
            if dice.chance(0.4) and stop - z > 20 and z > 4:
                street.grounds.append(_ground(side, street.kerb(side), 34, z + 0.5, z + 6.5, "street"))
                z += 7
        start = plane + 7.5


def _build_block(planner: Planner, side: int, kind: str, near: float, far: float) -> None:
    if kind in {"park", "meadow"}:
        _lay_park(planner, side, near, far, kind)
    elif kind == "car park":
        _lay_car_park(planner, side, near, far)
    elif kind == "wall":
        _lay_walled_garden(planner, side, near, far)
    else:
        _build_houses(planner, side, kind, near, far)


def _ground(side: int, start: float, depth: float, near: float, far: float, kind: GroundKind) -> Ground:
    left, right = sorted((start, start + side * depth))
    return Ground(left, right, near, far, kind)


def _build_houses(planner: Planner, side: int, style: str, near: float, far: float) -> None:
    street, dice = planner.street, planner.dice
    facing = facing_street(side)
    has_garden = style == "villa" or (style == "terrace" and dice.chance(0.35))
    back = dice.between(2.4, 4.0) if has_garden else 0.0
    widths = {"terrace": (5.0, 7.0), "villa": (8.0, 10.0)}.get(style, (7.0, 12.0))
    gap = 2.2 if style == "villa" else 0.0
    z = near
    while far - z > 5:
        width = dice.between(*widths)
        if far - z - width < 5:
            width = far - z
        house = facades.house(dice, planner.light, facing, style, width - gap)
        street.plots.append(Plot(side, street.front(side) + side * back, z, house))
        z += width
    if has_garden:
        street.grounds.append(_ground(side, street.front(side), back, near, far, "grass"))
        _enclose(planner, side, near, far, dice.pick(("hedge", "picket", "low wall", "railings", "hedge")))
        for step in range(int((far - near - 4) / 3)):
            if dice.chance(0.5):
                planner.plant(
                    "beyond",
                    street.front(side) + side * back * 0.55,
                    near + 2 + 3 * step,
                    dice.pick(planner.bushes),
                )


def _lay_park(planner: Planner, side: int, near: float, far: float, kind: str) -> None:
    street, dice = planner.street, planner.dice
    front = street.front(side)
    street.grounds.append(_ground(side, front, 60, near, far, "grass"))
    styles = ("railings", "hedge", "picket", "low wall") if kind == "park" else ("guard", "mesh", "hedge")
    _enclose(planner, side, near, far, dice.pick(styles))
    z = near + 2
    while z < far:
        row = dice.pick((2.5, 6.0, 12.0, 20.0)) + dice.between(0, 3)
        planner.plant(
            "beyond", front + side * row, z, dice.pick(planner.trees if dice.chance(0.7) else planner.bushes)
        )
        z += dice.between(1.6, 3.4)
    for step in range(int((far - near) / 10)):
        planner.plant(
            "beyond", front + side * dice.between(26, 45), near + step * 10, dice.pick(planner.trees)
        )


def _lay_car_park(planner: Planner, side: int, near: float, far: float) -> None:
    street, dice = planner.street, planner.dice
    front = street.front(side)
    street.grounds.append(_ground(side, front, 26, near, far, "parking"))
    _enclose(planner, side, near, near + (far - near) * 0.5, dice.pick(("low wall", "railings")))
    z = near + 2.0
    while z < far - 6:
        for row in (3.4, 9.6, 14.0):
            if dice.chance(0.7):
                planner.put_car("beyond", front + side * row, z, dice.chance(0.5), dice.chance(0.25))
        z += 5.6
    for row in (19.0, 22.5):
        planner.plant("beyond", front + side * row, far - 3, dice.pick(planner.trees))


def _lay_walled_garden(planner: Planner, side: int, near: float, far: float) -> None:
    street, dice = planner.street, planner.dice
    street.grounds.append(_ground(side, street.front(side), 50, near, far, "grass"))
    _enclose(planner, side, near, far, "high wall")
    z = near + 2
    while z < far:
        planner.plant("beyond", street.front(side) + side * dice.between(2.5, 7), z, dice.pick(planner.trees))
        z += dice.between(2.5, 5)


def _enclose(planner: Planner, side: int, near: float, far: float, style: str) -> None:
    """A border along the building line."""
    dice, light = planner.dice, planner.light
    facing = facing_street(side)
    if style == "hedge":
        texture = plants.hedge(dice, light, dice.between(1.1, 1.9))
    elif style == "low wall":
        texture = fences.wall(dice, light, facing, dice.between(0.7, 1.1))
    elif style == "high wall":
        texture = fences.wall(dice, light, facing, dice.between(2.0, 2.6))
    else:
        texture = fences.fence(dice, light, facing, style)
    z = near
    while z < far - 1:
        end = min(z + texture.width, far)
        planner.street.borders.append(Border(planner.street.front(side), z, end, texture))
        z = end


# Pavements and traffic


def _furnish(planner: Planner, side: int) -> None:
    """Lamps, signs, now and then bollards, and one thing that has no class."""
    street, dice = planner.street, planner.dice
    edge = street.kerb(side) + side * 0.45
    old = dice.chance(0.4)
    z = dice.between(2, 14)
    while z < LENGTH:
        if street.spans.leaves_free(z):
            planner.put("kerb", edge, z, still(furniture.lamp, old), (0.2, 0.2, 5))
        z += 17 if old else 26
    for _ in range(3):
        face = furniture.sign(dice, planner.light)
        planner.put("kerb", edge, dice.between(6, 60), still(furniture.put_sign, face), (0.1, 0.1, 2.6))
    if dice.chance(0.6):
        start = dice.between(6, 30)
        for step in range(6):
            planner.put(
                "kerb", edge - side * 0.1, start + step * 1.9, still(furniture.bollard), (0.2, 0.2, 0.9)
            )
    odd = dice.pick((furniture.postbox, furniture.bench))
    planner.put("pavement", street.front(side) - side * 0.7, dice.between(10, 40), still(odd), (0.6, 0.5, 1))


def _park_cars(planner: Planner, side: int) -> None:
    street, dice = planner.street, planner.dice
    if not street.bay(side):
        return
    z = dice.between(4, 9)
    while z < 110:
        if street.spans.leaves_free(z) and street.spans.leaves_free(z + 5) and dice.chance(0.72):
            planner.put_car("kerb", street.kerb(side) - side * 1.15, z, side > 0, dice.chance(0.18))
        z += dice.between(5.4, 6.6)


def _drive_cars(planner: Planner) -> None:
    """Cars ahead in our lane, and oncoming cars; none drives into a train."""
    street, dice, rail = planner.street, planner.dice, planner.street.spans.rail
    often = 0.5 if "suv" in planner.theme.extras else 0.12
    z = dice.between(16, 26)
    limit = min([LENGTH, *(p - 8 for p in (rail, street.spans.tunnel) if p is not None)])
    while z < limit:
        speed = street.speed * dice.between(0.95, 1.05)
        planner.put_car("lane", -LANE / 2, z, False, dice.chance(often), speed, dice.chance(0.3))
        z += dice.between(16, 34)
    z = dice.between(18, 30)
    while z < LENGTH:
        if rail is None or z < rail - 16:
            planner.put_car(
                "road", LANE / 2, z, True, dice.chance(often), -street.speed * dice.between(0.5, 0.8)
            )
        z += dice.between(16, 30)
