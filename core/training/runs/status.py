"""A run's status: its states, how they may change, and how a dead run is told from a running one.

Only the run's own process writes `status.json`; before there is one, whoever puts the run in the queue.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field

from core.errors import RunError
from core.files import write_text
from core.languages import Sentence, heard, mark, sentence, to_plain
from core.training.runs.folder import STATUS, STOP, disk_full, read_json

State = Literal["queued", "running", "stopping", "stopped", "finished", "failed"]
ShownState = Literal["queued", "running", "stopping", "stopped", "finished", "failed", "dead"]

NEXT: dict[State, frozenset[State]] = {
    "queued": frozenset({"queued", "running", "stopped", "failed"}),
    "running": frozenset({"stopping", "stopped", "finished", "failed"}),
    "stopping": frozenset({"stopped", "finished", "failed"}),
    "stopped": frozenset({"queued"}),
    "finished": frozenset({"queued"}),
    "failed": frozenset({"queued"}),
}
"""The states that may follow each state. A dead run goes from any state to `queued`."""

LIVE: frozenset[ShownState] = frozenset({"queued", "running", "stopping"})

BEAT = 2.0
"""Seconds between two heartbeats."""
SILENT = 60.0
"""Seconds without a heartbeat after which a run counts as dead, even if its process exists."""

_RECENT = 300.0
"""Seconds after a heartbeat in which a request to stop is also meant for the process that takes over."""

DIED = mark(
    "The run ended unexpectedly: its process was killed, the memory was full or the machine was switched "
    "off; it can continue from its last completed epoch."
)


# Bounded, because a run's folder may come from elsewhere.
Count = Annotated[int, Field(ge=0, le=10**12)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]


class Status(BaseModel):
    """The contents of `status.json`. Times are seconds since 1970, durations are seconds.

    message: one sentence for people, in English; said: what it was made of. process_started: tells the
    process from a later one with the same pid.
    epoch, epochs: done and in all in the stage; done, total: in all stages together. batch, batches: of the
    current epoch. seconds: trained so far, without pauses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = "queued"
    message: str = ""
    said: Any = None
    host: str = ""
    pid: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    process_started: Seconds | None = None
    heartbeat: Seconds = 0.0
    queued: Seconds = 0.0
    started: Seconds | None = None
    ended: Seconds | None = None
    stage: str = ""
    epoch: Count = 0
    epochs: Count = 0
    batch: Count = 0
    batches: Count = 0
    done: Count = 0
    total: Count = 0
    seconds: Seconds = 0.0
    seconds_left: Seconds | None = None

    @property
    def sentence(self) -> str:
        """The message, as a sentence in any language."""
        return heard(self.message, self.said)


def read_status(folder: Path) -> Status:
    """A run's status as last written; RunError if the file is damaged."""
    return read_json(folder / STATUS, Status)


def shown_state(folder: Path, status: Status) -> ShownState:
    """The state to show: `dead` for a run whose process is gone or silent, whatever it last wrote."""
    if status.state not in LIVE:
        return status.state
    if not is_alive(status):
        return "dead"
    if status.state == "running" and (folder / STOP).exists():
        return "stopping"
    return status.state


def is_alive(status: Status) -> bool:
    """Whether the process that wrote a status still exists and has written a heartbeat lately."""
    if abs(time.time() - status.heartbeat) > SILENT:
        return False  # one in the future counts as none: a living process corrects it with its next one
    if status.pid is None or status.host != platform.node():
        # Just put in the queue, or running on another machine: only the heartbeat can be checked.
        return True
    return process_start(status.pid) == status.process_started


