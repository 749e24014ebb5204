"""Processes to measure in and beside: fresh ones with their own OpenMP settings, and a training run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# How OpenMP's threads wait. Read when torch is first imported, so each needs a fresh process.
POLICIES = {
    "spinning": {},
    "passive": {"OMP_WAIT_POLICY": "PASSIVE"},
    "brief spin": {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "10000"},
}
APP_POLICY = "passive"
"""What app.py chooses."""


def environment(policy: str) -> dict[str, str]:
    """This process's environment with one waiting policy of OpenMP."""
    rest = {k: v for k, v in os.environ.items() if k not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    return rest | POLICIES[policy]


def in_fresh_process(module: str, *arguments: str | int, policy: str = APP_POLICY) -> dict[str, float]:
    """Run `python -m module arguments` and return the JSON that it prints; {} where a library is missing."""
    command = [sys.executable, "-W", "ignore", "-m", module, *map(str, arguments)]
    done = subprocess.run(command, env=environment(policy), check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode == NOT_INSTALLED:
        return {}
    done.check_returncode()
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


NOT_INSTALLED = 77
"""Exit status of a worker without the library that it should measure."""


@contextmanager
def training_beside(policy: str = APP_POLICY) -> Iterator[None]:
    """A process that trains on both cores while the block runs, waiting as our training does."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.load"]
    with subprocess.Popen(command, env=environment(policy), stdout=subprocess.PIPE, text=True) as load:
        assert load.stdout is not None  # noqa: S101 (a pipe was asked for)
        load.stdout.readline()
        try:
            yield
        finally:
            load.kill()


def resident_megabytes(pid: int | str = "self", peak: bool = False) -> float:
    """Memory that a process holds; peak: the most it held since its start or `forget_peak`. Linux only."""
    key = "VmHWM:" if peak else "VmRSS:"
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


def forget_peak() -> None:
    """Start the peak of this process's memory anew."""
    Path("/proc/self/clear_refs").write_text("5")
