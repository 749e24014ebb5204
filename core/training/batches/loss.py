"""The loss: cross entropy with class weights, mixed with a soft Jaccard loss. Both ignore Void.

Beside it the loss of a network that learns from corrections, and is not to forget what it knew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.evaluation.metrics import IGNORE


class SegmentationLoss(nn.Module):
    """Cross entropy plus soft Jaccard, at the label map's size.

    class_weights: (L,) of the labels, for the cross entropy. jaccard_weight: the Jaccard loss's share, in
    [0, 1]. members: for each label the network's classes that it may be (`ClassList.members`), where a
    label may be several; None where the labels are the network's classes.

    A label that may be several classes has the sum of their probabilities. Source: Bevandic et al.,
    "Multi-Domain Semantic Segmentation With Overlapping Labels", 2022, equation 2. Everything else is as if
    the labels were the network's classes, with those probabilities.
    """

    class_weights: Tensor

    def __init__(
        self,
        class_weights: Tensor,
        label_smoothing: float,
        jaccard_weight: float,
        members: Sequence[Sequence[int]] | None = None,
    ) -> None:
        super().__init__()
        self.register_buffer("class_weights", class_weights)
        self.label_smoothing, self.jaccard_weight = label_smoothing, jaccard_weight
        self.members = members

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """logits: (N, C, h, w) at the network's stride; labels: (N, H, W) int64, 255 for ignored pixels.

        With `members`, a label that may be nothing must not occur: its pixels are 255.
        """
        logits = to_label_size(logits, labels)
        if (labels == IGNORE).all():
            return 0 * logits.sum()
        if self.members is not None:
            return self._of_sets(logits, labels, self.members)
        entropy = F.cross_entropy(
            logits, labels, self.class_weights, ignore_index=IGNORE, label_smoothing=self.label_smoothing
        )
        if self.jaccard_weight == 0:
            return entropy
        return (1 - self.jaccard_weight) * entropy + self.jaccard_weight * soft_jaccard_loss(logits, labels)

    def _of_sets(self, logits: Tensor, labels: Tensor, members: Sequence[Sequence[int]]) -> Tensor:
        """The same with the labels' probabilities, which need not sum to 1.

        Only labels that occur are computed, where the loss asks for no others: most of its time goes there.
        """
        numbers = [number for number, each in enumerate(members) if each]
        if not self.label_smoothing:
            numbers = occurring(labels)
        log_probabilities = set_log_probabilities(logits, [members[number] for number in numbers])
        labels, weights = renumbered(labels, numbers), self.class_weights[numbers]
        entropy = F.nll_loss(log_probabilities, labels, weights, ignore_index=IGNORE)
        if self.label_smoothing:
            spread = _spread(log_probabilities, labels, weights)
            entropy = (1 - self.label_smoothing) * entropy + self.label_smoothing * spread
        if self.jaccard_weight == 0:
            return entropy
        jaccard = _soft_jaccard(log_probabilities.exp(), labels)
        return (1 - self.jaccard_weight) * entropy + self.jaccard_weight * jaccard


def _spread(log_probabilities: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """The loss if each label that may be anything were equally true: what label smoothing mixes in."""
    counted = labels != IGNORE
    total = -(log_probabilities * weights.view(1, -1, 1, 1)).mean(dim=1)[counted].sum()
    return total / weights[labels[counted]].sum()


def occurring(labels: Tensor) -> list[int]:
    """The numbers that occur in label maps, ascending, without IGNORE."""
    present: list[int] = (
        torch.bincount(labels.flatten(), minlength=IGNORE + 1)[:IGNORE].nonzero()[:, 0].tolist()
    )
    return present


def renumbered(labels: Tensor, numbers: Sequence[int]) -> Tensor:
    """Label maps with the numbers' places among `numbers`; all others become IGNORE."""
    table = torch.full((IGNORE + 1,), IGNORE, device=labels.device)
    table[list(numbers)] = torch.arange(len(numbers), device=labels.device)
    return table[labels]


class RememberingLoss(nn.Module):
    """The loss on a run's own pictures, plus that on replay frames, plus a pull to the start model's answers.

    own, replay: the loss of the labelled pixels of either part of the batch, each by itself: a few reviewed
    pixels weigh as much as all of the replay. pull: the weight of the third part, the divergence from the
    start model's probabilities at the own pictures' unlabelled pixels. started_as: for `divergence`.
    """

    def __init__(
        self, own: SegmentationLoss, replay: SegmentationLoss, pull: float, started_as: Sequence[int] = ()
    ) -> None:
        super().__init__()
        self.own, self.replay, self.pull, self.started_as = own, replay, pull, tuple(started_as)

    def forward(self, logits: Tensor, labels: Tensor, answers: Tensor | None = None) -> Tensor:
        """logits, labels: as for `SegmentationLoss`, the run's own pictures first.

        answers: (M, K, h, w) the start model's logits for those M pictures; the first K classes are its own.
        Without them, as in validation, this is the loss `replay`.
        """
        if answers is None:
            return self.replay.forward(logits, labels)
        own = len(answers)
        loss = self.own.forward(logits[:own], labels[:own])
        if own < len(labels):
            loss = loss + self.replay.forward(logits[own:], labels[own:])
        if self.pull:
            loss = loss + self.pull * divergence(
                logits[:own], answers, labels[:own] == IGNORE, self.started_as
            )
        return loss


