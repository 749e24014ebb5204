"""Ten kinds of drive through Jakarta that take turns.

Themes 4 and 9, which become the validation drives, have nearly everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.toytown.jakarta.camera import CameraKind
from core.toytown.jakarta.street import Median, Verge


@dataclass(frozen=True)
class Theme:
    """What a drive has. blocks: what alternates along both sides; extras: names of other additions.

    drains: how likely an open drain is; busy: motorcycles for each vehicle with four wheels.
    zebra, junction, flyover, footbridge, gapura: where they are, in metres from the start.
    """

    camera: CameraKind
    skies: tuple[str, ...]
    verge: Verge
    median: Median
    lanes: int
    blocks: tuple[str, ...]
    extras: tuple[str, ...]
    drains: float = 0.5
    busy: float = 2.0
    zebra: float | None = None
    junction: float | None = None
    flyover: float | None = None
    footbridge: float | None = None
    gapura: float | None = None


THEMES = (
    Theme(
        "car", ("noon",), "pavement", "planter", 2, ("ruko", "office", "ruko", "warung", "park"),
        ("walkers", "carts", "lights", "median palms", "banners", "bajaj"), zebra=26, footbridge=58,
    ),
    Theme(
        "motorcycle", ("haze", "noon"), "dirt", "none", 1, ("kampung", "warung", "wall", "warung"),
        ("walkers", "carts", "becak", "banners", "children", "animals"), drains=0.9, busy=4,
    ),
    Theme(
        "car", ("rain",), "pavement", "railing", 2, ("ruko", "warung", "ruko", "wall"),
        ("walkers", "bajaj", "banners", "columns"), flyover=54, busy=2.5,
    ),
    Theme(
        "bridge", ("morning", "haze", "noon"), "pavement", "planter", 3, ("office", "ruko", "park", "office"),
        ("walkers", "median palms", "columns", "lights", "works"), busy=3.5, junction=34,
    ),
    Theme(
        "motorcycle", ("noon", "haze"), "pavement", "planter", 2, ("ruko", "warung", "wall", "park"),
        ("walkers", "carts", "lights", "median palms", "banners", "bajaj", "becak", "children", "animals",
         "works", "pushing", "columns"),
        zebra=20, junction=34, flyover=92, footbridge=60, drains=0.8, busy=3,
    ),
    Theme(
        "motorcycle", ("dusk",), "pavement", "none", 2, ("ruko", "warung", "ruko", "ruko"),
        ("walkers", "carts", "banners", "bajaj", "lights"), zebra=30, busy=4,
    ),
    Theme(
        "cctv", ("noon", "haze", "rain"), "pavement", "separator", 2, ("ruko", "ruko", "office", "warung"),
        ("walkers", "carts", "columns", "bajaj", "pushing"), zebra=22, busy=3,
    ),
    Theme(
        "car", ("morning", "noon"), "dirt", "none", 1, ("kampung", "kampung", "wall", "park", "warung"),
        ("walkers", "becak", "children", "animals", "carts", "banners"), drains=1.0, busy=2.5, gapura=38,
    ),
    Theme(
        "cctv", ("dusk", "haze", "morning"), "pavement", "none", 2, ("warung", "ruko", "kampung", "ruko"),
        ("walkers", "carts", "becak", "bajaj", "children", "works"), junction=16, busy=3.5, drains=0.8,
    ),
    Theme(
        "car", ("dusk", "rain", "noon"), "pavement", "separator", 3, ("ruko", "office", "warung", "wall"),
        ("walkers", "carts", "lights", "banners", "bajaj", "becak", "children", "animals", "works",
         "pushing", "columns"),
        zebra=18, junction=30, flyover=66, footbridge=100, gapura=None, drains=0.7, busy=3,
    ),
)  # fmt: skip
