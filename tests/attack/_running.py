"""A service for an attack: its own process, with its files in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.project import ROOT
from service.access.keys import SCOPES, KeyStore, Scope

LOG = "service.log"
"""What the service says of faults, in its folder."""


@contextmanager
def running_service(folder: Path) -> Iterator[str]:
    """The address of a service that runs meanwhile."""
    environment = os.environ | {"STREETSCOPE_SERVICE": str(folder), "NATS_URL": ""}
    command = [sys.executable, "-m", "service", "--port", "0"]
    folder.mkdir(exist_ok=True)
    with (
        (folder / LOG).open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.match(r"StreetScope answers at (http://\S+);", line)
            assert match, f"the service says {line!r}"
            yield match[1]
        finally:
            process.terminate()
            process.wait()


def new_key(folder: Path, *scopes: Scope) -> str:
    """A key of that service which may ask as often as it likes."""
    return KeyStore(folder).make("attack", scopes or SCOPES, "1000000/second", None)[1]
