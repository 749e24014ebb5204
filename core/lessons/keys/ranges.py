"""Which of several ranges a number lies in, and four numbers to choose from of which one is right."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from core.lessons.keys.key import Named, Value

NEAR = 0.1
"""A share this close to the edge of a range, as a part of what is left to 0 or 1, is no question."""

LETTERS = "abcd"


def range_of(share: float, edges: Sequence[float]) -> int | None:
    """In which of the ranges between the edges a share lies; None where it is too close to one to argue."""
    if any(abs(share - edge) < NEAR * min(edge, 1 - edge) for edge in edges):
        return None
    return bisect_left(edges, share)


def choices(right: float, others: Sequence[float]) -> tuple[int, dict[str, float]] | None:
    """A number among others, in ascending order, as {a}, {b} ...: the place of the right one, and all.

    None where another one is as good as it: within a tenth of it, or half of one per cent.
    """
    if any(abs(right - other) < max(0.1 * right, 0.005) for other in others):
        return None
    ordered = sorted([right, *others])
    return ordered.index(right), dict(zip(LETTERS, ordered, strict=False))


def by_letter(names: Sequence[str]) -> dict[str, Value]:
    """Names to choose from, as {a}, {b} ... in their order."""
    return {letter: Named(name) for letter, name in zip(LETTERS, names, strict=True)}
