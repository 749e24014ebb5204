"""Debian's own broker, an older version than the one of our package, set up as docs/topics.md says."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from core import children
from service.access.clients import ClientStore
from service.topics import accounts
from service.topics.broker import Broker
from tests.conftest import ROOT

VERSION = "2.9."
_UNPACKED = ROOT / ".venv/debian/usr/sbin"
"""Where `make test` unpacks Debian's package: installed, it would start a broker with the machine."""


def program() -> str | None:
    """Debian's nats-server, if it is there."""
    places = (_UNPACKED, "/usr/sbin", "/usr/bin")
    found = (shutil.which("nats-server", path=place) for place in places)
    return next((path for path in found if path and VERSION in version(path)), None)


def version(path: str) -> str:
    """What a broker says of itself."""
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout


def needed() -> str:
    """Debian's nats-server; without it, the test is skipped."""
    found = program()
    if found is None:
        pytest.skip("Debian's nats-server is not there: `make debian-broker` unpacks it")
    return found


class DebianBroker(Broker):
    """The same as the service's own, but the program and what somebody writes who runs one."""

    def __init__(self, folder: Path, clients: ClientStore, program: str) -> None:
        self._program = program
        super().__init__(folder, clients)

    def _start(self) -> subprocess.Popen[bytes]:
        for stale in self._folder.glob("*.ports"):
            stale.unlink()
        (self._folder / "nats.conf").write_text(
            f'listen: "127.0.0.1:{self._port}"\n'
            f'ports_file_dir: "{self._folder}"\n'
            f'max_payload: 8MB\njetstream {{ store_dir: "{self._folder}/store" }}\n'
            "include ./streetscope.conf\n"
        )
        self._configure()
        self._reloads = 0
        command = [self._program, "--config", str(self._folder / "nats.conf")]
        command += ["--log", str(self._folder / "broker.log")]
        # In quotation marks: a word of digits would be a number.
        return children.start(
            command, {"STREETSCOPE_SECRET": f'"{self._secret}"'}, signal.SIGTERM, self._lock
        )

    def _write_configuration(self) -> None:
        (self._folder / "streetscope.conf").write_text(accounts.block(self._clients.all()))
