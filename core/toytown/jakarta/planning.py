"""The plan of a drive through Jakarta, random by its seed."""

from __future__ import annotations

from functools import lru_cache

from core.toytown.drawing.canvas import Canvas, Texture
from core.toytown.drive.street import still
from core.toytown.jakarta.extras import EXTRAS
from core.toytown.jakarta.planner import Planner
from core.toytown.jakarta.sides import build, furnish
from core.toytown.jakarta.street import Street
from core.toytown.jakarta.things import palms, roadside
from core.toytown.jakarta.things.meanings import FLYOVER, FOOTBRIDGE
from core.toytown.jakarta.traffic import drive
from core.toytown.things import plants, rails

BLOCK = 4.0
"""Metres of median that are drawn as one piece."""


@lru_cache(maxsize=2)
def plan(seed: int) -> Street:
    """The street of a seed; it is not changed once made."""
    planner = Planner(seed)
    planner.street.textures["wood"] = plants.wood(planner.dice, planner.light, 40, 8)
    _span(planner)
    _divide(planner)
    for side in (-1, 1):
        build(planner, side)
        furnish(planner, side)
    early = [name for name in planner.theme.extras if name in {"works", "carts", "becak"}]
    late = [name for name in planner.theme.extras if name not in early]
    for extra in early:  # what stands on the road is there before the traffic
        EXTRAS[extra](planner)
    drive(planner)
    for extra in late:
        EXTRAS[extra](planner)
    return planner.street


def _span(planner: Planner) -> None:
    """Flyover, footbridge and gapura; houses and trees leave room for them."""
    street, dice, theme = planner.street, planner.dice, planner.theme
    reach = abs(street.kerb(1)) + 1.2
    if theme.flyover is not None:
        deck, deep = dice.between(5.6, 7.0), dice.between(9, 13)
        street.spans.append((theme.flyover, theme.flyover + deep))
        draw = still(roadside.flyover, deck, deep)
        planner.put(0, theme.flyover, draw, (140, deep, deck + 1.5), low=deck - 0.4, shade=False)
        if dice.chance(0.5):
            _run_train(planner, theme.flyover + deep * 0.6, deck + 1.0)
        for x in (-reach - 0.6, reach + 0.6, *([0.0] if street.half > 0.5 else [])):
            half = 0.75 if x else street.half * 0.8
            draw = still(roadside.pier, half, deck - 0.4, 2.2, FLYOVER)
            planner.put(x, theme.flyover + deep / 2, draw, (2 * half, 0.5, deck - 0.4), shade=False)
    if theme.footbridge is not None:
        z = theme.footbridge
        street.spans.append((z, z + 3))
        cloth = None
        if dice.chance(0.7):
            cloth = roadside.banner(dice, planner.light, dice.between(5, 9), 1.5)
        tint = planner.near(dice.pick(((60, 110, 150), (190, 190, 186), (200, 120, 50), (90, 130, 90))))
        draw = still(roadside.footbridge, reach, tint, cloth)
        planner.put(0, z, draw, (2 * reach + 4, 2.4, 3.3), 5.2, shade=False)
        for x in (-reach, reach):
            planner.put(
                x, z + 1, still(roadside.pier, 0.3, 5.2, 0.0, FOOTBRIDGE), (0.6, 0.5, 5.2), shade=False
            )
    if theme.gapura is not None:
        words = roadside.banner(dice, planner.light, 4.0, 0.75)
        paint = planner.near(dice.pick(((190, 60, 50), (226, 220, 206), (120, 90, 70), (60, 120, 90))))
        street.spans.append((theme.gapura - 1, theme.gapura + 1))
        draw = still(roadside.gapura, abs(street.kerb(1)) + 0.4, paint, words)
        planner.put(0, theme.gapura, draw, (2 * reach + 1, 0.1, 5.0))


def _run_train(planner: Planner, z: float, y: float) -> None:
    """A train of the city's railway, on a viaduct across the street."""
    carriage = rails.carriage(planner.dice, planner.light)
    start, pace = planner.dice.between(-50, -10), planner.dice.between(0.5, 1.2)

    def draw(canvas: Canvas, x: float, foot: float, at: float, number: int) -> None:
        for index in range(3):
            canvas.front(carriage, start + pace * number + 20.3 * index, foot, at)

    planner.put(0, z, draw, (140, 0.5, 4.0), y, shade=False)


def _divide(planner: Planner) -> None:
    """What is between the two directions, in pieces, with openings at crossings."""
    street, dice, light = planner.street, planner.dice, planner.light
    if street.median == "none":
        return
    grown = [palms.planting(dice, light, BLOCK) for _ in range(3)]
    bare = Texture(BLOCK, 0.0, ())
    fence = roadside.railing(dice, light, "right")
    planted = dice.between(0.4, 1.0)
    step = fence.width if street.median == "railing" else BLOCK
    z = -8.0
    while z < 125:
        crossing = (street.zebra is not None and z - 3.5 < street.zebra < z + step) or (
            street.junction is not None and z - 8 < street.junction < z + step
        )
        if not crossing:
            if street.median == "planter":
                what = dice.pick(grown) if dice.chance(planted) else bare
                draw = still(roadside.planter, street.half, step, what, street.painted)
                planner.put(0, z, draw, (2 * street.half, step, 0.45 + what.height))
            elif street.median == "railing":
                planner.put(0, z, still(_stand, fence), (0.05, step, fence.height))
            else:
                planner.put(0, z, still(roadside.separator, step), (0.3, step, 0.25))
        z += step


def _stand(canvas: Canvas, x: float, y: float, z: float, fence: Texture) -> None:
    canvas.side(fence, x, y, z, z + fence.width)
