"""Outputs for classes that a model never had: each starts as a copy of the nearest class's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.evaluation.metrics import truth_table
from core.segmentation.segmenter import Segmenter

BEHIND = 0.05
"""How far an added class's logit starts behind its nearest one's: the first answers are the old model's.

So little that it costs no step to overtake, and enough that rounding never lets the copy win.
"""


def nearest_classes(
    segmenter: Segmenter, dataset: SegmentationDataset, extended: ClassList
) -> tuple[int, ...]:
    """For each added class, in order, the old class that the model predicts most on its reviewed pixels.

    segmenter: the old model; its classes are the first of `extended`. dataset: `train` are the taught photos.
    """
    known = len(segmenter.class_list)
    if known == len(extended):
        return ()
    table = truth_table(dataset.class_list, extended)
    counts = np.zeros((len(extended) - known, known), np.int64)
    for frame in dataset.train:
        image, label = dataset.read(frame)
        truth = table[label]
        added = (truth >= known) & (truth < len(extended))
        if added.any():
            counts += _pairs(truth[added] - known, segmenter.segment(image).labels[added], counts.shape)
    return tuple(int(nearest) for nearest in counts.argmax(axis=1))


def _pairs(
    added: NDArray[np.uint8], predicted: NDArray[np.uint8], shape: tuple[int, int]
) -> NDArray[np.int64]:
    pairs = added.astype(np.int64) * shape[1] + predicted
    return np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)


def with_added_outputs(network: nn.Module, nearest: Sequence[int]) -> dict[str, Tensor]:
    """The weights of a network with more outputs, each a copy of the class that `nearest` names.

    The logits are made by its last convolution, whose bias BEHIND is taken from.
    """
    state = dict(network.state_dict())
    if not nearest:
        return state
    *_, (name, head) = ((n, m) for n, m in network.named_modules() if isinstance(m, nn.Conv2d))
    prefix, copied = f"{name}." if name else "", torch.tensor(list(nearest))
    for key, behind in (("weight", 0.0), ("bias", BEHIND)):
        old = head.get_parameter(key).detach()
        state[prefix + key] = torch.cat([old, old[copied] - behind])
    return state
