"""The loss of batches that come from several data sets, each labelled in its own classes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.evaluation.metrics import IGNORE
from core.training.batches.loss import (
    SegmentationLoss,
    occurring,
    renumbered,
    set_log_probabilities,
    to_label_size,
    together,
)


class InsideLoss(nn.Module):
    """Which class it is, given the set that the run's own data set would call it: cross entropy inside sets.

    class_weights: (L,) of the labels. members: for each label the network's classes that it may be. own: the
    sets of the run's own labels. A label that is no part of a larger set of these has nothing to learn here.
    """

    class_weights: Tensor
    asked: Tensor

    def __init__(
        self, class_weights: Tensor, members: Sequence[Sequence[int]], own: Sequence[Sequence[int]]
    ) -> None:
        super().__init__()
        self.members = members
        self.around = [_set_around(each, own) for each in members]
        asked = torch.full((IGNORE + 1,), IGNORE)
        for number, around in enumerate(self.around):
            if around:
                asked[number] = number
        self.register_buffer("class_weights", class_weights)
        self.register_buffer("asked", asked)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """logits: (N, C, H, W); labels: (N, H, W) int64. The mean over the pixels that are asked about."""
        asked = self.asked[labels]
        if (asked == IGNORE).all():
            return 0 * logits.sum()
        classes = logits.unbind(dim=1)
        numbers = occurring(asked)
        within = torch.stack([self._within(classes, number) for number in numbers], dim=1)
        weights = self.class_weights[numbers]
        return F.nll_loss(within, renumbered(asked, numbers), weights, ignore_index=IGNORE)

    def _within(self, classes: Sequence[Tensor], number: int) -> Tensor:
        """(N, H, W) the logarithm of a label's probability, given the set around it.

        classes: each class's logits (N, H, W).
        """
        return together(classes, self.members[number]) - together(classes, self.around[number])


def _set_around(members: Sequence[int], own: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The first own set that holds all of a label's classes and more; empty if there is none."""
    around = (tuple(each) for each in own if set(each) > set(members) and members)
    return next(around, ())


class PriorLoss(nn.Module):
    """How far the shares within sets are from plausible ones, over the pixels of each set in the batch.

    members: for each label the network's classes that it may be. shares: their plausible shares, each set's
    sum is 1 (`core.training.mix.shares`).
    """

    def __init__(self, members: Sequence[Sequence[int]], shares: Sequence[Sequence[float]]) -> None:
        super().__init__()
        self.members, self.shares = members, shares

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """logits: (N, C, H, W); labels: (N, H, W) int64.

        The Kullback-Leibler divergence of the mean probabilities within a set, over all pixels of its label,
        from the plausible shares; the mean over the sets of several classes that occur, 0 if none does.
        """
        classes = logits.unbind(dim=1)
        parts = []
        for number, (members, shares) in enumerate(zip(self.members, self.shares, strict=True)):
            where = labels == number
            if len(members) < 2 or not where.any():
                continue
            within = torch.stack([classes[member] for member in members]).softmax(dim=0)
            found = (within * where).sum(dim=(1, 2, 3)) / where.sum()
            wanted = found.new_tensor(shares)
            parts.append((wanted * (wanted.log() - found.clamp(min=1e-12).log())).sum())
        return torch.stack(parts).mean() if parts else 0 * logits.sum()


class DistilLoss:
    """How far a network's answers are from another model's, in that model's classes.

    members: for each of its classes the network's classes that it may be; () where the network has none.
    Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, at temperature 1.
    """

    def __init__(self, members: Sequence[Sequence[int]]) -> None:
        self.known = [number for number, each in enumerate(members) if each]
        self.members = [members[number] for number in self.known]

    def forward(self, logits: Tensor, answers: Tensor) -> Tensor:
        """logits: (N, C, h, w); answers: (N, K, h', w') the other model's logits.

        The mean Kullback-Leibler divergence over the places of the logits.
        """
        if answers.shape[-2:] != logits.shape[-2:]:
            answers = F.interpolate(answers, size=logits.shape[-2:], mode="bilinear", align_corners=False)
        wanted = answers[:, self.known].float().log_softmax(dim=1)
        found = set_log_probabilities(logits.float(), self.members)
        return (wanted.exp() * (wanted - found)).sum(dim=1).mean()


class SourceLoss(nn.Module):
    """The loss on the pictures of one data set: that of its labels, and others, each with its weight."""

    def __init__(
        self, labelled: SegmentationLoss, weight: float = 1.0, further: Sequence[tuple[float, nn.Module]] = ()
    ) -> None:
        super().__init__()
        self.labelled, self.weight = labelled, weight
        self.weights = [each for each, _ in further]
        self.further = nn.ModuleList(loss for _, loss in further)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """logits, labels: as for `SegmentationLoss`."""
        logits = to_label_size(logits, labels)
        total = self.weight * self.labelled.forward(logits, labels)
        for weight, loss in zip(self.weights, self.further, strict=True):
            total = total + weight * loss(logits, labels)
        return total


class MixedLoss(nn.Module):
    """The sum of the sources' losses, each with its share of the batch's pictures.

    So the mean over the parts of a batch that several processes have is the loss of the whole batch.
    sources: first that of the run's own data set, which alone counts in validation. distil: the weight and
    the loss on the answers of another model for its pictures.
    """

    def __init__(self, sources: Sequence[SourceLoss], distil: tuple[float, DistilLoss] | None = None) -> None:
        super().__init__()
        self.distil = distil
        self.own = sources[0].labelled
        self.sources = nn.ModuleList(sources)

    def forward(
        self,
        logits: Tensor,
        labels: Tensor,
        sources: Tensor | None = None,
        answers: Tensor | None = None,
    ) -> Tensor:
        """logits, labels: as for `SegmentationLoss`. sources: (N,) the number of each picture's source.

        answers: the other model's logits for the own pictures, in order; None without `distil`.
        Without sources, as in validation, this is the loss of the run's own labels.
        """
        if sources is None:
            return self.own.forward(logits, labels)
        total = 0 * logits.sum()
        for number, loss in enumerate(self.sources):
            chosen = sources == number
            if chosen.any():
                share = chosen.sum() / len(chosen)
                total = total + share * loss(logits[chosen], labels[chosen])
                if number == 0 and self.distil is not None and answers is not None:
                    weight, distil = self.distil
                    total = total + share * weight * distil.forward(logits[chosen], answers)
        return total
