"""The towns that can be drawn: what each is called, what it shows, and who draws its frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.languages import sentence
from core.toytown.drive import scene
from core.toytown.jakarta import scene as jakarta

Frame = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@dataclass(frozen=True)
class Town:
    """A town that can be drawn.

    name: of its folder and its files; about: one sentence; draw: a frame by seed, number, width, height.
    shown: drive and frame of the nine pictures that introduce it. story: what its README says it is.
    """

    name: str
    title: str
    about: str
    story: str
    draw: Callable[[int, int, int, int], Frame]
    shown: tuple[tuple[int, int], ...]


TOWNS = {
    town.name: town
    for town in (
        Town(
            "toytown",
            "Toytown",
            "A small European town, seen from the driver's seat of a car.",
            "A made-up town, drawn by StreetScope from the driver's seat of a moving car, with an exact\n"
            "label for every pixel in CamVid's 32 classes. Only the own car's bonnet and street furniture\n"
            "that has no class is Void.",
            scene.draw_frame,
            ((0, 3), (7, 4), (6, 1), (3, 6), (4, 2), (5, 6), (1, 3), (8, 8), (9, 3)),
        ),
        Town(
            "jakarta",
            "Jakarta",
            "Streets full of motorcycles, stalls and cables, seen from cars, motorcycles, bridges and CCTV.",
            "Made-up streets of Jakarta, drawn by StreetScope as cars, motorcycles, bridges and CCTV see\n"
            "them, with an exact label for every pixel in CamVid's 32 classes. Cables, stools and the own\n"
            "vehicle are Void.",
            jakarta.draw_frame,
            ((0, 3), (1, 2), (2, 4), (3, 2), (4, 6), (5, 1), (18, 5), (7, 3), (9, 2)),
        ),
    )
}
"""All towns by name; the first is the one that the app draws by itself."""


def town_named(name: str) -> Town:
    """The town with this name; DatasetError lists those there are."""
    try:
        return TOWNS[name]
    except KeyError:
        raise DatasetError(
            sentence(
                "There is no town {name!r} to draw; choose one of {towns}.", name=name, towns=", ".join(TOWNS)
            )
        ) from None
