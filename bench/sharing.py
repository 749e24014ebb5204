"""`python -m bench.sharing`: memory of two workers, started each by itself or divided from a loaded process.

Prints megabytes: private to each, and of all together, where what several share counts once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from bench.arrivals import PHOTO, numbered
from bench.report import Row, table
from core.hardware.allocator import HUGE_PAGES
from core.models.paths import DEFAULT_MODEL
from service.engine.engine import Engine
from service.engine.requests import SegmentRequest

PHOTOS = 12


def apart() -> Row:
    """Two processes that load the network each."""
    pipe, environment = subprocess.PIPE, os.environ | HUGE_PAGES
    command = [sys.executable, "-m", "bench.sharing", "worker"]
    each = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) for _ in range(2)]
    for process in each:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        process.stdout.readline()
    row = _row("each by itself", [process.pid for process in each])
    for process in each:
        process.communicate()
    return row


def divided() -> Row:
    """A process that loads the network and divides twice: a session of one thread has none to lose."""
    engine = _loaded()
    reading, writing = os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            _work(engine)
            os.write(writing, b"x")
            signal.pause()
        children.append(child)
    for _ in children:
        os.read(reading, 1)
    row = _row("divided from a loaded process, which stays", [os.getpid(), *children])
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return row


def _loaded() -> Engine:
    engine = Engine(1)
    engine.warm_up()
    return engine


def _work(engine: Engine) -> None:
    photo = PHOTO.read_bytes()
    for number in range(PHOTOS):
        engine.answer(SegmentRequest(DEFAULT_MODEL, "512", "index"), numbered(photo, number))


def _row(way: str, pids: list[int]) -> Row:
    private = " and ".join(str(round(_megabytes(pid, "Private_Dirty", "Private_Clean"))) for pid in pids)
    together = sum(_megabytes(pid, "Pss") for pid in pids)
    return {"two workers": way, "private, MB": private, "together, MB": together}


def _megabytes(pid: int, *names: str) -> float:
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines())
    return sum(int(line[1]) / 1024 for line in lines if line[0].rstrip(":") in names)


def main() -> None:
    """Measure both ways, or be a worker that is measured."""
    if sys.argv[1:] == ["worker"]:
        _work(_loaded())
        print("done", flush=True)
        sys.stdin.read()
        return
    os.environ.update(HUGE_PAGES)
    first = apart()
    print(table([first, divided()]))


if __name__ == "__main__":
    main()
