"""A worker for tests: it does what the request names, also what no worker should do."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from core.errors import DatasetError, UnknownColourError
from core.files import write_bytes
from core.jobs import Tell
from core.workers import serve

Request = dict[str, Any]


def count(request: Request, tell: Tell) -> Mapping[str, Any]:
    """Tell of each number, and return their sum."""
    numbers = range(request["to"])
    for number in numbers:
        tell(number, len(numbers), 0.5, f"adding {number}")
    return {"sum": sum(numbers)}


def echo(request: Request, tell: Tell) -> Mapping[str, Any]:
    return {"text": request["text"], "nice": os.nice(0), "session": os.getsid(0) == os.getpid()}


def environment(request: Request, tell: Tell) -> Mapping[str, Any]:
    return dict(os.environ)


def chatter(request: Request, tell: Tell) -> Mapping[str, Any]:
    """Print in every way there is, before and after a message; also what looks like a message."""
    for _ in range(2):
        print('{"result": {"printed": true}}')  # noqa: T201 (what the protocol must bear)
        os.write(1, b"half a line")
        ctypes.CDLL(None).puts(b"from C")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        tell(1, 2, None, "chattering")
    return {"printed": False}


def crash(request: Request, tell: Tell) -> NoReturn:
    raise ZeroDivisionError("the detail that only the log has")


def leave(request: Request, tell: Tell) -> NoReturn:
    os._exit(0)


def die(request: Request, tell: Tell) -> NoReturn:
    tell(3, 9, None, "filling the memory")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def refuse(request: Request, tell: Tell) -> NoReturn:
    raise DatasetError(request["sentence"])


def refuse_colour(request: Request, tell: Tell) -> NoReturn:
    raise UnknownColourError("There is a pink pixel.", {(255, 0, 255): 1}, 1)


def fill_disk(request: Request, tell: Tell) -> NoReturn:
    """Write a file that is larger than the system allows: its answer is that of a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    write_bytes(Path(request["file"]), b"x" * 2000)
    raise AssertionError("unreachable")


def wait_for_file(request: Request, tell: Tell) -> Mapping[str, Any]:
    """Say nothing more until a file is there."""
    tell(1, 2, None, "waiting")
    while not Path(request["file"]).exists():
        time.sleep(0.01)
    return {}


def have_child(request: Request, tell: Tell) -> Mapping[str, Any]:
    """Start a process, tell both numbers, and go on for good."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    tell(os.getpid(), child.pid, None, "numbers")
    time.sleep(1000)
    return {}


def leave_child(request: Request, tell: Tell) -> NoReturn:
    """Crash, and leave a process behind that holds the pipe open."""
    if os.fork() == 0:
        time.sleep(1000)
    tell(0, 0, None, "about to crash")
    os._exit(7)


def talk(request: Request, tell: Tell) -> Mapping[str, Any]:
    """Say its number, more than any pipe holds, and at last that it is done, in a file."""
    Path(request["pid"]).write_text(str(os.getpid()), "ascii")
    print("This is for the log.")  # noqa: T201 (what the protocol must bear)
    for number in range(request["messages"]):
        tell(number, 0, None, "talking " * 10)
    Path(request["done"]).touch()
    return {}


WORKS: tuple[Callable[[Request, Tell], Mapping[str, Any]], ...] = (
    count,
    echo,
    environment,
    chatter,
    crash,
    leave,
    die,
    refuse,
    refuse_colour,
    fill_disk,
    wait_for_file,
    have_child,
    leave_child,
    talk,
)


def work(request: Request, tell: Tell) -> Mapping[str, Any]:
    named = {each.__name__: each for each in WORKS}
    return named[request["do"]](request, tell)


if __name__ == "__main__":
    sys.exit(serve(work))
