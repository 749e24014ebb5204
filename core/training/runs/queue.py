"""The queue: one run at a time by default, the others wait in the order in which they came.

No server keeps the queue: every run's process waits by itself, checks which runs came before it, and takes a
lock that the system releases however its holder ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

from filelock import FileLock, Timeout

from core.errors import RunError, StoppedError
from core.folders import sole_holder
from core.languages import sentence
from core.training.runs.folder import LOCK, run_ids, runs_folder
from core.training.runs.status import Status, read_status, shown_state

POLL = 0.5
"""Seconds between two checks of the queue."""


def places() -> int:
    """How many runs may train at a time: 1, or the value of STREETSCOPE_RUNS_AT_ONCE."""
    wanted = os.environ.get("STREETSCOPE_RUNS_AT_ONCE", "1")
    return max(1, int(wanted)) if wanted.isdecimal() else 1


@contextmanager
def sole_process(
    folder: Path, wait: float = 0, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Be the only process that writes a run's folder; RunError if another one does after `wait` seconds.

    meanwhile: called every second of the wait.
    """
    busy = RunError(sentence("The run {name} is being trained by another process.", name=folder.name))
    until = monotonic() + wait
    with ExitStack() as held:
        while True:
            left = max(0.0, until - monotonic())
            try:
                held.enter_context(sole_holder(folder / LOCK, busy, min(left, 1.0)))
                break
            except RunError:
                if not left:
                    raise
                meanwhile()
        yield


@contextmanager
def acquire_slot(run: str, should_stop: Callable[[], bool], tell: Callable[[str], None]) -> Iterator[None]:
    """Wait until it is a run's turn, and hold its place during the block.

    tell: called with a sentence that says which runs it waits for, whenever that changes.
    StoppedError if it is stopped while it waits.
    """
    told = ""
    while True:
        if should_stop():
            raise StoppedError(
                sentence("Stopped while waiting in the queue; resume it to put it back at the end.")
            )
        ahead = _ahead(run)
        place = None if ahead else _free_place()
        if place is not None:
            try:
                yield
            finally:
                place.release()
            return
        waits = _waiting_for(run, ahead)
        if waits != told:
            tell(waits)
            told = waits
        sleep(POLL)


def _ahead(run: str) -> list[str]:
    """The waiting runs that came before this one; a run without a process does not wait yet."""
    came = {other: status.queued for other, status in _standing("queued") if status.pid is not None}
    mine = (came.get(run, float("inf")), run)
    return [other for other, queued in came.items() if (queued, other) < mine]


def _waiting_for(run: str, ahead: list[str]) -> str:
    running = [other for other, _ in _standing("running", "stopping") if other != run]
    before = running + ahead
    if not before:
        return sentence("Waiting for a place.")
    return sentence("Waiting for {runs} to end.", runs=", ".join(before))


def _standing(*states: str) -> Iterator[tuple[str, Status]]:
    for run in run_ids():
        folder = runs_folder() / run
        try:
            status = read_status(folder)
        except RunError:
            continue  # damaged, or not complete yet
        if shown_state(folder, status) in states:
            yield run, status


def _free_place() -> FileLock | None:
    for number in range(places()):
        lock = FileLock(runs_folder() / f".place-{number}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        return lock
    return None
