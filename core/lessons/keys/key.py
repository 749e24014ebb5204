"""What a key function is: what it is asked about, what it may be told, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.lessons.keys.look import Look

Parameter = str | int | float | tuple[str, ...] | tuple[float, ...]
"""What a lesson may tell a key function: a word, a number, or a list of either."""

Parameters = Mapping[str, Parameter]


@dataclass(frozen=True)
class Number:
    """A number that is no count and no share, such as a loss. digits: behind the point."""

    value: float
    digits: int = 2


@dataclass(frozen=True)
class Named:
    """A class, which other languages have a word for beside its name."""

    name: str


Value = str | int | float | Number | Named
"""What goes into a sentence: a name, a count, a share in [0, 1], another number, or a class."""


@dataclass(frozen=True)
class Answer:
    """Which option is right, from 0, and the values for the {places} of the question's words."""

    right: int
    values: Mapping[str, Value]


Compute = Callable[[Look, str, Parameters], Answer | None]
"""From the live model and one subject (a photo or a model, see `Key.about`); None where there is nothing to
ask, or no option would be right alone."""

Mark = Callable[[Look, str, Parameters], NDArray[np.bool_]]
"""(H, W) which pixels of a photo's segmentation are what is looked for."""


@dataclass(frozen=True)
class Hunt:
    """What students look for in a picture, click by click. parameters, values: as of a key."""

    mark: Mark
    values: tuple[str, ...] = ("count", "share")
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """A key function.

    about: what it is asked about, one after the other until there is something to ask; "photos" unless the
    parameter of the same name lists others. options: how many it needs. values: names of the places that its
    question's words may have. parameters: what it may be told, with what counts if a lesson says nothing.
    unseen: whether it asks only about frames that no network can have learnt from.
    """

    compute: Compute
    options: int
    values: tuple[str, ...]
    about: Literal["photos", "models"] = "photos"
    unseen: bool = False
    parameters: Parameters = field(default_factory=dict)


def number(told: Parameters, name: str) -> float:
    """A parameter that is a number; loading has checked that it is one."""
    value = told[name]
    assert isinstance(value, int | float)  # noqa: S101 (for the type checker)
    return float(value)


def numbers(told: Parameters, name: str) -> list[float]:
    """A parameter that is a list of numbers."""
    value = told[name]
    assert isinstance(value, tuple)  # noqa: S101
    return [float(each) for each in value]


def word(told: Parameters, name: str) -> str:
    """A parameter that is a word."""
    return str(told[name])
