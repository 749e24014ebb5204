"""Worker processes, and the one protocol between a worker and whoever started it.

A worker is a module that ends with `serve(work)`; `run_worker` starts it and waits for its result, and
`start_worker` starts one that outlives whoever started it. The request is JSON on the worker's standard
input. Its answer is JSON on its standard output, one message a line:

    {"progress": {"done": 3, "total": 40, "seconds_left": null, "doing": "measuring"}}
    {"result": {...}}
    {"error": {"kind": "DatasetError", "message": "A sentence for people."}}

Any number of progress messages come first, then one result or one error. Whatever else the process and its
libraries print goes to standard error, which is for logs only: no program reads it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any, TextIO

from core.errors import DiskFullError, OutOfMemoryError, StreetScopeError, WorkerError
from core.files import is_disk_full, system_error_sentence
from core.jobs import JobProgress, Tell
from core.languages import Sentence, from_plain, sentence, sentence_of, to_plain
from core.project import ROOT

NICE = 5
"""A worker's priority below the app's: on a busy machine clicks come first."""

Work = Callable[[dict[str, Any], Tell], Mapping[str, Any]]
"""What a worker does: takes the request, tells how far it is, returns the result as plain data."""

_TICK = 0.25
"""Seconds between two calls of `tell`, which may cancel."""
_LOGGED_BYTES = 64 * 1024
"""How much of a crashed worker's standard error is logged: the end, where the error is."""
_REFUSED = 2
"""A worker's exit status after a StreetScopeError, as on the command line."""
_OF_TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerResult:
    """The last message of successful work. values: plain data."""

    values: dict[str, Any]


@dataclass(frozen=True)
class WorkerFailure:
    """The last message of failed work. kind: a name from `core.errors`; message: the sentence.

    A line has it in English, and beside it, as `said`, what it was made of.
    """

    kind: str
    message: str


Message = JobProgress | WorkerResult | WorkerFailure


@dataclass(frozen=True)
class Worker:
    """Which process to start, and the words for people about it, marked for translation.

    module: as `python -m` takes it. name: what it is called in a sentence, such as `measurement`.
    if_killed: what to try after the system killed it for lack of memory.
    """

    module: str
    name: str
    if_killed: str


# --- messages -------------------------------------------------------------------------------------


def to_line(message: Message) -> str:
    """A message as a line of JSON, in ASCII, so that paths that are not valid UTF-8 survive."""
    match message:
        case JobProgress():
            content: dict[str, Any] = {"progress": {**asdict(message), **_said(message.doing)}}
        case WorkerResult(values):
            content = {"result": values}
        case WorkerFailure():
            content = {"error": failure_to_plain(message)}
    return json.dumps(content) + "\n"


def from_line(line: bytes) -> Message | None:
    """The message in a line; None if it is not a message."""
    try:
        match json.loads(line):
            case {"progress": dict(values)}:
                return JobProgress(**_heard(values, "doing"))
            case {"result": dict(values)}:
                return WorkerResult(values)
            case {"error": dict(values)}:
                return failure_from_plain(values)
    except (ValueError, TypeError, RecursionError):
        pass
    return None


def _said(text: str) -> dict[str, Any]:
    return {"said": to_plain(text)} if isinstance(text, Sentence) else {}


def _heard(values: dict[str, Any], name: str) -> dict[str, Any]:
    said = values.get("said")
    rest = {key: value for key, value in values.items() if key != "said"}
    return rest if said is None else {**rest, name: from_plain(said)}


def failure_to_plain(failure: WorkerFailure) -> dict[str, Any]:
    """A failure as plain data."""
    return {**asdict(failure), **_said(failure.message)}


def failure_from_plain(values: dict[str, Any]) -> WorkerFailure:
    """What `failure_to_plain` made; TypeError or ValueError for anything else."""
    return WorkerFailure(**_heard(values, "message"))


def failure_of(error: StreetScopeError) -> WorkerFailure:
    """An error as a message, as the nearest kind that can be made from its sentence alone."""
    plain = (kind for kind in type(error).__mro__ if "__init__" not in vars(kind))
    return WorkerFailure(next(plain).__name__, sentence_of(error))


def error_of(failure: WorkerFailure) -> StreetScopeError:
    """The error in a message; a StreetScopeError for an unknown kind."""
    kinds = {kind.__name__: kind for kind in _kinds(StreetScopeError)}
    return kinds.get(failure.kind, StreetScopeError)(failure.message)


