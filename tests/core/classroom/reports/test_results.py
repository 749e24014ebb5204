"""Before and after discussion."""

from __future__ import annotations

import pytest

from core.classroom.answering import click, vote
from core.classroom.leading import begin, count_cards, go_to
from core.classroom.records import Class, Click
from core.classroom.reports.results import normalised_gain, results
from core.classroom.seats import join
from core.classroom.store import ClassStore
from tests.core.classroom.conftest import QUESTION


def test_gain_is_what_was_gained_of_what_could_be() -> None:
    assert normalised_gain(0.4, 0.7) == pytest.approx(0.5)
    assert normalised_gain(0.5, 0.25) == pytest.approx(-0.5)
    assert normalised_gain(1.0, 1.0) is None
    assert normalised_gain(None, 0.5) is None
    assert normalised_gain(0.5, None) is None


def test_a_class_is_summed_up_in_the_order_in_which_it_was_asked(store: ClassStore, voting: Class) -> None:
    tokens = [join(store, voting.code).token for _ in range(4)]
    for token, option in zip(tokens, (1, 0, 0, 2), strict=True):
        vote(store, token, "first", 1, option)
    now = begin(store, begin(store, voting, "discuss"), "revote")
    for token, option in zip(tokens, (1, 1, 1, 2), strict=True):
        vote(store, token, "first", 2, option)
    now = go_to(store, begin(store, now, "reveal"), "another")
    now = begin(store, now, "vote", question=QUESTION)
    count_cards(store, now, 1, (0, 3, 0, 0))
    now = begin(store, go_to(store, begin(store, now, "reveal"), "find"), "vote")
    click(store, tokens[0], "find", Click(1, 2, 9, 9, correct=True))
    click(store, tokens[0], "find", Click(1, 3, 9, 9, correct=False))
    click(store, tokens[1], "find", Click(1, 2, 9, 9, correct=True))

    found = results(store)

    assert found is not None
    first, another = found.answered
    assert (first.step, first.before.counts) == ("first", (2, 1, 1, 0))
    assert first.after is not None
    assert first.after.counts == (0, 3, 1, 0)
    assert (first.right_before, first.right_after) == (0.25, 0.75)
    assert first.gain == pytest.approx(2 / 3)
    assert (another.step, another.after, another.gain) == ("another", None, None)
    (clicked,) = found.clicked
    assert (clicked.step, clicked.pixels, clicked.correct, clicked.phones) == ("find", 3, 2, 2)
