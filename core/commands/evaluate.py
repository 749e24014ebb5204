"""The command that evaluates models: figures, worst frames, one confusion, two models side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.commands.datasets import print_frames
from core.commands.refusal import tell
from core.models.paths import DEFAULT_MODEL
from core.segmentation.sizes import SIZES, TRAINED, size_called

if TYPE_CHECKING:
    from core.datasets import SegmentationDataset
    from core.evaluation.results import SplitEvaluation
    from core.models.card import ModelCard

Rows = list[dict[str, Any]]

_PICTURES = 6
"""Pictures written for one confusion: as many as the Evaluate page shows."""


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The folder of a data set.")
@click.option("--model", default=DEFAULT_MODEL, show_default="the shipped one", help="A model from `models`.")
@click.option("--with", "other", metavar="MODEL", help="Compare with this model.")
@click.option(
    "--split", type=click.Choice(["train", "valid", "test", "all"]), default="valid", show_default=True
)
@click.option(
    "--size",
    type=click.Choice([TRAINED, *(name for name, size in SIZES.items() if not size.square)]),
    default=TRAINED,
    show_default=True,
    help="Longer side of the frames while they are segmented, in pixels; `trained` is the one at which the "
    "model was trained, `full` each frame's own.",
)
@click.option(
    "--own-labels",
    is_flag=True,
    help="Compare with the labels at their own size; what the model answers at --size is enlarged to them.",
)
@click.option(
    "--worst", type=click.IntRange(min=1), metavar="N", help="List the N frames with the highest loss."
)
@click.option(
    "--confused",
    type=(str, str),
    metavar="TRUE PREDICTED",
    help="List the frames in which the first class was taken for the second.",
)
@click.option("--again", is_flag=True, help="Evaluate anew, even if there is an earlier result.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all tables (CSV), charts (HTML) and pictures of the listed frames (PNG) into this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def evaluate(
    data: Path,
    model: str,
    other: str | None,
    split: str,
    size: str,
    own_labels: bool,
    worst: int | None,
    confused: tuple[str, str] | None,
    again: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Evaluate a model on a split of a data set.

    Every picture is segmented exactly as the app does it, at the size at which the model was trained unless
    you say otherwise. The results are cached and shared with the Evaluate page.
    """
    from core.datasets.layouts.opening import open_dataset
    from core.evaluation.store import evaluate_once
    from core.models.store import read_card
    from core.reports import evaluation_tables as tables
    from core.reports.model_words import other_size_words
    from core.segmentation.measure import WORTH_MEASURING, measure_once
    from core.training.recipes.trained import trained_size

    if other == model:
        raise click.UsageError(f"--with names {model} itself; give another model.")
    # Whatever can be refused comes before the evaluation, which takes minutes.
    cards = [read_card(name) for name in (model, other) if name is not None]
    cell = None if confused is None else _cell(cards[0], confused)
    opened = open_dataset(data)
    if len(opened.frames(split)) >= WORTH_MEASURING:  # type: ignore[arg-type]
        measure_once()
    sizes = [size_called(size, trained_size(card), unknown="full").pixels for card in cards]
    datasets = [opened if own_labels else opened.scaled_to(longest) for longest in sizes]
    found = [
        evaluate_once(
            card,
            dataset,
            split,  # type: ignore[arg-type]
            print_frames,
            longest=longest if own_labels else None,
            again=again,
        )
        for card, dataset, longest in zip(cards, datasets, sizes, strict=True)
    ]
    first = found[0]
    compared = tables.comparison_rows(*found) if len(found) > 1 else None
    worst_first = first.frames.worst_first(first.frames.losses, largest=True).tolist()
    frames = tables.frame_rows(first, worst_first)
    confusions = None if cell is None else tables.confused_rows(first, *cell)
    files = [] if out is None else _write(found, datasets[0], out, worst_first[: worst or 0], cell)
    if as_json:
        result = first.as_dict() | {
            "frames": frames,
            "calibration_by_class": tables.calibration_class_rows(first),
            "boundary_by_class": tables.boundary_class_rows(first),
        }
        result |= {} if confusions is None else {"confused": confusions}
        result |= {} if compared is None else {"other": found[1].as_dict(), "compared": compared}
        click.echo(json.dumps(result))
        return
    lines = _figures(first)
    if other_size := other_size_words(cards[0], first.dataset, first.split, first.size):
        lines.append(other_size)
    if worst:
        lines += _worst(frames[:worst])
    if confused is not None and confusions is not None:
        lines += _confusion(first, *confused, confusions)
    if compared is not None:
        lines += _comparison(found, compared)
    for line in (*lines, *map(str, files)):
        tell(line)


