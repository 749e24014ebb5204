"""`pip install .` gives a command that works from any folder and writes nothing beside the installed code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKED = (
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "requirements-service.txt",
    "README.md",
    "LICENSE",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the project was installed into, without what it depends on, and never written since."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in PACKED:
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "core", source / "core", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "models/street-lite0", source / "models/street-lite0")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    ]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True, capture_output=True)
    return target


@pytest.fixture
def streetscope(installed: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the installed command from a folder of its own, as somebody who has no settings and no files."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STREETSCOPE_", "XDG_"))
    }
    environment = kept | {
        "HOME": str(tmp_path),
        "PYTHONPATH": str(installed),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(installed / "bin" / "streetscope"), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_the_installed_command_calls_itself_streetscope(streetscope):
    assert streetscope("--help").stdout.startswith("Usage: streetscope [OPTIONS] COMMAND [ARGS]...")


def test_an_installed_copy_segments_with_the_shipped_model(streetscope, installed, tmp_path):
    before = sorted(installed.rglob("*"))

    done = streetscope("segment", str(installed / "core/photos/sample_pictures/toytown-noon.jpg"))

    assert (done.returncode, done.stderr) == (0, "")
    pictures = {path.name.rpartition("-")[2] for path in (tmp_path / "segmented").glob("toytown-noon-*.png")}
    assert pictures == {"index.png", "mask.png", "overlay.png", "confidence.png", "entropy.png"}
    assert sorted(installed.rglob("*")) == before


def test_an_installed_copy_keeps_data_and_models_in_the_users_own_folder(installed, tmp_path):
    program = (
        "from core.project import data_folder; from core.models.paths import models_folder\n"
        "from core.training.runs.folder import runs_folder\n"
        "print(data_folder(), models_folder(), runs_folder(), sep='\\n')"
    )
    environment = {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "PYTHONPATH": str(installed),
    }

    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    own = tmp_path / "share" / "streetscope"
    assert done.stdout.split() == [str(own / "data"), str(own / "models"), str(own / "models" / "runs")]


def test_an_installed_copy_needs_what_the_pins_say(installed):
    pinned = {
        line
        for name in ("requirements.txt", "requirements-service.txt")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if "==" in line
    }

    (own,) = distributions(name="streetscope", path=[str(installed)])

    assert set(own.requires or ()) == pinned


def test_an_installed_copy_has_all_recipes(installed):
    shipped = {path.name for path in (ROOT / "core/training/recipes").glob("*.toml")}

    assert {path.name for path in (installed / "core/training/recipes").glob("*.toml")} == shipped
