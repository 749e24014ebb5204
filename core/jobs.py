"""Long work in its own threads: it continues when nobody is watching, and anybody can see its progress."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from core.errors import StreetScopeError
from core.languages import sentence, sentence_of

Result = TypeVar("Result")
State = Literal["running", "finished", "failed", "cancelled"]

ProgressCallback = Callable[[int, int], None]
"""Told how much is done of how much."""
Tell = Callable[[int, int, float | None, str], None]
"""Told what is done of how much, the seconds left if known, and in words what is being done."""

_log = logging.getLogger(__name__)


def one_after_the_other(progress: ProgressCallback, total: int) -> ProgressCallback:
    """What several parts of a work can be told to call, each with its own counts; `progress` hears of all.

    total: of all parts together. A part is over when it has done all of its own.
    """
    before = 0

    def tell(done: int, own_total: int) -> None:
        nonlocal before
        progress(before + done, total)
        if done == own_total:
            before += own_total

    return tell


@dataclass(frozen=True)
class JobProgress:
    """A job's progress: `done` of `total`, both 0 until the job reports them, and the seconds left if known.

    doing: what the job is doing now, in words; empty if its name says enough.
    """

    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    doing: str = ""

    @property
    def share(self) -> float:
        """The fraction done, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class _CancelledError(Exception):
    """Ends the work at its next progress report."""


class Job(Generic[Result]):
    """Work in its own thread. Its attributes may be read at any time, from any thread.

    state: "cancelled" once the work has ended after `cancel`; until then the job is still running.
    error: for a job that failed, the sentence to show.
    """

    def __init__(self, work: Callable[[Job[Result]], Result]) -> None:
        self.state: State = "running"
        self.progress = JobProgress()
        self.error = ""
        self._result: Result | None = None
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._first: tuple[float, int] | None = None
        # A daemon: a server that shuts down does not wait for it.
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)

    @property
    def result(self) -> Result:
        """What the work returned; RuntimeError if it has not finished."""
        if self.state != "finished":
            raise RuntimeError(f"The job is {self.state}; it has no result.")
        return self._result  # type: ignore[return-value]  # finished: it is what `work` returned

    def tell(self, done: int, total: int, seconds_left: float | None = None, doing: str = "") -> None:
        """Report progress; the work calls this as often as it likes. Ends the work here if it was cancelled.

        seconds_left: if the work does not give it, it is estimated from the speed so far.
        """
        if self._cancelled.is_set():
            raise _CancelledError
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        begun, before = self._first
        if seconds_left is None and done > before:
            seconds_left = (now - begun) / (done - before) * (total - done)
        self.progress = JobProgress(done, total, seconds_left, doing)

    def cancel(self) -> None:
        """Ask the work to end; it ends at its next progress report."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the job has ended, for at most `seconds`; returns whether it has."""
        return self._ended.wait(seconds)

    def start(self) -> None:
        """Start the thread; call this once."""
        self._thread.start()

    def _run(self, work: Callable[[Job[Result]], Result]) -> None:
        try:
            self._result = work(self)
            self.state = "finished"
        except _CancelledError:
            self.state = "cancelled"
        except StreetScopeError as error:
            self._fail(sentence_of(error))
        except Exception:
            if not threading.main_thread().is_alive():
                self.state = "cancelled"  # the server is shutting down and can start no more threads
                return
            _log.exception("A job failed.")
            self._fail(sentence("There was an unexpected error; the server's log has the details."))
        finally:
            self._ended.set()

    def _fail(self, sentence: str) -> None:
        self.error = sentence
        self.state = "failed"


class Jobs:
    """The jobs of a server, by key; all its sessions see the same ones.

    most: how many ended jobs are kept; the oldest are dropped first.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._jobs: dict[Hashable, Job[Any]] = {}
        self._lock = threading.Lock()

    def start(self, key: Hashable, work: Callable[[Job[Result]], Result]) -> Job[Result]:
        """Start `work` under a key, or return the job that is running under it. An ended one is dropped."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.state != "running":
                self._jobs.pop(key, None)
                self._jobs[key] = job = Job(work)
                self._drop_old()
                job.start()
            return job

    def start_once(self, key: Hashable, work: Callable[[Job[Result]], Result]) -> Job[Result]:
        """The job of this key, running or ended; starts `work` if there is none."""
        return self.find(key) or self.start(key, work)

    def find(self, key: Hashable) -> Job[Any] | None:
        """The job of this key, running or ended; None if there is none."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Drop a job that has ended; a running one stays."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state != "running":
                del self._jobs[key]

    def _drop_old(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.state != "running"]
        for key in ended[: max(0, len(ended) - self._most)]:
            del self._jobs[key]
