"""What a drive through Jakarta is made of: the street's measures, and all that stands or moves along it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from core.classes import RGB
from core.toytown.drawing.canvas import Texture
from core.toytown.drawing.light import Floats, Light
from core.toytown.drive.street import Border, Plot, Thing
from core.toytown.jakarta.camera import Camera
from core.toytown.jakarta.lens import Lens

Verge = Literal["pavement", "dirt"]
"""What is between the road and the houses: a pavement with a kerb, or bare ground."""
Median = Literal["none", "planter", "railing", "separator"]
Box = tuple[float, float, float, float, float, float]
"""From and to: x, y and z in metres."""
REACH = 150.0
"""How far a street is built, in metres."""


@dataclass(frozen=True)
class Piece(Thing):
    """A thing with a box around it, by which it finds its place in the order of drawing.

    low: how far above its foot it begins; shade: whether it throws a shadow.
    """

    low: float = 0.0
    shade: bool = True

    @property
    def box(self) -> Box:
        """Where it is; its nearer end is at z."""
        width, length, height = self.size
        half, foot = width / 2, self.y
        return (
            self.x - half,
            self.x + half,
            foot + self.low,
            foot + height,
            self.z,
            self.z + max(0.02, length),
        )

    def moved(self, number: int) -> Piece:
        """Where it is in the frame with this number."""
        return replace(self, x=self.x + self.dx * number, z=self.z + self.dz * number)


@dataclass
class Street:
    """One drive's world; it is filled while the drive is planned, and not changed after that.

    lanes: on each side; lane: the width of one; half: half the median's width; edge: the strip before the
    kerb; walk: from the kerb to the houses; drain: the width of an open drain, 0 for none, which is at the
    houses' side of the walk. speed: our own, in metres a frame.
    """

    light: Light
    clouds: Floats
    camera: Camera
    lens: Lens
    verge: Verge
    median: Median
    lanes: int
    lane: float
    half: float
    edge: float
    walk: float
    drain: float
    asphalt: RGB
    paving: RGB
    earth: RGB
    speed: float
    zebra: float | None
    junction: float | None
    painted: bool
    seed: int
    plots: list[Plot] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    textures: dict[str, Texture] = field(default_factory=dict)

    def lane_middle(self, side: int, number: int) -> float:
        """x of the middle of a lane; number 0 is the one beside the median."""
        return side * (self.half + (number + 0.5) * self.lane)

    def kerb(self, side: int) -> float:
        """x of the kerb on a side."""
        return side * (self.half + self.lanes * self.lane + self.edge)

    def front(self, side: int) -> float:
        """x of the houses' line on a side."""
        return self.kerb(side) + side * self.walk

    @property
    def rise(self) -> float:
        """Height of what people walk on."""
        return 0.15 if self.verge == "pavement" else 0.0

    def leaves_free(self, z: float) -> bool:
        """Whether nothing spans the street at z."""
        return all(not near - 3 < z < far + 3 for near, far in self.spans)
