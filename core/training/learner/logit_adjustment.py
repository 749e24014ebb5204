"""The answers of a network as if its loss had counted every pixel alike.

Class weights in the cross entropy make a network notice rare classes, and name them more often than they
occur: what it learns are the probabilities times the weights. Taking the weights' logarithms from the logits
takes that back and keeps what was learnt. Source: Menon et al., "Long-tail learning via logit adjustment",
ICLR 2021, section 4.2, in the other direction.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.classes import ClassList
from core.datasets import SegmentationDataset
from core.training.batches.examples import load_examples
from core.training.batches.loss import class_weights
from core.training.learner.outputs import head
from core.training.mix.labels import Labels
from core.training.mix.weak import weak_labels
from core.training.recipes.recipe import Recipe


def adjust(network: nn.Module, recipe: Recipe, dataset: SegmentationDataset, classes: ClassList) -> None:
    """Take the class weights' pull from a network's answers, as far as its recipe says.

    dataset: the run's, whose training frames, all read once more, gave the weights. classes: the network's.
    """
    if not recipe.logit_adjustment:
        return
    labels = Labels.of(dataset.class_list, classes, recipe.sets)
    weak = weak_labels(recipe, labels, classes, dataset)
    counted = load_examples(dataset, dataset.train, labels.table, 0, weak).pixels[: len(labels)]
    pull = pulls(class_weights(counted, recipe.class_weight_power), labels, len(classes))
    _, layer = head(network)
    with torch.no_grad():
        layer.get_parameter("bias").sub_(recipe.logit_adjustment * pull)


def pulls(weights: Tensor, labels: Labels, classes: int) -> Tensor:
    """(C,) the logarithm of the weight with which each class is learnt; 0 for one that no label teaches.

    weights: (L,) of the labels. A class that several labels may be has the weight of the one with the fewest
    classes: it says the most of it.
    """
    pull = torch.zeros(classes)
    members = labels.members or tuple((number,) for number in range(len(labels)))
    for number in sorted(range(len(labels)), key=lambda label: -len(members[label])):
        if weights[number] > 0:
            pull[list(members[number])] = float(weights[number].log())
    return pull
