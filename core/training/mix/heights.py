"""What is high and what is low, where labels do not say so: a weak label by the height of the camera.

SegNet's grouping made buses Car, walls Building and hedges Tree. But a camera on a car meets everything that
stands on the road at its own height where the horizon is. So how high a thing is, in heights of the camera,
is how far its top is above its foot, over how far the horizon is (Criminisi, Reid, Zisserman, "Single view
metrology", 2000). Where the horizon is, the roofs of cars tell: they are nearly all equally high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.classes import ClassList
from core.datasets import Frame, SegmentationDataset
from core.datasets.splits import drive_position
from core.training.mix.labels import Labels

_ROOF = 1.15
"""The height of a car's roof: 1.5 m, seen from behind a windscreen at 1.3 m."""

_HIGH, _LOW = 1.6, 1.4
"""Vehicles above 2.1 m are no cars; walls and hedges below 1.8 m are no houses and trees."""

_NEAR = 1 / 120
"""How far below the horizon a foot is, at least, as a share of the picture's width: else rounding decides."""

_ALONE = (0.7, 2.5)
"""Width over height of a patch of Car that may be one car and shows its roof."""
_LEAST_ROOFS = 10
_CAR_ROWS = 1 / 60
"""Of the picture's width: what is lower than that is too small to measure."""
_NARROW = 1 / 160
_NARROW_LOW = 1 / 40
"""Of the picture's width: what is high on fewer columns is noise, and what is low on fewer is often the part
of a house that shows between two people."""

_NEIGHBOURS = np.ones((3, 3))

_BEFORE = ("Car", "Truck_Bus", "Pedestrian", "Bicyclist")
"""What stands before other things, and hides their feet."""

_HIGHER = {"Car": "Truck_Bus"}
_LOWER = {"Building": "Wall", "Tree": "VegetationMisc"}


@dataclass(frozen=True, eq=False)
class HeightRule:
    """Changes the labels of high vehicles, and of low walls and plants.

    high, low: from the number of a label to that of what it is then. before: the labels
    of what hides the feet of other things. horizons: rows, by drive.
    """

    high: Mapping[int, int]
    low: Mapping[int, int]
    before: tuple[int, ...]
    horizons: Mapping[str, float]

    @classmethod
    def of(cls, labels: Labels, classes: ClassList, dataset: SegmentationDataset) -> HeightRule | None:
        """The rule for a data set whose labels may be what it tells apart; None if it has nothing to say.

        classes: the network's. The labels of all training frames are read once, to find the horizons.
        """
        high, low = (_known(pairs, labels, classes) for pairs in (_HIGHER, _LOWER))
        names = labels.classes.names
        if "Car" not in names or not (high or low):
            return None
        car = names.index("Car")
        horizons = _horizons(dataset, labels.table, car)
        before = tuple(names.index(name) for name in _BEFORE if name in names)
        return cls(high, low, before, horizons) if horizons else None

    def __call__(self, frame: Frame, label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """label: (H, W). Returns it with what is high and what is low; as it is where no horizon is known."""
        horizon = self.horizons.get(_drive(frame))
        if horizon is None:
            return label
        changed, width = label.copy(), label.shape[1]
        for number, higher in self.high.items():
            changed[_wide(patch_heights(label == number, horizon) > _HIGH, width * _NARROW)] = higher
        before = np.isin(label, self.before)
        for number, lower in self.low.items():
            found = heights(label == number, horizon, before)
            changed[_wide((found > 0) & (found < _LOW), width * _NARROW_LOW)] = lower
        return changed


def heights(mask: NDArray[np.bool_], horizon: float, before: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(H, W) how high what is in a mask is, column by column, in heights of the camera; 0 where nobody knows.

    mask: (H, W). horizon: its row. before: (H, W) what hides the foot of what it stands before. A pixel's
    top and foot are the ends of the run of the mask that it is in.
    """
    rows = np.arange(len(mask))[:, None]
    above = np.pad(mask, ((1, 0), (0, 0)))[:-1]
    below = np.pad(mask, ((0, 1), (0, 0)))[1:]
    top = np.maximum.accumulate(np.where(mask & ~above, rows, 0), axis=0)
    ends = np.where(mask & ~below, rows + 1, len(mask))
    foot = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
    hidden = np.take_along_axis(np.pad(before, ((0, 1), (0, 0))), foot, axis=0)
    return np.where(mask & ~hidden, _heights(top, foot, horizon, mask.shape[1]), 0).astype(np.float32)


def patch_heights(mask: NDArray[np.bool_], horizon: float) -> NDArray[np.float32]:
    """As `heights`, but top and foot are those of the patch's column: somebody may stand in front of it."""
    found = np.zeros(mask.shape, np.float32)
    patches, _ = ndimage.label(mask, _NEIGHBOURS)
    for number, place in enumerate(ndimage.find_objects(patches), 1):
        patch = patches[place] == number
        top = place[0].start + patch.argmax(axis=0)
        foot = place[0].stop - patch[::-1].argmax(axis=0)
        found[place] += patch * _heights(top, foot, horizon, mask.shape[1])
    return found


def _heights(
    top: NDArray[np.int_], foot: NDArray[np.int_], horizon: float, width: int
) -> NDArray[np.float64]:
    known = foot - horizon >= width * _NEAR
    return np.where(known, (foot - top) / np.where(known, foot - horizon, 1), 0)


def roof_rows(cars: NDArray[np.bool_]) -> list[float]:
    """The row of the horizon as each single car of a mask (H, W) tells it, by its roof and its wheels."""
    patches, _ = ndimage.label(cars, _NEIGHBOURS)
    found = []
    for number, (rows, cols) in enumerate(ndimage.find_objects(patches), 1):
        height, width = rows.stop - rows.start, cols.stop - cols.start
        whole = cols.start > 1 and cols.stop < cars.shape[1] - 1
        if whole and height >= cars.shape[1] * _CAR_ROWS and _ALONE[0] < width / height < _ALONE[1]:
            patch = patches[rows, cols] == number
            top = rows.start + np.percentile(patch.argmax(axis=0), 10)
            found.append(float((top + (_ROOF - 1) * rows.stop) / _ROOF))
    return found


def _horizons(dataset: SegmentationDataset, table: NDArray[np.uint8], car: int) -> dict[str, float]:
    """The row of the horizon of each drive with enough cars: the middle one of what they tell."""
    told: dict[str, list[float]] = defaultdict(list)
    for frame in dataset.train:
        told[_drive(frame)] += roof_rows(table[dataset.read_label(frame)] == car)
    return {drive: float(np.median(rows)) for drive, rows in told.items() if len(rows) >= _LEAST_ROOFS}


def _drive(frame: Frame) -> str:
    where = drive_position(frame.image.stem)
    return where.drive if where else ""


def _known(pairs: Mapping[str, str], labels: Labels, classes: ClassList) -> dict[int, int]:
    """Which of these labels may be what they become, by number."""
    found = (labels.may_become(name, finer, classes) for name, finer in pairs.items())
    return dict(pair for pair in found if pair)


def _wide(mask: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    """A mask without its parts that are narrower than so many columns."""
    wide: NDArray[np.bool_] = ndimage.binary_opening(mask, np.ones((1, max(1, round(least)))))
    return wide
