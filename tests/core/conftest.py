"""What tests of data sets, runs and commands share: refusals, data, processes of `python -m core`."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import DatasetError
from core.training.recipes.recipe import Recipe, to_toml
from core.training.runs.folder import runs_folder
from core.training.runs.status import read_status, shown_state
from tests.conftest import ROOT, Labels


def refused(action: Callable[[], object], kind: type[DatasetError] = DatasetError) -> str:
    """The one sentence that `action` is refused with."""
    with pytest.raises(kind) as refusal:
        action()
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "[Errno" not in sentence
    return sentence


@pytest.fixture(scope="session")
def refusal() -> Callable[..., str]:
    """The one sentence that an action is refused with."""
    return refused


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may have more than 1000 bytes: the system answers as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.fixture
def data(make_dataset: Callable[..., Path], street: Labels) -> Path:
    """A folder of four training frames and one for validation, whose classes are colours."""
    labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    return make_dataset(labels, valid=("e",))


@pytest.fixture
def recipe_file(tmp_path: Path) -> Callable[[Recipe], str]:
    """Write a recipe to a TOML file and return its path."""

    def write(recipe: Recipe) -> str:
        path = tmp_path / f"{recipe.name}.toml"
        path.write_text(to_toml(recipe), "utf-8")
        return str(path)

    return write


@pytest.fixture
def environment(store: Path) -> dict[str, str]:
    """The environment of a process that has the test's own model store, and one thread."""
    return os.environ | {"STREETSCOPE_MODELS": str(store), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def core(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python -m core` with these arguments; what is still running at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, program: tuple[str, ...] = (sys.executable,)) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*program, "-m", "core", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def launched(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For tests that start runs of their own session: what is still alive at the end is killed."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    for folder in runs_folder().glob("*/status.json"):
        status = read_status(folder.parent)
        if status.pid is not None and shown_state(folder.parent, status) in ("queued", "running", "stopping"):
            os.kill(status.pid, 9)
