"""What the service's tests share: its process with a model whose answers are known, and how to ask it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from core.models.paths import DEFAULT_MODEL
from core.photos import images
from service.access.keys import SCOPES, KeyStore, Scope
from tests.conftest import COLOURS, ROOT, save_colour_model

PATIENCE = 240.0
"""Seconds for a service to begin, however busy the machine is."""


@dataclass(frozen=True)
class Running:
    """A service that runs. folder: its own files."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    def key(self, *scopes: Scope, rate: str = "1000/second", days: float | None = None) -> str:
        """A new key's text."""
        return KeyStore(self.folder).make("test", scopes or SCOPES, rate, days)[1]

    def client(self, key: str = "") -> httpx.Client:
        """A client that sends this key; with "", none."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the usual model tells a pixel's class from its colour alone."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(folder))
        save_colour_model(DEFAULT_MODEL)
    return folder


@pytest.fixture(autouse=True)
def _here_too(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that has the store uses it in its own process too, and no other test does."""
    if "models" in request.fixturenames:
        monkeypatch.setenv("STREETSCOPE_MODELS", str(request.getfixturevalue("models")))


@pytest.fixture(scope="session")
def start(models: Path) -> Iterator[Callable[..., Running]]:
    """Start `python -m service` with its files in this folder; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(folder: Path, *arguments: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "--port", "0", *arguments],
            cwd=ROOT,
            env=os.environ
            | {"STREETSCOPE_MODELS": str(models), "STREETSCOPE_SERVICE": str(folder), "NATS_URL": ""},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        match = re.match(r"StreetScope answers at (http://\S+);", line)
        assert match, f"the service says {line!r}"
        return Running(process, match[1], folder)

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def service(start: Callable[..., Running], tmp_path_factory: pytest.TempPathFactory) -> Running:
    """One service for all tests that only ask."""
    return start(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="session")
def client(service: Running) -> Iterator[httpx.Client]:
    """A client whose key opens everything."""
    with service.client(service.key()) as client:
        yield client


@pytest.fixture(scope="session")
def photo(street: NDArray[np.uint8]) -> bytes:
    """A PNG of 48 x 40 pixels whose every pixel's class is known: `street`, painted."""
    return images.encode_png(COLOURS.palette[street])
