"""How a run stands: which steps it can take, and that a dead one is never shown as running."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from core.errors import RunError
from core.training.runs import status as statuses
from core.training.runs.folder import STATUS, STOP, create_run, existing_run
from core.training.runs.status import (
    NEXT,
    SILENT,
    StatusKeeper,
    enqueue,
    process_start,
    read_status,
    shown_state,
)
from tests.runs import make_recipe, wait_for, write


@pytest.fixture
def folder(store, data):
    """The folder of a run that waits in line."""
    folder = existing_run(create_run(make_recipe(), data))
    enqueue(folder)
    return folder


# Steps


@pytest.mark.parametrize("before", NEXT)
@pytest.mark.parametrize("after", NEXT)
def test_only_the_steps_in_the_table_can_be_taken(folder, before, after):
    write(folder, state=before)
    with StatusKeeper(folder) as keeper:
        if after == before or after in NEXT[before]:
            keeper.move(after, "So it is.")
            assert (read_status(folder).state, read_status(folder).message) == (after, "So it is.")
        else:
            with pytest.raises(RunError, match=f"{before} cannot become {after}"):
                keeper.move(after)
            assert read_status(folder).state == before


def test_the_keeper_signs_with_its_process_and_beats(folder, monkeypatch):
    monkeypatch.setattr(statuses, "BEAT", 0.01)
    with StatusKeeper(folder) as keeper:
        first = read_status(folder)
        keeper.update(batch=7)
        wait_for(lambda: read_status(folder).batch == 7, "a heartbeat")
        later = read_status(folder)

    assert (first.pid, first.process_started) == (os.getpid(), process_start(os.getpid()))
    assert later.heartbeat > first.heartbeat


def test_a_clock_that_is_put_right_does_not_kill_a_run(folder, monkeypatch):
    """When a process started is counted back from the clock: each heartbeat says it anew."""
    monkeypatch.setattr(statuses, "BEAT", 0.01)
    with StatusKeeper(folder):
        monkeypatch.setattr(statuses, "process_start", lambda pid: 1234.5)
        wait_for(lambda: read_status(folder).process_started == 1234.5, "a heartbeat")

        assert shown_state(folder, read_status(folder)) == "queued"


def test_a_heartbeat_that_cannot_be_written_is_no_reason_to_stop(folder, monkeypatch):
    monkeypatch.setattr(statuses, "BEAT", 0.01)
    tried = []

    def refuse(*_: object) -> None:
        tried.append(1)
        raise OSError(28, "No space left on device")

    with StatusKeeper(folder):
        monkeypatch.setattr(statuses, "write_text", refuse)
        wait_for(lambda: len(tried) > 2, "three heartbeats")


# Dead or alive


def test_a_running_run_of_a_living_process_is_running(folder):
    assert shown_state(folder, write(folder, state="running")) == "running"


@pytest.mark.parametrize("state", ["queued", "running", "stopping"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"process_started": 1.0},
        {"pid": 2**22 + 1},
        {"late": SILENT + 60},
        {"late": -10 * SILENT},
    ],
    ids=["another process of that number", "no such process", "silent", "of another time"],
)
def test_a_run_whose_process_is_gone_is_dead(folder, state, wrong):
    wrong = dict(wrong)
    if (late := wrong.pop("late", None)) is not None:
        wrong["heartbeat"] = time.time() - late  # from now: the tests began some minutes ago
    assert shown_state(folder, write(folder, state=state, **wrong)) == "dead"


@pytest.mark.parametrize("state", ["stopped", "finished", "failed"])
def test_a_run_that_has_ended_is_not_dead(folder, state):
    assert shown_state(folder, write(folder, state=state, pid=2**22 + 1)) == state


def test_a_run_of_another_machine_lives_by_its_heartbeat(folder):
    assert shown_state(folder, write(folder, state="running", host="elsewhere", pid=1)) == "running"
    long_ago = time.time() - SILENT - 1
    assert (
        shown_state(folder, write(folder, state="running", host="elsewhere", pid=1, heartbeat=long_ago))
        == "dead"
    )


def test_a_zombie_is_dead(folder):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and nobody has asked how

        assert process_start(process.pid) is None


def test_a_run_that_no_process_ever_took_is_dead_after_a_while(folder):
    assert shown_state(folder, read_status(folder)) == "queued"
    assert shown_state(folder, write(folder, pid=None, heartbeat=time.time() - SILENT - 1)) == "dead"


def test_a_running_run_that_was_asked_to_stop_is_stopping(folder):
    (folder / STOP).touch()

    assert shown_state(folder, write(folder, state="running")) == "stopping"


# Back in line


@pytest.mark.parametrize("content", [b"", b'{"state": "run', b'{"pid": -1}', b"\xff", b"[]"])
def test_a_run_whose_status_is_damaged_can_go_on(folder, content):
    (folder / STATUS).write_bytes(content)
    enqueue(folder)

    assert read_status(folder).state == "queued"


@pytest.mark.parametrize("state", ["queued", "running", "stopping"])
def test_a_live_run_cannot_be_started_again(folder, state):
    write(folder, state=state)

    with pytest.raises(RunError, match=f"is {state} already"):
        enqueue(folder)


@pytest.mark.parametrize("state", ["stopped", "failed", "finished", "running"])
def test_a_run_that_has_ended_or_died_goes_back_in_line_and_keeps_its_figures(folder, state):
    write(folder, state=state, pid=2**22 + 1, done=5, total=9, seconds=3.5)
    (folder / STOP).touch()
    enqueue(folder)

    status = read_status(folder)
    assert (status.state, status.pid, status.done, status.total, status.seconds) == (
        "queued",
        None,
        5,
        9,
        3.5,
    )
    assert not (folder / STOP).exists()
