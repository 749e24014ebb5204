"""The traffic of a drive: lanes of cars, minibuses and buses, and the motorcycles that fill what is left."""

from __future__ import annotations

from functools import partial

from core.classes import RGB
from core.toytown.drawing import kinds
from core.toytown.drive.street import Draw, still, walking
from core.toytown.jakarta.planner import AHEAD, ONCOMING, Planner, Size
from core.toytown.jakarta.street import REACH
from core.toytown.jakarta.things import boxes, motorcycles, three_wheelers
from core.toytown.things import buses, cars, figures

MPV = cars.Shape(4.2, 1.68, 0.26, 0.98, 1.68, (0.04, 0.2), (3.3, 2.6), 0.96, 0.88, 0.3)
PAINT: tuple[RGB, ...] = (
    (196, 198, 202), (226, 226, 222), (34, 36, 40), (34, 36, 40), (120, 124, 130), (140, 28, 34),
    (70, 66, 62), (40, 54, 96), (170, 150, 120), (206, 202, 190), (90, 100, 96),
)  # fmt: skip
FREIGHT = ("PASIR", "AIR MINUM", "JASA PINDAH", "SEMBAKO", "BERAS", "GAS LPG")


def drive(planner: Planner) -> None:
    """Fill both directions, the large vehicles first."""
    for side in (AHEAD, ONCOMING):
        for lane in range(planner.street.lanes):
            _fill_lane(planner, side, lane)
    _swarm(planner)


def _fill_lane(planner: Planner, side: int, lane: int) -> None:
    street, dice = planner.street, planner.dice
    z = dice.between(5, 14) if street.camera.rides else dice.between(-12, 4)
    buses_here = street.median == "separator" and lane == 0
    while z < REACH:
        draw, size = _vehicle(planner, side, buses_here)
        x = street.lane_middle(side, lane) + dice.between(-0.25, 0.25)
        if planner.take(x, z, size[0], size[1]):
            planner.put(x, z, draw, size, dz=planner.flows[side])
        gap = dice.between(1.6, 5) if planner.jam else dice.between(5, 26)
        z += size[1] + (gap * 3 if buses_here else gap)


def _vehicle(planner: Planner, side: int, buses_only: bool) -> tuple[Draw, Size]:
    """Something with more than two wheels."""
    dice, street, light = planner.dice, planner.street, planner.light
    oncoming = side == ONCOMING
    bajaj = 0.16 if "bajaj" in planner.theme.extras else 0.03
    choice = dice.random()
    if buses_only or (choice < 0.07 and street.lanes > 1):
        return _box(boxes.city_bus(dice, light), oncoming)
    if choice < 0.14 and street.lanes > 1:
        return _box(buses.lorry(dice, light, FREIGHT), oncoming)
    if choice < 0.27:
        return _box(boxes.angkot(dice, light), oncoming)
    if choice < 0.27 + bajaj:
        paint = dice.pick(((30, 90, 170), (40, 110, 190), (30, 80, 150), (190, 60, 40)))
        hood = dice.pick(((30, 32, 36), (40, 60, 100), (30, 90, 170)))
        return still(
            three_wheelers.draw_bajaj, planner.near(paint), hood, not oncoming
        ), three_wheelers.BAJAJ_SIZE
    if "becak" in planner.theme.extras and choice < 0.34 + bajaj and street.lanes == 1:
        return becak(planner, not oncoming), three_wheelers.BECAK_SIZE
    if dice.chance(0.3):
        shape, kind = dice.pick((cars.JEEP, cars.JEEP, cars.PICKUP, cars.VAN)), kinds.SUV
    else:
        shape, kind = dice.pick((MPV, MPV, MPV, cars.HATCHBACK, cars.SALOON, cars.SMALL)), kinds.CAR
    car = cars.Car(shape, planner.near(dice.pick(PAINT)), kind, panelled=shape is cars.VAN)
    braking = planner.jam and dice.chance(0.4)
    return still(cars.draw_car, car, oncoming, braking), (car.width, car.length, shape.roof)


def _box(box: buses.Box, oncoming: bool) -> tuple[Draw, Size]:
    return still(boxes.draw_box, box, oncoming), (box.width, box.length, box.height)


def becak(planner: Planner, away: bool) -> Draw:
    """A becak with its driver."""
    dice = planner.dice
    paint = planner.near(dice.pick(((40, 90, 160), (190, 50, 50), (60, 130, 80), (226, 180, 60))))
    hood = dice.pick(((40, 60, 110), (190, 60, 60), (50, 50, 54), (226, 200, 90)))
    return walking(three_wheelers.draw_becak, dice.random(), 0.09, figures.adult(dice), paint, hood, away)


def _swarm(planner: Planner) -> None:
    """Motorcycles between and beside the lanes, denser near by, a little faster than the rest."""
    street, dice = planner.street, planner.dice
    wanted = int(planner.theme.busy * (26 if planner.jam else 17))
    size = (motorcycles.WIDTH, motorcycles.LENGTH, motorcycles.HEIGHT)
    start = 3.4 if street.camera.rides else 1.0
    placed = 0
    for _ in range(wanted * 4):
        if placed == wanted:
            break
        side = dice.pick((AHEAD, ONCOMING))
        far = dice.random()
        z = start + (far * far * 0.85 + far * 0.15) * 90
        x = side * dice.between(street.half + 0.5, abs(street.kerb(side)) - 0.45)
        if not planner.take(x, z, size[0], size[1]):
            continue
        pace = planner.flows[side] - side * dice.between(0.0, 0.05)
        what = motorcycles.any_motorcycle(dice, planner.light.wet)
        draw = still(motorcycles.draw_motorcycle, what, side == AHEAD)
        planner.put(x, z, draw, size, dz=pace)
        placed += 1


def waiting_becak(planner: Planner, x: float, z: float) -> None:
    """A becak that waits at the kerb."""
    draw = partial(becak, planner)(False)
    planner.put(x, z, draw, three_wheelers.BECAK_SIZE)
