"""Starting and ending a service from outside: a page, a script.

It has a process and a session of its own, so it outlives whoever started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from pathlib import Path

from core.workers import start_worker
from service.local import Running
from service.settings import Settings

LOG = "service.log"
"""What a service that was started here has printed, in its folder."""

_TOLD_BYTES = 4096


def start(folder: Path) -> None:
    """Start `python -m service` for this machine alone; `service.local.running` finds it once it answers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Anew: what an earlier one said would be taken for why this one does not start.
    descriptor = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as log:
        start_worker("service", {}, log, ("--port", str(_port())))


def end(service: Running) -> None:
    """Ask a service to end; it answers what it has begun first. NotRunningError if it does not answer."""
    service.get("/v1/admin/status")  # so that its id is still its own, and no other process's
    with contextlib.suppress(ProcessLookupError):
        os.kill(service.pid, signal.SIGTERM)


def last_words(folder: Path) -> str:
    """The last line that the service has printed; "" if there is none."""
    try:
        with (folder / LOG).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TOLD_BYTES))
            lines = log.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _port() -> int:
    """The usual port, or 0, any other, if somebody else has that."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((Settings.host, Settings.port))
        except OSError:
            return 0
    return Settings.port
