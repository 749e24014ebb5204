"""An evaluation as files: every table as CSV, every chart as a page of HTML that needs no internet."""

from __future__ import annotations

from pathlib import Path

from core import evaluation_charts as charts
from core import evaluation_tables as tables
from core.evaluation import SplitEvaluation
from core.tables import to_csv


def write_files(evaluation: SplitEvaluation, folder: Path) -> list[Path]:
    """Write tables and charts into a folder, made if need be, and return their paths."""
    rows = {
        "classes": tables.class_rows(evaluation),
        "confusion": tables.confusion_rows(evaluation),
        "frames": tables.frame_rows(evaluation),
        "calibration": tables.calibration_rows(evaluation),
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
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.csv": to_csv(tables.with_source(evaluation, each)) for name, each in rows.items()}
    texts |= {f"{name}.html": figure.to_html(include_plotlyjs=True) for name, figure in figures.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
