"""Processes of our own that end when this one does, whatever ends it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from core.project import ROOT

_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


def start(
    command: Sequence[str], environment: Mapping[str, str], parting: signal.Signals, *keep: int
) -> subprocess.Popen[bytes]:
    """Start a process that gets the signal `parting` when this process is gone, also by kill -9.

    To be called by the main thread: the system sends the signal when the thread that started it ends. Only
    Linux does that; elsewhere whoever started it has to end it. keep: open files that it inherits.
    """
    return subprocess.Popen(  # noqa: S603 (our own programs)
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us: we end them in order
        pass_fds=keep,
        preexec_fn=_ends_with_parent(parting),
    )


def end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Let a process finish what it does, for so long; then kill it."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ends_with_parent(parting: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    # Loaded before the process divides: only little may be done in between.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def before_it_starts() -> None:
        prctl(_PR_SET_PDEATHSIG, int(parting))
        if os.getppid() != parent:  # it ended before it could be watched
            os._exit(0)

    return before_it_starts
