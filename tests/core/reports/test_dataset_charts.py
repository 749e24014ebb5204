"""Charts of a data set: every bar is a count that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.classes import ClassList, SegmentationClass
from core.datasets.contents.statistics import GRID, Statistics
from core.reports.dataset_charts import classes_per_frame_chart, frames_chart, place_chart, share_chart

CLASSES = ClassList(
    "Few",
    (
        SegmentationClass("Road", (10, 20, 30)),
        SegmentationClass("Sky", (40, 50, 60)),
        SegmentationClass("<b>Tree", (70, 80, 90)),
        SegmentationClass("Train", (1, 2, 3)),
    ),
)
TRAIN, VALID, TEST = 0, 1, 2


@pytest.fixture
def statistics() -> Statistics:
    """Three frames of 100 pixels, two for training; no Train, and Sky in the upper half of one of them."""
    counts = np.array([[60, 40, 0, 0], [100, 0, 0, 0], [20, 30, 50, 0]], dtype=np.uint32)
    places = np.zeros((3, 4, *GRID), dtype=np.float32)
    places[TRAIN, 1, : GRID[0] // 2] = 1
    splits = np.array([TRAIN, TRAIN, VALID], dtype=np.uint8)
    return Statistics("made", CLASSES, ("a", "b", "c"), splits, counts, places)


def test_shares_are_of_all_pixels_the_largest_first(statistics: Statistics) -> None:
    (bars,) = share_chart(statistics).data
    assert list(bars.y) == ["Road", "Sky", "&lt;b&gt;Tree"]
    assert list(bars.x) == pytest.approx([180 / 300, 70 / 300, 50 / 300])
    assert list(bars.marker.color) == ["rgb(10, 20, 30)", "rgb(40, 50, 60)", "rgb(70, 80, 90)"]


def test_by_split_each_bar_is_a_share_of_its_own_split(statistics: Statistics) -> None:
    train, valid = share_chart(statistics, by_split=True).data
    assert (train.name, valid.name) == ("training", "validation")
    assert list(train.x) == pytest.approx([160 / 200, 40 / 200, 0])
    assert list(valid.x) == pytest.approx([0.2, 0.3, 0.5])
    assert train.marker.color != valid.marker.color


def test_the_scale_is_logarithmic_on_request_only(statistics: Statistics) -> None:
    assert share_chart(statistics, log=True).layout.xaxis.type == "log"
    assert share_chart(statistics).layout.xaxis.type is None


def test_frames_are_counted_once_however_many_pixels(statistics: Statistics) -> None:
    (bars,) = frames_chart(statistics).data
    assert list(bars.y) == ["Road", "Sky", "&lt;b&gt;Tree"]
    assert list(bars.x) == pytest.approx([1, 2 / 3, 1 / 3])
    assert list(bars.customdata) == ["3 of 3", "2 of 3", "1 of 3"]


def test_frames_by_split_are_of_that_splits_frames(statistics: Statistics) -> None:
    train, valid = frames_chart(statistics, by_split=True).data
    assert list(train.customdata) == ["2 of 2", "1 of 2", "0 of 2"]
    assert list(valid.x) == [1, 1, 1]


def test_frames_are_stacked_by_their_number_of_classes(statistics: Statistics) -> None:
    figure = classes_per_frame_chart(statistics)
    train, valid = figure.data
    assert list(train.x) == list(valid.x) == [1, 2, 3]
    assert list(train.y) == [1, 1, 0]
    assert list(valid.y) == [0, 0, 1]
    assert figure.layout.barmode == "stack"


def test_the_heat_map_is_the_mean_over_the_frames_of_the_split(statistics: Statistics) -> None:
    figure = place_chart(statistics, 1, "train")
    (heat,) = figure.data
    values = np.array(heat.z)
    assert values.shape == GRID
    assert (values[: GRID[0] // 2] == 0.5).all()  # one of the two training frames
    assert (values[GRID[0] // 2 :] == 0).all()
    assert figure.layout.yaxis.autorange == "reversed"
    assert place_chart(statistics, 1).data[0].z[0][0] == pytest.approx(1 / 3)


def test_a_class_that_is_nowhere_has_an_empty_map(statistics: Statistics) -> None:
    (heat,) = place_chart(statistics, 3).data
    assert np.array(heat.z).max() == 0
    assert heat.zmax > 0


def test_a_split_without_frames_has_no_bars(statistics: Statistics) -> None:
    for figure in (
        share_chart(statistics, by_split=True),
        frames_chart(statistics, by_split=True),
        classes_per_frame_chart(statistics),
    ):
        assert [bars.name for bars in figure.data] == ["training", "validation"]
    everything = replace(statistics, splits=np.array([TRAIN, VALID, TEST], dtype=np.uint8))
    bars = frames_chart(everything, by_split=True).data
    assert [bar.name for bar in bars] == ["training", "validation", "test"]
    assert list(bars[TEST].x) == [1, 1, 1]
