"""What a recipe will do with a data set, in plain words, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.datasets import SegmentationDataset
from core.errors import DatasetError
from core.languages import all_of, counted, mark, sentence, together
from core.models.networks import network_words
from core.training.recipes.recipe import Recipe, Stage

FINDER_BATCHES = 100
"""How many batches the finder tries in a run."""

_CLASSES = {
    "dataset": mark("the {count} classes of the data set"),
    "model": mark("the classes of the model it starts from"),
    "extended": mark("the classes of the model it starts from, and those that the data set adds,"),
}

_KEPT = mark("The weights are kept after every epoch, so that a stopped run can be resumed; {end}")
_LEARNED = mark("the last ones become the model, and its card says what it gained and what it lost.")
_END = {False: mark("the best epoch becomes the model."), True: mark("the last ones become the model.")}
"""What becomes of a run's weights: of one that learns from corrections, and of others by `keep_last`."""


@dataclass(frozen=True)
class Plan:
    """begin: what is learnt from what. stages: a few sentences for each, by name. end: what is kept."""

    begin: str
    stages: tuple[tuple[str, str], ...]
    end: str

    def sentences(self) -> list[str]:
        """All of it, in order."""
        stages = (sentence("Stage {name}: {words}", name=name, words=words) for name, words in self.stages)
        return [self.begin, *stages, self.end]


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
        end=sentence(_KEPT, end=sentence(_LEARNED if recipe.corrections else _END[recipe.keep_last])),
    )


def finder_batches(stage: Stage) -> int:
    """Batches that the finder tries before a stage's first epoch."""
    return FINDER_BATCHES if stage.lr == "find" or stage.lr_find else 0


def _begin(recipe: Recipe, dataset: SegmentationDataset) -> str:
    classes = (
        sentence(_CLASSES[recipe.classes], count=len(dataset.class_list))
        if recipe.classes in _CLASSES
        else sentence("the classes of {list}", list=recipe.classes)
    )
    parts: list[str] = [
        sentence(
            "The network is a {network}. It {origin}, and learns {classes} from {what}",
            network=network_words(recipe.network),
            origin=_origin(recipe),
            classes=classes,
            what=_from_corrections(recipe, len(dataset.frames()))
            if recipe.corrections
            else sentence(
                "{train}; after every epoch it is evaluated on {valid} that it does not train on.",
                train=_pictures(len(dataset.train)),
                valid=_pictures(len(dataset.valid)),
            ),
        )
    ]
    if recipe.mix and not recipe.corrections:
        shares = [
            sentence("{share:.0%} of what it sees are pictures of {data}", share=share, data=each.data)
            for each, share in zip(recipe.mix, _mixed_shares(recipe), strict=True)
        ]
        parts.append(
            sentence(
                "In training, {shares}, whose labels it learns from at the same time.", shares=all_of(shares)
            )
        )
    if recipe.start_share and not recipe.corrections:
        parts.append(_kept_weights(recipe))
    return together(parts)


def _mixed_shares(recipe: Recipe) -> list[float]:
    """The share of each mixed data set in whole pictures: in a batch of 8, 0.19 is two of them."""
    batches = [recipe.pictures_of_each(stage)[1:] for stage in recipe.stages]
    size = sum(stage.batch_size for stage in recipe.stages)
    return [sum(counts) / size for counts in zip(*batches, strict=True)]


def _origin(recipe: Recipe) -> str:
    if recipe.start_model is not None:
        return sentence("starts from the model {name}", name=recipe.start_model)
    if recipe.pretrained:
        return sentence("starts from an encoder that was pretrained on ImageNet's photos")
    return sentence("starts from random weights, knowing nothing")


