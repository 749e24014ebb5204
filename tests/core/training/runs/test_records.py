"""Looking at runs: lists and figures as they lie on the disk, also while a run writes."""

from __future__ import annotations

import os
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from core.errors import RunError, RunNotFoundError
from core.training.runs.folder import (
    BATCHES,
    HISTORY,
    append_row,
    create_run,
    read_picture,
    run_folder,
    run_ids,
)
from core.training.runs.records import (
    LogPosition,
    checkpoint_file,
    checkpoints,
    delete_run,
    label_run,
    list_runs,
    log_tail,
    read_batches,
    read_history,
    read_run,
)
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.odd_files import ODD_FILES, put_odd_file
from tests.runs import make_recipe, make_stage, write

BATCH = ("stage", "epoch", "batch", "loss", "smooth_loss", "lr", "momentum", "seconds")


def batch(number: int) -> tuple[object, ...]:
    return ("only", 1, number, 0.5, 0.6, 1e-3, 0.95, float(number))


@pytest.fixture
def waiting(store, data) -> str:
    """The ID of a run that waits in line."""
    run = create_run(make_recipe(), data)
    enqueue(run_folder(run))
    return run


@pytest.fixture
def finished(store, data) -> str:
    """The ID of a finished run of two stages that keeps every epoch."""
    recipe = make_recipe(make_stage("small", 2), make_stage("large", 1), every_epoch=True)
    run = create_run(recipe, data)
    enqueue(run_folder(run))
    work(run)
    return run


# Everything of a run


def test_a_finished_run_shows_all_that_it_wrote(finished, data):
    view = read_run(finished)

    assert (view.summary.state, view.summary.share, view.summary.live) == ("finished", 1.0, False)
    assert [(e.stage, e.epoch) for e in view.history] == [("small", 1), ("small", 2), ("large", 1)]
    assert view.best == max(view.history, key=lambda epoch: epoch.acc_camvid)
    assert read_run(finished) is view  # nothing is read again while nothing changes
    assert view.recipe.name == "test"
    assert view.settings.data == str(data)
    assert view.checkpoints == ("best", "large", "large.001", "small", "small.001", "small.002")
    assert "Finished." in view.log
    assert view.environment["seed"] == 42
    assert view.environment["data"]["train"] == 4
    assert len(view.environment["data"]["fingerprint"]) == 64
    assert {"python", "torch", "fastai"} <= view.environment["versions"].keys()


def test_every_batch_is_there_with_its_rate_and_momentum(finished):
    rows = read_batches(finished).rows

    # four frames in batches of two
    assert [(b.stage, b.epoch, b.batch) for b in rows] == [
        (stage, epoch, number)
        for stage, epochs in (("small", 2), ("large", 1))
        for epoch in range(1, epochs + 1)
        for number in (1, 2)
    ]
    # one cycle: a 25th of the rate at first, its highest after a quarter, nearly nothing at the end
    small = [b.lr for b in rows if b.stage == "small"]
    assert small[0] == pytest.approx(0.3 / 25, rel=1e-4)
    assert max(small) == pytest.approx(0.3, rel=1e-4) == small[1]
    assert small[3] < small[2] < small[1]
    assert [b.momentum for b in rows][:2] == pytest.approx([0.95, 0.85], abs=1e-5)
    assert all(later.seconds >= earlier.seconds for earlier, later in pairwise(rows))


def test_a_waiting_run_has_nothing_to_show_yet(waiting):
    view = read_run(waiting)

    assert (view.summary.state, view.summary.share) == ("queued", 0.0)
    assert view.summary.live
    assert (view.history, view.previews, view.finders, view.checkpoints) == ((), (), (), ())
    assert view.best is None
    assert read_batches(waiting) == ([], LogPosition(), False)


def test_progress_counts_the_part_of_the_epoch_that_is_done(waiting):
    write(run_folder(waiting), state="running", done=1, total=3, batch=1, batches=2, seconds_left=9.5)
    summary = read_run(waiting).summary

    assert summary.share == pytest.approx(0.5)
    assert summary.seconds_left == 9.5


# While somebody writes


def test_batches_are_read_on_from_where_the_reader_was(waiting):
    path = run_folder(waiting) / BATCHES
    append_row(path, BATCH, batch(1))
    first = read_batches(waiting)
    append_row(path, BATCH, batch(2))
    second = read_batches(waiting, first.position)
    third = read_batches(waiting, second.position)

    assert [b.batch for b in first.rows] == [1]
    assert [b.batch for b in second.rows] == [2]
    assert third.rows == []
    assert not any(found.restarted for found in (first, second, third))


def test_half_a_line_is_left_for_the_next_time(waiting):
    path = run_folder(waiting) / BATCHES
    append_row(path, BATCH, batch(1))
    whole = path.read_bytes()
    append_row(path, BATCH, batch(2))
    line = path.read_bytes()[len(whole) :]
    for length in range(len(line)):
        path.write_bytes(whole + line[:length])
        found = read_batches(waiting)
        assert [b.batch for b in found.rows] == [1]
        assert found.position.offset == len(whole)
        assert read_history(waiting) == []


