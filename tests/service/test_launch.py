"""A service that the page starts: found by its folder, and ended, as a real process."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service import launch
from service.local import NotRunningError, Running, running

PATIENCE = 240.0


@pytest.fixture
def folder(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A service's folder of this test's own; what still runs in it at the end is killed."""
    folder = tmp_path / "service"
    monkeypatch.setenv("STREETSCOPE_SERVICE", str(folder))
    monkeypatch.setenv("STREETSCOPE_MODELS", str(models))
    monkeypatch.setenv("NATS_URL", "")
    yield folder
    if (left := running(folder)) is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(left.pid, signal.SIGKILL)


def until(done: Callable[[], bool]) -> None:
    """Look again and again."""
    pause = threading.Event()
    for _ in range(round(PATIENCE / 0.1)):
        if done():
            return
        pause.wait(0.1)
    pytest.fail(f"nothing happened within {PATIENCE} s")


def answers(folder: Path) -> bool:
    found = running(folder)
    with contextlib.suppress(NotRunningError):
        return found is not None and bool(found.get("/v1/admin/status"))
    return False


def test_a_service_is_started_found_and_ended(folder: Path) -> None:
    assert running(folder) is None

    launch.start(folder)
    until(lambda: answers(folder))
    found = running(folder)
    assert isinstance(found, Running)
    assert os.getsid(found.pid) != os.getsid(0)  # it outlives who started it
    assert (folder / launch.LOG).stat().st_mode & 0o077 == 0

    launch.end(found)
    until(lambda: running(folder) is None)
    with pytest.raises(NotRunningError):
        launch.end(found)


def test_why_a_service_does_not_start_is_its_last_line(folder: Path) -> None:
    assert launch.last_words(folder) == ""
    folder.mkdir()
    (folder / "keys.json").write_text("no keys")

    launch.start(folder)
    until(lambda: bool(launch.last_words(folder)))

    assert "is not a list of keys" in launch.last_words(folder)
