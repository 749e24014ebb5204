"""A network's answer in coarser classes: what it says of several of its classes together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.segmentation.segmentation import SMALL_BAND, Segmentation, bands, softmax
from core.segmentation.segmenter import Segmenter


class MergedSegmenter(Segmenter):
    """A segmenter that answers in coarser classes than its network has, each with the sum of the
    probabilities of those that it may be.

    class_list: the coarser classes. members: (L) for each the network's classes that it may be, at least one;
    see `ClassList.members`.
    """

    def __init__(self, fine: Segmenter, class_list: ClassList, members: Sequence[Sequence[int]]) -> None:
        super().__init__(fine.card, class_list, stride=1, predictor=fine.predictor)
        self._fine, self._members = fine, members

    def for_thread(self, threads: int) -> MergedSegmenter:
        """As `Segmenter.for_thread`."""
        return MergedSegmenter(self._fine.for_thread(threads), self.class_list, self._members)

    def segment_batch(
        self,
        photos: Sequence[NDArray[np.uint8]],
        size: int | None = None,
        square: bool = False,
        confidence: bool = True,
        then: Callable[[], None] | None = None,
    ) -> list[Segmentation]:
        """As `Segmenter.segment_batch`."""
        fine = self._fine.segment_batch(photos, size, square, confidence=False, then=then)
        return [merged(each, self.class_list, self._members, confidence) for each in fine]


def merged(
    segmentation: Segmentation,
    class_list: ClassList,
    members: Sequence[Sequence[int]],
    confidence: bool = True,
) -> Segmentation:
    """A segmentation in coarser classes; parameters as for `MergedSegmenter`.

    confidence: as for `Segmenter.segment`.

    Probabilities are summed at every pixel, and their logarithms kept at full size: the interpolation between
    cells and the sum may not change places. What the network gives to classes that are members
    of nothing is left out, and the rest sums to 1.
    """
    height, width = segmentation.height, segmentation.width
    logs = np.empty((len(members), height, width), dtype=np.float16)
    for rows, logits in bands(segmentation.logits, height, width, segmentation.stride, SMALL_BAND):
        logs[:, rows] = summed_logs(logits, members)
    return Segmentation.of_logits(
        segmentation.image, logs, 1, class_list, segmentation.model_name, confidence
    )


def summed_logs(logits: NDArray[np.float32], members: Sequence[Sequence[int]]) -> NDArray[np.float16]:
    """(L, H, W) the logarithm of what a network says of the classes of each set together.

    logits: (C, H, W), which are written over. members: as for `MergedSegmenter`.
    """
    probabilities = softmax(logits)
    summed = np.stack([probabilities[list(each)].sum(axis=0) for each in members])
    logs: NDArray[np.float16] = np.log(np.maximum(summed, np.finfo(np.float32).tiny)).astype(np.float16)
    return logs
