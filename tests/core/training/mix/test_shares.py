"""Shares inside a set: what a recipe gives, and what that leaves for the others."""

from __future__ import annotations

import pytest

from core.classes import ClassList, SegmentationClass
from core.errors import RecipeError
from core.training.mix.shares import shares_within

CLASSES = ClassList("four", tuple(SegmentationClass(name, (0, 0, 0)) for name in "abcd"))
SETS = ((0, 1, 2), (3,), ())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (1 / 3, 1 / 3, 1 / 3)),
        ({"a": 0.5}, (0.5, 0.25, 0.25)),
        ({"a": 0.4, "b": 0.3, "c": 0.1}, (0.5, 0.375, 0.125)),
    ],
)
def test_what_is_not_given_is_shared_evenly(given, expected):
    first, alone, nothing = shares_within(SETS, CLASSES, given)

    assert first == pytest.approx(expected)
    assert (alone, nothing) == ((1.0,), ())


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"e": 0.5}, "'e', which is no class of four"),
        ({"a": 0.7, "b": 0.7}, "a, b, c sum to 1.4; together these classes have 1, and c need a part of it."),
        ({"a": 1.0}, "b, c need a part"),
    ],
)
def test_shares_that_cannot_be_are_one_sentence(given, sentence):
    with pytest.raises(RecipeError, match=sentence):
        shares_within(SETS, CLASSES, given)
