"""The interface is what its document says: Schemathesis looks for a request for which it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.conftest import Running
from tests.service.schemathesis_run import PROGRAM, schemathesis

EXAMPLES = 3
"""Of each operation; `python -m tests.attack openapi` tries many more."""

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="Schemathesis could not be installed: `make schemathesis` says why"
)


def test_the_interface_is_what_its_document_says(service: Running, tmp_path: Path):
    key = service.key(rate="1000000/second")

    found = schemathesis(service.url, key, tmp_path, EXAMPLES)

    assert found.well, found.said
    assert found.requests > 100
