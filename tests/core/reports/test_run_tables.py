"""Tables of runs: fastai's epochs, what is kept, best figures, and what recipes have different."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.reports.run_tables import (
    best_kept,
    best_rows,
    cannot_be_compared,
    epoch_of,
    epoch_rows,
    recipe_rows,
    run_rows,
    size_words,
)
from core.training.runs.folder import HISTORY, append_row, create_run, run_folder
from core.training.runs.records import Epoch, list_runs, read_run
from core.training.runs.status import enqueue
from tests.runs import make_recipe, make_stage

EPOCHS = (
    Epoch("small", 1, 2.0, 2.5, 0.25, 0.125, 59.6),
    Epoch("small", 2, 1.5, 1.75, 0.875, 0.75, 61.0),
    Epoch("large", 1, 1.0, 1.25, 0.75, 0.5, 3723.0),
    Epoch("large", 2, 1.0, 1.125, 0.5, 0.25, 1.0),
)
KEPT = ("best", "large", "large.001", "small")
TWO_SIZES = (make_stage("small", size=0.5), make_stage("large", size=1.0))


@pytest.fixture
def make_view(store, tmp_path):
    """Make a run with a history, and read it."""

    def make(name: str, *stages, epochs=EPOCHS, data: str = "street", **changes):
        run = create_run(make_recipe(*stages, **changes), tmp_path / data, run=name)
        enqueue(run_folder(run))
        for epoch in epochs:
            append_row(run_folder(run) / HISTORY, Epoch._fields, epoch)
        return read_run(run)

    return make


def test_each_epoch_is_a_row_with_the_best_marked_and_what_is_kept():
    rows = epoch_rows(EPOCHS, make_recipe(*TWO_SIZES), KEPT)

    assert [(row["stage"], row["epoch"], row["best"], row["time"]) for row in rows] == [
        ("small", 1, "", "01:00"),
        ("small", 2, "", "01:01"),
        ("large", 1, "★", "1:02:03"),
        ("large", 2, "", "00:01"),
    ]
    # `best` begins anew with each stage
    assert [row["kept as"] for row in rows] == ["", "small", "best, large.001", "large"]
    assert epoch_rows((), make_recipe()) == []


def test_of_equal_epochs_the_first_is_the_best():
    assert best_kept([Epoch("a", n, 0, 0, 0, 0.5, 0) for n in (1, 2)]).epoch == 1
    assert best_kept([]) is None


def test_a_checkpoint_leads_to_its_epoch():
    assert epoch_of("best", EPOCHS) == EPOCHS[2]
    assert epoch_of("small", EPOCHS) == EPOCHS[1]
    assert epoch_of("small.001", EPOCHS) == EPOCHS[0]
    assert epoch_of("other", EPOCHS) is None


@pytest.mark.parametrize(
    ("stages", "marked"),
    [
        (TWO_SIZES, ("large", 1)),
        ((make_stage("small", size=1.0), make_stage("large", size=1.0)), ("small", 2)),
        ((make_stage("small", valid_size=0.5), make_stage("large", size=0.5)), ("small", 2)),
        ((make_stage("small", size=(32, 64)), make_stage("large", size=1.0)), ("large", 1)),
        ((make_stage("other"),), ("large", 1)),  # a history that is not this recipe's
    ],
)
def test_only_epochs_of_the_latest_stages_size_can_be_the_best(stages, marked):
    rows = epoch_rows(EPOCHS, make_recipe(*stages))
    assert [(row["stage"], row["epoch"]) for row in rows if row["best"]] == [marked]


def test_best_figures_stand_with_what_they_were_measured_on(make_view):
    row = best_rows({"mine": make_view("one", *TWO_SIZES)})[0]

    assert (row["acc_camvid"], row["at"], row["mean IoU"], row["valid_loss"]) == (
        0.75,
        "large 1",
        0.5,
        1.125,
    )
    assert (row["epochs"], row["time"]) == (4, "1:04:05")
    assert (row["data"], row["split"], row["size"]) == ("street", "valid", "full size")
    assert row["classes"] == "the data set's own"


def test_a_run_without_an_epoch_has_no_best(make_view):
    row = best_rows({"new": make_view("new", *TWO_SIZES, epochs=())})[0]

    assert row["size"] == "full size"
    assert (row["acc_camvid"], row["mean IoU"], row["epochs"]) == (None, None, 0)


def test_settings_that_differ_are_marked(make_view):
    first = make_view("one", make_stage("a", lr=0.1), make_stage("b"))
    second = make_view("two", make_stage("a", lr=0.2), seed=7)
    rows = {row["setting"]: row for row in recipe_rows({"one": first, "two": second})}

    assert rows["a: lr"] == {"setting": "a: lr", "differs": "≠", "one": "0.1", "two": "0.2"}
    assert (rows["seed"]["one"], rows["seed"]["two"]) == ("42", "7")
    assert rows["b: epochs"]["two"] == "none"
    assert rows["network"]["differs"] == ""
    assert {key for key, row in rows.items() if row["differs"] and not key.startswith("b: ")} == {
        "seed",
        "a: lr",
        "stages done",
    }


def test_runs_that_measured_other_things_are_said_not_to_compare(make_view):
    first = make_view("one", make_stage(size=0.5))
    alike = make_view("two", make_stage(size=0.5, lr=0.2))
    other = make_view("three", make_stage(size=1.0), data="town", classes="CamVid-11")

    assert cannot_be_compared({"one": first, "two": alike}) == ""
    assert cannot_be_compared({"one": first, "three": other}) == (
        "These runs have different data sets, class lists and picture sizes, so their accuracies cannot be "
        "compared directly."
    )


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (make_stage(size=1.0), "full size"),
        (make_stage(size=(32, 64)), "64 x 32"),
        (make_stage(), "full size"),
        (make_stage(valid_size=0.5), "0.5 of full size"),
    ],
)
def test_sizes_in_words(make_view, stage, said):
    assert size_words(make_view("one", stage)) == said


def test_a_run_that_ended_early_is_of_the_size_that_it_came_to(make_view):
    assert size_words(make_view("one", *TWO_SIZES, epochs=EPOCHS[:2])) == "0.5 of full size"


def test_all_runs_have_a_row(make_view):
    make_view("one")
    make_view("two")

    rows = run_rows(list_runs())
    assert {row["run"]: row["state"] for row in rows} == {"one": "queued", "two": "queued"}
    assert all(row["progress"] == 0 and row["recipe"] == "test" for row in rows)


def test_a_data_sets_name_is_its_folders_where_nothing_else_is_known(make_view):
    assert best_rows({"one": make_view("one", data="My streets")})[0]["data"] == Path("My streets").name
