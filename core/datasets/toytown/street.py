"""The plan of a drive: what stands and moves where along one street, drawn by lot from a seed.

Ten themes take turns, so that ten drives in a row show every class. Theme 4 and theme 9, which become the
validation drives, have nearly everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from core.classes import RGB
from core.datasets.toytown import facades, figures, furniture, plants, vehicles
from core.datasets.toytown.canvas import Canvas, Texture
from core.datasets.toytown.dice import Dice
from core.datasets.toytown.ground import KERB
from core.datasets.toytown.light import Facing, Floats, Light, Weather, cloud_map, light_of

FRAMES = 12
"""Frames of one drive."""
LENGTH = 190.0
"""How far a street is built, in metres."""
LANE = 3.3

Draw = Callable[[Canvas, float, float, int], None]
Place = Literal["beyond", "front", "border", "pavement", "kerb", "road", "lane"]
"""Bands from the outside to our own lane: what is further in hides what is further out."""
GroundKind = Literal["grass", "street", "parking", "paved", "gravel"]


@dataclass(frozen=True)
class Thing:
    """Something that stands at (x, z) in the first frame and moves by (dx, dz) metres a frame.

    size: width, length and height in metres, for its shadow; no width, no shadow.
    """

    place: Place
    x: float
    z: float
    draw: Draw
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    dx: float = 0.0
    dz: float = 0.0
    crown: bool = False


@dataclass(frozen=True)
class Plot:
    """A house's place: the side (-1 left, 1 right), its front's x, where it begins."""

    side: int
    x: float
    z: float
    house: facades.House


@dataclass(frozen=True)
class Border:
    """A wall, fence or hedge along the street at x."""

    x: float
    near: float
    far: float
    texture: Texture


@dataclass(frozen=True)
class Ground:
    """A rectangle of ground."""

    left: float
    right: float
    near: float
    far: float
    kind: GroundKind


@dataclass
class Street:
    """One drive's world. kerb, front: x of kerb and building line on the right; mirrored on the left."""

    theme: int
    light: Light
    clouds: Floats
    parking: tuple[bool, bool]
    shoulder: float
    pavement: float
    asphalt: RGB
    paving: RGB
    speed: float
    rail: float | None = None
    bridge: float | None = None
    gate: float | None = None
    tunnel: float | None = None
    zebra: float | None = None
    hatching: tuple[float, float] | None = None
    double_lines: bool = True
    writing: tuple[str, float] | None = None
    plots: list[Plot] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    textures: dict[str, Texture] = field(default_factory=dict)
    carriages: tuple[Texture, ...] = ()

    def bay(self, side: int) -> float:
        """Width of the parking lane on a side."""
        return 2.2 if self.parking[(side + 1) // 2] else 0.0

    def kerb(self, side: int) -> float:
        """x of the kerb on a side."""
        return side * (LANE + self.bay(side) + self.shoulder)

    def front(self, side: int) -> float:
        """x of the building line on a side."""
        return self.kerb(side) + side * self.pavement

    @property
    def planes(self) -> list[float]:
        """Where something spans the street: nothing of a side may reach across."""
        return sorted(z for z in (self.rail, self.bridge, self.gate, self.tunnel) if z is not None)


@dataclass(frozen=True)
class Theme:
    """What a drive has."""

    weather: tuple[Weather, ...]
    blocks: tuple[str, ...]
    parking: tuple[bool, bool]
    shoulder: float = 0.0
    rail: float | None = None
    bridge: float | None = None
    gate: float | None = None
    tunnel: float | None = None
    zebra: float | None = None
    hatching: tuple[float, float] | None = None
    extras: tuple[str, ...] = ()


THEMES = (
    Theme(("noon",), ("shop", "shop", "college", "shop", "modern"), (True, True), zebra=34,
          extras=("bus", "crowd", "lights", "adverts", "cyclist", "pram", "children", "scooter", "lorry far")),
    Theme(("overcast",), ("terrace", "terrace", "villa", "park", "terrace"), (True, False),
          extras=("children", "suv", "dog", "cyclist", "trees", "motorbike", "cart")),
    Theme(("morning",), ("villa", "park", "terrace", "meadow"), (False, False), shoulder=1.1, rail=46,
          extras=("suv", "horse", "trailer", "waiting", "children", "columns")),
    Theme(("rain",), ("terrace", "shop", "modern", "wall"), (False, True), bridge=52, hatching=(12, 34),
          extras=("works", "double", "crowd", "lights", "motorbike", "adverts")),
    Theme(("noon",), ("shop", "park", "terrace", "car park", "wall", "villa"), (True, False), shoulder=0.9, gate=58, rail=84,
          tunnel=118, hatching=(26, 40), zebra=16,
          extras=("works", "bus far", "suv", "motorbike", "cyclist", "pram", "dog", "children", "crowd", "lights", "adverts",
                  "trailer", "trees")),
    Theme(("dusk",), ("terrace", "shop", "villa", "modern"), (True, False), tunnel=78,
          extras=("bus", "crowd", "lights", "suv", "cyclist", "adverts")),
    Theme(("morning", "noon"), ("park", "meadow", "park", "villa"), (False, True), shoulder=0.8,
          extras=("horse", "dog", "pram", "cyclist", "children", "trees", "motorbike", "columns", "lorry", "suitcase")),
    Theme(("overcast", "noon"), ("college", "wall", "shop", "terrace", "college"), (False, False), gate=44, zebra=22,
          extras=("crowd", "cart", "cyclist", "dog", "adverts", "suv", "children", "works")),
    Theme(("rain", "overcast"), ("meadow", "car park", "modern", "wall"), (False, False), shoulder=1.6, hatching=(8, 44), bridge=96,
          extras=("lorry", "double", "suv", "trailer", "motorbike", "lights", "columns", "cyclist", "works")),
    Theme(("dusk",), ("shop", "terrace", "park", "shop", "wall", "car park"), (False, True), shoulder=0.7, bridge=88,
          rail=58, gate=112, tunnel=140, hatching=(20, 36),
          extras=("works", "double", "suv", "motorbike", "cyclist", "suitcase", "pram", "dog", "children", "crowd", "lights",
                  "adverts", "trailer", "waiting", "trees")),
)  # fmt: skip


@lru_cache(maxsize=4)
def plan(seed: int) -> Street:
    """The street of a seed; it is not changed once made."""
    return _Planner(seed).street


class _Planner:
    """Fills a street from one end to the other."""

    def __init__(self, seed: int) -> None:
        number = seed % len(THEMES)
        self.theme = THEMES[number]
        self.dice = Dice(seed, "plan")
        dice, theme = self.dice, self.theme
        self.light = light_of(dice.pick(theme.weather), dice)
        grey = 84 + dice.below(26)
        self.street = Street(
            number, self.light, cloud_map(Dice(seed, "clouds")), theme.parking, theme.shoulder,
            dice.between(2.2, 3.2), (grey, grey, grey + 3),
            dice.pick(((150, 144, 136), (138, 136, 134), (160, 148, 132))), dice.between(1.1, 1.5),
            theme.rail, theme.bridge, theme.gate, theme.tunnel, theme.zebra, theme.hatching,
            dice.chance(0.6), (dice.pick(("SLOW", "BUS", "SCHOOL")), dice.between(18, 30)) if dice.chance(0.5) else None,
        )  # fmt: skip
        self.trees = self._sprites()
        self._spanning()
        for side in (-1, 1):
            self._side(side)
        self._pavements()
        self._traffic()
        self._extras()

    # What spans the street

    def _spanning(self) -> None:
        street, dice, light = self.street, self.dice, self.light
        reach = max(abs(street.front(-1)), street.front(1))
        if street.bridge is not None:
            street.textures["bridge"] = facades.bridge_front(dice, light, 2 * reach / 0.52, 4.9)
        if street.gate is not None:
            opening = abs(street.kerb(-1)) + street.kerb(1) + 0.2
            street.textures["gate"] = facades.gateway(dice, light, opening + 9.0, opening)
            street.textures["town wall"] = facades.wall(dice, light, "front", 5.0, 16.0)
        if street.tunnel is not None:
            opening = abs(street.kerb(-1)) + street.kerb(1) + 1.2
            street.textures["portal"] = facades.portal(dice, light, opening + 7.0, opening)
        if street.rail is not None or street.bridge is not None:
            street.carriages = tuple(vehicles.train(dice, light) for _ in range(2))
            street.textures["mesh"] = facades.fence(dice, light, "front", "mesh")
        street.textures["wood"] = plants.wood(dice, light, 40, 8)

    # The two sides

    def _side(self, side: int) -> None:
        street, dice = self.street, self.dice
        stops = [z for plane in street.planes for z in (plane - 4.5, plane + 7.5)] + [LENGTH]
        z = dice.between(-14, -6)
        turn = dice.below(len(self.theme.blocks))
        while z < LENGTH:
            stop = next(s for s in stops if s > z + 0.5)
            if len([s for s in stops if s <= z + 0.5]) % 2 == 1:
                z = stop
                continue
            length = min(dice.between(22, 40), stop - z)
            if length < 9:
                z = stop
                continue
            self._block(side, self.theme.blocks[turn % len(self.theme.blocks)], z, z + length)
            turn += 1
            z += length
            if dice.chance(0.4) and stop - z > 20 and z > 4:
                street.grounds.append(self._ground(side, street.kerb(side), 34, z + 0.5, z + 6.5, "street"))
                z += 7

    def _ground(self, side: int, start: float, depth: float, near: float, far: float, kind: GroundKind) -> Ground:
        left, right = sorted((start, start + side * depth))
        return Ground(left, right, near, far, kind)

    def _block(self, side: int, kind: str, near: float, far: float) -> None:
        if kind in {"park", "meadow"}:
            self._park(side, near, far, kind)
        elif kind == "car park":
            self._car_park(side, near, far)
        elif kind == "wall":
            self._walled(side, near, far)
        else:
            self._houses(side, kind, near, far)

    def _houses(self, side: int, style: str, near: float, far: float) -> None:
        street, dice = self.street, self.dice
        facing: Facing = "left" if side > 0 else "right"
        back = dice.between(2.4, 4.0) if style == "villa" or (style == "terrace" and dice.chance(0.35)) else 0.0
        x = street.front(side) + side * back
        z = near
        while far - z > 5:
            width = {"terrace": dice.between(5, 7), "villa": dice.between(8, 10)}.get(style, dice.between(7, 12))
            if far - z - width < 5:
                width = far - z
            gap = 2.2 if style == "villa" else 0.0
            house = facades.house(dice, self.light, facing, style, width - gap)
            street.plots.append(Plot(side, x, z, house))
            z += width
        if back:
            street.grounds.append(self._ground(side, street.front(side), back, near, far, "grass"))
            self._border(side, near, far, dice.pick(("hedge", "picket", "low wall", "railings", "hedge")))
            z = near + 2
            while z < far - 2:
                if dice.chance(0.5):
                    self._plant(side, street.front(side) + side * back * 0.55, z, "bush")
                z += 3

    def _park(self, side: int, near: float, far: float, kind: str) -> None:
        street, dice = self.street, self.dice
        street.grounds.append(self._ground(side, street.front(side), 60, near, far, "grass"))
        style = dice.pick(("railings", "hedge", "picket", "low wall")) if kind == "park" else dice.pick(("guard", "mesh", "hedge"))
        self._border(side, near, far, style)
        z = near + 2
        while z < far:
            row = dice.pick((2.5, 6.0, 12.0, 20.0))
            self._plant(side, street.front(side) + side * (row + dice.between(0, 3)), z, "tree" if dice.chance(0.7) else "bush")
            z += dice.between(1.6, 3.4)
        for step in range(int((far - near) / 10)):
            self._plant(side, street.front(side) + side * dice.between(26, 45), near + step * 10, "tree")

    def _car_park(self, side: int, near: float, far: float) -> None:
        street, dice = self.street, self.dice
        street.grounds.append(self._ground(side, street.front(side), 26, near, far, "parking"))
        self._border(side, near, near + (far - near) * 0.5, dice.pick(("low wall", "railings")))
        z = near + 2.0
        while z < far - 6:
            for row in (3.4, 9.6, 14.0):
                if dice.chance(0.7):
                    self._stand_car("beyond", street.front(side) + side * row, z, dice.chance(0.5), dice.chance(0.25))
            z += 5.6
        for row in (19.0, 22.5):
            self._plant(side, street.front(side) + side * row, far - 3, "tree")

    def _walled(self, side: int, near: float, far: float) -> None:
        street, dice = self.street, self.dice
        street.grounds.append(self._ground(side, street.front(side), 50, near, far, "grass"))
        self._border(side, near, far, "high wall")
        z = near + 2
        while z < far:
            self._plant(side, street.front(side) + side * dice.between(2.5, 7), z, "tree")
            z += dice.between(2.5, 5)

    def _border(self, side: int, near: float, far: float, style: str) -> None:
        street, dice = self.street, self.dice
        facing: Facing = "left" if side > 0 else "right"
        if style == "hedge":
            texture = plants.hedge(dice, self.light, dice.between(1.1, 1.9))
        elif style == "low wall":
            texture = facades.wall(dice, self.light, facing, dice.between(0.7, 1.1))
        elif style == "high wall":
            texture = facades.wall(dice, self.light, facing, dice.between(2.0, 2.6))
        else:
            texture = facades.fence(dice, self.light, facing, style)
        z = near
        while z < far - 1:
            end = z + texture.width
            street.borders.append(Border(street.front(side), z, end if end < far else far, texture))
            z = end

    def _sprites(self) -> tuple[list[Texture], list[Texture]]:
        dice, light = self.dice, self.light
        makers = [plants.leafy_tree, plants.leafy_tree, plants.conifer] if dice.chance(0.6) else [
            plants.bare_tree, plants.leafy_tree, plants.bare_tree, plants.conifer,
        ]  # fmt: skip
        return [make(dice, light) for make in makers + makers[:2]], [plants.bush(dice, light) for _ in range(3)]

    def _plant(self, side: int, x: float, z: float, kind: str, place: Place = "beyond") -> None:
        texture = self.dice.pick(self.trees[0 if kind == "tree" else 1])
        mirrored = self.dice.chance(0.5)

        def draw(canvas: Canvas, at: float, far: float, _: int) -> None:
            canvas.front(texture, at - texture.width / 2, KERB, far, mirrored)

        self.street.things.append(Thing(place, x, z, draw, (texture.width, 0.6, texture.height), crown=True))

    # Pavements

    def _pavements(self) -> None:
        street, dice = self.street, self.dice
        old = dice.chance(0.4)
        for side in (-1, 1):
            edge = street.kerb(side) + side * 0.45
            z = dice.between(2, 14)
            while z < LENGTH:
                if self._free(z):
                    self._add("kerb", edge, z, lambda c, x, far, _: furniture.lamp(c, x, KERB, far, old), (0.2, 0.2, 5))
                z += 17 if old else 26
            for _ in range(3):
                z = dice.between(6, 60)
                face = furniture.sign(dice, self.light)
                self._add("kerb", edge, z, lambda c, x, far, _, face=face: furniture.put_sign(c, face, x, KERB, far), (0.1, 0.1, 2.6))
            if "trees" in self.theme.extras:
                z = dice.between(8, 14)
                while z < 100:
                    if self._free(z):
                        self._plant(side, street.kerb(side) + side * 0.9, z, "tree", "kerb")
                    z += dice.between(9, 14)
            if dice.chance(0.6):
                start = dice.between(6, 30)
                for step in range(6):
                    self._add("kerb", edge - side * 0.1, start + step * 1.9, lambda c, x, far, _: furniture.bollard(c, x, KERB, far), (0.2, 0.2, 0.9))
            odd = dice.pick((furniture.postbox, furniture.bench))
            self._add("pavement", street.front(side) - side * 0.7, dice.between(10, 40), lambda c, x, far, _, odd=odd: odd(c, x, KERB, far), (0.6, 0.5, 1))

    def _open_side(self) -> int:
        """A side whose pavement no parked cars hide, if there is one."""
        open_sides = [side for side in (-1, 1) if not self.street.bay(side)]
        return self.dice.pick(open_sides or (-1, 1))

    def _free(self, z: float) -> bool:
        return all(not -5 < z - plane < 8 for plane in self.street.planes)

    def _add(
        self, place: Place, x: float, z: float, draw: Draw, size: tuple[float, float, float] = (0, 0, 0), dx: float = 0.0, dz: float = 0.0
    ) -> None:
        self.street.things.append(Thing(place, x, z, draw, size, dx, dz))

    # Traffic

    def _stand_car(self, place: Place, x: float, z: float, oncoming: bool, big: bool, dz: float = 0.0, braking: bool = False) -> None:
        car = vehicles.any_suv(self.dice) if big else vehicles.any_car(self.dice)
        self._add(
            place, x, z, lambda c, at, far, _: vehicles.draw_car(c, car, at, far, oncoming, braking),
            (car.width, car.length, car.shape.roof), 0.0, dz,
        )  # fmt: skip

    def _traffic(self) -> None:
        street, dice = self.street, self.dice
        for side in (-1, 1):
            if street.bay(side):
                z = dice.between(4, 9)
                while z < 110:
                    if self._free(z) and self._free(z + 5) and dice.chance(0.72):
                        self._stand_car("kerb", street.kerb(side) - side * 1.15, z, side > 0, dice.chance(0.18))
                    z += dice.between(5.4, 6.6)
        limit = min([LENGTH, *(p - 8 for p in (street.rail, street.tunnel) if p is not None)])
        z = dice.between(16, 26)
        while z < limit:
            big = "suv" in self.theme.extras and dice.chance(0.5)
            self._stand_car("lane", -LANE / 2, z, False, big, street.speed * dice.between(0.95, 1.05), dice.chance(0.3))
            z += dice.between(16, 34)
        z = dice.between(18, 30)
        while z < LENGTH:
            if street.rail is None or z < street.rail - 16:
                big = "suv" in self.theme.extras and dice.chance(0.4)
                self._stand_car("road", LANE / 2, z, True, big, -street.speed * dice.between(0.5, 0.8))
            z += dice.between(16, 30)

    # Extras

    def _extras(self) -> None:
        for extra in self.theme.extras:
            name, _, where = extra.partition(" ")
            if name != "trees":
                getattr(self, f"_{name}")(where)

    def _box(self, box: vehicles.Box, where: str) -> None:
        # It comes towards us in the other lane, in place of the cars that were there.
        z = 64.0 if where else self.dice.between(24, 32)
        length = box.length
        self.street.things[:] = [
            t for t in self.street.things if not (t.place == "road" and t.size[1] > 2 and -8 < t.z - z < length + 4)
        ]
        self._add("road", LANE / 2 + 0.1, z, lambda c, x, far, _: vehicles.draw_box(c, box, x, far, True), (box.width, length, box.height), 0, -0.55)

    def _bus(self, where: str) -> None:
        self._box(vehicles.bus(self.dice, self.light, False), where)

    def _double(self, where: str) -> None:
        self._box(vehicles.bus(self.dice, self.light, True), where)

    def _lorry(self, where: str) -> None:
        self._box(vehicles.lorry(self.dice, self.light), where)

    def _suv(self, _: str) -> None:
        street = self.street
        self.street.things[:] = [t for t in street.things if not (t.place == "lane" and t.z < 24)]
        self._stand_car("lane", -LANE / 2, self.dice.between(12, 16), False, True, street.speed)

    def _trailer(self, _: str) -> None:
        street, dice = self.street, self.dice
        paint = dice.pick(((90, 110, 90), (150, 90, 60), (70, 80, 110)))
        street.things[:] = [t for t in street.things if not (t.place == "lane" and t.z < 34)]
        z = dice.between(13, 18)
        speed = street.speed * 1.0
        self._add("lane", -LANE / 2, z, lambda c, x, far, _: vehicles.trailer(c, x, far, paint), (1.6, 2.4, 1.6), 0, speed)
        self._stand_car("lane", -LANE / 2, z + 3.2, False, True, speed)

    def _waiting(self, _: str) -> None:
        street = self.street
        if street.rail is not None:
            street.things[:] = [t for t in street.things if not (t.place == "lane" and t.size[1] > 3 and t.z > street.rail - 30)]
            self._stand_car("lane", -LANE / 2, street.rail - 10.5, False, False, 0.0, True)

    def _crowd(self, _: str) -> None:
        for _n in range(16):
            self._walker(figures.adult(self.dice), self.dice.between(5, 60))

    def _walker(self, person: figures.Person, z: float) -> None:
        street, dice = self.street, self.dice
        side = dice.pick((-1, 1))
        x = street.kerb(side) + side * dice.between(0.8, street.pavement - 0.5)
        start, away = dice.random(), dice.chance(0.5)
        self._add(
            "pavement", x, z, lambda c, at, far, n: figures.walk(c, person, at, KERB, far, start + n * 0.11, 0, away),
            (0.5, 0.3, 1.7 * person.size), 0.0, 0.16 if away else -0.16,
        )  # fmt: skip

    def _crosser(self, person: figures.Person, z: float, x: float, across: int, place: Place) -> None:
        start = self.dice.random()
        y = KERB if place == "pavement" else 0.0
        self._add(
            place, x, z, lambda c, at, far, n: figures.walk(c, person, at, y, far, start + n * 0.11, across),
            (0.5, 0.3, 1.7 * person.size), 0.15 * across,
        )  # fmt: skip

    def _children(self, _: str) -> None:
        dice, street = self.dice, self.street
        for _n in range(3):
            self._walker(figures.child(dice), dice.between(9, 30))
        side = self._open_side()
        x = street.kerb(side) + side * 1.2
        self._crosser(figures.child(dice), 15.5, x, -side, "pavement")
        if street.zebra is not None:
            self._crosser(figures.adult(dice), street.zebra + 1.0, 0.6, 1, "road")
            self._crosser(figures.child(dice), street.zebra + 1.6, 1.2, 1, "road")
        self._crosser(figures.adult(dice), dice.between(26, 34), dice.between(1, 2.5), dice.pick((-1, 1)), "road")

    def _pushed(self, cart: str, tint: RGB) -> None:
        street, dice = self.street, self.dice
        person = figures.adult(dice)
        side = self._open_side()
        start = dice.random()
        across = -side
        x = street.front(side) - side * 0.9
        self._add(
            "pavement", x, dice.between(15, 19), lambda c, at, far, n: figures.push(c, person, cart, tint, at, KERB, far, start + n * 0.11, across),
            (1.2, 0.4, 1.6), 0.1 * across,
        )  # fmt: skip

    def _pram(self, _: str) -> None:
        self._pushed("pram", self.dice.pick(((40, 60, 110), (120, 40, 60), (60, 90, 70))))

    def _suitcase(self, _: str) -> None:
        self._pushed("suitcase", self.dice.pick(((150, 50, 44), (40, 70, 90))))

    def _cart(self, _: str) -> None:
        self._pushed("cart", self.dice.pick(((176, 140, 90), (120, 140, 80))))

    def _cyclist(self, _: str) -> None:
        dice, street = self.dice, self.street
        person, start = figures.adult(dice), dice.random()
        self._add(
            "lane", -LANE + 0.55, dice.between(8.5, 11), lambda c, x, far, n: figures.cyclist(c, person, x, 0, far, start + n * 0.09, 0),
            (0.6, 1.7, 1.7), 0, street.speed * 0.85,
        )  # fmt: skip
        other, begin = figures.adult(dice), dice.random()
        self._add(
            "road", 2.6, dice.between(30, 40), lambda c, x, far, n: figures.cyclist(c, other, x, 0, far, begin + n * 0.09, -1),
            (1.6, 0.5, 1.7), -0.32,
        )  # fmt: skip

    def _motorbike(self, _: str) -> None:
        dice, street = self.dice, self.street
        person = figures.adult(dice)
        street.things[:] = [t for t in street.things if not (t.place == "road" and t.size[1] > 3 and t.z < 27)]
        self._add("road", LANE / 2 - 0.2, dice.between(20, 25), lambda c, x, far, _: figures.motorcyclist(c, person, x, 0, far, False), (0.8, 1.9, 1.6), 0, -0.5)
        self._scooter("")

    def _scooter(self, _: str) -> None:
        street, dice = self.street, self.dice
        tint, side = dice.pick(figures.BRIGHT), self._open_side()
        self._add("pavement", street.kerb(side) + side * 1.0, dice.between(16, 24), lambda c, x, far, _: figures.scooter(c, tint, x, KERB, far), (1.5, 0.5, 1.0))

    def _dog(self, _: str) -> None:
        street, dice = self.street, self.dice
        coat = dice.pick(((150, 104, 60), (60, 50, 46), (206, 190, 164)))
        side, start = self._open_side(), dice.random()
        across = -side
        x, z = street.front(side) - side * 0.8, dice.between(13, 16)
        self._add("pavement", x, z, lambda c, at, far, n: figures.dog(c, coat, at, KERB, far, start + n * 0.14, across), (0.9, 0.3, 0.6), 0.1 * across)
        self._crosser(figures.adult(dice), z + 0.2, x - across * 0.9, across, "pavement")

    def _horse(self, _: str) -> None:
        street, dice = self.street, self.dice
        for _n in range(2):
            side = dice.pick((-1, 1))
            coat, start = dice.pick(((112, 72, 44), (70, 52, 42), (196, 186, 172))), dice.random()
            across = dice.pick((-1, 1))
            self._add(
                "beyond", street.front(side) + side * dice.between(3, 6), dice.between(24, 30),
                lambda c, x, far, n, coat=coat, start=start, across=across: figures.horse(c, coat, x, KERB, far, start + n * 0.05, across),
                (1.9, 0.6, 1.6), 0.05 * across,
            )  # fmt: skip

    def _lights(self, _: str) -> None:
        street, dice = self.street, self.dice
        z = (street.zebra or dice.between(26, 36)) + 4
        green = dice.chance(0.5)
        for side in (-1, 1):
            self._add("kerb", street.kerb(side) + side * 0.4, z, lambda c, x, far, _: furniture.traffic_light(c, x, KERB, far, green), (0.3, 0.3, 3.2))

    def _adverts(self, _: str) -> None:
        street, dice = self.street, self.dice
        for side in (-1, 1):
            face = furniture.advertisement(dice, self.light)
            self._add(
                "pavement", street.front(side) - side * 1.1, dice.between(14, 30),
                lambda c, x, far, _, face=face: c.front(face, x - face.width / 2, KERB, far), (1.5, 0.2, 2.4),
            )  # fmt: skip

    def _columns(self, _: str) -> None:
        street = self.street
        for step in range(6):
            z = 9.0 + step * 22
            if self._free(z):
                self._add("border", street.front(1) + 0.3, z, lambda c, x, far, _: furniture.column(c, x, KERB, far, 7.5), (0.2, 0.2, 6))

    def _works(self, _: str) -> None:
        """Road works at the left kerb: a digger behind cones and a warning sign."""
        street, dice = self.street, self.dice
        near = dice.between(24, 28)
        kerb = street.kerb(-1)
        street.things[:] = [
            t for t in street.things if not (t.place in {"kerb", "lane"} and t.x < 0 and t.size[1] > 1.5 and near - 7 < t.z < near + 12)
        ]
        warning = furniture.named_sign(dice, self.light, "warning")
        self._add("kerb", kerb + 0.3, near - 3, lambda c, x, far, _: furniture.put_sign(c, warning, x, 0, far), (0.1, 0.1, 2.6))
        for step in range(6):
            self._add("road", kerb + 0.4 + step * 0.42, near + step * 1.3, lambda c, x, far, _: furniture.cone(c, x, 0, far), (0.4, 0.4, 0.7))
        self._add("kerb", kerb - 0.1, near + 5, lambda c, x, far, n: vehicles.digger(c, x, 0.0 + far, 0.5 + 0.04 * n), (3.0, 1.6, 1.7))
