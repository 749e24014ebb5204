"""One try of an attack, in a process of its own: what it said, how it ended, and what it cost.

The process is forked from this one, where the libraries are loaded already: hundreds of tries take a minute.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from tests.attack.tally import Tally

SECONDS, MEGABYTES = 20.0, 600.0
"""More than these is too much for one try; seconds of processor, and memory that the try adds."""

_HUNG = 60.0


@dataclass(frozen=True)
class Ended:
    """How a try ended. status: of the process, negative for a signal. printed, said: its two outputs."""

    status: int
    printed: str
    said: str
    seconds: float
    megabytes: float


class Attempt:
    """A try that is under way."""

    def __init__(self, action: Callable[[], int]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._printed, self._said = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 (closed by `ended`)
        self._before = psutil.Process().memory_info().rss
        self._began = time.monotonic()
        self.pid = os.fork()
        if not self.pid:
            self._be(action)

    def _be(self, action: Callable[[], int]) -> None:
        status = 1
        try:
            # What this process inherited in cycles stays: a network among it would wait for its threads,
            # which were not forked.
            gc.freeze()
            os.setsid()
            os.dup2(self._printed.fileno(), 1)
            os.dup2(self._said.fileno(), 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            status = action()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def kill(self) -> None:
        """End it at once, as the system does when the memory is full."""
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Wait until it has ended; one that hangs is ended."""
        while True:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - self._began > _HUNG:
                self.kill()
            time.sleep(0.002)
        printed, said = (_text(file) for file in (self._printed, self._said))
        added = usage.ru_maxrss / 1024 - self._before / 1024**2
        return Ended(
            os.waitstatus_to_exitcode(status),
            printed,
            said,
            usage.ru_utime + usage.ru_stime,
            max(0.0, added),
        )


def _text(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode("utf-8", "replace")


def attempt(action: Callable[[], int]) -> Ended:
    """Do something in a process of its own."""
    return Attempt(action).ended()


def command(*arguments: str) -> Callable[[], int]:
    """What `python -m core` does with these arguments."""
    from core.__main__ import main

    return lambda: main(list(arguments))


def count(tally: Tally, what: str, ended: Ended) -> None:
    """Write down how a try ended: well, with a sentence, or with harm."""
    cost: dict[str, float] = {"seconds": ended.seconds, "megabytes": ended.megabytes}
    if ended.status not in (0, 2) or "Traceback" in ended.said + ended.printed:
        last = ended.said.strip().splitlines()[-1:] or [f"status {ended.status}"]
        tally.count("traceback", f"{what}: {last[0]}", **cost)
    elif ended.seconds > SECONDS or ended.megabytes > MEGABYTES:
        tally.count("too much", f"{what}: {ended.seconds:.1f} s, {ended.megabytes:.0f} MB", **cost)
    elif ended.status == 2 and not ended.said.strip().endswith("."):
        tally.count("traceback", f"{what}: no sentence: {ended.said[:200]!r}", **cost)
    else:
        tally.count("taken" if ended.status == 0 else "refused", what, **cost)


@contextmanager
def own_house(folder: Path) -> Iterator[Path]:
    """Models, runs and caches of the attack's own, below `folder`, for this process and those it starts."""
    import torch

    torch.set_num_threads(1)  # a forked process has no other threads
    names = {"STREETSCOPE_MODELS": "models", "STREETSCOPE_CACHE": "cache", "STREETSCOPE_DATA": "data"}
    before = {name: os.environ.get(name) for name in names}
    for name, below in names.items():
        (folder / below).mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder / below)
    try:
        yield folder
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
