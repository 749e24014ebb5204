"""The shares that the classes of a set are expected to have of it, before a network has learnt them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.classes import ClassList
from core.errors import RecipeError
from core.languages import sentence
from core.training.mix.labels import Sets

_ROUNDING = 1e-6


def shares_within(
    sets: Sets, classes: ClassList, given: Mapping[str, float]
) -> tuple[tuple[float, ...], ...]:
    """For each set the shares of its classes, in their order; they sum to 1.

    classes: the network's. given: shares by a class's name; what they leave, the set's other classes share
    evenly. RecipeError for a class that there is not, and for a set that is given more than all, or of which
    nothing is left for the others.
    """
    for name in given:
        if name not in classes.names:
            raise RecipeError(
                sentence(
                    "The recipe's shares name {name!r}, which is no class of {classes_name}; use the "
                    "network's classes.",
                    name=name,
                    classes_name=classes.name,
                )
            )
    return tuple(_shares(each, classes, given) for each in sets)


def _shares(members: tuple[int, ...], classes: ClassList, given: Mapping[str, float]) -> tuple[float, ...]:
    names = [classes.names[number] for number in members]
    taken = math.fsum(given.get(name, 0.0) for name in names)
    others = [name for name in names if name not in given]
    if taken > 1 + _ROUNDING or (others and taken >= 1):
        shares = {"names": ", ".join(names), "sum": taken, "others": ", ".join(others)}
        raise RecipeError(
            sentence(
                "The recipe's shares of {names} sum to {sum:g}; together these classes have 1, and {others} "
                "need a part of it.",
                **shares,
            )
            if others
            else sentence(
                "The recipe's shares of {names} sum to {sum:g}; together these classes have 1.", **shares
            )
        )
    if not others:
        return tuple(given[name] / taken for name in names)
    return tuple(given.get(name, (1 - taken) / len(others)) for name in names)
