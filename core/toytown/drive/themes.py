"""Ten kinds of drive that take turns, so that ten in a row show every class.

Themes 4 and 9, which become the validation drives, have nearly everything.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.toytown.drawing.light import Weather
from core.toytown.drive.street import Spans


@dataclass(frozen=True)
class Theme:
    """What a drive has. blocks: what alternates along both sides; extras: names of other additions."""

    weather: tuple[Weather, ...]
    blocks: tuple[str, ...]
    parking: tuple[bool, bool]
    spans: Spans
    extras: tuple[str, ...]
    shoulder: float = 0.0


THEMES = (
    Theme(
        ("noon",), ("shop", "shop", "college", "shop", "modern"), (True, True), Spans(zebra=34),
        ("bus", "crowd", "lights", "posters", "cyclists", "pram", "children", "scooter"),
    ),
    Theme(
        ("overcast",), ("terrace", "terrace", "villa", "park", "terrace"), (True, False), Spans(),
        ("children", "suv", "dog", "cyclists", "avenue", "motorcycle", "cart", "lorry ahead"),
    ),
    Theme(
        ("morning",), ("villa", "park", "terrace", "meadow"), (False, False), Spans(rail=46),
        ("suv", "horses", "trailer", "waiting car", "children", "columns"), 1.1,
    ),
    Theme(
        ("rain",), ("terrace", "shop", "modern", "wall"), (False, True), Spans(bridge=52, hatching=(12, 34)),
        ("road works", "double decker", "crowd", "lights", "motorcycle", "posters"),
    ),
    Theme(
        ("noon",), ("shop", "park", "terrace", "car park", "wall", "villa"), (True, False),
        Spans(gate=58, rail=84, tunnel=118, hatching=(26, 40), zebra=16),
        ("road works", "distant bus", "suv", "motorcycle", "cyclists", "pram", "dog", "children",
         "crowd", "lights", "posters", "trailer", "avenue"), 0.9,
    ),
    Theme(
        ("dusk",), ("terrace", "shop", "villa", "modern"), (True, False), Spans(tunnel=78),
        ("bus", "crowd", "lights", "suv", "motorcycle ahead", "posters"),
    ),
    Theme(
        ("morning", "noon"), ("park", "meadow", "park", "villa"), (False, True), Spans(),
        ("horses", "dog", "pram", "cyclists", "children", "avenue", "motorcycle", "columns", "lorry",
         "suitcase"), 0.8,
    ),
    Theme(
        ("overcast", "noon"), ("college", "wall", "shop", "terrace", "college"), (False, False),
        Spans(gate=44, zebra=22),
        ("crowd", "cart", "cyclists", "dog", "posters", "suv", "children", "road works"),
    ),
    Theme(
        ("rain", "overcast"), ("meadow", "car park", "modern", "wall"), (False, False),
        Spans(hatching=(8, 44), bridge=96),
        ("lorry", "double decker", "suv", "trailer", "motorcycle", "lights", "columns", "cyclists",
         "road works"), 1.6,
    ),
    Theme(
        ("dusk",), ("shop", "terrace", "park", "shop", "wall", "car park"), (False, True),
        Spans(rail=58, bridge=88, gate=112, tunnel=140, hatching=(20, 36)),
        ("road works", "double decker", "suv", "motorcycle", "cyclists", "suitcase", "pram", "dog",
         "children", "crowd", "lights", "posters", "trailer", "waiting car", "avenue"), 0.7,
    ),
)  # fmt: skip
