"""The protocol between a worker and whoever started it, spoken by real processes that also misbehave."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import (
    BrokenModelError,
    DatasetError,
    DiskFullError,
    OutOfMemoryError,
    StreetScopeError,
    UnknownColourError,
    WorkerError,
)
from core.jobs import JobProgress
from core.workers import (
    NICE,
    Worker,
    WorkerFailure,
    WorkerResult,
    error_of,
    failure_of,
    from_line,
    run_worker,
    start_worker,
    to_line,
)
from tests.conftest import ROOT
from tests.runs import wait_for

MODULE = "tests.core.odd_worker"
ODD = Worker(MODULE, "experiment", "try a smaller one")

LARGE = "x" * 1_000_000
"""More than a pipe holds."""


class CancelledError(Exception):
    """Raised by who is told, as a cancelled job does."""


def run(do: str, tell=lambda *_: None, **values: Any) -> dict[str, Any]:
    return run_worker(ODD, {"do": do} | values, tell)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# --- messages -------------------------------------------------------------------------------------

words = st.text(st.characters())  # halves of characters too: names of files may have them
messages = st.one_of(
    st.builds(
        JobProgress,
        st.integers(),
        st.integers(),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        words,
    ),
    st.builds(WorkerResult, st.dictionaries(words, st.integers() | words | st.booleans() | st.none())),
    st.builds(WorkerFailure, words, words),
)


@given(messages)
def test_a_message_is_one_line_and_reads_as_it_was(message) -> None:
    line = to_line(message)

    assert line.isascii()
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert from_line(line.encode("ascii")) == message


def test_a_message_is_what_the_protocol_says() -> None:
    told = JobProgress(3, 40, None, "measuring")

    assert json.loads(to_line(told)) == {
        "progress": {"done": 3, "total": 40, "seconds_left": None, "doing": "measuring"}
    }
    assert json.loads(to_line(WorkerResult({"sum": 3}))) == {"result": {"sum": 3}}
    assert json.loads(to_line(WorkerFailure("DatasetError", "No."))) == {
        "error": {"kind": "DatasetError", "message": "No."}
    }


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"words\n",
        b"{}",
        b"3",
        b"\xff\xfe",
        b'{"progress": 1}',
        b'{"progress": {"speed": 1}}',
        b'{"error": {}}',
        b'{"result": {"a": ',
        b"[" * 100_000,
    ],
    ids=lambda line: repr(line[:20]),
)
def test_a_line_that_is_no_message_is_none(line: bytes) -> None:
    assert from_line(line) is None


@pytest.mark.parametrize("kind", [DatasetError, OutOfMemoryError, BrokenModelError, StreetScopeError])
def test_an_error_comes_through_as_the_kind_it_is(kind: type[StreetScopeError]) -> None:
    found = error_of(failure_of(kind("A sentence.")))

    assert type(found) is kind
    assert str(found) == "A sentence."


def test_an_error_that_needs_more_than_its_sentence_comes_through_as_the_kind_above_it() -> None:
    found = error_of(failure_of(UnknownColourError("Pink.", {(255, 0, 255): 1}, 1)))

    assert type(found) is DatasetError
    assert str(found) == "Pink."


@pytest.mark.parametrize("kind", ["KeyboardInterrupt", "SystemExit", "", "Unheard"])
def test_an_unknown_kind_is_still_a_sentence(kind: str) -> None:
    found = error_of(WorkerFailure(kind, "A sentence."))

    assert type(found) is StreetScopeError
    assert str(found) == "A sentence."


# --- work that ends well --------------------------------------------------------------------------


def test_a_worker_tells_how_far_it_is_and_returns_its_result() -> None:
    told: list[tuple[object, ...]] = []

    assert run("count", lambda *words: told.append(words), to=4) == {"sum": 6}
    in_order = [words for words in dict.fromkeys(told) if words[1]]
    assert in_order == [(number, 4, 0.5, f"adding {number}") for number in range(4)]


def test_the_request_comes_through_however_long_it_is_and_whatever_is_in_it() -> None:
    assert run("echo", text=LARGE)["text"] == LARGE
    assert run("echo", text="straße \udcff 🚗\n")["text"] == "straße \udcff 🚗\n"


def test_a_worker_steps_back_in_a_session_of_its_own() -> None:
    found = run("echo", text="")

    assert found["nice"] == min(19, os.nice(0) + NICE)
    assert found["session"]


def test_a_worker_under_torchrun_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("STREETSCOPE_MODELS", "/some/store")
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    found = run("environment")

    assert not {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"} & set(found)
    assert found["STREETSCOPE_MODELS"] == "/some/store"
    assert found["OMP_WAIT_POLICY"] == "PASSIVE"


def test_what_libraries_print_does_not_come_between(caplog: pytest.LogCaptureFixture) -> None:
    told = []

    assert run("chatter", lambda *words: told.append(words[-1])) == {"printed": False}
    assert told.count("chattering") >= 2
    assert caplog.records == []  # no line that was no message


def test_a_worker_that_is_silent_is_still_told_of(tmp_path: Path) -> None:
    told = []

    def tell(*words: object) -> None:
        told.append(words)
        if told.count((1, 2, None, "waiting")) == 4:  # it said so once
            (tmp_path / "go").touch()

    assert run("wait_for_file", tell, file=str(tmp_path / "go")) == {}


# --- work that does not ---------------------------------------------------------------------------


def test_an_error_of_ours_is_raised_where_the_worker_was_started(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DatasetError) as refused:
        run("refuse", sentence="The folder café has no labels.")
    assert type(refused.value) is DatasetError
    assert str(refused.value) == "The folder café has no labels."

    with pytest.raises(DatasetError, match="pink"):
        run("refuse_colour")
    assert caplog.records == []


def test_a_full_disk_names_the_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DiskFullError) as refused:
        run("fill_disk", file=str(tmp_path / "model.json"))

    assert str(refused.value) == "There is no room on the disk for model.json: free some space and try again."
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


def test_a_crash_is_a_sentence_and_its_traceback_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WorkerError) as crashed, caplog.at_level(logging.ERROR):
        run("crash")

    assert str(crashed.value) == "The experiment ended unexpectedly; the server's log says why."
    assert "ZeroDivisionError: the detail that only the log has" in caplog.text
    assert "status 1" in caplog.text


def test_a_worker_that_leaves_without_a_result_has_failed_even_with_status_0() -> None:
    with pytest.raises(WorkerError):
        run("leave")


def test_a_worker_that_reads_no_request_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(WorkerError):
        run_worker(Worker("core.there_is_none", "experiment", ""), {"text": LARGE})
    assert "No module named core.there_is_none" in caplog.text


def test_a_worker_that_the_system_kills_had_too_little_memory() -> None:
    with pytest.raises(OutOfMemoryError) as killed:
        run("die")

    assert str(killed.value) == (
        "The system ended the experiment while it was filling the memory: the memory is too small; "
        "try a smaller one."
    )


def test_who_cancels_ends_the_worker_and_what_it_started() -> None:
    pids: list[int] = []

    def tell(done: int, total: int, seconds_left: float | None, doing: str) -> None:
        if doing == "numbers":
            pids.extend((done, total))
            raise CancelledError

    with pytest.raises(CancelledError):
        run("have_child", tell)
    wait_for(lambda: all(map(is_gone, pids)), "both processes to be gone")
    assert len(pids) == 2


def test_a_crash_is_noticed_although_a_process_left_behind_holds_the_pipe() -> None:
    with pytest.raises(WorkerError):
        run("leave_child")


def test_a_worker_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    request = {"do": "talk", "messages": 10**9, "pid": str(tmp_path / "pid"), "done": str(tmp_path / "done")}
    program = (
        "from core.workers import Worker, run_worker\n"
        f"run_worker(Worker({MODULE!r}, 'experiment', ''), {request!r})"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as starter:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text("ascii"), "the worker")
        starter.send_signal(signal.SIGKILL)

    wait_for(lambda: is_gone(int((tmp_path / "pid").read_text("ascii"))), "the worker to end")
    assert not (tmp_path / "done").exists()


# --- a worker that outlives whoever started it ----------------------------------------------------


def test_a_worker_that_was_only_started_goes_on_alone(tmp_path: Path) -> None:
    request = {"do": "talk", "messages": 5000, "pid": str(tmp_path / "pid"), "done": str(tmp_path / "done")}
    program = (
        "from core.workers import start_worker\n"
        f"with open({str(tmp_path / 'log')!r}, 'ab') as log:\n"
        f"    start_worker({MODULE!r}, {request!r}, log)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)

    wait_for((tmp_path / "done").exists, "the worker to have said more than a pipe holds")
    wait_for(lambda: is_gone(int((tmp_path / "pid").read_text("ascii"))), "the worker to end")
    # what it printed, and no message
    assert (tmp_path / "log").read_text("utf-8") == "This is for the log.\n"


def test_the_log_of_such_a_worker_has_the_sentence_that_it_ended_with(tmp_path: Path) -> None:
    with (tmp_path / "log").open("ab") as log:
        start_worker(MODULE, {"do": "refuse", "sentence": "There is no room."}, log)

    wait_for(lambda: (tmp_path / "log").read_text("utf-8") == "There is no room.\n", "the sentence")


def test_such_a_worker_leaves_no_zombie(tmp_path: Path) -> None:
    request = {"do": "talk", "messages": 1, "pid": str(tmp_path / "pid"), "done": str(tmp_path / "done")}
    with (tmp_path / "log").open("ab") as log:
        start_worker(MODULE, request, log)

    wait_for((tmp_path / "done").exists, "the worker")
    wait_for(lambda: not psutil.pid_exists(int((tmp_path / "pid").read_text("ascii"))), "its end")
