"""Opens the app to the room: the server as a process of its own, which ends with the command."""

from __future__ import annotations

import errno
import io
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import segno

from core import children
from core.classroom.store import CLASS, class_file
from core.errors import ClassroomError
from core.folders import sole_holder
from core.hardware.network import lan_address
from core.languages import sentence
from core.project import ROOT

EVERYWHERE = "0.0.0.0"  # noqa: S104 (a class is open to the room: that is what it is for)
_STARTING_SECONDS = 120
_ENDING_SECONDS = 15
_FREEING_SECONDS = 3.0
"""For the server of a command that was killed a moment ago."""


def join_address(host: str, port: int, code: str) -> str:
    """The address by which a phone joins; the code is in it."""
    return f"http://{host}:{port}/join?class={code}"


def room_host(listening: str) -> str:
    """The host by which the room reaches this machine; localhost if it is in no network."""
    return listening if listening != EVERYWHERE else lan_address() or "localhost"


def in_terminal(address: str) -> str:
    """A QR code for a terminal, dark on light whatever its colours are."""
    lines = io.StringIO()
    segno.make_qr(address, error="m", boost_error=False).terminal(lines, compact=True)
    return lines.getvalue()


@contextmanager
def sole_class() -> Iterator[None]:
    """Hold the class of this data folder; ClassroomError while another command has it open."""
    lock = class_file().with_name("open.lock")
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with sole_holder(
        lock, ClassroomError(sentence("A class is open already: end it with Ctrl+C where it was started."))
    ):
        yield


@contextmanager
def serving(host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The app in class mode while the block runs. ClassroomError if it does not start.

    A signal that ends this process ends the server first; killed, it takes the server along (on Linux).
    """
    script = ROOT / "serve.py"
    if not script.is_file():
        raise ClassroomError(
            sentence("{script} is not there: class mode needs a checkout of StreetScope.", script=script)
        )
    _refuse_taken(host, port)
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.address={host}", f"--server.port={port}", "--server.headless=true"]
    # Without an address of ours Streamlit would ask the internet for one.
    command += ["--browser.serverAddress=localhost"]
    # Its greeting, which would push the room code off the screen, goes nowhere; errors it writes to stderr.
    process = children.start(command, {CLASS: "1", "STREETSCOPE_GUESTS": "1"}, signal.SIGTERM)
    # SIGINT too: a shell without a terminal has what it starts in the background ignore it.
    before = {each: signal.signal(each, _interrupt) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        _wait_until_healthy(process, "127.0.0.1" if host == EVERYWHERE else host, port)
        yield process
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        children.end(process, _ENDING_SECONDS)


def _refuse_taken(host: str, port: int) -> None:
    """ClassroomError if a program listens at the port: it would be taken for the class."""
    deadline = time.monotonic() + _FREEING_SECONDS
    while _is_taken(host, port):
        if time.monotonic() >= deadline:
            raise ClassroomError(
                sentence(
                    "Another program uses port {port}, such as an app that is open: end it, or give another "
                    "port (--port {other}; make class PORT={other}).",
                    port=port,
                    other=port + 1,
                )
            )
        time.sleep(0.1)


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, soon after another one
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE  # of all else the server itself says what is wrong
        return False


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_until_healthy(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ClassroomError(
        sentence("The app did not start at port {port}: another program may use it; give --port.", port=port)
    )
