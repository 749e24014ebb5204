"""A server in a separate process and a Chromium to look at it, for measurements in the browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
OBSERVER = Path(__file__).with_name("observe.js")

# Neither GPU nor sandbox in a container, and nothing fetched in the background while the clock runs.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STARTING_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A served script."""

    url: str
    pid: int


@contextmanager
def served(script: str, **environment: str) -> Iterator[Server]:
    """Serve a Streamlit script of the repository while the block runs."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / script), f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true"]
    with running(command, f"http://127.0.0.1:{port}", "/_stcore/health", environment) as server:
        yield server


@contextmanager
def served_by_itself(python: str, script: str, **environment: str) -> Iterator[Server]:
    """Run a script that serves a page of its own, at the port that it is given, while the block runs.

    python: the interpreter.
    """
    port = free_port()
    # -P: of the modules beside the script, `click` has the name of one that it needs
    command = [python, "-P", str(ROOT / script), str(port)]
    with running(command, f"http://127.0.0.1:{port}", "/", environment) as server:
        yield server


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], url: str, health: str, environment: dict[str, str]) -> Iterator[Server]:
    """Run a server while the block runs, once its address `health` answers."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_healthy(url + health, process)
        yield Server(url, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"The server did not start (status {process.returncode}).")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or any other; playwright's own download is not needed."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        raise RuntimeError("There is no chromium here: run `make chromium`, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def own_page(address: str) -> Iterator[Page]:
    """A page of the app, of 1400 x 1000, on a server with an empty data folder. address: below the app's."""
    with (
        tempfile.TemporaryDirectory() as data,
        chromium() as browser,
        served("serve.py", STREETSCOPE_DATA=data) as app,
        browser.new_page() as page,
    ):
        page.set_viewport_size({"width": 1400, "height": 1000})
        page.goto(f"{app.url}/{address}")
        yield page
