"""An evaluation as files: tables as CSV, charts as HTML pages that need no internet, frames as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.evaluation.pictures import full_pictures, marked_picture, view_frame
from core.evaluation.results import SplitEvaluation
from core.file_names import file_name
from core.files import write_bytes, write_text
from core.reports import evaluation_charts as charts
from core.reports import evaluation_tables as tables
from core.reports.tables import to_csv

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.datasets import SegmentationDataset
    from core.segmentation.segmenter import Segmenter


def write_files(evaluation: SplitEvaluation, folder: Path) -> list[Path]:
    """Write tables and charts into a folder, which is made if it does not exist, and return their paths."""
    rows = {
        "classes": tables.class_rows(evaluation),
        "confusion": tables.confusion_rows(evaluation),
        "frames": tables.frame_rows(evaluation),
        "calibration": tables.calibration_rows(evaluation),
        "calibration-classes": tables.calibration_class_rows(evaluation),
        "boundary-distance": tables.boundary_rows(evaluation),
        "boundary-classes": tables.boundary_class_rows(evaluation),
    }
    figures = {
        "iou": charts.class_chart(evaluation, "IoU"),
        "confusion": charts.confusion_chart(evaluation),
        "calibration": charts.reliability_chart(evaluation),
        "boundary-distance": charts.distance_chart([evaluation]),
        "boundary-classes": charts.boundary_class_chart(evaluation),
    }
    return _write_all(evaluation, folder, rows, figures)


def write_comparison(first: SplitEvaluation, second: SplitEvaluation, folder: Path) -> list[Path]:
    """Write the table and charts of two models; ComparisonError if they cannot be compared."""
    rows = {"comparison": tables.comparison_rows(first, second)}
    figures = {
        "comparison": charts.comparison_chart(first, second),
        "comparison-distance": charts.distance_chart([first, second]),
    }
    return _write_all(first, folder, rows, figures)


def write_frames(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    evaluation: SplitEvaluation,
    numbers: Sequence[int],
    folder: Path,
) -> list[Path]:
    """Write photo, truth, prediction and errors of some of an evaluation's frames, in full size."""
    frames = dataset.frames(evaluation.split)  # type: ignore[arg-type]
    pictures = {
        f"{frames[number].name}-{kind}.png": picture
        for number in numbers
        for kind, picture in full_pictures(
            view_frame(segmenter, dataset, frames[number]), evaluation.class_list
        ).items()
    }
    return _write_pictures(pictures, folder)


def write_confused(
    segmenter: Segmenter,
    dataset: SegmentationDataset,
    evaluation: SplitEvaluation,
    cell: tuple[int, int],
    folder: Path,
    most: int,
) -> list[Path]:
    """Write the table of a confusion's frames, and full-size marked pictures of the `most` worst of them.

    cell: the class numbers (true, predicted).
    """
    frames = dataset.frames(evaluation.split)  # type: ignore[arg-type]
    # A class list from elsewhere may have names that no file can have.
    names = [file_name(evaluation.class_names[number], "class") for number in cell]
    kind = f"{names[0]}-as-{names[1]}"
    files = _write_all(evaluation, folder, {kind: tables.confused_rows(evaluation, *cell)}, {})
    pictures = {}
    for number in evaluation.frames.confused(*cell)[0][:most].tolist():
        view = view_frame(segmenter, dataset, frames[number])
        pictures[f"{frames[number].name}-{kind}.png"] = marked_picture(view, *cell, width=view.width)
    return files + _write_pictures(pictures, folder)


def _write_all(
    evaluation: SplitEvaluation,
    folder: Path,
    rows: Mapping[str, list[dict[str, Any]]],
    figures: Mapping[str, Figure],
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.csv": to_csv(tables.with_source(evaluation, each)) for name, each in rows.items()}
    texts |= {f"{name}.html": figure.to_html(include_plotlyjs=True) for name, figure in figures.items()}
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def _write_pictures(pictures: Mapping[str, bytes], folder: Path) -> list[Path]:
    for name, picture in pictures.items():
        write_bytes(folder / name, picture)
    return [folder / name for name in pictures]
