"""Outputs for classes that a model never had: each starts as a copy of the nearest class's.

Or as its part of a coarser class's, where a network is to tell apart what the model does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.evaluation.metrics import truth_table
from core.segmentation.segmenter import Segmenter
from core.training.mix.shares import shares_within

BEHIND = 0.05
"""How far an added class's logit starts behind its nearest one's: the first answers are the old model's.

So little that it costs no step to overtake, and enough that rounding never lets the copy win.
"""


_OF_NOTHING = 0.01


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
    prefix, layer = head(network)
    copied = torch.tensor(list(nearest))
    for key, behind in (("weight", 0.0), ("bias", BEHIND)):
        old = layer.get_parameter(key).detach()
        state[prefix + key] = torch.cat([old, old[copied] - behind])
    return state


def with_finer_outputs(
    network: nn.Module, coarse: ClassList, fine: ClassList, shares: Mapping[str, float] | None = None
) -> dict[str, Tensor]:
    """The weights of a network for classes that tell further apart what a model's classes are.

    network, coarse: the model's network and classes. fine: those to learn. shares: as for `shares_within`.
    Each fine class starts as its coarse class with its share of that class's probability: the same weights,
    and a bias with the logarithm of the share added, so that the probabilities of a set sum to the old one's.
    One that is no coarse class's starts as the mean of all, as far behind as one share in a hundred.
    Where no class is told further apart, the weights are the model's.
    """
    state, sets = dict(network.state_dict()), coarse.members(fine)
    if coarse.names == fine.names or all(len(each) <= 1 for each in sets):
        return state
    prefix, layer = head(network)
    weight, bias = (layer.get_parameter(key).detach() for key in ("weight", "bias"))
    new_weight = weight.mean(dim=0).expand(len(fine), *weight.shape[1:]).clone()
    new_bias = (bias.mean() + math.log(_OF_NOTHING)).expand(len(fine)).clone()
    within = shares_within(sets, fine, shares or {})
    for number, members in enumerate(sets):
        for member, share in zip(members, within[number], strict=True):
            new_weight[member], new_bias[member] = weight[number], bias[number] + math.log(share)
    return state | {prefix + "weight": new_weight, prefix + "bias": new_bias}


def head(network: nn.Module) -> tuple[str, nn.Conv2d]:
    """The convolution that makes the logits, and the prefix of its parameters' names."""
    *_, (name, last) = ((n, m) for n, m in network.named_modules() if isinstance(m, nn.Conv2d))
    return f"{name}." if name else "", last
