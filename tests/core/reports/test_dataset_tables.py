"""What is known of a data set as rows: counts that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_32
from core.datasets import Problem
from core.datasets.contents.check import Report
from core.datasets.contents.statistics import GRID, Statistics
from core.reports.dataset_tables import class_rows, frame_rows, group_of, place_rows, problem_rows

ROAD, LANE, TRAIN = (CAMVID_32.index(name) for name in ("Road", "LaneMkgsDriv", "Train"))


@pytest.fixture
def statistics() -> Statistics:
    """Two frames of 100 pixels: all Road, and three quarters Road with lane markings."""
    counts = np.zeros((2, len(CAMVID_32)), dtype=np.uint32)
    counts[0, ROAD], counts[1, ROAD], counts[1, LANE] = 100, 75, 25
    places = np.zeros((3, len(CAMVID_32), *GRID), dtype=np.float32)
    places[1, LANE, 59, 0] = 0.5
    return Statistics("made", CAMVID_32, ("a", "b"), np.array([0, 1], dtype=np.uint8), counts, places)


def test_every_class_has_a_row_in_the_lists_order(statistics: Statistics) -> None:
    rows = class_rows(statistics)
    assert [row["class"] for row in rows] == list(CAMVID_32.names)
    lane = rows[LANE]
    assert (lane["number"], lane["pixels"], lane["share"], lane["frames"]) == (LANE, 25, 0.125, 1)
    assert (lane["red"], lane["green"], lane["blue"]) == (128, 0, 192)
    assert (lane["share train"], lane["share valid"], lane["frames valid"]) == (0, 0.25, 1)
    assert "share test" not in lane
    assert rows[TRAIN]["pixels"] == 0


def test_groups_are_segnets_eleven() -> None:
    assert group_of(CAMVID_32, LANE) == "Road"
    assert group_of(CAMVID_32, ROAD) == "Road"
    assert group_of(CAMVID_32, TRAIN) == ""


def test_every_frame_has_a_row_with_all_classes(statistics: Statistics) -> None:
    first, second = frame_rows(statistics)
    assert (first["frame"], first["split"], first["classes"], first["Road"]) == ("a", "train", 1, 100)
    assert (second["split"], second["classes"], second["LaneMkgsDriv"]) == ("valid", 2, 25)
    assert len(second) == 3 + len(CAMVID_32)


def test_places_are_where_the_class_was_found(statistics: Statistics) -> None:
    (place,) = place_rows(statistics, LANE, "valid")
    assert place == {
        "from the top": pytest.approx(59.5 / 60),
        "from the left": pytest.approx(0.5 / 80),
        "share": 0.5,
    }
    assert place_rows(statistics, TRAIN) == []


def test_problems_are_rows() -> None:
    problem = Problem("bad value", "a_P.png holds 99.", "a")
    report = Report("d", "/d", "fastai", "made", 1, {}, {}, {}, (), (problem, Problem("list", "No.")), ())
    assert problem_rows(report) == [
        {"kind": "bad value", "frame": "a", "problem": "a_P.png holds 99."},
        {"kind": "list", "frame": "", "problem": "No."},
    ]
