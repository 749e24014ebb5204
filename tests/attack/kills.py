"""kill -9 at random moments of what writes, and two at once: all stays whole, and the next try works."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from core.errors import StreetScopeError
from tests.attack._attempt import Attempt, attempt, count, own_house
from tests.attack._works import Work, contents, is_there, is_whole, leftovers, works
from tests.attack.tally import Tally

MOMENTS = 20


def attack(tally: Tally, folder: Path) -> None:
    """Kill each work at `MOMENTS` moments, and do it twice at once."""
    chance = random.Random(13)
    with own_house(folder), works(folder) as all_works:
        for work in all_works:
            before = _others(work, folder)
            began = time.monotonic()
            count(tally, f"{work.name}: undisturbed", attempt(work.action))
            whole = time.monotonic() - began
            _remove(work)
            for number in range(MOMENTS):
                moment = whole * (number + chance.random()) / MOMENTS
                _kill(tally, work, moment, f"{work.name}, killed after {moment:.3f} of {whole:.3f} s")
                _check(tally, work, folder, before, f"{work.name}, killed after {moment:.3f} s")
            _two_at_once(tally, work)
            _check(tally, work, folder, before, f"{work.name}, two at once")


def _others(work: Work, folder: Path) -> dict[str, str]:
    """What must still be there afterwards: everything but the product."""
    product = "" if work.product is None else f"{work.product.relative_to(folder)}/"
    return {
        name: digest
        for name, digest in contents(folder).items()
        if not product or not name.startswith(product)
    }


def _remove(work: Work) -> None:
    if work.product is not None and not work.replaces:
        shutil.rmtree(work.product)


def _kill(tally: Tally, work: Work, moment: float, what: str) -> None:
    killed = Attempt(work.action)
    time.sleep(moment)
    killed.kill()
    ended = killed.ended()
    if ended.status not in (-9, 0):
        count(tally, what, ended)
        return
    tally.count("taken", what)
    if (work.replaces or is_there(work)) and not _is_whole(work):
        tally.count("lost", f"{what}: what is there is not whole")


def _check(tally: Tally, work: Work, folder: Path, before: dict[str, str], what: str) -> None:
    """The same again works, and everything else is as it was."""
    if work.replaces or not is_there(work):
        count(tally, f"{what}, then again", attempt(work.action))
    if not _is_whole(work):
        tally.count("lost", f"{what}: the same again made nothing whole")
    if left := leftovers(work):
        tally.count("lost", f"{what}: {left} is left behind")
    if _others(work, folder) != before:
        tally.count("lost", f"{what}: something else has changed")
    if is_there(work):
        _remove(work)


def _is_whole(work: Work) -> bool:
    try:
        return is_whole(work)
    except StreetScopeError:
        return False


def _two_at_once(tally: Tally, work: Work) -> None:
    first, second = Attempt(work.action), Attempt(work.action)
    ends = first.ended(), second.ended()
    for ended in ends:
        count(tally, f"{work.name}, two at once", ended)
    if all(ended.status for ended in ends):
        tally.count("lost", f"{work.name}, two at once: none of them was done")
    if work.product is not None and not work.replaces and not any(ended.status for ended in ends):
        tally.count("lost", f"{work.name}, two at once: one replaced the other in silence")
