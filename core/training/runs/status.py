"""How a run stands: its states, who may go where, and how a dead run is told from a running one.

Only the run's own process writes `status.json`, and whoever puts it in line before there is one.
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
from core.training.runs.folder import STATUS, STOP, disk_full, read_json, write_text

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
"""Where each state may go. A run that died goes from any state to `queued`."""

LIVE: frozenset[ShownState] = frozenset({"queued", "running", "stopping"})

BEAT = 2.0
"""Seconds between two heartbeats."""
SILENT = 60.0
"""Seconds without a heartbeat after which a run counts as dead, even if its process is there."""

DIED = (
    "The run ended without a word: its process was killed, the memory was full or the machine was switched "
    "off; resume it, and it goes on after its last whole epoch."
)


# Bounds, for a run's folder may come from elsewhere.
Count = Annotated[int, Field(ge=0, le=10**12)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]


class Status(BaseModel):
    """What `status.json` says. Times are seconds since 1970, durations are seconds.

    message: one sentence for people. process_started: tells the process from a later one of the same number.
    epoch, epochs: done and to do in the stage; done, total: in all stages together. batch, batches: of the
    epoch that is being trained. seconds: trained so far, pauses left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = "queued"
    message: str = ""
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


def read_status(folder: Path) -> Status:
    """How a run stood when it last said so; RunError when the file is damaged."""
    return read_json(folder / STATUS, Status)


def shown_state(folder: Path, status: Status) -> ShownState:
    """The state to show: `dead` for a run whose process is gone or silent, never what it last said."""
    if status.state not in LIVE:
        return status.state
    if not is_alive(status):
        return "dead"
    if status.state == "running" and (folder / STOP).exists():
        return "stopping"
    return status.state


def is_alive(status: Status) -> bool:
    """Whether the process that wrote a status still runs and has given a sign of life lately."""
    if abs(time.time() - status.heartbeat) > SILENT:
        return False  # a heartbeat to come is none: the next one of a living process mends it
    if status.pid is None or status.host != platform.node():
        # Put in line a moment ago, or run on another machine: there is nothing but the heartbeat.
        return True
    return process_start(status.pid) == status.process_started


def process_start(pid: int) -> float | None:
    """When a process started, rounded to what survives a JSON file; None when it is gone or a zombie."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return round(float(process.create_time()), 2)
    except psutil.Error:
        return None


def enqueue(folder: Path) -> None:
    """Write the status of a run that waits to be started; RunError when a process is at it already."""
    before = _before(folder)
    if shown_state(folder, before) in LIVE:
        if before.pid is None:
            return  # in line already, and no process has taken it yet
        raise RunError(f"The run {folder.name} is {before.state} already.")
    (folder / STOP).unlink(missing_ok=True)
    now = time.time()
    waiting = before.model_copy(
        update={
            "state": "queued",
            "message": "Waiting to be started.",
            "pid": None,
            "process_started": None,
            "host": platform.node(),
            "heartbeat": now,
            "queued": now,
            "ended": None,
            "seconds_left": None,
        }
    )
    write_text(folder / STATUS, waiting.model_dump_json(indent=1) + "\n")


def _before(folder: Path) -> Status:
    """How a run stood; as if it had never begun where that is damaged: what it has learnt lies elsewhere.

    Of a living process nobody can be robbed by that: the lock in the folder keeps a second one out.
    """
    try:
        return read_status(folder)
    except RunError:
        return Status()


class StatusKeeper:
    """The one writer of a run's status while its process lives; a thread keeps the heart beating.

    As a context manager: entering takes the status over, leaving ends the heartbeat.
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
        """The status as it stands in memory."""
        return self._status

    def update(self, **values: Any) -> None:
        """Change figures; readers see them at the next heartbeat or `write`. Costs next to nothing."""
        with self._lock:
            self._status = self._status.model_copy(update=values)

    def move(self, state: State, message: str = "", **values: Any) -> None:
        """Go to another state and say so at once. RunError for a step that no run can take."""
        before = self._status.state
        if state != before and state not in NEXT[before]:
            raise RunError(f"A run that is {before} cannot become {state}.")
        self.update(state=state, message=message, **values)
        self.write()

    def write(self) -> None:
        """Write the status with a new heartbeat. OSError when the disk is full."""
        # The start anew each time: it is counted from the clock, which may be put right while a run trains.
        signed = {"heartbeat": time.time(), "process_started": process_start(os.getpid())}
        with self._lock:
            self._status = self._status.model_copy(update=signed)
            write_text(self._folder / STATUS, self._status.model_dump_json(indent=1) + "\n")

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            # A full disk ends the run where it matters; here it only delays what is shown.
            with contextlib.suppress(OSError):
                self.write()
