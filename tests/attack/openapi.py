"""Schemathesis asks a running service all that its document describes, and what it forbids."""

from __future__ import annotations

from pathlib import Path

from tests.attack._running import new_key, running_service
from tests.attack.tally import Tally
from tests.service.schemathesis_run import PROGRAM, schemathesis

EXAMPLES = 30
"""Of each operation, in each phase."""


def attack(tally: Tally, folder: Path) -> None:
    """Count the requests; whatever is not as the document says is harm, and is printed."""
    assert PROGRAM.exists(), "Schemathesis is not installed: `make schemathesis` does that"
    with running_service(folder / "service") as url:
        found = schemathesis(url, new_key(folder / "service"), folder, EXAMPLES)
    tally.outcomes["taken"] += found.requests
    if not found.well:
        tally.count("traceback", found.said)
