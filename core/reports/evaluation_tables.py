"""An evaluation as rows of plain values, for tables and CSV; every row says what it was measured on.

Shares, IoUs and the like are in [0, 1]; None stands for a division by 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from core.datasets.dataset import frames_in_words
from core.errors import ComparisonError
from core.evaluation.boundaries import FARTHEST, WIDTH
from core.evaluation.calibration import BINS
from core.evaluation.metrics import (
    class_frequency,
    mean_iou,
    per_class_iou,
    per_class_precision,
    per_class_recall,
    pixel_accuracy,
    row_shares,
)
from core.evaluation.results import Evaluation, SplitEvaluation
from core.languages import class_name, mark, sentence, together
from core.languages import gettext as _
from core.models.card import Origin

Rows = list[dict[str, Any]]

_ORIGINS: dict[Origin | None, str] = {
    "real": mark("real labels"),
    "merged": mark("merged labels"),
    "drawn": mark("drawings"),
}

_NEAR = f"accuracy within {WIDTH} px of a boundary"

_NAMED_SIZES = 3
"""Picture sizes that a line of text names; more are only counted."""


def measured_on(evaluation: Evaluation, with_size: bool = True) -> str:
    """What the figures were measured on, in words: data set, frames, size, number of classes."""
    frames = frames_in_words(evaluation.split, evaluation.images)
    sizes = evaluation.size.split(", ")
    size = evaluation.size if len(sizes) <= _NAMED_SIZES else sentence("{count} sizes", count=len(sizes))
    classes = sentence("{count} classes", count=len(evaluation.class_names))
    return together((evaluation.dataset, frames, *([size] if with_size else []), classes), ", ")


def with_source(evaluation: Evaluation, rows: Rows) -> Rows:
    """The rows with columns that say which model was measured on what, for a file."""
    source = {
        "model": evaluation.model,
        "data set": evaluation.dataset,
        "split": evaluation.split,
        "pictures": evaluation.images,
        "size": evaluation.size,
        "classes": len(evaluation.class_names),
    }
    return [row | source for row in rows]


def class_rows(evaluation: Evaluation, learnt_from: Mapping[str, Origin] = MappingProxyType({})) -> Rows:
    """A row for each class of the model, in its order.

    learnt_from: a card's; each row then also says how the model came to know the class.
    """
    confusion = evaluation.confusion
    figures = (per_class_iou, per_class_precision, per_class_recall, class_frequency)
    values = [_plain(figure(confusion)) for figure in figures]
    true, predicted = confusion.sum(axis=1).tolist(), confusion.sum(axis=0).tolist()
    return [
        {
            "class": name,
            "IoU": iou,
            "precision": precision,
            "recall": recall,
            "frequency": frequency,
            "true pixels": true[number],
            "predicted pixels": predicted[number],
            **({"learnt from": _ORIGINS.get(learnt_from.get(name), "")} if learnt_from else {}),
        }
        for number, (name, iou, precision, recall, frequency) in enumerate(
            zip(evaluation.class_names, *values, strict=True)
        )
    ]


def confusion_rows(evaluation: Evaluation, wrong_only: bool = False) -> Rows:
    """A row for each pair of classes that has pixels, most pixels first; shares are of the true class.

    wrong_only: leave out correct predictions.
    """
    confusion, shares = evaluation.confusion, row_shares(evaluation.confusion)
    names = evaluation.class_names
    order = np.argsort(-confusion, axis=None, kind="stable")[: np.count_nonzero(confusion)]
    pairs = (divmod(int(cell), len(names)) for cell in order)
    return [
        {
            "true class": names[true],
            "predicted": names[said],
            "pixels": int(confusion[true, said]),
            "share of the true class": float(shares[true, said]),
        }
        for true, said in pairs
        if not (wrong_only and true == said)
    ]


def frame_rows(evaluation: SplitEvaluation, order: Iterable[int] | None = None) -> Rows:
    """A row for each frame, in the split's order or in that of the given indices."""
    frames = evaluation.frames
    losses, accuracies, ious = map(_plain, (frames.losses, frames.accuracies, frames.mean_ious))
    return [
        {
            "frame": frames.names[number],
            "loss": losses[number],
            "acc_camvid": accuracies[number],
            "mean IoU": ious[number],
            "wrong pixels": int(frames.wrong[number]),
            "counted pixels": int(frames.counted[number]),
        }
        for number in (range(len(frames.names)) if order is None else order)
    ]


def confused_rows(evaluation: SplitEvaluation, true: int, predicted: int) -> Rows:
    """A row for each frame in which the class `true` was predicted as `predicted`, most such pixels first."""
    names = evaluation.class_names
    numbers, pixels = evaluation.frames.confused(true, predicted)
    return [
        {
            "frame": evaluation.frames.names[number],
            "true class": names[true],
            "predicted": names[predicted],
            "pixels": int(count),
            "share of the frame": float(count / evaluation.frames.counted[number]),
        }
        for number, count in zip(numbers, pixels, strict=True)
    ]