def _cell(card: ModelCard, confused: tuple[str, str]) -> tuple[int, int]:
    names = card.class_list.restored().names
    for name in confused:
        if name not in names:
            raise click.UsageError(f"{card.name} has no class {name!r}; its classes are {', '.join(names)}.")
    return names.index(confused[0]), names.index(confused[1])


def _write(
    found: list[SplitEvaluation],
    dataset: SegmentationDataset,
    folder: Path,
    worst: list[int],
    cell: tuple[int, int] | None,
) -> list[Path]:
    from core.reports import evaluation_export as export
    from core.segmentation.segmenter import load_segmenter

    first = found[0]
    files = export.write_files(first, folder)
    if len(found) > 1:
        files += export.write_comparison(first, found[1], folder)
    if not worst and cell is None:
        return files
    segmenter = load_segmenter(first.model)
    files += export.write_frames(segmenter, dataset, first, worst, folder)
    if cell is not None:
        files += export.write_confused(segmenter, dataset, first, cell, folder, _PICTURES)
    return files


def _figures(evaluation: SplitEvaluation) -> list[str]:
    from core.datasets.dataset import frames_in_words

    result = evaluation.as_dict()
    frames = frames_in_words(evaluation.split, evaluation.images)
    lines = [
        f"{evaluation.model} on {result['dataset']} ({frames}, {result['size']}, "
        f"{result['classes']} classes)",
        f"pixel accuracy  {_share(result['acc_camvid'])}",
        f"mean IoU        {_share(result['mean_iou'])}  over {result['classes_in_mean']} classes",
    ]
    return [*lines, *(f"{_share(iou)}  {name}" for name, iou in result["per_class_iou"].items())]


def _worst(rows: Rows) -> list[str]:
    return [
        "loss    accuracy  mean IoU  frame",
        *(
            f"{_number(row['loss'])}  {_share(row['acc_camvid'])}    {_share(row['mean IoU'])}    "
            f"{row['frame']}"
            for row in rows
        ),
    ]


def _confusion(evaluation: SplitEvaluation, true: str, predicted: str, rows: Rows) -> list[str]:
    total = sum(row["pixels"] for row in rows)
    return [
        f"{true} taken for {predicted}: {total} pixels in {len(rows)} of {evaluation.images} frames",
        *(f"{row['pixels']:7d}  {row['frame']}" for row in rows),
    ]


def _comparison(found: list[SplitEvaluation], rows: Rows) -> list[str]:
    from core.reports.evaluation_tables import figure_words

    first, second = (evaluation.model for evaluation in found)
    sides = [first, second]
    if found[0].size != found[1].size:
        sides = [f"{evaluation.model} at {evaluation.size}" for evaluation in found]
    return [
        f"{', '.join(sides)}, and the difference:",
        *(
            f"{_share(row[first])}  {_share(row[second])}  {_share(row['difference'], '+')}  "
            f"{figure_words(row['figure'])}"
            for row in rows
        ),
    ]


def _number(value: float | None) -> str:
    return "   -  " if value is None else f"{value:.4f}"


def _share(value: float | None, sign: str = "") -> str:
    width = 6 + len(sign)
    return f"{'-':>{width}}" if value is None else f"{value:{sign}{width}.1%}"


COMMANDS = (evaluate,)