def _kinds(kind: type[StreetScopeError]) -> Iterator[type[StreetScopeError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


# --- in the worker --------------------------------------------------------------------------------


def serve(work: Work) -> int:
    """Do what the request on standard input asks for, answer on standard output; returns the exit status.

    A StreetScopeError becomes a message, and so does a full disk. Any other error is left to Python: a
    traceback on standard error and status 1.
    """
    # Libraries announce their own deprecations; readers of the log can do nothing about them.
    warnings.simplefilter("ignore")
    if hasattr(os, "nice"):
        os.nice(NICE)
    with _own_output() as output:
        request = json.loads(sys.stdin.buffer.read())

        def tell(done: int, total: int, seconds_left: float | None, doing: str) -> None:
            _send(output, JobProgress(done, total, seconds_left, doing))

        try:
            _send(output, WorkerResult(dict(work(request, tell))))
        except StreetScopeError as error:
            print(error, file=sys.stderr)  # noqa: T201 (for the log)
            _send(output, failure_of(error))
            return _REFUSED
        except OSError as error:
            if not is_disk_full(error):
                raise
            traceback.print_exc()
            _send(output, failure_of(DiskFullError(system_error_sentence(error))))
            return _REFUSED
    return 0


@contextmanager
def _own_output() -> Iterator[TextIO]:
    """The pipe to whoever started this process; all other output goes to standard error.

    Moved by its file descriptor: libraries written in C print past Python's `sys.stdout`.
    """
    sys.stdout.flush()
    pipe = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(pipe, "w", encoding="ascii") as output:
        yield output


def _send(output: TextIO, message: Message) -> None:
    output.write(to_line(message))
    output.flush()


# --- where it is started --------------------------------------------------------------------------


def run_worker(worker: Worker, request: Mapping[str, Any], tell: Tell = lambda *_: None) -> dict[str, Any]:
    """Start a worker, wait for its result and return it. The process is gone when this returns.

    request: plain data. tell: called several times a second with the latest progress; raising from it ends
    the worker and all processes that it started.
    Raises the worker's own error, OutOfMemoryError if the system killed it, and WorkerError if it ended in
    any other way without a result; the log then has what it printed.
    """
    with (
        tempfile.TemporaryFile() as complaints,
        _started(worker.module, request, subprocess.PIPE, complaints) as process,
    ):
        try:
            return _result(worker, process, tell, complaints)
        finally:
            _kill(process)


def start_worker(
    module: str, request: Mapping[str, Any], log: IO[bytes], arguments: Sequence[str] = ()
) -> None:
    """Start a worker that outlives this process. Its output goes to a log, its messages nowhere."""
    process = _started(module, request, subprocess.DEVNULL, log, arguments)
    # Somebody must wait for it, or it stays a zombie while this process lives.
    threading.Thread(target=process.wait, name=f"waits for {module}", daemon=True).start()


def _started(
    module: str,
    request: Mapping[str, Any],
    output: int,
    complaints: IO[bytes],
    arguments: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    # A file, not a pipe: a worker that reads late or never must not block its starter.
    with tempfile.TemporaryFile() as given:
        given.write(json.dumps(request).encode("ascii"))
        given.seek(0)
        return subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=_environment(),
            stdin=given,
            stdout=output,
            stderr=complaints,
            start_new_session=True,
        )


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_TORCHRUN}
    # Spinning threads would starve the app beside the worker.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return environment


def _result(
    worker: Worker, process: subprocess.Popen[bytes], tell: Tell, complaints: IO[bytes]
) -> dict[str, Any]:
    last = JobProgress(doing=sentence("starting its process"))
    for line in _lines(process):
        match from_line(line):
            case WorkerResult(values):
                return values
            case WorkerFailure() as failure:
                raise error_of(failure)
            case JobProgress() as last:
                pass
            case None if line:
                _log.warning("%s printed a line that is not a message: %r", worker.module, line[:200])
        tell(last.done, last.total, last.seconds_left, last.doing)
    raise _ended_without_result(worker, process.wait(), last.doing, complaints)


def _ended_without_result(worker: Worker, status: int, doing: str, complaints: IO[bytes]) -> StreetScopeError:
    if status == -signal.SIGKILL:
        return OutOfMemoryError(
            sentence(
                "The system ended the {name} while it was {doing}: the memory is too small; {if_killed}.",
                name=sentence(worker.name),
                doing=doing,
                if_killed=sentence(worker.if_killed),
            )
        )
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - _LOGGED_BYTES))
    said = complaints.read().decode("utf-8", "replace")
    _log.error("%s ended with status %s: %s", worker.module, status, said)
    return WorkerError(
        sentence("The {name} ended unexpectedly; the server's log says why.", name=sentence(worker.name))
    )


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """The lines that a process prints until it ends; an empty one whenever none came for a while."""
    printed: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def read() -> None:
        with contextlib.suppress(ValueError, OSError):  # closed: nobody listens any more
            for line in process.stdout or ():
                printed.put(line)
        printed.put(None)

    threading.Thread(target=read, name="worker's messages", daemon=True).start()
    over = False
    while True:
        try:
            line = printed.get(timeout=_TICK)
        except queue.Empty:
            if over:
                return  # a process that it left running holds the pipe open
            over = process.poll() is not None
            line = b""
        if line is None:
            return
        yield line


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and all that it started: its process group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS, of zombies
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
