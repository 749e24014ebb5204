"""Run the attack: `python -m tests.attack [PART ...]`; ends with 1 if anything did harm."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import tests.attack
from tests.attack.tally import HEADING, Tally

NOT_PARTS = ("tally",)


def parts() -> list[str]:
    """The names of all parts, in order."""
    modules = (module.name for module in pkgutil.iter_modules(tests.attack.__path__))
    return sorted(name for name in modules if not name.startswith("_") and name not in NOT_PARTS)


def main(asked: list[str]) -> int:
    """Run the parts asked for, or all; returns the exit status."""
    unknown = set(asked) - set(parts())
    if unknown:
        print(f"There is no part {', '.join(sorted(unknown))}; the parts are {', '.join(parts())}.")
        return 2
    print(HEADING)
    harm: list[str] = []
    for name in asked or parts():
        tally = Tally(name)
        with tempfile.TemporaryDirectory(prefix=f"attack-{name}-") as folder:
            importlib.import_module(f"tests.attack.{name}").attack(tally, Path(folder))
        print(tally.row(), flush=True)
        harm += tally.harm
    print("\n".join(harm) or "No traceback, nothing lost, nothing beyond its limit.")
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
