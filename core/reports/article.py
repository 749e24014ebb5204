"""The article that StreetScope follows, beside what StreetScope does: recipes and figures as rows.

What is ours is read from the shipped model's card when somebody looks; what is the article's stands in
`core.training.recipes`.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.datasets.dataset import frames_in_words
from core.languages import filled, in_digits, mark, translated
from core.languages import gettext as _
from core.models.card import ModelCard
from core.models.networks import NETWORKS, network_words
from core.training.recipes.recipe import Recipe, Stage, read_recipe
from core.training.recipes.references import REFERENCES, Reference

CITATION = "Andi Sama, “Image Segmentation with Deep Learning”, 2019"

Rows = list[dict[str, Any]]

_UNKNOWN = mark("not reported")
_CAMVID = "CamVid"


def figure_rows(card: ModelCard) -> Rows:
    """A row for each published figure at full size, and the last for the model of a card.

    Accuracies and mean IoUs are in [0, 1]; None where there is none.
    """
    return [*(_published(each) for each in REFERENCES if each.size == "full size"), _own(card)]


def recipe_of(card: ModelCard) -> Recipe:
    """The recipe that a model was trained by, as its card has it; the shipped one if that is no recipe."""
    try:
        return Recipe.model_validate(card.training.get("recipe"))
    except ValidationError:
        return read_recipe("street")


def stage_rows(recipe: Recipe) -> Rows:
    """A row for each stage of a recipe: what it sees, how often, and how it learns."""
    return [
        {
            "stage": stage.name,
            "pictures": _pictures(stage),
            "epochs": stage.epochs,
            "a batch": stage.batch_size,
            "highest learning rate": in_digits(stage.lr, "g")
            if isinstance(stage.lr, float)
            else _("the finder's"),
            "it rises over": filled(_("{share:.0%} of the steps"), share=stage.pct_start),
            "encoder": _("frozen") if stage.frozen else _("trained"),
        }
        for stage in recipe.stages
    ]


def beginning(recipe: Recipe) -> str:
    """What network a recipe trains, and what it starts from, in words."""
    origin = _("an encoder pretrained on ImageNet") if recipe.pretrained else _("random weights")
    return _("a {network}, from {origin}").format(
        network=translated(network_words(recipe.network)), origin=origin
    )


def _pictures(stage: Stage) -> str:
    if stage.crop is not None:
        height, width = stage.crop
        return _("crops of {width} x {height}").format(width=width, height=height)
    if isinstance(stage.size, tuple):
        height, width = stage.size
        return f"{width} x {height}"
    return {0.5: _("half size"), 1.0: _("full size")}.get(
        stage.size or 1.0, filled(_("{share:g} of full size"), share=stage.size or 1.0)
    )


def _published(figure: Reference) -> dict[str, Any]:
    return {
        "whose": f"{_(figure.source)}, {_(figure.stage)}",
        "pixel accuracy": figure.accuracy,
        "mean IoU": None,
        "classes": 32,
        "data set": _CAMVID,
        "frames": _("validation frames (valid.txt)"),
        "size": "960 x 720",
        "network": _(NETWORKS["unet_resnet34"].words),
    }


def _own(card: ModelCard) -> dict[str, Any]:
    metrics = card.metrics
    images, dataset = metrics.get("images"), _text(metrics.get("dataset"))
    frames = (
        translated(frames_in_words(str(metrics.get("split", "")), images))
        if isinstance(images, int)
        else _(_UNKNOWN)
    )
    return {
        "whose": _("{model}, StreetScope's own").format(model=card.name),
        "pixel accuracy": _share(metrics.get("acc_camvid")),
        "mean IoU": _share(metrics.get("mean_iou")),
        "classes": len(card.class_list.classes),
        "data set": _CAMVID if dataset == _CAMVID.lower() else dataset,
        "frames": frames,
        "size": _text(metrics.get("size")),
        "network": _(NETWORKS[card.network].words) if card.network in NETWORKS else card.network,
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else _(_UNKNOWN)


def _share(value: object) -> float | None:
    return value if isinstance(value, float) and 0 <= value <= 1 else None