def calibration_rows(evaluation: SplitEvaluation, number: int | None = None) -> Rows:
    """A row for each bin of confidence; number: only the pixels that were predicted as that class."""
    chosen = evaluation.calibration if number is None else evaluation.calibration.of(number)
    confidences, accuracies = _plain(chosen.bin_confidence), _plain(chosen.bin_accuracy)
    said = {} if number is None else {"predicted": evaluation.class_names[number]}
    return [
        said
        | {
            "confidence above": step / BINS,
            "up to": (step + 1) / BINS,
            "pixels": int(chosen.bin_pixels[step]),
            "mean confidence": confidences[step],
            "accuracy": accuracies[step],
        }
        for step in range(BINS)
    ]


def calibration_class_rows(evaluation: SplitEvaluation) -> Rows:
    """A row for each predicted class: the network's confidence and its accuracy."""
    calibration = evaluation.calibration
    return [
        {
            "predicted": name,
            "pixels": int(calibration.pixels[number].sum()),
            "mean confidence": calibration.of(number).mean_confidence,
            "accuracy": calibration.of(number).accuracy,
            "expected calibration error": calibration.of(number).expected_error(),
        }
        for number, name in enumerate(evaluation.class_names)
        if calibration.pixels[number].any()
    ]


def boundary_rows(evaluation: SplitEvaluation) -> Rows:
    """A row for each distance from a true boundary."""
    pixels, accuracies = evaluation.boundary.pixels.sum(axis=0), _plain(evaluation.boundary.by_distance())
    return [
        {
            "distance": str(number + 1) if number < FARTHEST else f"over {FARTHEST}",
            "pixels": int(pixels[number]),
            "accuracy": accuracies[number],
        }
        for number in range(FARTHEST + 1)
    ]


def boundary_class_rows(evaluation: SplitEvaluation) -> Rows:
    """A row for each class in the truth: how much of it is at a boundary, and the accuracy there."""
    pixels = evaluation.boundary.pixels
    near, inside = map(_plain, evaluation.boundary.class_accuracies())
    return [
        {
            "class": name,
            "pixels": int(pixels[number].sum()),
            "share at a boundary": float(pixels[number, :WIDTH].sum() / pixels[number].sum()),
            "accuracy at a boundary": near[number],
            "accuracy inside": inside[number],
        }
        for number, name in enumerate(evaluation.class_names)
        if pixels[number].any()
    ]


def comparison_rows(first: SplitEvaluation, second: SplitEvaluation) -> Rows:
    """A row for each figure: both models and the difference; ComparisonError as for `check_comparable`."""
    check_comparable(first, second)
    sides = (_headlines(first), _headlines(second))
    return [
        {
            "figure": figure,
            first.model: value,
            second.model: sides[1][figure],
            "difference": _difference(value, sides[1][figure]),
        }
        for figure, value in sides[0].items()
    ]


def figure_words(figure: str) -> str:
    """A figure of `comparison_rows` for people: the article's acc_camvid is the pixel accuracy."""
    if figure == "acc_camvid":
        return _("pixel accuracy")
    if figure == _NEAR:
        return _("accuracy within {width} px of a boundary").format(width=WIDTH)
    kind, of, name = figure.partition(" of ")
    if of and kind in ("IoU", "precision", "recall"):
        return _("{figure} of {name}").format(figure=_(kind), name=class_name(name))
    return _(figure)


def check_comparable(first: Evaluation, second: Evaluation) -> None:
    """ComparisonError unless two evaluations are of the same frames with the same classes."""
    if first.class_names != second.class_names:
        raise ComparisonError(
            sentence(
                "{model} and {second_model} have different classes ({count} and {others}), and figures "
                "over different classes cannot be compared; choose two models with the same class list.",
                model=first.model,
                second_model=second.model,
                count=len(first.class_names),
                others=len(second.class_names),
            )
        )
    if (first.dataset, first.split, first.images) != (second.dataset, second.split, second.images):
        raise ComparisonError(
            sentence(
                "{model} was measured on {measured_on} and {second_model} on {other_data}; measure "
                "both on the same frames.",
                model=first.model,
                measured_on=measured_on(first),
                second_model=second.model,
                other_data=measured_on(second),
            )
        )


def _headlines(evaluation: SplitEvaluation) -> dict[str, float | None]:
    figures: dict[str, float | None] = {
        "acc_camvid": pixel_accuracy(evaluation.confusion),
        "mean IoU": mean_iou(evaluation.confusion),
        mark("expected calibration error"): evaluation.calibration.expected_error(),
        _NEAR: evaluation.boundary.accuracy(),
        "accuracy inside": evaluation.boundary.inside_accuracy(),
    }
    for row in class_rows(evaluation):
        figures |= {f"{kind} of {row['class']}": row[kind] for kind in ("IoU", "precision", "recall")}
    return {name: None if value is None or np.isnan(value) else value for name, value in figures.items()}


def _difference(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first


def _plain(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
