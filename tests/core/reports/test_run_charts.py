"""Charts of runs: what lies where, in the picture on the page and in the file."""

from __future__ import annotations

import numpy as np
import pytest

from core.languages import use
from core.reports.run_charts import (
    COMPARED,
    accuracy_chart,
    comparison_chart,
    enlarged,
    figure,
    html_page,
    loss_chart,
    option,
    schedule_chart,
    speed_chart,
)
from core.training.recipes.references import ARTICLE, references
from core.training.runs.batch_log import BatchCurves
from core.training.runs.records import Epoch
from tests.runs import make_stage

PLAN = (make_stage("small", 2), make_stage("large", 3))
HISTORY = (
    Epoch("small", 1, 2.0, 2.5, 0.25, 0.125, 60.0),
    Epoch("small", 2, 1.5, 1.75, 0.5, 0.25, 30.0),
    Epoch("large", 1, 1.0, 1.25, 0.75, 0.5, 90.0),
)
CURVES = BatchCurves(
    epochs=np.array([0.5, 1.0]),
    loss=np.array([3.0, 2.0]),
    lr=np.array([1e-3, 2e-3]),
    momentum=np.array([0.95, 0.85]),
    speed=np.array([np.nan, 4.0]),
    batches=2,
    now=4.0,
)
NOTHING = BatchCurves(*[np.zeros(0)] * 5, batches=0, now=None)


def series(chart) -> dict[str, list[list[float]]]:
    return {each["name"]: each["data"] for each in option(chart)["series"]}


def test_the_loss_of_batches_lies_behind_that_of_epochs():
    assert series(loss_chart(HISTORY, CURVES, PLAN)) == {
        "each batch": [[0.5, 3], [1, 2]],
        "training": [[1, 2], [2, 1.5], [3, 1]],
        "validation": [[1, 2.5], [2, 1.75], [3, 1.25]],
    }


def test_accuracies_are_in_per_cent_on_an_axis_that_says_so():
    chart = accuracy_chart(HISTORY, PLAN)

    assert series(chart) == {
        "pixel accuracy": [[1, 25], [2, 50], [3, 75]],
        "mean IoU": [[1, 12.5], [2, 25], [3, 50]],
    }
    assert option(chart)["yAxis"][0]["axisLabel"]["formatter"] == "{value}%"


def test_a_tooltip_has_the_words_of_a_language_that_writes_numbers_otherwise():
    with use("id"):
        first = option(accuracy_chart(HISTORY, PLAN))["series"][0]

    assert first["data"] == [[1, 25, "25,0%"], [2, 50, "50,0%"], [3, 75, "75,0%"]]
    assert first["encode"] == {"x": 0, "y": 1, "tooltip": [2]}


def test_the_axis_goes_to_the_end_of_the_plan_with_a_line_where_each_stage_begins():
    drawn = option(accuracy_chart(HISTORY, PLAN))

    assert (drawn["xAxis"]["min"], drawn["xAxis"]["max"]) == (0, 5)
    marks = drawn["series"][0]["markLine"]["data"]
    assert [(mark["label"]["formatter"], mark["xAxis"]) for mark in marks] == [("small", 0), ("large", 2)]
    assert "markLine" not in option(accuracy_chart(HISTORY, PLAN[:1]))["series"][0]


def test_on_a_wall_all_letters_are_large_and_nothing_is_there_to_click():
    drawn = enlarged(option(schedule_chart(CURVES, PLAN)))

    axes = [drawn["xAxis"], *drawn["yAxis"]]
    letters = [drawn["legend"]["textStyle"], *(axis["axisLabel"] for axis in axes)]
    assert {each["fontSize"] for each in letters} == {24}
    assert drawn["yAxis"][0]["axisLabel"]["formatter"] == "{value}"
    assert drawn["series"][0]["lineStyle"] == {"width": 5, "opacity": 1, "type": "solid"}
    assert drawn["toolbox"] == {"show": False}


def test_momentum_has_an_axis_of_its_own():
    drawn = option(schedule_chart(CURVES, PLAN))

    assert len(drawn["yAxis"]) == 2
    assert [each["yAxisIndex"] for each in drawn["series"]] == [0, 1]
    assert drawn["series"][1]["data"] == [[0.5, 0.95], [1, 0.85]]


def test_a_speed_that_nobody_knows_is_left_out():
    assert series(speed_chart(CURVES, PLAN)) == {"batches per second": [[1, 4]]}


def test_runs_lie_over_each_other_by_epoch_or_by_minutes_trained():
    histories = {"one": HISTORY, "two": HISTORY[:1]}

    assert series(comparison_chart(histories, "acc_camvid"))["one"] == [[1, 25], [2, 50], [3, 75]]
    by_time = series(comparison_chart(histories, "valid_loss", by_time=True))
    assert by_time == {"one": [[1, 2.5], [1.5, 1.75], [3, 1.25]], "two": [[1, 2.5]]}


def test_published_accuracies_lie_beneath_accuracies_alone():
    article = references(ARTICLE)
    drawn = series(comparison_chart({"one": HISTORY}, "acc_camvid", beneath=article))

    final = "The article, final model: 92.2% (CamVid-32, full size)"
    assert drawn[final] == [[1, 92.15], [3, 92.15]]
    assert final not in series(comparison_chart({"one": HISTORY}, "mean_iou", beneath=article))


@pytest.mark.parametrize(
    "chart",
    [
        loss_chart((), NOTHING, PLAN),
        accuracy_chart((), PLAN),
        schedule_chart(NOTHING, PLAN),
        comparison_chart({"one": ()}, "acc_camvid", beneath=references(ARTICLE)),
    ],
)
def test_a_chart_without_data_can_be_drawn(chart):
    assert chart.empty
    assert option(chart)["series"]
    assert figure(chart).data


def test_a_file_has_the_same_curves_as_the_page():
    drawn = figure(schedule_chart(CURVES, PLAN))

    assert [(trace.name, list(trace.x), list(trace.y), trace.yaxis) for trace in drawn.data] == [
        ("learning rate", [0.5, 1], [1e-3, 2e-3], "y"),
        ("momentum (right)", [0.5, 1], [0.95, 0.85], "y2"),
    ]
    assert [shape.x0 for shape in drawn.layout.shapes] == [0, 2]


def test_a_page_of_charts_needs_no_internet_and_escapes_what_people_wrote():
    name = "<img src=x onerror=alert(1)>"
    page = html_page([comparison_chart({name: HISTORY}, figure) for figure in COMPARED], name)

    assert page.count("<script") >= 4
    assert 'src="http' not in page
    assert "<img src=x" not in page
    assert page.count("Plotly.newPlot") >= 4