def test_a_file_that_was_begun_anew_is_read_from_its_start(waiting):
    path = run_folder(waiting) / BATCHES
    for number in (1, 2, 3):
        append_row(path, BATCH, batch(number))
    position = read_batches(waiting).position
    path.rename(path.with_suffix(".old"))
    for number in (1, 2, 3, 4):
        append_row(path, BATCH, batch(number))
    again = read_batches(waiting, position)

    assert again.restarted
    assert [b.batch for b in again.rows] == [1, 2, 3, 4]


def test_a_garbled_line_is_left_out(waiting):
    path = run_folder(waiting) / HISTORY
    path.write_text(
        "stage,epoch,train_loss,valid_loss,acc_camvid,mean_iou,seconds\n"
        "only,1,0.5,0.6,0.7,0.4,1.0\n"
        "only,2,0.5,0.6only,2,0.4,0.5,0.8,0.5,1.0\n"
        "\xff\x00\n"
        "../x,2,0.5,0.6,0.7,0.4,1.0\n"
        "only,2,0.5,0.6,nan,0.4,1.0\n"
        "only,2,0.5,0.6,0.7,0.4,inf\n"
        f"only,{10**30},0.5,0.6,0.7,0.4,1.0\n"
        "only,3,0.3,0.4,0.9,0.6,1.0\n",
        "latin-1",
    )

    assert [epoch.epoch for epoch in read_history(waiting)] == [1, 3]


@pytest.mark.parametrize("content", ["{", "[1]", '{"valley": "x"}', '{"valley": NaN}', '{"valley": -1}'])
def test_damaged_suggestions_of_a_finder_are_none(waiting, content):
    append_row(run_folder(waiting) / "lr_find-only.csv", ("batch", "lr", "loss"), (1, 1e-7, 2.5))
    (run_folder(waiting) / "lr_find-only.json").write_text(content, "utf-8")

    (finder,) = read_run(waiting).finders
    assert (len(finder.points), finder.suggestions) == (1, {})


def test_a_log_that_is_a_link_is_not_shown(waiting, tmp_path):
    (tmp_path / "secret").write_text("secret\n", "utf-8")
    (run_folder(waiting) / "log.txt").symlink_to(tmp_path / "secret")

    assert re.search(r"log\.txt is not a regular file", log_tail(waiting))
    assert "secret" not in log_tail(waiting)
    assert read_run(waiting).log == log_tail(waiting)


ODD = ("link", "pipe", "folder", "5 GB", "garbage", "newlines", "one line", "deep", "text")
ESSENTIAL = ("settings.json", "recipe.json", "status.json")
OTHERS = (
    "label.json",
    "environment.json",
    "history.csv",
    "batches.csv",
    "log.txt",
    "lr_find-only.csv",
    "lr_find-only.json",
    "best.safetensors",
    "checkpoints/only.safetensors",
    "previews/index.csv",
    "previews/classes.json",
    "previews/photo-0.png",
)


def make_odd(path: Path, kind: str, secret: Path) -> None:
    """Put something at `path` that no run has ever written."""
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if kind in ODD_FILES:
        put_odd_file(path, kind, secret)
        return
    contents = {
        "garbage": bytes(range(256)) * 100,
        "newlines": b"\n" * 30_000_000,
        "one line": b"," * 30_000_000 + b"\n",
        "deep": b"[" * 100_000,
        "text": b'{"title": "\\ud800", "a": 1, "a": NaN}',
    }
    path.write_bytes(contents[kind])


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", OTHERS)
def test_what_one_odd_file_holds_is_left_out_and_the_rest_of_the_run_is_shown(waiting, tmp_path, name, kind):
    (tmp_path / "secret").write_text("secret\n", "utf-8")
    make_odd(run_folder(waiting) / name, kind, tmp_path / "secret")
    view = read_run(waiting)

    assert view.summary.state == "queued"
    assert [summary.id for summary in list_runs()] == [waiting]
    assert read_batches(waiting).rows == []
    assert "secret" not in repr(view)
    assert len(log_tail(waiting)) <= 8192
    for path in (*view.photos, *view.truths):
        with pytest.raises(RunError):
            read_picture(path)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ESSENTIAL)
def test_a_run_without_what_it_cannot_be_without_is_a_sentence(waiting, data, tmp_path, name, kind):
    other = create_run(make_recipe(), data, run="other")
    enqueue(run_folder(other))
    (tmp_path / "secret").write_text("secret\n", "utf-8")
    make_odd(run_folder(waiting) / name, kind, tmp_path / "secret")

    found = {summary.id: summary for summary in list_runs()}
    assert found["other"].state == "queued"
    assert waiting not in found or found[waiting].state == "failed"
    with pytest.raises(RunError) as refused:
        read_run(waiting)
    assert str(refused.value).endswith(".")
    assert "secret\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["previews", "checkpoints"])
