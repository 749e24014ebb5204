"""Videos that strangers give, read in a process of their own (`core.photos.video.worker`), with limits.

A file that keeps its decoder busy, fills its memory or crashes it costs only that process. There is one for
each video, and it ends with what it was asked; it also ends when this process is killed, for then nobody
reads what it says.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import queue
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from core.errors import VideoError, WorkerError
from core.files import is_disk_full, no_room_sentence
from core.languages import sentence
from core.photos import wire
from core.photos.video import messages
from core.photos.video.messages import End, Message, Overview, Wanted
from core.project import ROOT

MAX_SILENCE = 900.0
"""Seconds by the clock without a word of the process. Its processor time is bounded by the worker itself,
below this, for a busy machine is no fault of the video's."""

_TICK = 0.2
"""Seconds between two looks at what has come: a click on Cancel waits no longer."""

_AHEAD = 2
"""Messages that may wait here: each may be a picture."""

_PIECES, _PIECE = 16, 256 * 1024

Waiting = Callable[[], None]
"""Called several times a second; raising from it ends the process."""


@dataclass(frozen=True)
class Video:
    """A video that somebody gave. name: of its file. open: gives the file, which the caller closes."""

    name: str
    open: Callable[[], IO[bytes]]


def video_of(name: str, data: bytes | memoryview) -> Video:
    """A video by its bytes, which lie in a file without a name: it is gone when this process is."""

    def open_copy() -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked for it closes it)
        try:
            file.write(data)
            file.flush()
        except OSError as error:
            with contextlib.suppress(OSError):  # it tries once more to write
                file.close()
            raise VideoError(
                no_room_sentence(name)
                if is_disk_full(error)
                else sentence("{name} cannot be kept: {reason}.", name=name, reason=error.strerror)
            ) from error
        return file

    return Video(name, open_copy)


def video_at(path: Path) -> Video:
    """A video by its path, which is read where it lies. VideoError when it is opened and is no file."""

    def open_file() -> IO[bytes]:
        try:
            # A pipe in the file's place must not make anybody wait.
            descriptor = os.open(
                path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else sentence("no such name")
            raise VideoError(
                sentence("{path} cannot be read: {reason}.", path=path, reason=reason)
            ) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise VideoError(sentence("{path} is not a file; give the full path of a video.", path=path))
        return os.fdopen(descriptor, "rb")

    return Video(path.name, open_file)


def key_of(file: IO[bytes]) -> str:
    """32 hexadecimal digits to know a video again by: of its size and of sixteen pieces of it."""
    size = file.seek(0, os.SEEK_END)
    digest = hashlib.sha256(str(size).encode())
    for number in range(_PIECES):
        file.seek(max(0, size - _PIECE) * number // (_PIECES - 1))
        digest.update(file.read(_PIECE))
    return digest.hexdigest()[:32]


def look(file: IO[bytes], waiting: Waiting = lambda: None) -> Overview:
    """What a video is, in its process. VideoError says why it is none that gives a frame; WorkerError."""
    with contextlib.closing(_messages(file, None, waiting)) as came:
        for message in came:
            if isinstance(message, Overview):
                return message
    raise _unreadable()


def frames(
    file: IO[bytes], wanted: Wanted, waiting: Waiting = lambda: None
) -> Generator[Message, None, None]:
    """A video's overview, the wanted pictures and its end, with positions in between.

    Close it to end the process. VideoError, WorkerError.
    """
    yield from _messages(file, wanted, waiting)


def _messages(file: IO[bytes], wanted: Wanted | None, waiting: Waiting) -> Generator[Message, None, None]:
    with _started(file, wanted) as process:
        came: queue.Queue[Message | BaseException] = queue.Queue(_AHEAD)
        over = threading.Event()
        threading.Thread(
            target=_receive_all, args=(process, came, over), name="video's messages", daemon=True
        ).start()
        try:
            for message in _next(came, waiting):
                yield message
                if isinstance(message, End):
                    return
        except (OSError, EOFError):
            process.kill()
            if process.wait() == -getattr(signal, "SIGXCPU", 0):
                raise VideoError(
                    sentence(
                        "This video takes far longer to decode than videos do; save it again as MP4 (H.264) "
                        "and give that."
                    )
                ) from None
            raise _unreadable() from None
        finally:
            over.set()


def _next(came: queue.Queue[Message | BaseException], waiting: Waiting) -> Iterator[Message]:
    silence = 0.0
    while True:
        waiting()
        try:
            message = came.get(timeout=_TICK)
        except queue.Empty:
            silence += _TICK
            if silence > MAX_SILENCE:
                raise EOFError from None
            continue
        silence = 0.0
        if isinstance(message, BaseException):
            raise message
        yield message


def _receive_all(
    process: subprocess.Popen[bytes], came: queue.Queue[Message | BaseException], over: threading.Event
) -> None:
    """Put all that the process says into the queue, and at its end the error that says why."""
    source = cast(io.RawIOBase, process.stdout)  # without a buffer, which `IO[bytes]` does not say
    message: Message | BaseException
    while True:
        try:
            message = messages.receive(source)
        except Exception as error:  # told to whoever waits
            message = error
        while not over.is_set():
            try:
                came.put(message, timeout=_TICK)
                break
            except queue.Full:
                continue
        if over.is_set() or isinstance(message, (BaseException, End)):
            return


@contextmanager
def _started(file: IO[bytes], wanted: Wanted | None) -> Iterator[subprocess.Popen[bytes]]:
    asked = [] if wanted is None else [wanted.to_json()]
    try:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "core.photos.video.worker", *asked],
            cwd=ROOT,
            stdin=file,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise WorkerError(
            sentence(
                "The process that decodes videos cannot be started ({reason}); try again.",
                reason=error.strerror or error,
            )
        ) from error
    with process:
        try:
            try:
                wire.receive_ready(cast(io.RawIOBase, process.stdout))
            except (OSError, EOFError):
                raise WorkerError(
                    sentence(
                        "The process that decodes videos ended while it started; the server's log says why."
                    )
                ) from None
            yield process
        finally:
            process.kill()


def _unreadable() -> VideoError:
    return VideoError(
        sentence("This video makes its decoder fail; save it again as MP4 (H.264) and give that.")
    )
