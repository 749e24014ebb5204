"""A street that is being filled with everything that is planned for a drive."""

from __future__ import annotations

from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import cloud_map, light_of
from core.toytown.drive.street import KERB, Draw, Place, Street, Thing, still
from core.toytown.drive.themes import THEMES, Theme
from core.toytown.things import cars, plants

Size = tuple[float, float, float]


class Planner:
    """A street that is being filled; everything in it draws from its dice."""

    def __init__(self, seed: int) -> None:
        number = seed % len(THEMES)
        self.theme: Theme = THEMES[number]
        self.dice = dice = Dice(seed, "plan")
        self.light = light_of(dice.pick(self.theme.weather), dice)
        grey = 84 + dice.below(26)
        self.street = Street(
            theme=number,
            light=self.light,
            clouds=cloud_map(Dice(seed, "clouds")),
            spans=self.theme.spans,
            parking=self.theme.parking,
            shoulder=self.theme.shoulder,
            pavement=dice.between(2.2, 3.2),
            asphalt=(grey, grey, grey + 3),
            paving=dice.pick(((150, 144, 136), (138, 136, 134), (160, 148, 132))),
            speed=dice.between(1.1, 1.5),
            double_lines=dice.chance(0.6),
            writing=(dice.pick(("SLOW", "BUS", "SCHOOL")), dice.between(18, 30))
            if dice.chance(0.5)
            else None,
        )
        self.trees = self._trees()
        self.bushes = [plants.bush(dice, self.light) for _ in range(3)]

    def _trees(self) -> list[Texture]:
        makers = [plants.leafy_tree, plants.leafy_tree, plants.conifer]
        if self.dice.chance(0.4):
            makers = [plants.bare_tree, plants.leafy_tree, plants.bare_tree, plants.conifer]
        return [make(self.dice, self.light) for make in makers + makers[:2]]

    def put(
        self,
        place: Place,
        x: float,
        z: float,
        draw: Draw,
        size: Size = (0, 0, 0),
        dx: float = 0,
        dz: float = 0,
    ) -> None:
        """Put a thing into the street: at the road's height in the lanes, else at the pavement's."""
        y = 0.0 if place in {"road", "lane"} or (place == "kerb" and size[1] > 1.5) else KERB
        self.street.things.append(Thing(place, x, y, z, draw, size, dx, dz))

    def plant(self, place: Place, x: float, z: float, texture: Texture) -> None:
        """Put up a tree or a bush."""
        mirrored = self.dice.chance(0.5)

        def draw(canvas: Canvas, at: float, y: float, far: float, _: int) -> None:
            canvas.front(texture, at - texture.width / 2, y, far, mirrored)

        size = (texture.width, 0.6, texture.height)
        self.street.things.append(Thing(place, x, KERB, z, draw, size, crown=True))

    def put_car(
        self,
        place: Place,
        x: float,
        z: float,
        oncoming: bool,
        big: bool,
        dz: float = 0.0,
        braking: bool = False,
    ) -> None:
        """Put a car in: a passenger car, or a big one."""
        car = cars.any_suv(self.dice) if big else cars.any_car(self.dice)
        size = (car.width, car.length, car.shape.roof)
        self.put(place, x, z, still(cars.draw_car, car, oncoming, braking), size, 0.0, dz)

    def clear(self, places: set[Place], near: float, far: float, side: int = 0) -> None:
        """Remove the vehicles between near and far, on one side or both, to make room."""
        things = self.street.things
        things[:] = [
            t
            for t in things
            if not (t.place in places and t.is_vehicle and near < t.z < far and t.x * side >= 0)
        ]

    def open_side(self) -> int:
        """A side whose pavement is not hidden by parked cars, if there is one."""
        open_sides = [side for side in (-1, 1) if not self.street.bay(side)]
        return self.dice.pick(open_sides or (-1, 1))