def test_a_folder_of_a_run_that_is_a_link_is_not_looked_into(waiting, tmp_path, name):
    secret = tmp_path / "secret"
    secret.mkdir()
    for each in ("photo-0.png", "truth-0.png", "index.csv", "only.safetensors"):
        (secret / each).write_bytes(b"\x89PNG\r\n\x1a\nsecret")
    (run_folder(waiting) / name).symlink_to(secret)
    view = read_run(waiting)

    assert (view.photos, view.truths, view.previews, view.checkpoints) == ((), (), (), ())
    with pytest.raises(RunError, match="not a regular file"):
        read_picture(run_folder(waiting) / name / "photo-0.png")


def test_a_picture_with_the_bytes_of_something_else_is_not_served(finished):
    path = run_folder(finished) / "previews" / "photo-0.png"
    assert read_picture(path).startswith(b"\x89PNG")
    path.unlink()
    path.hardlink_to(run_folder(finished) / "settings.json")
    with pytest.raises(RunError, match="is not a PNG picture"):
        read_picture(path)


def test_the_tail_of_a_long_log_begins_with_a_whole_line(waiting):
    lines = [f"line {number}\n" for number in range(1000)]
    (run_folder(waiting) / "log.txt").write_text("".join(lines), "utf-8")

    tail = log_tail(waiting, limit=100)
    assert tail == "".join(lines)[-100:].partition("\n")[2]
    assert log_tail(waiting, limit=10**6) == "".join(lines)


# Lists


def test_runs_are_listed_the_newest_first(store, data):
    runs = [create_run(make_recipe(), data, run=name) for name in ("b", "c", "a")]
    for run in runs:
        enqueue(run_folder(run))

    assert [summary.id for summary in list_runs()] == ["a", "c", "b"]


@pytest.mark.parametrize("file", ["status.json", "settings.json", "recipe.json"])
def test_a_damaged_run_does_not_hide_the_others(waiting, finished, file):
    (run_folder(waiting) / file).write_text("{", "utf-8")
    damaged, whole = sorted(list_runs(), key=lambda summary: summary.id == finished)

    assert (damaged.state, whole.state) == ("failed", "finished")
    assert file in damaged.message
    with pytest.raises(RunError, match=file):
        read_run(waiting)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("status.json", '"pid": null', '"pid": -1'),
        ("status.json", '"done": 0', f'"done": {10**400}'),
        ("status.json", '"total": 0', '"total": -5'),
        ("settings.json", '"only"', '"other"'),
    ],
)
def test_a_run_that_was_tampered_with_is_listed_with_a_sentence(waiting, file, old, new):
    path = run_folder(waiting) / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")

    (summary,) = list_runs()
    assert summary.state == "failed"
    assert summary.message.endswith(".")


def test_an_empty_store_has_no_runs(store):
    assert list_runs() == []


def test_fifty_runs_of_a_hundred_epochs_are_read_without_reading_their_batches(store, data, monkeypatch):
    """What the list costs is files opened, whatever the clock says: four a run."""
    for number in range(50):
        run = create_run(make_recipe(make_stage(epochs=100)), data, run=f"run-{number}")
        enqueue(run_folder(run))
    read = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest: (read.append(Path(path).name), real(path, *rest))[1])
    list_runs()

    assert 3 * 50 <= len(read) <= 4 * 50
    assert BATCHES not in read
    assert HISTORY not in read


# Names, notes, the end


def test_a_run_can_be_named_and_noted(waiting):
    label_run(waiting, title="  My  run ", note="With a\nlower rate.")
    label_run(waiting, note="Once more.")

    summary = read_run(waiting).summary
    assert (summary.title, summary.note) == ("My run", "Once more.")
    label_run(waiting, title="")
    assert read_run(waiting).summary.title == waiting


def test_a_title_has_an_end(waiting):
    with pytest.raises(RunError, match="100 characters"):
        label_run(waiting, title="x" * 101)
    assert read_run(waiting).summary.title == waiting


def test_a_finished_run_can_be_deleted(finished):
    delete_run(finished)

    assert run_ids() == []
    assert not run_folder(finished).exists()
    with pytest.raises(RunNotFoundError):
        read_run(finished)


def test_a_run_that_waits_or_trains_cannot_be_deleted(waiting):
    with pytest.raises(RunError, match="is queued; stop it"):
        delete_run(waiting)
    write(run_folder(waiting), state="running", heartbeat=time.time() - 3600)  # dead
    delete_run(waiting)
    assert run_ids() == []


def test_a_checkpoint_is_found_by_its_name_alone(finished):
    for name in checkpoints(finished):
        assert checkpoint_file(finished, name).is_file()
    for name in ("../best", "small.003", "", "resume"):
        with pytest.raises(RunError, match="has no checkpoint"):
            checkpoint_file(finished, name)
