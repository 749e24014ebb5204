"""Long work in threads of its own: it goes on while nobody looks, and everybody sees how far it is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from core.errors import StreetScopeError

Result = TypeVar("Result")
State = Literal["running", "finished", "failed", "cancelled"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobProgress:
    """How far a job is: `done` of `total`, both 0 before it said so, and the seconds left if known.

    doing: what the job does at the moment, in words; empty where its name says it all.
    """

    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    doing: str = ""

    @property
    def share(self) -> float:
        """What is done of all, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class _CancelledError(Exception):
    """Ends the work at its next word."""


class Job(Generic[Result]):
    """Work in a thread of its own. Its attributes may be read at any time, from any thread.

    state: cancelled is what has ended after `cancel`; before that it is still running.
    error: the sentence to show of a job that failed.
    """

    def __init__(self, work: Callable[[Job[Result]], Result]) -> None:
        self.state: State = "running"
        self.progress = JobProgress()
        self.error = ""
        self._result: Result | None = None
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._first: tuple[float, int] | None = None
        # A server that ends does not wait for it.
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)

    @property
    def result(self) -> Result:
        """What the work returned; RuntimeError while there is nothing."""
        if self.state != "finished":
            raise RuntimeError(f"The job is {self.state}; it has no result.")
        return self._result  # type: ignore[return-value]  # finished: it is what `work` returned

    def tell(self, done: int, total: int, seconds_left: float | None = None, doing: str = "") -> None:
        """Said by the work as often as it likes: how far it is. The work ends here when it was cancelled.

        seconds_left: worked out from the speed so far where the work does not know.
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
        """Ask the work to end; it does so the next time that it says how far it is."""
        self._cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the job has ended, at most so long; returns whether it has."""
        return self._ended.wait(seconds)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def _run(self, work: Callable[[Job[Result]], Result]) -> None:
        try:
            self._result = work(self)
            self.state = "finished"
        except _CancelledError:
            self.state = "cancelled"
        except StreetScopeError as error:
            self._fail(str(error))
        except Exception:
            if not threading.main_thread().is_alive():
                self.state = "cancelled"  # the server ends; threads cannot be started any more
                return
            _log.exception("A job failed.")
            self._fail("Something went wrong that should not have; the server's log says what.")
        finally:
            self._ended.set()

    def _fail(self, sentence: str) -> None:
        self.error = sentence
        self.state = "failed"


class Jobs:
    """The jobs of a server, by key; all its sessions see the same ones.

    most: how many jobs that have ended are kept; the oldest give way.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._jobs: dict[Hashable, Job[Any]] = {}
        self._lock = threading.Lock()

    def start(self, key: Hashable, work: Callable[[Job[Result]], Result]) -> Job[Result]:
        """Do `work` under a key, or join the job that runs under it. What ended under it is forgotten."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.state != "running":
                self._jobs.pop(key, None)
                self._jobs[key] = job = Job(work)
                self._drop_old()
                job.start()
            return job

    def start_once(self, key: Hashable, work: Callable[[Job[Result]], Result]) -> Job[Result]:
        """The job of this key, running or ended; `work` is started where there is none."""
        return self.find(key) or self.start(key, work)

    def find(self, key: Hashable) -> Job[Any] | None:
        """The job of this key, running or ended; None where there is none."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Forget a job that has ended; one that runs goes on and stays."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state != "running":
                del self._jobs[key]

    def _drop_old(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.state != "running"]
        for key in ended[: max(0, len(ended) - self._most)]:
            del self._jobs[key]
