"""Strangers' pictures are decoded in processes of their own, with limits, so that nobody else waits for one.

Whatever comes from outside goes through `decode_scaled`: uploads, files of a zip, pasted and camera photos,
and what `segment` and `compare` are given. A file that keeps its decoder busy, fills its memory or crashes it
costs only that process, which is ended and started again. Frames of data sets, their thumbnails, training's
loaders and our own samples are decoded where they are asked for: they are many, their owner chose them, and
`core.photos.containers` bounds what each of them can cost.

The processes (`core.photos.worker`) are started when they are first needed, and stay. Request and answer
are binary, each part after its length. They end when their input does, which is also when this process is
killed; and when Python ends here.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
    TruncatedImageError,
    WorkerError,
)
from core.languages import sentence
from core.photos import images, wire
from core.project import ROOT

if sys.platform == "linux":
    import fcntl

PROCESSES = 2
"""Pictures decoded at a time: one costs up to 400 MB of memory."""

MAX_WALL_SECONDS = 30.0
"""How long one picture may take by the clock. Its processor time is bounded by the worker itself, below
this, for a busy machine is no fault of the picture's."""

_END_SECONDS = 1.0
_PIPE_BYTES = 1024 * 1024
_KINDS: tuple[type[ImageError], ...] = (
    NotAnImageError,
    TruncatedImageError,
    ImageTooLargeError,
    ImageTooSmallError,
)
_ERRORS = {kind.__name__: kind for kind in _KINDS}
# One thread each: the libraries would start as many as there are processors, for work that is not there.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def decode_scaled(
    data: bytes, longest_side: int, square: bool = False
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """As `images.decode_scaled`, in another process. Threads may call it at once.

    Errors as `images.decode`'s; ImageTooLargeError also for a picture that takes too long or too much memory,
    and TruncatedImageError for one that its decoder does not survive. WorkerError if no process can start.
    """
    images.check_file(data)
    request = wire.Request(data, longest_side, square)
    with _pool.worker() as worker:
        # The first time it may have been somebody else who ended it, such as the system for lack of memory.
        answer = worker.ask(request) or worker.ask(request)
    if answer is None:
        raise TruncatedImageError(
            sentence("This picture makes its decoder fail; give the picture saved again as JPEG or PNG.")
        )
    return answer


def decode(data: bytes) -> NDArray[np.uint8]:
    """The photo in `data` at its own size, (H, W, 3) RGB; errors as for `decode_scaled`."""
    return decode_scaled(data, images.MAX_PIXELS)[0]  # no side is longer


def processes() -> list[int]:
    """The ids of the processes that decode for this one and are alive."""
    return _pool.processes()


@dataclass
class _Worker:
    """A process that decodes, started when it is first asked. Only one thread at a time may ask."""

    process: subprocess.Popen[bytes] | None = None

    def ask(self, request: wire.Request) -> tuple[NDArray[np.uint8], tuple[int, int]] | None:
        """The decoded picture; None if the process died of something that need not be the picture's fault."""
        process = self._alive()
        overdue = threading.Event()
        watchdog = threading.Timer(MAX_WALL_SECONDS, _kill_overdue, (process, overdue))
        watchdog.daemon = True
        watchdog.start()
        try:
            answer = _exchange(process, request)
        except (OSError, EOFError):
            self.end()
            if overdue.is_set() or process.returncode == -getattr(signal, "SIGXCPU", 0):
                raise ImageTooLargeError(
                    sentence(
                        "This picture takes far longer to decode than a photo does; give the picture "
                        "saved again as JPEG or PNG."
                    )
                ) from None
            return None
        except BaseException:  # such as a click on Stop: what is left of the answer belongs to nobody
            self.end()
            raise
        finally:
            watchdog.cancel()
        if isinstance(answer, wire.Refusal):
            raise _ERRORS.get(answer.kind, ImageError)(answer.sentence)
        return answer.image, answer.full_size

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = _started()
        return self.process

    def end(self) -> None:
        """End the process, if there is one, and wait until it is gone with all that it held."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            _close_pipes(process)
            process.wait()

    def end_gently(self) -> None:
        """Let the process end by itself: its input is over."""
        if self.process is not None:
            _close_pipes(self.process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_END_SECONDS)
        self.end()

    def forget(self) -> None:
        """After a fork: the process belongs to the parent, and the pipes must not be used twice."""
        if self.process is not None:
            _close_pipes(self.process)
            self.process.returncode = 0  # or it would complain of a process that still runs
            self.process = None


@dataclass
class _Pool:
    """The workers; a thread has one for as long as it decodes a picture."""

    workers: list[_Worker] = field(default_factory=lambda: [_Worker() for _ in range(PROCESSES)])
    free: list[_Worker] = field(default_factory=list)
    places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PROCESSES))

    def __post_init__(self) -> None:
        self.free = list(self.workers)

    @contextmanager
    def worker(self) -> Iterator[_Worker]:
        """A worker that nobody else has; the one last used, so that a second is started only when needed."""
        with self.places:
            worker = self.free.pop()
            try:
                yield worker
            finally:
                self.free.append(worker)

    def processes(self) -> list[int]:
        """The ids of the processes that are alive."""
        started = (worker.process for worker in self.workers)
        return [process.pid for process in started if process is not None and process.poll() is None]

    def end(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.end_gently()


def _started() -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.photos.worker"],
            cwd=ROOT,
            env=os.environ | _ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerError(
            sentence(
                "The process that decodes pictures cannot be started ({reason}); try again.",
                reason=error.strerror or error,
            )
        ) from error
    _widen(process)
    try:
        wire.receive_ready(cast(io.RawIOBase, process.stdout))
    except (OSError, EOFError):
        process.kill()
        _close_pipes(process)
        process.wait()
        raise WorkerError(
            sentence("The process that decodes pictures ended while it started; the server's log says why.")
        ) from None
    return process


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let the pipes hold more where the system allows it: fewer turns between the two processes."""
    if sys.platform == "linux":
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _exchange(process: subprocess.Popen[bytes], request: wire.Request) -> wire.Answer | wire.Refusal:
    # Without a buffer they are raw files, which `IO[bytes]` does not say.
    sink, source = cast(io.RawIOBase, process.stdin), cast(io.RawIOBase, process.stdout)
    wire.send_request(sink, request)
    return wire.receive_answer(source)


def _kill_overdue(process: subprocess.Popen[bytes], overdue: threading.Event) -> None:
    overdue.set()
    process.kill()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _forget_after_fork() -> None:
    global _pool
    for worker in _pool.workers:
        worker.forget()
    _pool = _Pool()


_pool = _Pool()
atexit.register(lambda: _pool.end())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
