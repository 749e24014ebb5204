"""How many labels a spoilt picture keeps: of all pixels and of each class, at one strength or at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.metrics import count_confusion, per_class_recall, pixel_accuracy
from core.inside.corruptions import CORRUPTIONS, STRENGTHS, Corruption
from core.jobs import ProgressCallback
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter


@dataclass(frozen=True, eq=False)
class Kept:
    """Labels of a picture, counted before and after: (C, C) pixels, rows before, columns after."""

    counts: NDArray[np.int64]

    @property
    def share(self) -> float:
        """The share of all pixels whose label stayed, in [0, 1]."""
        return pixel_accuracy(self.counts)

    @property
    def pixels(self) -> NDArray[np.int64]:
        """(C,) pixels of each class before."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def by_class(self) -> NDArray[np.float64]:
        """(C,) the share of each class's pixels that kept it, in [0, 1]; NaN for a class without pixels."""
        return per_class_recall(self.counts)

    def became(self, number: int) -> int | None:
        """What most of the pixels that a class lost became; None if it lost none."""
        lost = self.counts[number].copy()
        lost[number] = 0
        return int(lost.argmax()) if lost.any() else None


def kept_labels(before: NDArray[np.uint8], after: NDArray[np.uint8], classes: int) -> Kept:
    """Compare two label maps (H, W) of one picture."""
    return Kept(count_confusion(before, after, classes))


def spoilt(
    segmenter: Segmenter, image: NDArray[np.uint8], corruption: Corruption, strength: int
) -> Segmentation:
    """The segmentation of the spoilt picture, which it holds; one forward pass. SizeError for the strength.

    image: (H, W, 3) uint8 at the working size.
    """
    return segmenter.segment(corruption.apply(image, strength))


@dataclass(frozen=True)
class Curve:
    """The share of labels that a corruption leaves: `shares[0]` at strength 0, which is 1, and so on."""

    corruption: str
    shares: tuple[float, ...]


def curves(
    segmenter: Segmenter,
    image: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    names: Sequence[str] = tuple(CORRUPTIONS),
    progress: ProgressCallback = lambda done, total: None,
) -> list[Curve]:
    """All strengths of the corruptions of these names; a forward pass for each.

    image, labels: at the working size, as the network labels it unspoilt. progress: told after each pass;
    raising from it stops the work.
    """
    total, done = len(names) * STRENGTHS, 0
    found = []
    for name in names:
        shares = [1.0]
        for strength in range(1, STRENGTHS + 1):
            after = spoilt(segmenter, image, CORRUPTIONS[name], strength)
            shares.append(kept_labels(labels, after.labels, len(segmenter.class_list)).share)
            done += 1
            progress(done, total)
        found.append(Curve(name, tuple(shares)))
    return found