def process_start(pid: int) -> float | None:
    """When a process started, rounded so that it survives JSON; None if it is gone or a zombie."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return round(float(process.create_time()), 2)
    except psutil.Error:
        return None


def enqueue(folder: Path) -> None:
    """Put a run in the queue; RunError if a process is working on it already."""
    before = _before(folder)
    if shown_state(folder, before) in LIVE:
        if before.pid is None:
            return  # in the queue already, and no process has taken it yet
        raise RunError(sentence("The run {name} is {state} already.", name=folder.name, state=before.state))
    (folder / STOP).unlink(missing_ok=True)
    _write_queued(folder, before)


def take_over(folder: Path) -> Status | None:
    """Put a run back into the queue for this process, which holds the lock in its folder.

    Whatever its status says, the process that wrote it is gone. A stop that was requested of that one a short
    while ago is kept for this one.
    Returns that status if the process did not end by itself: what it did last.
    """
    before = _before(folder)
    cut_short = before.state in LIVE
    if not cut_short or abs(time.time() - before.heartbeat) > _RECENT:
        (folder / STOP).unlink(missing_ok=True)
    _write_queued(folder, before)
    return before if cut_short and before.started is not None else None


def _write_queued(folder: Path, before: Status) -> None:
    waiting = before.model_copy(update=_put_back(sentence("Waiting to be started.")))
    write_text(folder / STATUS, waiting.model_dump_json(indent=1) + "\n")


def _put_back(message: str) -> dict[str, Any]:
    """What changes in the status of a run that waits for a process to take it."""
    now = time.time()
    return {
        "state": "queued",
        **_spoken(message),
        "pid": None,
        "process_started": None,
        "host": platform.node(),
        "heartbeat": now,
        "queued": now,
        "ended": None,
        "seconds_left": None,
    }


def _spoken(message: str) -> dict[str, Any]:
    return {"message": str(message), "said": to_plain(message) if isinstance(message, Sentence) else None}


def _before(folder: Path) -> Status:
    """A run's status; if damaged, that of a new run, since the weights are in other files.

    This cannot take a run from a living process: the lock in its folder keeps a second one out.
    """
    try:
        return read_status(folder)
    except RunError:
        return Status()


class StatusKeeper:
    """The only writer of a run's status while its process lives; a thread writes the heartbeats.

    As a context manager: entering takes over the status, leaving ends the heartbeat.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._status = read_status(folder)
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> StatusKeeper:
        self.update(pid=os.getpid(), host=platform.node())
        try:
            self.write()
        except OSError as error:
            if (full := disk_full(error)) is not None:
                raise full from error
            raise
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def status(self) -> Status:
        """The status in memory."""
        return self._status

    def update(self, **values: Any) -> None:
        """Change figures; readers see them at the next heartbeat or `write`. Very cheap."""
        if "message" in values:
            values |= _spoken(values["message"])
        with self._lock:
            self._status = self._status.model_copy(update=values)

    def move(self, state: State, message: str = "", **values: Any) -> None:
        """Go to another state and write it at once. RunError if `NEXT` does not allow it."""
        before = self._status.state
        if state != before and state not in NEXT[before]:
            raise RunError(
                sentence("A run that is {before} cannot become {state}.", before=before, state=state)
            )
        self.update(state=state, message=message, **values)
        self.write()

    def put_back(self, message: str) -> None:
        """Leave the run to a process that torchrun starts next; without one it is soon shown as dead."""
        self._over.set()
        self._thread.join()
        self.update(**_put_back(message))
        write_text(self._folder / STATUS, self._status.model_dump_json(indent=1) + "\n")

    def write(self) -> None:
        """Write the status with a new heartbeat. OSError if the disk is full."""
        # The start is read each time: it depends on the clock, which may be corrected while a run trains.
        signed = {"heartbeat": time.time(), "process_started": process_start(os.getpid())}
        with self._lock:
            self._status = self._status.model_copy(update=signed)
            write_text(self._folder / STATUS, self._status.model_dump_json(indent=1) + "\n")

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            # A full disk ends the run where it matters; here it only delays what is shown.
            with contextlib.suppress(OSError):
                self.write()
