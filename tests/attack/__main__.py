"""Run the attack: `python -m tests.attack [PART ...]`; ends with 1 if anything did harm."""

from __future__ import annotations

import pkgutil
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import tests.attack
from tests.attack.tally import HEADING, attacked

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
    # Each in a process of its own: what the tries are forked from must not have the threads of another part.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
        for row, done in processes.map(attacked, asked or parts()):
            print(row, flush=True)
            harm += done
    print("\n".join(harm) or "No traceback, nothing lost, nothing beyond its limit.")
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
