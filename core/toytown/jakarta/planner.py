"""A street of Jakarta's that is being filled with everything that is planned for a drive."""

from __future__ import annotations

from core.classes import RGB
from core.toytown.drawing.canvas import Texture
from core.toytown.drawing.dice import Dice
from core.toytown.drawing.light import cloud_map
from core.toytown.drive.street import FRAMES, Draw
from core.toytown.jakarta.camera import any_camera
from core.toytown.jakarta.lens import any_lens
from core.toytown.jakarta.street import Piece, Street
from core.toytown.jakarta.themes import THEMES, Theme
from core.toytown.jakarta.things import palms
from core.toytown.jakarta.weather import any_light
from core.toytown.things import plants

Size = tuple[float, float, float]
ROADS: tuple[RGB, ...] = (
    (92, 92, 95),
    (112, 110, 108),
    (78, 80, 86),
    (132, 128, 122),
    (104, 98, 92),
    (150, 146, 138),
)
PAVINGS: tuple[RGB, ...] = (
    (150, 144, 136), (168, 120, 96), (140, 142, 144), (176, 166, 140), (120, 116, 112), (150, 100, 84),
)  # fmt: skip
EARTHS: tuple[RGB, ...] = ((134, 112, 88), (150, 134, 110), (120, 104, 92), (156, 124, 96))
AHEAD, ONCOMING = -1, 1
"""The sides of the street: our own direction drives on the left."""
GROVES = (
    (palms.palm, palms.banyan, plants.leafy_tree),
    (palms.banyan, palms.banyan, palms.palm),
    (palms.palm, palms.palm, plants.leafy_tree),
)
"""The trees that a drive may have."""


class Planner:
    """A street that is being filled; everything in it draws from its dice."""

    def __init__(self, seed: int) -> None:
        self.theme: Theme = THEMES[seed % len(THEMES)]
        theme = self.theme
        self.dice = dice = Dice(seed, "jakarta")
        lanes, lane = theme.lanes, dice.between(2.7, 3.4)
        half = {"none": 0.0, "planter": dice.between(0.55, 1.1), "railing": 0.4, "separator": 0.3}[
            theme.median
        ]
        edge = dice.pick((0.0, 0.3, 0.8)) if theme.verge == "pavement" else 0.0
        kerb = -(half + lanes * lane + edge)
        inner = dice.below(lanes)
        own = -(half + (inner + 0.5) * lane)
        between = -(half + lane) if lanes > 1 else own + 0.9
        camera = any_camera(dice, theme.camera, own, between, kerb)
        self.jam = dice.chance(0.35)
        self.light = any_light(dice, dice.pick(theme.skies), camera.rides)
        drain = dice.between(0.6, 1.1) if dice.chance(theme.drains) else 0.0
        self.street = Street(
            light=self.light,
            clouds=cloud_map(Dice(seed, "clouds")),
            camera=camera,
            lens=any_lens(dice, theme.camera == "cctv", self.light.weather == "dusk"),
            verge=theme.verge,
            median=theme.median,
            lanes=lanes,
            lane=lane,
            half=half,
            edge=edge,
            walk=dice.between(1.8, 3.4) + drain,
            drain=drain,
            asphalt=self.near(dice.pick(ROADS)),
            paving=self.near(dice.pick(PAVINGS)),
            earth=self.near(dice.pick(EARTHS)),
            speed=(dice.between(0.12, 0.4) if self.jam else dice.between(0.5, 1.0)) if camera.rides else 0.0,
            zebra=theme.zebra,
            junction=theme.junction,
            painted=dice.chance(0.7),
            seed=seed,
        )
        self.trees: list[Texture] = [make(dice, self.light) for make in dice.pick(GROVES)]
        self.bushes: list[Texture] = [plants.bush(dice, self.light) for _ in range(2)]
        self.flows = {side: self._flow(side) for side in (AHEAD, ONCOMING)}
        self._taken: list[tuple[float, float, float, float]] = []
        if camera.rides:
            self.take(camera.x, -4, 1.6 if camera.kind == "car" else 1.0, 9)

    def _flow(self, side: int) -> float:
        """Metres a frame of the traffic on a side, along z."""
        if side == AHEAD and self.street.camera.rides:
            return self.street.speed
        return (self.dice.between(0.1, 0.35) if self.jam else self.dice.between(0.4, 0.9)) * -side

    def near(self, colour: RGB, share: float = 0.1) -> RGB:
        """A colour about like this one."""
        red, green, blue = (
            max(0, min(255, int(part * self.dice.between(1 - share, 1 + share)))) for part in colour
        )
        return red, green, blue

    def put(
        self, x: float, z: float, draw: Draw, size: Size, y: float = 0.0, dx: float = 0.0, dz: float = 0.0,
        low: float = 0.0, shade: bool = True, crown: bool = False,
    ) -> None:  # fmt: skip
        """Put a thing into the street; `low` is how far above y it begins.

        A tall thing close before a camera that stands high is left out: whoever put the camera up looked.
        """
        camera = self.street.camera
        close = z < 14 and z + size[1] > -2 and abs(x - camera.x) < size[0] / 2 + 4
        if not camera.rides and close and y + size[2] > 2.4:
            return
        self.street.pieces.append(Piece("road", x, y, z, draw, size, dx, dz, crown, low, shade))

    def take(self, x: float, z: float, width: float, length: float) -> bool:
        """Take a place on the road for a vehicle, with room around it; False if another has it."""
        left, right, near, far = x - width / 2 - 0.12, x + width / 2 + 0.12, z - 0.5, z + length + 0.5
        if any(left < b and a < right and near < d and c < far for a, b, c, d in self._taken):
            return False
        self._taken.append((left, right, near, far))
        return True

    def stand(self, x: float, z: float, width: float, length: float) -> bool:
        """Take a place on the road for something that stands, and the way of whoever would drive into it.

        False if it would stand in somebody's way, ours included.
        """
        camera, sweep = self.street.camera, FRAMES * self.flows[AHEAD if x < 0 else ONCOMING]
        if camera.rides and abs(x - camera.x) < width / 2 + 1.0 and z < sweep + 2:
            return False
        return self.take(x, z - max(0.0, sweep), width, length + abs(sweep))
