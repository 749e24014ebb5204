"""Options that are ranges: their words name the edges that the key is computed with, in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.languages import all_of, sentence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEAR = 1e-6


def wrong_option(options: Sequence[str], edges: Sequence[float]) -> tuple[int, str] | None:
    """The first option whose words name other edges than those of its range, and why; None if all fit.

    edges: shares in ascending order. The last `len(edges) + 1` options are the ranges between them; an option
    without a number says its range in words, which nobody can check here.
    """
    bounds = [0.0, *edges, 1.0]
    for number, option in enumerate(options[-len(edges) - 1 :], start=len(options) - len(edges) - 1):
        place = number - (len(options) - len(edges) - 1)
        meant = [each for each in bounds[place : place + 2] if each in edges]
        said = _shares(option)
        if said and not _alike(said, meant):
            listed = all_of([f"{100 * each:g}%" for each in meant])
            return number, sentence(
                "this range has its edge at {listed}, in ascending order of the options", listed=listed
            )
    return None


def _shares(option: str) -> list[float]:
    """The shares that an option names: 40 and 70%, or 1 in 1,000; in any language."""
    numbers = _NUMBER.findall(option)
    if "%" in option:
        return [
            float(each.replace(",", ".")) / 100 for each in numbers if each.count(",") + each.count(".") < 2
        ]
    whole = [int(re.sub(r"\D", "", each)) for each in numbers]
    pairs = list(zip(whole[::2], whole[1::2], strict=False))
    return [one / all_ for one, all_ in pairs if all_] if len(whole) % 2 == 0 else []


def _alike(said: Sequence[float], meant: Sequence[float]) -> bool:
    return len(said) == len(meant) and all(
        abs(one - other) < _NEAR for one, other in zip(said, meant, strict=True)
    )
