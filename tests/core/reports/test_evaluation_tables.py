"""Tables and charts of an evaluation show the figures that were counted, and what they were measured on."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ComparisonError
from core.evaluation.boundaries import count_boundaries
from core.evaluation.calibration import count_calibration
from core.evaluation.frame_counts import filled_cells, put_together
from core.evaluation.metrics import count_confusion
from core.evaluation.results import SplitEvaluation
from core.reports import evaluation_charts as charts
from core.reports import evaluation_tables as tables
from core.reports.evaluation_export import write_files
from core.reports.tables import to_csv
from tests.conftest import COLOURS, ROAD, SKY, TREE

IGNORE = 255


def made(predicted: dict[str, np.ndarray], truth: np.ndarray, model: str = "some") -> SplitEvaluation:
    """An evaluation of frames of one truth, the network sure by 0.8 of all pixels."""
    confusions = [count_confusion(truth, each, 4) for each in predicted.values()]
    frames = put_together(list(predicted), 4, [filled_cells(each) for each in confusions], [0.1, 0.7, 0.3])
    sure = np.full(truth.shape, 0.8, np.float32)
    calibrations = [count_calibration(truth, each, sure, 4) for each in predicted.values()]
    boundaries = [count_boundaries(truth, each, 4) for each in predicted.values()]
    return SplitEvaluation(
        model,
        "town",
        "valid",
        "10 x 4",
        len(predicted),
        COLOURS.names,
        frames.confusion(),
        COLOURS,
        frames,
        calibrations[0] + calibrations[1] + calibrations[2],
        boundaries[0] + boundaries[1] + boundaries[2],
    )


@pytest.fixture
def truth() -> np.ndarray:
    """Five columns of Sky, four of Road, one of Void."""
    truth = np.full((4, 10), SKY, np.uint8)
    truth[:, 5:9] = ROAD
    truth[:, 9] = IGNORE
    return truth


@pytest.fixture
def evaluation(truth: np.ndarray) -> SplitEvaluation:
    """Three frames: all right; two pixels of Road called Tree; a column of Sky and one of Road called so."""
    right = np.where(truth == IGNORE, SKY, truth).astype(np.uint8)
    few, many = right.copy(), right.copy()
    few[:2, 6] = TREE
    many[:, 0] = TREE
    many[0, 8] = TREE
    return made({"right": right, "few": few, "many": many}, truth)


def test_a_class_has_its_figures_counted_by_hand(evaluation):
    sky, road, tree, void = tables.class_rows(evaluation)

    assert (sky["true pixels"], sky["predicted pixels"]) == (60, 56)
    assert sky["IoU"] == pytest.approx(56 / 60)
    assert sky["precision"] == 1
    assert sky["recall"] == pytest.approx(56 / 60)
    assert sky["frequency"] == pytest.approx(60 / 108)
    assert road["recall"] == pytest.approx(45 / 48)
    assert tree["IoU"] is None
    assert tree["precision"] == 0
    assert void["precision"] is None


def test_confusions_come_with_most_pixels_first(evaluation):
    rows = tables.confusion_rows(evaluation, wrong_only=True)

    assert [(row["true class"], row["predicted"], row["pixels"]) for row in rows] == [
        ("Sky", "Tree", 4),
        ("Road", "Tree", 3),
    ]
    assert rows[1]["share of the true class"] == pytest.approx(3 / 48)
    assert len(tables.confusion_rows(evaluation)) == 4


def test_frames_are_listed_in_the_order_asked_for(evaluation):
    order = evaluation.frames.worst_first(evaluation.frames.accuracies, largest=False)
    rows = tables.frame_rows(evaluation, order)

    assert [row["frame"] for row in rows] == ["many", "few", "right"]
    assert [row["wrong pixels"] for row in rows] == [5, 2, 0]
    assert rows[0]["acc_camvid"] == pytest.approx(31 / 36)
    assert rows[0]["loss"] == 0.3


def test_frames_of_a_confusion_are_those_that_have_it(evaluation):
    rows = tables.confused_rows(evaluation, ROAD, TREE)

    assert [(row["frame"], row["pixels"]) for row in rows] == [("few", 2), ("many", 1)]
    assert rows[0]["share of the frame"] == pytest.approx(2 / 36)


def test_calibration_has_a_row_for_each_step(evaluation):
    rows = tables.calibration_rows(evaluation)

    (filled,) = [row for row in rows if row["pixels"]]
    assert len(rows) == 15
    assert filled["confidence above"] < 0.8 <= filled["up to"] + 1e-9
    assert filled["pixels"] == 108
    assert filled["accuracy"] == pytest.approx(101 / 108)
    called = [row for row in tables.calibration_rows(evaluation, TREE) if row["pixels"]]
    assert [(row["predicted"], row["pixels"], row["accuracy"]) for row in called] == [("Tree", 7, 0)]


def test_distances_and_classes_at_boundaries(evaluation):
    rows = tables.boundary_rows(evaluation)

    assert [row["distance"] for row in rows] == [*map(str, range(1, 11)), "over 10"]
    # One column of each class on either side of the boundary, 4 pixels high, in 3 frames.
    assert rows[0]["pixels"] == 24
    assert rows[0]["accuracy"] == 1
    # Two pixels away, Road has 2 pixels wrong in one frame.
    assert rows[1]["accuracy"] == pytest.approx(22 / 24)
    assert rows[9]["accuracy"] is None
    sky, road = tables.boundary_class_rows(evaluation)
    assert sky["share at a boundary"] == pytest.approx(3 / 5)
    assert sky["accuracy inside"] == pytest.approx(20 / 24)
    assert road["accuracy at a boundary"] == pytest.approx(34 / 36)


def test_two_models_are_held_side_by_side(evaluation, truth):
    right = np.where(truth == IGNORE, SKY, truth).astype(np.uint8)
    perfect = made(dict.fromkeys(("right", "few", "many"), right), truth, "perfect")
    rows = {row["figure"]: row for row in tables.comparison_rows(evaluation, perfect)}

    assert rows["acc_camvid"]["some"] == pytest.approx(101 / 108)
    assert rows["acc_camvid"]["perfect"] == 1
    assert rows["acc_camvid"]["difference"] == pytest.approx(7 / 108)
    assert rows["IoU of Tree"]["difference"] is None


def test_other_classes_and_other_frames_are_not_compared(evaluation):
    others = replace(evaluation, model="other", class_names=("A", "B"))
    with pytest.raises(ComparisonError, match="some and other have different classes"):
        tables.comparison_rows(evaluation, others)
    elsewhere = replace(evaluation, model="other", split="test")
    with pytest.raises(ComparisonError, match="measure both on the same frames"):
        tables.check_comparable(evaluation, elsewhere)


def test_every_row_of_a_file_says_what_it_was_measured_on(evaluation):
    rows = list(
        csv.DictReader(to_csv(tables.with_source(evaluation, tables.class_rows(evaluation))).splitlines())
    )

    assert len(rows) == 4
    for row in rows:
        assert (row["model"], row["data set"], row["split"]) == ("some", "town", "valid")
        assert (row["pictures"], row["size"], row["classes"]) == ("3", "10 x 4", "4")


def test_what_it_was_measured_on_in_words(evaluation):
    assert tables.measured_on(evaluation) == "town, 3 validation frames, 10 x 4, 4 classes"
    many = replace(evaluation, images=1, size="1 x 1, 2 x 2, 3 x 3, 4 x 4")
    assert tables.measured_on(many) == "town, 1 validation frame, 4 sizes, 4 classes"


# Charts

CHARTS: dict[str, Callable[[SplitEvaluation], object]] = {
    "classes": lambda e: charts.class_chart(e, "IoU"),
    "confusion": charts.confusion_chart,
    "reliability": charts.reliability_chart,
    "distance": lambda e: charts.distance_chart([e]),
    "boundaries": charts.boundary_class_chart,
    "comparison": lambda e: charts.comparison_chart(e, replace(e, model="other")),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_it_was_measured_on(evaluation, name):
    figure = CHARTS[name](replace(evaluation, dataset="<b>town"))

    assert "&lt;b&gt;town, 3 validation frames, 10 x 4, 4 classes" in figure.layout.title.text
    assert "some" in figure.layout.title.text


def test_a_chart_of_two_sizes_says_both(evaluation):
    figure = charts.comparison_chart(evaluation, replace(evaluation, model="other", size="20 x 8"))

    said = "some at 10 x 4 and other at 20 x 8 on town, 3 validation frames, 4 classes"
    assert said in figure.layout.title.text


@pytest.mark.parametrize("name", [*CHARTS, "one class"])
def test_no_name_means_anything_to_a_chart(evaluation, name):
    evil = "<a href=x>%{y} $z$</a>"
    classes = [replace(each, name=f"{evil}{number}") for number, each in enumerate(COLOURS.classes)]
    class_list = replace(COLOURS, classes=tuple(classes))
    spoilt = replace(
        evaluation, model=evil, dataset=evil, class_names=class_list.names, class_list=class_list
    )
    draw = CHARTS.get(name, lambda e: charts.reliability_chart(e, ROAD))
    shown = json.dumps(json.loads(draw(spoilt).to_json()))

    assert "&lt;a href=x&gt;&#37;{y} &#36;z&#36;&lt;/a&gt;" in shown
    assert "<a" not in shown
    assert "{y} $z$" not in shown


def test_bars_of_classes_are_those_in_the_truth_the_largest_first(evaluation):
    (bars,) = charts.class_chart(evaluation, "IoU").data

    assert list(bars.y) == ["Road", "Sky"]
    assert list(bars.x) == pytest.approx([45 / 48, 56 / 60])
    assert list(bars.marker.color) == ["rgb(255, 0, 0)", "rgb(0, 0, 255)"]


def test_a_cell_of_the_matrix_says_which_classes_it_is_of(evaluation):
    heat, cells = charts.confusion_chart(evaluation).data

    assert heat.z[0][2] == pytest.approx(4 / 60)  # Sky taken for Tree
    found = {tuple(cell): text for cell, text in zip(cells.customdata, cells.text, strict=True)}
    assert set(found) == {(SKY, SKY), (SKY, TREE), (ROAD, ROAD), (ROAD, TREE)}
    assert found[SKY, TREE] == "Sky taken for Tree: 4 pixels, 6.67% of Sky"
    place = [tuple(cell) for cell in cells.customdata].index((ROAD, TREE))
    assert (cells.x[place], cells.y[place]) == (2, 1)


def test_the_cell_that_was_chosen_is_framed(evaluation):
    names = evaluation.class_names
    figure = charts.confusion_chart(evaluation, cell=(names.index("Road"), names.index("Tree")))

    (frame,) = figure.layout.shapes
    row, col = figure.layout.yaxis.ticktext.index("Road"), figure.layout.xaxis.ticktext.index("Tree")
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (col - 0.5, col + 0.5, row - 0.5, row + 0.5)


def test_the_matrix_is_dark_on_a_dark_page(evaluation):
    def palest(dark: bool) -> list[int]:
        heat, _ = charts.confusion_chart(evaluation, dark=dark).data
        return [int(part) for part in re.findall(r"\d+", heat.colorscale[0][1])]

    assert min(palest(dark=False)) > 200
    assert max(palest(dark=True)) < 60


def test_the_matrix_in_pixels_has_their_numbers_in_its_cells(evaluation):
    heat, _ = charts.confusion_chart(evaluation, by_row=False).data

    assert [list(row) for row in heat.text][:2] == [["56", "", "4"], ["", "45", "3"]]


def test_a_bar_is_as_high_as_the_share_that_was_right(evaluation):
    right, sure, *_ = charts.reliability_chart(evaluation).data

    filled = [number for number, height in enumerate(right.y) if height is not None]
    assert [right.y[number] for number in filled] == pytest.approx([101 / 108])
    assert [sure.y[number] for number in filled] == pytest.approx([0.8])


def test_the_class_that_changes_most_comes_first(evaluation, truth):
    right = np.where(truth == IGNORE, SKY, truth).astype(np.uint8)
    perfect = made(dict.fromkeys(("right", "few", "many"), right), truth, "perfect")
    _, first, second = charts.comparison_chart(evaluation, perfect).data

    assert list(first.y) == ["Sky", "Road"]
    assert [b - a for a, b in zip(first.x, second.x, strict=True)] == pytest.approx([4 / 60, 3 / 48])


def test_files_hold_tables_and_charts(evaluation, tmp_path: Path):
    paths = write_files(evaluation, tmp_path / "out" / "here")

    assert {path.suffix for path in paths} == {".csv", ".html"}
    assert all(path.stat().st_size for path in paths)
    frames = list(csv.DictReader((tmp_path / "out" / "here" / "frames.csv").read_text().splitlines()))
    assert [float(row["acc_camvid"]) for row in frames] == pytest.approx([1, 34 / 36, 31 / 36])
    assert not any(math.isnan(float(row["loss"])) for row in frames)


def test_a_card_that_says_what_taught_each_class_adds_a_column(evaluation):
    rows = tables.class_rows(evaluation, {"Sky": "real", "Road": "merged", "Tree": "drawn"})
    assert [row["learnt from"] for row in rows] == ["real labels", "merged labels", "drawings", ""]
    assert "learnt from" not in tables.class_rows(evaluation)[0]
