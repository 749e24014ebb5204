"""What a run makes of the data sets that its recipe mixes in: their pictures, and the loss on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from core.classes import ClassList
from core.errors import DatasetError, TrainingError
from core.languages import sentence
from core.models.store import read_card
from core.training.batches.data import MixedIn
from core.training.batches.examples import load_examples
from core.training.batches.loss import SegmentationLoss, class_weights
from core.training.batches.mixed_loss import DistilLoss, InsideLoss, MixedLoss, PriorLoss, SourceLoss
from core.training.learner.checkpoint import ResumePoint
from core.training.mix.labels import Labels, Sets
from core.training.mix.shares import shares_within
from core.training.mix.sources import fingerprints, mixed_datasets
from core.training.recipes.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Mixed:
    """The data sets mixed into a run, in the recipe's order.

    pictures: those to train on. counts: for each, the pixels of each of its labels (L,). fingerprints: of
    each data set.
    """

    pictures: tuple[MixedIn, ...] = ()
    labels: tuple[Labels, ...] = ()
    counts: tuple[Tensor, ...] = ()
    fingerprints: tuple[str, ...] = ()


def load_mixed(recipe: Recipe, class_list: ClassList, budget: int, done: ResumePoint | None) -> Mixed:
    """Read the data sets that a recipe mixes in. budget: bytes of memory for all of them.

    DatasetError for one that is not there, or that teaches none of the network's classes; TrainingError for
    one that has changed since the run `done` began.
    """
    datasets = mixed_datasets(recipe)
    found = fingerprints(datasets)
    if done is not None:
        _check_unchanged(recipe, done, found)
    pictures, labels, counts = [], [], []
    for mix, dataset in zip(recipe.mix, datasets, strict=True):
        own = Labels.of(dataset.class_list, class_list, mix.sets)
        examples = load_examples(dataset, dataset.train, own.table, budget)
        budget -= sum(example.nbytes for example in examples.kept)
        pixels = examples.pixels[: len(own)]
        if not pixels.sum():
            raise DatasetError(
                sentence(
                    "No training frame of {name}, which the recipe mixes in, has a pixel of a class in "
                    "{class_list_name}; leave it out, or choose other classes.",
                    name=dataset.name,
                    class_list_name=class_list.name,
                )
            )
        pictures.append(MixedIn(mix, examples, class_weights(pixels, 0.5)))
        labels.append(own)
        counts.append(pixels)
    return Mixed(tuple(pictures), tuple(labels), tuple(counts), found)


def _check_unchanged(recipe: Recipe, done: ResumePoint, found: Sequence[str]) -> None:
    for mix, before, now in zip(recipe.mix, done.mixed, found, strict=False):
        if before != now:
            raise TrainingError(
                sentence(
                    "The data set {data}, which this run mixes in, has changed since the run began; restore "
                    "it, or start a new run.",
                    data=mix.data,
                )
            )


def mixed_loss(
    recipe: Recipe, own: SegmentationLoss, labels: Labels, mixed: Mixed, class_list: ClassList
) -> MixedLoss:
    """The loss on batches of all sources. own, labels: the loss on the run's own data set, and its labels.

    ModelNotFoundError if the recipe distils from a model that is not there.
    """
    sets = _sets(labels, class_list)
    prior: list[tuple[float, nn.Module]] = []
    if recipe.prior:
        prior.append((recipe.prior, PriorLoss(sets, shares_within(sets, class_list, recipe.shares))))
    sources = [SourceLoss(own, 1.0, prior)]
    for picture, of_it, counts in zip(mixed.pictures, mixed.labels, mixed.counts, strict=True):
        mix, weights = picture.settings, class_weights(counts, recipe.class_weight_power)
        labelled = SegmentationLoss(weights, recipe.label_smoothing, recipe.jaccard_weight, of_it.members)
        inside: list[tuple[float, nn.Module]] = []
        if mix.inside:
            inside.append((mix.inside, InsideLoss(weights, _sets(of_it, class_list), sets)))
        sources.append(SourceLoss(labelled, mix.loss_weight, inside))
    return MixedLoss(sources, _distil(recipe, class_list))


def _distil(recipe: Recipe, class_list: ClassList) -> tuple[float, DistilLoss] | None:
    if not recipe.distil or recipe.start_model is None:
        return None
    knows = read_card(recipe.start_model).class_list.restored()
    said = {name: names for name, names in recipe.sets.items() if name in knows.names}
    return recipe.distil, DistilLoss(_sets(Labels.of(knows, class_list, said), class_list))


def _sets(labels: Labels, class_list: ClassList) -> Sets:
    """What each label may be, also where the labels are the network's classes."""
    if labels.members is not None:
        return labels.members
    return tuple((number,) for number in range(len(class_list)))