def _from_corrections(recipe: Recipe, photos: int) -> str:
    sentences: list[str] = [
        sentence("what was reviewed in {pictures}.", pictures=_pictures(photos)),
        sentence("Of five or more, every fifth is held out to check it; what fewer gain is an anecdote."),
    ]
    if recipe.replay:
        sentences.append(
            sentence(
                "So that it does not forget, {share:.0%} of what it sees are frames of the data set that the "
                "model was measured on, or else of CamVid or Toytown.",
                share=recipe.replay,
            )
        )
    if recipe.pull:
        sentences.append(
            sentence("Where nothing was reviewed, it is held to the answers that the model gave.")
        )
    if recipe.start_share:
        sentences.append(_kept_weights(recipe))
    return together(sentences)


def _kept_weights(recipe: Recipe) -> str:
    return sentence(
        "What comes out is {share:.0%} the old weights, the rest the new ones.", share=recipe.start_share
    )


def _stage(recipe: Recipe, stage: Stage, pictures: int, size: tuple[int, int] | None) -> str:
    begin = (
        sentence(
            "{times} through the pictures in batches of {batch}, {steps} steps in all",
            times=_times(stage.epochs),
            batch=stage.batch_size,
            steps=recipe.batches(stage, pictures) * stage.epochs,
        )
        if stage.steps is None
        else sentence(
            "{steps} steps with batches of {batch}",
            steps=recipe.batches(stage, pictures) * stage.epochs,
            batch=stage.batch_size,
        )
    )
    parts: list[str] = [sentence("{begin}, {seen}.", begin=begin, seen=_seen(stage, size))]
    if recipe.mix:
        own, *others = recipe.pictures_of_each(stage)
        named = [
            sentence("{count} of {data}", count=count, data=each.data)
            for count, each in zip(others, recipe.mix, strict=True)
        ]
        parts.append(
            sentence(
                "Each batch has {own} of the data set's own pictures and {others}.",
                own=own,
                others=all_of(named),
            )
        )
    if stage.start_from is not None:
        parts.append(sentence("It starts from the weights of {stage}.", stage=stage.start_from))
    if stage.frozen:
        parts.append(sentence("The encoder is frozen; only the rest is trained."))
    if stage.fixed_norms:
        parts.append(sentence("The batch norms stay as they are."))
    return together([*parts, *_rate(stage)])


def _seen(stage: Stage, size: tuple[int, int] | None) -> str:
    if stage.crop is not None and stage.scale is not None:
        height, width = stage.crop
        low, high = stage.scale
        return sentence(
            "each a crop of {width} x {height} pixels from a picture scaled by {low:g} to {high:g}",
            width=width,
            height=height,
            low=low,
            high=high,
        )
    if size is None and not isinstance(stage.size, tuple):
        return sentence("at {share:g} of their size", share=stage.size)
    height, width = stage.framing(*(size or (1, 1))).crop
    return sentence("at {width} x {height} pixels", width=width, height=height)


def _rate(stage: Stage) -> list[str]:
    rise = sentence(
        "rises over the first {share:.0%} of the steps and then falls to nearly nothing",
        share=stage.pct_start,
    )
    if stage.lr == "find":
        return [
            sentence(
                "The learning-rate finder tries {count} batches first, and its suggestion {suggestion} "
                "becomes the highest learning rate, which {rise}.",
                count=FINDER_BATCHES,
                suggestion=stage.suggestion,
                rise=rise,
            )
        ]
    given = sentence("The learning rate {rise}; its highest value is {rate:g}.", rise=rise, rate=stage.lr)
    if not stage.lr_find:
        return [given]
    return [
        given,
        sentence("The finder tries {count} batches first, to show its curve.", count=FINDER_BATCHES),
    ]


def _full_size(dataset: SegmentationDataset) -> tuple[int, int] | None:
    """(height, width) of the first training picture, to which shares refer; None if it cannot be read."""
    try:
        height, width = dataset.read_image(dataset.train[0]).shape[:2]
    except (DatasetError, IndexError):
        return None
    return height, width


def _pictures(count: int) -> str:
    return counted("{count} picture", "{count} pictures", count=count)


def _times(count: int) -> str:
    match count:
        case 1:
            return sentence("Once")
        case 2:
            return sentence("Twice")
    return sentence("{count} times", count=count)
