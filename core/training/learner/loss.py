"""The loss: cross entropy with class weights, mixed with a soft Jaccard loss. Both ignore Void."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.evaluation.metrics import IGNORE


class SegmentationLoss(nn.Module):
    """Cross entropy plus soft Jaccard, at the label map's size.

    class_weights: (C,) for the cross entropy. jaccard_weight: the Jaccard loss's share, in [0, 1].
    """

    class_weights: Tensor

    def __init__(self, class_weights: Tensor, label_smoothing: float, jaccard_weight: float) -> None:
        super().__init__()
        self.register_buffer("class_weights", class_weights)
        self.label_smoothing, self.jaccard_weight = label_smoothing, jaccard_weight

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """logits: (N, C, h, w) at the network's stride; labels: (N, H, W) int64, 255 for ignored pixels."""
        logits = to_label_size(logits, labels)
        if (labels == IGNORE).all():
            return 0 * logits.sum()
        entropy = F.cross_entropy(
            logits, labels, self.class_weights, ignore_index=IGNORE, label_smoothing=self.label_smoothing
        )
        if self.jaccard_weight == 0:
            return entropy
        return (1 - self.jaccard_weight) * entropy + self.jaccard_weight * soft_jaccard_loss(logits, labels)


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
    classes = logits.shape[1]
    counted = (labels != IGNORE).unsqueeze(1)
    probabilities = logits.softmax(dim=1) * counted
    truth = torch.bincount(labels.flatten(), minlength=IGNORE + 1)[:classes].float()
    own = probabilities.gather(1, labels.clamp(max=classes - 1).unsqueeze(1)).squeeze(1)
    valid = labels.flatten() != IGNORE
    hits = own.new_zeros(classes).index_add(0, labels.flatten()[valid], own.flatten()[valid])
    union = truth + probabilities.sum(dim=(0, 2, 3)) - hits
    present = truth > 0
    return 1 - (hits[present] / union[present]).mean()
