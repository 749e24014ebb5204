"""Schemathesis, in an environment of its own, asks a service all that its document describes, and more."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.project import ROOT

PROGRAM = ROOT / ".venv/schemathesis/bin/schemathesis"
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """How many requests were sent, and what it said. well: it found nothing wrong, and asked everything."""

    requests: int
    well: bool
    said: str


def schemathesis(url: str, key: str, folder: Path, examples: int) -> Found:
    """Ask a service; so many examples of each operation beside those at every limit of its parameters.

    folder: for what it keeps.
    """
    command = [
        str(PROGRAM),
        "--config-file",
        str(_HERE / "schemathesis.toml"),
        "--no-color",
        "run",
        f"{url}/openapi.json",
        "--header",
        f"Authorization: Bearer {key}",
        "--max-examples",
        str(examples),
        "--checks",
        "all",
        "--seed",
        "18",
        "--continue-on-failure",
        "--request-timeout",
        "240",
        "--warnings",
        "off",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(_HERE)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    counted = re.search(r"(\d+) generated", done.stdout)
    return Found(int(counted[1]) if counted else 0, done.returncode == 0, done.stdout + done.stderr)
