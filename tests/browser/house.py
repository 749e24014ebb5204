"""What the app of most browser tests looks at: data sets of which every pixel is known, models of colours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.toytown import toytown
from tests.conftest import COLOURS, ROAD, ROOT, SKY, TREE, VOID, Labels, save_colour_model

APP = ROOT / "serve.py"

TOWN_FRAMES, TOWN_SIZE = 30, (120, 160)
"""Of Toytown: its number of frames, their height and width."""

STREET_SIZE = (96, 128)
"""Height and width of the frames of all other sets."""

WRONG = 12
"""Pixels that the network gets wrong in the first frame of `street`."""

HORIZON = 60
"""The row at which Road begins in `avenue`; the last four are Void."""

BADLY, HARDLY = 400, 40
"""Pixels of Sky that look like Road in the worst frame of `avenue`, and in the next worst."""

AVENUE_FRAMES = 7
"""Of `avenue`; the last one alone is for training."""


@dataclass(frozen=True)
class House:
    """The folders of a server; no test changes what another one finds in them."""

    data: Path
    models: Path
    cache: Path

    @property
    def settings(self) -> dict[str, str]:
        """The environment that a server needs to find them."""
        return {
            "STREETSCOPE_DATA": str(self.data),
            "STREETSCOPE_MODELS": str(self.models),
            "STREETSCOPE_CACHE": str(self.cache),
        }


def build_house(folder: Path) -> House:
    """Write the data sets toytown, street, mistakes, avenue and boats, and three models of colours."""
    house = House(folder / "data", folder / "models", folder / "cache")
    for each in (house.data, house.models, house.cache):
        each.mkdir()
    toytown(house.data / "toytown", TOWN_FRAMES, TOWN_SIZE[::-1])
    _write_street(house.data)
    _write_avenue(house.data / "avenue")
    _write_boats(house.data / "boats")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(house.models))
        save_colour_model("street-lite0")  # the default model's name
        save_colour_model("upside-down", (TREE, ROAD, SKY, VOID))
        save_colour_model("swapped", (SKY, TREE, ROAD, VOID))
    return house


def write_set(folder: Path, frames: dict[str, tuple[Labels, Labels]]) -> None:
    """Write a data set in fastai's layout: a label map, and the classes whose colours its picture shows."""
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    (folder / "codes.txt").write_text("\n".join(COLOURS.names))
    (folder / "valid.txt").write_text(list(frames)[-1] + "\n")
    for name, (label, seen) in frames.items():
        Image.fromarray(COLOURS.palette[seen]).save(folder / "images" / f"{name}.png")
        Image.fromarray(label).save(folder / "labels" / f"{name}_P.png")


def _write_street(data: Path) -> None:
    """A set that the network nearly gets right, and one with mistakes in its files."""
    street = np.full(STREET_SIZE, SKY, dtype=np.uint8)
    street[60:] = ROAD
    seen = street.copy()
    seen[0, :WRONG] = ROAD
    write_set(data / "street", {"street_1": (street, seen), "street_2": (street, street)})
    bad = street.copy()
    bad[0, 0] = 9
    write_set(data / "mistakes", {"good_1": (street, street), "bad_2": (bad, street)})


def _avenue() -> Labels:
    label = np.full(STREET_SIZE, SKY, dtype=np.uint8)
    label[HORIZON:] = ROAD
    label[-4:] = VOID
    return label


def _seen_with(wrong: int) -> Labels:
    """The avenue whose first pixels of Sky look like Road."""
    seen = _avenue()
    seen.reshape(-1)[:wrong] = ROAD
    seen[-4:] = ROAD
    return seen


def _write_avenue(folder: Path) -> None:
    """A set of which all figures are known."""
    wrong = {2: HARDLY, 5: BADLY}
    frames = {
        f"street_{number}": (_avenue(), _seen_with(wrong.get(number, 0)))
        for number in range(1, AVENUE_FRAMES + 1)
    }
    write_set(folder, frames)
    (folder / "valid.txt").write_text("".join(f"{name}.png\n" for name in list(frames)[:-1]))


def _write_boats(folder: Path) -> None:
    """A set whose classes no model knows."""
    write_set(folder, {name: (_avenue() // 3, _avenue()) for name in ("boat_1", "boat_2")})
    (folder / "codes.txt").write_text("Boat\nShip\n")