def divergence(logits: Tensor, answers: Tensor, where: Tensor, started_as: Sequence[int] = ()) -> Tensor:
    """The mean Kullback-Leibler divergence of a network's probabilities from those it should keep.

    logits: (N, C, h, w); answers: (N, K, h, w), K <= C, of the first K classes, which give the others 0.
    where: (N, H, W) the pixels over which the mean is taken; 0 if there are none.
    started_as: for each added class, from the first, the old class as which its pixels were known: the two
    count as one here. An added class that nobody marked in a picture is no reason to unlearn it, but what
    was Sky stays Sky. After Cermelli et al., "Modeling the Background", 2020, equation 8, where all that is
    new was background.
    """
    if not where.any():
        return 0 * logits.sum()
    known = answers.shape[1]
    own = _merged(to_label_size(logits, where).log_softmax(dim=1), known, started_as)
    kept = to_label_size(answers, where).log_softmax(dim=1)
    return ((kept.exp() * (kept - own)).sum(dim=1) * where).sum() / where.sum()


def _merged(log_probabilities: Tensor, known: int, started_as: Sequence[int]) -> Tensor:
    """(N, known, H, W) the old classes' log probabilities, each with those of what started as it."""
    classes = list(log_probabilities.unbind(dim=1))
    for number, start in enumerate(started_as, start=known):
        classes[start] = torch.logaddexp(classes[start], classes[number])
    return torch.stack(classes[:known], dim=1)


def to_label_size(logits: Tensor, labels: Tensor) -> Tensor:
    """Interpolate logits (N, C, h, w) to the labels' (H, W), in single precision."""
    if logits.shape[-2:] == labels.shape[-2:]:
        return logits.float()
    return F.interpolate(logits.float(), size=labels.shape[-2:], mode="bilinear", align_corners=False)


def soft_jaccard_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """One minus the mean soft intersection over union of the classes that occur in the batch.

    Counts are taken over the whole batch. Source: Rahman and Wang, "Optimizing Intersection-Over-Union
    in Deep Neural Networks for Image Segmentation", 2016, equation 4.
    """
    return _soft_jaccard(logits.softmax(dim=1), labels)


def set_log_probabilities(logits: Tensor, members: Sequence[Sequence[int]]) -> Tensor:
    """(N, L, H, W) the logarithm of the summed probability of each label's classes; -inf where it has none.

    logits: (N, C, H, W). The sum is of exponentials of logits, so a small probability keeps its digits.
    """
    classes = logits.log_softmax(dim=1).unbind(dim=1)  # picking channels by an index is slow to train through
    return torch.stack([together(classes, each) for each in members], dim=1)


def together(log_probabilities: Sequence[Tensor], members: Sequence[int]) -> Tensor:
    """(N, H, W) the logarithm of the summed probability of some classes, or the log-sum-exp of their logits.

    log_probabilities: those of all classes, each (N, H, W). -inf where there are no members.
    """
    if not members:
        return torch.full_like(log_probabilities[0], -torch.inf)
    first, *others = (log_probabilities[number] for number in members)
    return reduce(torch.logaddexp, others, first)


def _soft_jaccard(probabilities: Tensor, labels: Tensor) -> Tensor:
    classes = probabilities.shape[1]
    counted = (labels != IGNORE).unsqueeze(1)
    probabilities = probabilities * counted
    truth = torch.bincount(labels.flatten(), minlength=IGNORE + 1)[:classes].float()
    own = probabilities.gather(1, labels.clamp(max=classes - 1).unsqueeze(1)).squeeze(1)
    valid = labels.flatten() != IGNORE
    hits = own.new_zeros(classes).index_add(0, labels.flatten()[valid], own.flatten()[valid])
    union = truth + probabilities.sum(dim=(0, 2, 3)) - hits
    present = truth > 0
    return 1 - (hits[present] / union[present]).mean()


def class_weights(counts: Tensor, power: float) -> Tensor:
    """(C,) weights: share of pixels to the power of minus `power`, scaled to a mean of 1 over pixels.

    A class without pixels gets no weight.
    """
    share = counts / counts.sum()
    weights = torch.where(share > 0, share.clamp(min=1e-9) ** -power, 0)
    return weights / (weights * share).sum()
