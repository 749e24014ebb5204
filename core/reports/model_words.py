"""A model's card in words: how good it is, on what that was measured, what it is not good at, its licence."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from core.datasets.dataset import frames_in_words
from core.languages import filled, in_digits, mark, translated
from core.languages import gettext as _
from core.models.card import ModelCard

_LARGEST = 1e12
"""Larger figures are nobody's measurement, and have hundreds of digits."""

_SIZE = re.compile(r"(\d{1,5}) x (\d{1,5})")
_OTHER_SIZE = mark(
    "At another size, things look larger or smaller than those that the network learnt from, so its figures "
    "differ."
)

_DRAWN = mark("Learnt only from drawings: no real picture has taught this class.")
_ONLY_DRAWN = mark("Learnt only from drawings: nothing real has taught or measured this class.")

_KNOWN = ("acc_camvid", "mean_iou")


def accuracy_words(card: ModelCard) -> str:
    """How good a model is, with what that was measured on: as much of it as the card says.

    A card may come from anywhere: whatever is missing or is no number is left out.
    """
    figures = [words for words in (_accuracy(card.metrics), _mean_iou(card.metrics)) if words]
    figures += [
        f"{name} {in_digits(value, 'g')}" for name, value in card.metrics.items() if _is_other(name, value)
    ]
    if not figures:
        return _("has not been evaluated: nobody knows how good it is.")
    return _("has {figures}{measured_on}.").format(
        figures=_(" and ").join(figures), measured_on=_measured_on(card.metrics)
    )


def other_size_words(card: ModelCard, dataset: str, split: str, size: str) -> str:
    """Why a model's figures on the data of its card differ from the card's; empty if nothing has to be said.

    size: of the pictures that the others were measured on, such as "480 x 360".
    """
    own = card.metrics.get("size")
    same_data = (card.metrics.get("dataset"), card.metrics.get("split")) == (dataset, split)
    accuracy = _accuracy(card.metrics)
    if not same_data or not isinstance(own, str) or own == size or not accuracy:
        return ""
    said = _("The model's card says {accuracy}, measured at {own}; here the pictures are {size}. {reason}")
    return filled(said, accuracy=accuracy, own=own, size=size, reason=_(_OTHER_SIZE))


def other_photo_words(card: ModelCard, height: int, width: int) -> str:
    """A sentence for a photo segmented at height x width, if the card's figures are of another size."""
    own = _SIZE.fullmatch(str(card.metrics.get("size", "")))
    if own is None or max(int(own[1]), int(own[2])) == max(height, width):
        return ""
    said = _("Those figures are for pictures of {own}; this one is {width} x {height}. {reason}")
    return filled(said, own=own[0], width=width, height=height, reason=_(_OTHER_SIZE))


def limits_words(card: ModelCard) -> str:
    """What the card says of a model's limits, as sentences; empty when it says nothing."""
    return " ".join(_sentence(_(limit)) for limit in card.limits)


def drawn_words(card: ModelCard, measured: Collection[str] = ()) -> dict[str, str]:
    """A sentence for each class, by name, that a model knows from drawings alone, as its card says.

    measured: classes that something real has measured since.
    """
    unmeasured = {*card.unmeasured} - {*measured}
    return {
        name: _(_ONLY_DRAWN if name in unmeasured else _DRAWN)
        for name, origin in card.learnt_from.items()
        if origin == "drawn"
    }


def licence_words(card: ModelCard) -> str:
    """The licence that the card names, as a sentence; empty when it names none."""
    licence = card.licence.strip()
    return _sentence(_("Licence: {licence}").format(licence=_(licence))) if licence else ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _accuracy(metrics: dict[str, Any]) -> str:
    accuracy = _number(metrics.get("acc_camvid"))
    return "" if accuracy is None else filled(_("a pixel accuracy of {accuracy:.1%}"), accuracy=accuracy)


def _mean_iou(metrics: dict[str, Any]) -> str:
    iou, classes = _number(metrics.get("mean_iou")), metrics.get("classes_in_mean")
    if iou is None:
        return ""
    if not isinstance(classes, int):
        return filled(_("a mean IoU of {iou:.1%}"), iou=iou)
    return filled(_("a mean IoU of {iou:.1%} over {classes} classes"), iou=iou, classes=classes)


def _measured_on(metrics: dict[str, Any]) -> str:
    split, images = str(metrics.get("split", "")), metrics.get("images")
    details = [
        translated(frames_in_words(split, images)) if isinstance(images, int) else split or None,
        metrics.get("size"),
        filled(_("{count} classes"), count=metrics["classes"])
        if isinstance(metrics.get("classes"), int)
        else None,
    ]
    dataset = metrics.get("dataset")
    where = _(" on {dataset}").format(dataset=dataset) if isinstance(dataset, str) else ""
    known = ", ".join(detail for detail in details if isinstance(detail, str))
    return where + (f" ({known})" if known else "")


def _is_other(name: str, value: object) -> bool:
    """Whether a metric is a figure of somebody else's choice: those are shown as they are."""
    counts = ("images", "classes", "classes_in_mean")
    return name not in _KNOWN + counts and _number(value) is not None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -_LARGEST < value < _LARGEST:  # neither does NaN
        return None
    return float(value)
