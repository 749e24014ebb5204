"""Starting and stopping runs from outside: a page, a notebook, another command.

A run is a process of its own session: it outlives the page, the browser and the server that started it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

from core.errors import RunError
from core.files import write_text
from core.project import ROOT
from core.training.runs.folder import LOG, STOP, existing_run, open_to_append
from core.training.runs.status import LIVE, enqueue, read_status, shown_state

NICE = 5
"""How far a run steps back behind the app: on a busy machine clicks come first."""

_TORCHRUN = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


def start(run: str) -> None:
    """Start a run that was just made, or that was stopped, failed or died, in a process of its own.

    RunError when it is live already.
    """
    folder = existing_run(run)
    command = [sys.executable, "-m", "core", "train", "--resume", run, "--quiet"]
    with open_to_append(folder / LOG) as log:
        enqueue(folder)
        process = subprocess.Popen(  # noqa: S603 (our own program, and an ID that was checked)
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    # Somebody must ask how it ended, or it stays behind as a zombie while the server lives.
    threading.Thread(target=process.wait, name=f"run {run}", daemon=True).start()
    if hasattr(os, "setpriority"):
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)


def request_stop(run: str) -> None:
    """Ask a run to stop at its next batch; RunError when it does not run or wait."""
    folder = existing_run(run)
    state = shown_state(folder, read_status(folder))
    if state not in LIVE:
        raise RunError(f"The run {run} cannot be stopped: it is {state}.")
    write_text(folder / STOP, "")


def environment() -> dict[str, str]:
    """What a process that trains is started with."""
    environment = {name: value for name, value in os.environ.items() if name not in _TORCHRUN}
    # Threads that spin while they wait would starve the app beside the run.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return environment
