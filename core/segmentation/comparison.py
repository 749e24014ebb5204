"""What changes when the same photo is segmented at another size, or by another network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.errors import ComparisonError
from core.languages import sentence
from core.segmentation.segmentation import Segmentation

MAX_CLASSES = 255
"""One value of a byte is left for "unchanged"."""


@dataclass(frozen=True)
class Transition:
    """Pixels that change from one class to another. share: of all pixels, in [0, 1]."""

    first: str
    second: str
    pixels: int
    share: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two segmentations of one photo on the same pixel grid, with the same class list.

    image: (H, W, 3) uint8, the picture of the segmentation that the grid comes from. first, second: (H, W)
    uint8 class numbers. names: the classes' names. palette: (C, 3) uint8 colours. merged: classes of the
    longer list that count as another one, each with that one's name. alone: those that the shorter list has
    no class for.
    """

    image: NDArray[np.uint8]
    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    names: tuple[str, ...]
    palette: NDArray[np.uint8]
    merged: tuple[tuple[str, str], ...] = ()
    alone: tuple[str, ...] = ()

    @cached_property
    def changed(self) -> NDArray[np.bool_]:
        """(H, W) where the two give different classes."""
        return np.not_equal(self.first, self.second)

    @cached_property
    def share_changed(self) -> float:
        """Share of the pixels that changed, in [0, 1]."""
        return float(self.changed.mean())

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """From which class to which, most pixels first; ties in the order of the classes."""
        classes = len(self.names)
        pairs = self.first[self.changed].astype(np.int64) * classes + self.second[self.changed]
        counts = np.bincount(pairs, minlength=classes * classes)
        biggest = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        return tuple(
            Transition(
                self.names[pair // classes],
                self.names[pair % classes],
                int(counts[pair]),
                float(counts[pair] / self.first.size),
            )
            for pair in biggest
        )

    def difference_labels(self) -> NDArray[np.uint8]:
        """(H, W) the second's class where it differs from the first's; elsewhere C, for "unchanged"."""
        return np.where(self.changed, self.second, np.uint8(len(self.names)))


def compare(first: Segmentation, second: Segmentation) -> Comparison:
    """Compare two segmentations of the same photo, made at two sizes or by two networks.

    They are compared on the grid of the one with more pixels (the first's if they are equal). For each pixel
    of that grid, the other's class is the one at the same place in the photo: the label of the pixel that
    contains its centre. Rows and columns each scale by their own factor, so that a picture squashed to a
    square is stretched back.

    Different class lists are translated to the one with fewer classes (the first's if they are equal): a
    class of the other list becomes the one with the same name, else the one that is its group (CamVid-32's
    SUVPickupTruck becomes CamVid-11's Car), else it stays itself (Animal).
    ComparisonError if no class but Void has a counterpart, or if there are more than 255 together.
    """
    larger = first if first.labels.size >= second.labels.size else second
    to_first, to_second, names, palette = _common_classes(first.class_list, second.class_list)
    finer, table = max(
        (second.class_list, to_second), (first.class_list, to_first), key=lambda each: len(each[0])
    )
    known = len(min(first.class_list, second.class_list, key=len))
    counted_as = [(own, names[number]) for own, number in zip(finer.names, table.tolist(), strict=True)]
    return Comparison(
        larger.image,
        to_first[_on_grid(first.labels, *larger.labels.shape)],
        to_second[_on_grid(second.labels, *larger.labels.shape)],
        names,
        palette,
        tuple((own, other) for own, other in counted_as if own != other),
        names[known:],
    )


def _on_grid(labels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """(height, width) labels of the pixels that contain the centres of the new grid's pixels."""
    if labels.shape == (height, width):
        return labels
    rows, cols = (_centres(n, old) for n, old in zip((height, width), labels.shape, strict=True))
    return labels[np.ix_(rows, cols)]


def _centres(length: int, old: int) -> NDArray[np.int_]:
    """(length,) floor((i + 1/2) * old / length), in whole numbers."""
    return (2 * np.arange(length) + 1) * old // (2 * length)


def _common_classes(
    first: ClassList, second: ClassList
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[str, ...], NDArray[np.uint8]]:
    """Lookup tables from both lists' numbers to the common ones, and the common names and colours."""
    if len(second) < len(first):
        to_second, to_first, names, palette = _common_classes(second, first)
        return to_first, to_second, names, palette
    own = np.arange(len(first), dtype=np.uint8)
    if first.names == second.names:
        return own, own, first.names, first.palette
    numbers = {name: number for number, name in enumerate(first.names)}
    counterparts = [numbers.get(c.name, numbers.get(c.group)) for c in second.classes]
    if not any(number not in (None, first.void) for number in counterparts):
        raise ComparisonError(
            sentence(
                "The class lists {name} ({names}) and {second_name} ({names2}) have no class in common; "
                "choose two models that share classes.",
                name=first.name,
                names=_some(first.names),
                second_name=second.name,
                names2=_some(second.names),
            )
        )
    alone = [n for n, counterpart in enumerate(counterparts) if counterpart is None]
    if len(first) + len(alone) > MAX_CLASSES:
        raise ComparisonError(
            sentence(
                "The class lists {name} and {second_name} have {count} classes together; choose two "
                "models with at most {max_classes}.",
                name=first.name,
                second_name=second.name,
                count=len(first) + len(alone),
                max_classes=MAX_CLASSES,
            )
        )
    added = {number: len(first) + place for place, number in enumerate(alone)}
    to_common = [added[n] if number is None else number for n, number in enumerate(counterparts)]
    names = (*first.names, *(second.names[number] for number in alone))
    return own, np.array(to_common, dtype=np.uint8), names, np.vstack([first.palette, second.palette[alone]])


def _some(names: Iterable[str]) -> str:
    first, *more = list(names)[:4]
    return ", ".join([first, *more[:2], *(["..."] if len(more) > 2 else [])])
