"""What the project timed is said of the same work alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.training.recipes.known_times import KNOWN_TIMES, known_time
from core.training.recipes.recipe import read_recipe
from tests.conftest import ROOT

CLASSROOM = read_recipe("classroom")


@pytest.fixture
def toytown(make_dataset, street) -> SegmentationDataset:
    """As many frames as Toytown trains on, all the same picture."""
    opened = open_dataset(make_dataset({"a": street, "b": street}, valid=("b",), name="toytown"))
    return replace(opened, train=opened.train * 96)


def test_a_shipped_recipe_on_its_data_has_a_time(toytown: SegmentationDataset) -> None:
    known = known_time(CLASSROOM, toytown)

    assert known is not None
    assert (known.seconds, known.machine) == (74.0, "two idle cores")


def test_another_learning_rate_takes_no_other_time_but_more_epochs_do(toytown: SegmentationDataset) -> None:
    (stage,) = CLASSROOM.stages
    slower = CLASSROOM.model_copy(update={"stages": (stage.model_copy(update={"lr": 1e-3}),)})
    longer = CLASSROOM.model_copy(update={"stages": (stage.model_copy(update={"epochs": 13}),)})

    assert known_time(slower, toytown) == known_time(CLASSROOM, toytown)
    assert known_time(longer, toytown) is None


def test_of_other_data_nothing_is_known(toytown: SegmentationDataset) -> None:
    assert known_time(CLASSROOM, replace(toytown, train=toytown.train[:95])) is None
    assert known_time(CLASSROOM, replace(toytown, name="mine")) is None
    assert known_time(read_recipe("article"), toytown) is None


def test_every_source_has_its_figure() -> None:
    for known in KNOWN_TIMES:
        text = (ROOT / known.source).read_text("utf-8")
        assert (
            f"{known.seconds:g} s on {known.machine}" in text or f"{known.seconds / 60:.0f} minutes" in text
        )
