"""Curves over batches: where their points lie, how fast the run was, and that few points are left to draw."""

from __future__ import annotations

import numpy as np
import pytest

from core.training.learner.callbacks import LogBatches
from core.training.runs.batch_log import POINTS, BatchLog
from core.training.runs.folder import BATCHES, append_row, create_run, run_folder
from tests.runs import make_recipe, make_stage

STAGES = (make_stage("small", 2), make_stage("large", 1))


@pytest.fixture
def run(store, tmp_path) -> str:
    return create_run(make_recipe(*STAGES), tmp_path / "data")


def write(run: str, *rows: tuple[object, ...]) -> None:
    """Rows of stage, epoch, batch and second; the loss is the number of the row."""
    path = run_folder(run) / BATCHES
    for number, (stage, epoch, batch, second) in enumerate(rows):
        append_row(path, LogBatches.columns, (stage, epoch, batch, 0.0, number, 1e-3, 0.9, second))


def test_stages_lie_one_after_the_other_on_the_axis_of_epochs(run):
    write(
        run,
        ("small", 1, 1, 1.0),
        ("small", 1, 2, 2.0),
        ("small", 2, 1, 3.0),
        ("small", 2, 2, 4.0),
        ("large", 1, 1, 5.0),
        ("large", 1, 2, 6.0),
        ("large", 1, 3, 7.0),
        ("large", 1, 4, 8.0),
    )

    epochs = BatchLog(run).curves(STAGES).epochs
    assert epochs.tolist() == [0.5, 1, 1.5, 2, 2.25, 2.5, 2.75, 3]


def test_in_a_first_epoch_the_number_of_its_batches_is_told(run):
    write(run, ("small", 1, 1, 1.0), ("small", 1, 2, 2.0))

    assert BatchLog(run).curves(STAGES, {"small": 8}).epochs.tolist() == [0.125, 0.25]
    assert BatchLog(run).curves(STAGES, {"large": 8}).epochs.tolist() == [0.5, 1]


def test_speed_leaves_out_what_lies_between_epochs(run):
    # Two batches a second, and ten seconds of validation between the epochs.
    write(
        run,
        ("small", 1, 1, 0.5),
        ("small", 1, 2, 1.0),
        ("small", 1, 3, 1.5),
        ("small", 2, 1, 12.0),
        ("small", 2, 2, 12.5),
        ("small", 2, 3, 13.0),
    )

    curves = BatchLog(run).curves(STAGES)
    assert curves.now == pytest.approx(2)
    assert np.isnan(curves.speed[0])  # nothing to compare the first with
    assert curves.speed[1:].tolist() == pytest.approx([2] * 5)


def test_a_growing_file_is_read_on(run):
    log = BatchLog(run)
    assert log.curves(STAGES).batches == 0
    assert log.curves(STAGES).now is None
    write(run, ("small", 1, 1, 1.0))
    assert log.curves(STAGES).loss.tolist() == [0]
    write(run, ("small", 1, 2, 2.0), ("small", 2, 1, 3.0))
    assert log.curves(STAGES).loss.tolist() == [0, 0, 1]


def test_a_run_that_begins_anew_forgets_its_old_batches(run):
    log = BatchLog(run)
    write(run, ("small", 1, 1, 1.0), ("small", 1, 2, 2.0))
    log.curves(STAGES)
    (run_folder(run) / BATCHES).rename(run_folder(run) / "old")
    write(run, ("large", 1, 1, 1.0))

    assert log.curves(STAGES).epochs.tolist() == [3]


def test_a_long_run_is_thinned_by_means_of_neighbours(run):
    write(run, *(("small", 1, number, number * 0.01) for number in range(1, 2001)))
    curves = BatchLog(run).curves((make_stage("small", 1),))

    # 2000 batches in bins of 8, the first power of two that leaves at most 300
    assert len(curves.loss) == 250 <= POINTS
    assert curves.loss[:2].tolist() == [3.5, 11.5]
    assert curves.batches == 2000
    assert curves.speed[5:].tolist() == pytest.approx([100] * 245)


def test_a_point_is_drawn_once_it_is_whole_so_that_charts_rest_in_between(run):
    log = BatchLog(run)
    write(run, *(("small", 1, number, number) for number in range(1, 14)))
    # 3 epochs of 400 batches in bins of 4; the fourth bin has one row yet
    before = log.curves(STAGES, {"small": 400})
    write(run, ("small", 1, 14, 14.0), ("small", 1, 15, 15.0))
    same = log.curves(STAGES, {"small": 400})
    write(run, ("small", 1, 16, 16.0))
    after = log.curves(STAGES, {"small": 400})

    assert before.epochs.tolist() == pytest.approx([n / 400 for n in (2.5, 6.5, 10.5)])
    assert same.loss.tolist() == before.loss.tolist()
    assert (before.batches, same.batches) == (13, 15)
    assert len(after.loss) == 4


def test_the_first_batches_and_the_last_are_shown_at_once(run):
    log = BatchLog(run)
    write(run, ("small", 1, 1, 1.0))
    assert len(log.curves(STAGES, {"small": 400}).loss) == 1
    rows = [("small", 1, 2, 2.0)]
    rows += [("small", 1, number, number) for number in range(3, 401)]
    rows += [("small", 2, number, number) for number in range(1, 401)]
    rows += [("large", 1, number, number) for number in range(1, 399)]
    write(run, *rows)
    curves = log.curves(STAGES)

    assert len(curves.loss) == 300  # 1198 rows in bins of 4
    assert curves.epochs[-1] == pytest.approx(3, abs=0.01)


def test_old_points_stay_where_they_are_while_a_run_grows(run):
    log = BatchLog(run)
    write(run, *(("small", 1, number, number) for number in range(1, 401)))
    before = log.curves(STAGES, {"small": 1000}).loss
    write(run, *(("small", 1, number, number) for number in range(401, 501)))
    after = log.curves(STAGES, {"small": 1000}).loss

    assert after[: len(before)].tolist() == before.tolist()
