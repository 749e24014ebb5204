"""What a recipe will do with a data set, in plain words, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.datasets import SegmentationDataset
from core.errors import DatasetError
from core.models.networks import network_words
from core.training.recipes.recipe import Recipe, Stage

FINDER_BATCHES = 100
"""How many batches the finder tries in a run."""

_CLASSES = {
    "dataset": "the {count} classes of the data set",
    "model": "the classes of the model it starts from",
    "extended": "the classes of the model it starts from, and those that the data set adds,",
}


_LEARNED = "the last ones become the model, and its card says what it gained and what it lost."
_END = {False: "the best epoch becomes the model.", True: "the last ones become the model."}
"""What becomes of a run's weights: of one that learns from corrections, and of others by `keep_last`."""


@dataclass(frozen=True)
class Plan:
    """begin: what is learnt from what. stages: a few sentences for each, by name. end: what is kept."""

    begin: str
    stages: tuple[tuple[str, str], ...]
    end: str

    def sentences(self) -> list[str]:
        """All of it, in order."""
        return [self.begin, *(f"Stage {name}: {words}" for name, words in self.stages), self.end]


def plan(recipe: Recipe, dataset: SegmentationDataset, stages: Sequence[str] = ()) -> Plan:
    """Say what a run would do. stages: those to train; all if none is given.

    Reads one picture for its size; does not check the data.
    RecipeError for a stage that the recipe does not have.
    """
    chosen = [recipe.stage(name) for name in stages] or list(recipe.stages)
    size = _full_size(dataset)
    return Plan(
        begin=_begin(recipe, dataset),
        stages=tuple((stage.name, _stage(recipe, stage, len(dataset.train), size)) for stage in chosen),
        end="The weights are kept after every epoch, so that a stopped run can be resumed; "
        + (_LEARNED if recipe.corrections else _END[recipe.keep_last]),
    )


def finder_batches(stage: Stage) -> int:
    """Batches that the finder tries before a stage's first epoch."""
    return FINDER_BATCHES if stage.lr == "find" or stage.lr_find else 0


def _begin(recipe: Recipe, dataset: SegmentationDataset) -> str:
    if recipe.start_model is not None:
        origin = f"starts from the model {recipe.start_model}"
    elif recipe.pretrained:
        origin = "starts from an encoder that was pretrained on ImageNet's photos"
    else:
        origin = "starts from random weights, knowing nothing"
    classes = _CLASSES.get(recipe.classes, f"the classes of {recipe.classes}")
    learns = (
        f"The network is a {network_words(recipe.network)}. It {origin}, and learns "
        f"{classes.format(count=len(dataset.class_list))} from "
    )
    if recipe.corrections:
        return learns + _from_corrections(recipe, len(dataset.frames()))
    return (
        f"{learns}{_pictures(len(dataset.train))}; after every "
        f"epoch it is evaluated on {_pictures(len(dataset.valid))} that it does not train on."
        f"{_mixed(recipe)}"
    )


def _mixed(recipe: Recipe) -> str:
    """What a recipe says of the data sets that it mixes in."""
    if not recipe.mix:
        return ""
    shares = [f"{each.share:.0%} of what it sees are pictures of {each.data}" for each in recipe.mix]
    return f" In training, {' and '.join(shares)}, whose labels it learns from at the same time."


def _from_corrections(recipe: Recipe, photos: int) -> str:
    sentences = [
        f"what was reviewed in {_pictures(photos)}.",
        "Of five or more, every fifth is held out to check it; what fewer gain is an anecdote.",
    ]
    if recipe.replay:
        sentences.append(
            f"So that it does not forget, {recipe.replay:.0%} of what it sees are frames of the data set "
            "that the model was measured on, or else of CamVid or Toytown."
        )
    if recipe.pull:
        sentences.append("Where nothing was reviewed, it is held to the answers that the model gave.")
    if recipe.start_share:
        sentences.append(
            f"What comes out is {recipe.start_share:.0%} the old weights, the rest the new ones."
        )
    return " ".join(sentences)


def _stage(recipe: Recipe, stage: Stage, pictures: int, size: tuple[int, int] | None) -> str:
    steps = recipe.batches(stage, pictures) * stage.epochs
    begin = (
        f"{_times(stage.epochs)} through the pictures in batches of {stage.batch_size}, {steps} steps in all"
        if stage.steps is None
        else f"{steps} steps with batches of {stage.batch_size}"
    )
    parts = [f"{begin}, {_seen(stage, size)}."]
    if recipe.mix:
        own, *others = recipe.pictures_of_each(stage)
        named = [f"{count} of {each.data}" for count, each in zip(others, recipe.mix, strict=True)]
        parts.append(f"Each batch has {own} of the data set's own pictures and {' and '.join(named)}.")
    if stage.start_from is not None:
        parts.append(f"It starts from the weights of {stage.start_from}.")
    if stage.frozen:
        parts.append("The encoder is frozen; only the rest is trained.")
    if stage.fixed_norms:
        parts.append("The batch norms stay as they are.")
    parts.append(_rate(stage))
    return " ".join(parts)


def _seen(stage: Stage, size: tuple[int, int] | None) -> str:
    if stage.crop is not None and stage.scale is not None:
        height, width = stage.crop
        low, high = stage.scale
        return f"each a crop of {width} x {height} pixels from a picture scaled by {low:g} to {high:g}"
    if size is None and not isinstance(stage.size, tuple):
        return f"at {stage.size:g} of their size"
    height, width = stage.framing(*(size or (1, 1))).crop
    return f"at {width} x {height} pixels"


def _rate(stage: Stage) -> str:
    rise = f"rises over the first {stage.pct_start:.0%} of the steps and then falls to nearly nothing"
    if stage.lr == "find":
        return (
            f"The learning-rate finder tries {FINDER_BATCHES} batches first, and its suggestion "
            f"{stage.suggestion} becomes the highest learning rate, which {rise}."
        )
    finder = f" The finder tries {FINDER_BATCHES} batches first, to show its curve." if stage.lr_find else ""
    return f"The learning rate {rise}; its highest value is {stage.lr:g}.{finder}"


def _full_size(dataset: SegmentationDataset) -> tuple[int, int] | None:
    """(height, width) of the first training picture, to which shares refer; None if it cannot be read."""
    try:
        height, width = dataset.read_image(dataset.train[0]).shape[:2]
    except (DatasetError, IndexError):
        return None
    return height, width


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"


def _times(count: int) -> str:
    return {1: "Once", 2: "Twice"}.get(count, f"{count} times")
