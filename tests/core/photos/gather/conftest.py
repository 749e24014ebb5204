"""What tests of sets of photos share: the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.__main__ import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `gather`; returns its status, what it printed, and its sentence on stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["gather", *map(str, arguments)])
        printed, sentence = capsys.readouterr()
        return status, printed, sentence

    return run
