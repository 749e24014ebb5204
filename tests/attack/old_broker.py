"""As `broker`, with Debian's older broker, set up as docs/topics.md says; without it there are no tries."""

from __future__ import annotations

from pathlib import Path

from service.access.clients import ClientStore
from tests import debian
from tests.attack.broker import killed
from tests.attack.tally import Tally


def attack(tally: Tally, folder: Path) -> None:
    """Kill Debian's."""
    program = debian.program()
    if program:
        killed(tally, debian.DebianBroker(folder / "broker", ClientStore(folder), program))
