"""Which finder belongs to a recipe, and what its chart shows."""

from __future__ import annotations

import math

import pytest

from core.reports.lr_find_charts import finder_chart
from core.training.runs.folder import create_run, run_folder
from core.training.runs.lr_find_history import fitting_finder, rate_in_words
from core.training.runs.records import Finder, FinderPoint, list_runs
from core.training.runs.status import enqueue
from tests.runs import make_recipe, make_stage

RECIPE = make_recipe(make_stage("first"), make_stage("second"))


@pytest.fixture
def finder_run(store, data) -> str:
    """A finder for the stage `second` that waits in line."""
    run = create_run(RECIPE, data, stages=("second",), task="lr_find")
    enqueue(run_folder(run))
    return run


def found(recipe, data, stage="second") -> str | None:
    summary = fitting_finder(list_runs(), recipe, data, stage)
    return summary and summary.id


def test_a_finder_belongs_to_its_stage_and_data(finder_run, data, tmp_path):
    assert found(RECIPE, data) == finder_run
    assert found(RECIPE, data, "first") is None
    assert found(RECIPE, tmp_path) is None


@pytest.mark.parametrize(
    ("stage", "whole", "fits"),
    [
        ({"lr": 0.01}, {}, True),
        ({"epochs": 9, "pct_start": 0.5}, {}, True),
        ({}, {"name": "other", "every_epoch": True}, True),
        ({"batch_size": 4}, {}, False),
        ({"size": 0.5}, {}, False),
        ({"frozen": True}, {}, False),
        ({}, {"seed": 7}, False),
        ({}, {"network": "unet_tiny"}, False),
    ],
)
def test_only_what_the_finder_sees_makes_another(finder_run, data, stage, whole, fits):
    changed = make_recipe(make_stage("first"), make_stage("second", **stage), **whole)

    assert found(changed, data) == (finder_run if fits else None)


def test_a_training_run_is_no_finder(store, data):
    enqueue(run_folder(create_run(RECIPE, data)))

    assert found(RECIPE, data) is None


def test_a_damaged_finder_is_passed_over(finder_run, data):
    (run_folder(finder_run) / "recipe.json").write_text("{", "utf-8")

    assert found(RECIPE, data) is None


CURVE = tuple(FinderPoint(n, 10.0 ** (n - 6), loss) for n, loss in enumerate((2.0, 1.9, 1.2, 1.0, 40.0)))


def test_the_chart_has_a_logarithmic_axis_and_marks_on_the_curve():
    figure = finder_chart(Finder("only", CURVE, {"valley": 1e-4, "minimum": 1.2e-5}))

    curve, valley, minimum = figure.data
    assert figure.layout.xaxis.type == "log"
    assert list(curve.x) == pytest.approx([1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
    assert (list(valley.x), list(valley.y)) == ([1e-4], [1.2])
    # not a rate that was tried: beside the nearest on the logarithmic axis
    assert (list(minimum.x), list(minimum.y)) == ([1.2e-5], [1.9])
    assert valley.name == "Valley: 0.0001"


def test_the_end_that_runs_away_does_not_flatten_the_rest():
    low, high = finder_chart(Finder("only", CURVE, {})).layout.yaxis.range

    assert low < 1.0
    assert 2.0 < high < 3.0


@pytest.mark.parametrize(
    "finder",
    [
        Finder("only", (), {}),
        Finder("only", (), {"valley": 1e-3}),
        Finder("only", CURVE[:1], {"other": 1.0, "steep": math.inf}),
        Finder("only", (FinderPoint(1, 1e-3, math.nan),), {"valley": 1e-3}),
    ],
)
def test_a_curve_that_has_hardly_begun_is_drawn_without_marks(finder):
    assert len(finder_chart(finder).data) == 1


@pytest.mark.parametrize(
    ("rate", "words"), [(0.0010000000474974513, "0.001"), (0.010964781977236271, "0.011"), (3e-7, "3e-07")]
)
def test_rates_are_said_in_two_digits(rate, words):
    assert rate_in_words(rate) == words
