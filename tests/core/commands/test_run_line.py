"""Who stands where in line, one run alone, and histories that are not read twice."""

from __future__ import annotations

import time

import pytest

from core.errors import RunError, RunNotFoundError
from core.training.runs import records
from core.training.runs.folder import HISTORY, STATUS, append_row, create_run, open_plain, run_folder
from core.training.runs.records import Epoch, ahead_of, list_runs, read_history, read_summary
from core.training.runs.status import enqueue
from tests.runs import make_recipe, write


@pytest.fixture
def make_run(store, tmp_path):
    """Make a run in a state, put in line at a moment."""

    def make(name: str, state: str = "queued", queued: float = 0.0, **values) -> str:
        create_run(make_recipe(), tmp_path / "data", run=name)
        enqueue(run_folder(name))
        write(run_folder(name), state=state, queued=queued, **values)
        return name

    return make


def names(run: str) -> list[str]:
    return [summary.id for summary in ahead_of(run, list_runs())]


def test_whoever_trains_comes_first_then_those_that_came_before(make_run):
    make_run("third", queued=3.0)
    make_run("first", queued=1.0)
    make_run("second", queued=2.0)
    make_run("trains", "running")
    make_run("done", "finished", queued=0.5)

    assert names("first") == ["trains"]
    assert names("third") == ["trains", "first", "second"]


def test_a_run_that_no_process_has_taken_yet_stands_at_the_end(make_run):
    make_run("early", queued=1.0, pid=None, process_started=None)
    make_run("late", queued=2.0)

    assert names("early") == ["late"]
    assert names("late") == []


def test_a_dead_run_is_in_nobodys_way(make_run):
    make_run("dead", queued=1.0, heartbeat=time.time() - 3600)
    make_run("alive", queued=2.0)

    assert names("alive") == []


def test_a_run_that_does_not_wait_has_at_most_those_that_train_ahead(make_run):
    make_run("waits", queued=1.0)
    make_run("trains", "running")

    assert names("trains") == []


def test_one_run_is_read_alone(make_run):
    make_run("one", "running", done=1, total=2)
    make_run("damaged")
    (run_folder("damaged") / STATUS).write_text("{", "utf-8")

    assert read_summary("one") == next(each for each in list_runs() if each.id == "one")
    with pytest.raises(RunError, match=r"status\.json"):
        read_summary("damaged")
    with pytest.raises(RunNotFoundError):
        read_summary("nobody")


def test_a_history_is_read_once_until_it_grows(make_run, monkeypatch):
    path = run_folder(make_run("one")) / HISTORY
    first, second = (Epoch("only", number, 1.0, 1.0, 0.5, 0.25, 1.0) for number in (1, 2))
    append_row(path, Epoch._fields, first)
    read = []
    monkeypatch.setattr(records, "open_plain", lambda path: (read.append(path.name), open_plain(path))[1])

    assert read_history("one") == [first]
    assert read_history("one") == [first]
    assert read == [HISTORY]
    append_row(path, Epoch._fields, second)
    assert read_history("one") == [first, second]
    assert read == [HISTORY] * 2


def test_what_a_caller_does_to_a_history_is_its_own(make_run):
    path = run_folder(make_run("one")) / HISTORY
    append_row(path, Epoch._fields, Epoch("only", 1, 1.0, 1.0, 0.5, 0.25, 1.0))
    read_history("one").clear()

    assert len(read_history("one")) == 1
