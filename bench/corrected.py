"""Pictures that somebody corrected, played by Toytown: whole photos, and frames with a class that is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.classes import CAMVID_11, CAMVID_32, UNLABELLED, ClassList
from core.datasets.layouts.lists import write_label_colours
from core.toytown import frame

NEW = "MotorcycleScooter"
EXTENDED = CAMVID_32.select("CamVid-11 and one", (*CAMVID_11.names, NEW))

PHOTO, SMALL = (512, 384), (320, 240)
"""Width and height of photos, and of frames with the new class."""

_STREETS = {"train": 100_000, "photos": 550_000, "checks": 650_000}
"""Seeds of drives: none is in two of these, and the recipe was chosen on others than the last two."""
_MOMENTS = (2, 5, 8)
"""Frames of a drive that are looked at for one with a motorcycle."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame of Toytown: image (H, W, 3), label (H, W) by the numbers of EXTENDED, or UNLABELLED."""

    image: NDArray[np.uint8]
    label: NDArray[np.uint8]


def scene(kind: str, drive: int, number: int, size: tuple[int, int]) -> Scene:
    """One frame of a drive."""
    table = np.full(256, UNLABELLED, np.uint8)
    table[: len(CAMVID_32)] = CAMVID_32.translation(EXTENDED)
    image, label = frame(_STREETS[kind] + drive, number, size)
    return Scene(image, table[label])


def scenes(kind: str, count: int, size: tuple[int, int]) -> list[Scene]:
    """The same moment of so many drives."""
    return [scene(kind, drive, _MOMENTS[0], size) for drive in range(count)]


def with_new_class(kind: str, count: int) -> list[Scene]:
    """One frame of each of so many drives, in which the new class is large enough to be corrected."""
    new, found = EXTENDED.index(NEW), []
    for drive in range(10 * count):
        moments = (scene(kind, drive, number, SMALL) for number in _MOMENTS)
        large = next((each for each in moments if (each.label == new).mean() > 0.01), None)
        found += [] if large is None else [large]
        if len(found) == count:
            break
    return found


def reviewed(whole: Scene) -> Scene:
    """As somebody corrects it who paints the new class and what is close around it, and nothing else."""
    rows, cols = np.nonzero(whole.label == EXTENDED.index(NEW))
    label = np.full_like(whole.label, UNLABELLED)
    box = np.s_[max(0, rows.min() - 8) : rows.max() + 9, max(0, cols.min() - 8) : cols.max() + 9]
    label[box] = whole.label[box]
    return Scene(whole.image, label)


def without_new_class(whole: Scene) -> Scene:
    """The scene in which nobody labelled the new class."""
    label = np.where(whole.label == EXTENDED.index(NEW), UNLABELLED, whole.label)
    return Scene(whole.image, label.astype(np.uint8))


def write_set(root: Path, classes: ClassList, train: Sequence[Scene], valid: Sequence[Scene]) -> Path:
    """Write a data set in fastai's layout."""
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    for number, each in enumerate((*train, *valid)):
        Image.fromarray(each.image).save(root / "images" / f"{number:03d}.png")
        Image.fromarray(each.label).save(root / "labels" / f"{number:03d}_P.png")
    (root / "codes.txt").write_text("\n".join(classes.names) + "\n")
    write_label_colours(root / "label_colors.txt", classes)
    held = range(len(train), len(train) + len(valid))
    (root / "valid.txt").write_text("".join(f"{number:03d}.png\n" for number in held))
    return root
