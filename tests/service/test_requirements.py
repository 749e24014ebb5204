"""The service needs what requirements-service.txt lists, and nothing else: no PyTorch, no Streamlit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.environments import make_environment

# What the HTTP interface and a worker import, and a pixel read as a worker does it.
PROGRAM = """
import core.photos.worker, service.rest.server, service.topics.worker
from service.engine.engine import Engine
from service.engine.requests import ReadRequest
engine = Engine(1)
engine.warm_up()
photo = open("core/photos/sample_pictures/toytown-noon.jpg", "rb").read()
print(engine.answer(ReadRequest("street-lite0", "128", 10, 10, "row"), photo).status)
"""


def test_the_service_needs_only_its_own_requirements(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment", "requirements-service.txt")
    kept = {name: value for name, value in os.environ.items() if name != "STREETSCOPE_ENGINE"}

    done = subprocess.run(
        [python, "-c", PROGRAM],
        cwd=ROOT,
        env=kept | {"STREETSCOPE_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("200\n", "")
    assert subprocess.run([python, "-c", "import torch"], capture_output=True, check=False).returncode == 1
