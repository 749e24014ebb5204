"""The teacher's commands, from phase to phase and from window to window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.classroom.counting import tally
from core.classroom.leading import (
    MOVED_ON,
    begin,
    count_cards,
    current,
    go_to,
    open_class,
    set_timer,
    teachers_pin,
)
from core.classroom.records import Class
from core.classroom.seats import MOST_SEATS, find_seat, join
from core.classroom.store import ClassStore
from tests.core.classroom.conftest import QUESTION

Refusal = Callable[[Callable[[], object]], str]


def test_a_restart_goes_on_where_the_class_was(store: ClassStore, voting: Class) -> None:
    token, pin = join(store, voting.code).token, teachers_pin(store)
    go_to(store, voting, "second")
    store.close()

    again = ClassStore(store.path)
    there = open_class(again, "tiny", "en", "first")
    assert (there.code, there.step, there.phase) == (voting.code, "second", "wait")
    assert teachers_pin(again) == pin
    assert find_seat(again, token) is not None
    again.close()


def test_another_lesson_does_not_take_the_place_of_an_open_class(
    store: ClassStore, opened: Class, refusal: Refusal
) -> None:
    sentence = refusal(lambda: open_class(store, "other", "en", "first"))
    assert sentence.startswith("A class is open with the lesson tiny (en): end it first,")
    assert open_class(store, "other", "id", "start", anew=True).lesson == "other"


def test_a_forgotten_class_is_deleted_when_the_next_one_opens(store: ClassStore, opened: Class) -> None:
    token = join(store, opened.code).token
    with store.writing() as database:
        database.execute("UPDATE class SET opened = opened - 86401")
    assert open_class(store, "tiny", "en", "first").opened > opened.opened
    assert find_seat(store, token) is None


def test_phases_follow_each_other_and_none_follows_the_reveal(
    store: ClassStore, opened: Class, refusal: Refusal
) -> None:
    assert refusal(lambda: begin(store, opened, "reveal")) == MOVED_ON
    now = begin(store, opened, "vote", 60, QUESTION)
    assert now.ballot == 1
    assert now.ends is not None
    assert now.seconds_left(now.ends - 12.2) == 12
    assert now.seconds_left(now.ends + 5) == 0
    now = begin(store, now, "discuss")
    assert (now.ballot, now.ends) == (None, None)
    now = begin(store, now, "revote")
    assert (now.ballot, now.question) == (2, QUESTION)
    now = begin(store, now, "reveal")
    for phase in ("vote", "discuss", "revote", "reveal", "wait"):
        assert refusal(lambda phase=phase: begin(store, now, phase)) == MOVED_ON  # type: ignore[misc]


def test_a_second_window_of_the_teachers_does_not_skip_a_step(
    store: ClassStore, opened: Class, refusal: Refusal
) -> None:
    go_to(store, opened, "second")
    assert refusal(lambda: go_to(store, opened, "third")) == MOVED_ON
    assert refusal(lambda: begin(store, opened, "vote", question=QUESTION)) == MOVED_ON
    assert refusal(lambda: set_timer(store, opened, 30)) == MOVED_ON


def test_cards_count_beside_phones_and_replace_what_was_typed(
    store: ClassStore, voting: Class, refusal: Refusal
) -> None:
    count_cards(store, voting, 1, (9, 9, 9, 9))
    count_cards(store, voting, 1, (1, 5, 0, 2))
    found = tally(store, "first", 1, 4)
    assert (found.counts, found.total, found.phones) == ((1, 5, 0, 2), 8, 0)
    assert found.share(1) == pytest.approx(5 / 8)
    sentence = "Give for each option a whole number of cards from 0 to 500."
    assert refusal(lambda: count_cards(store, voting, 1, (1, -1, 0, 0))) == sentence


def test_seats_are_bounded_and_nicknames_differ(store: ClassStore, opened: Class, refusal: Refusal) -> None:
    names = {join(store, f" {opened.code.lower()} ").seat.nickname for _ in range(MOST_SEATS)}
    assert len(names) == MOST_SEATS
    full = "All 100 seats are taken: share a phone with your neighbour."
    assert refusal(lambda: join(store, opened.code)) == full
    no_class = "There is no class with this code: type the code that is on the wall."
    for code in ("", "ZZ", "x" * 5000, "'; DROP TABLE seats; --"):
        assert refusal(lambda code=code: join(store, code)) == no_class  # type: ignore[misc]


def test_a_file_that_is_no_class_is_named(tmp_path: Path, refusal: Refusal) -> None:
    file = tmp_path / "class.sqlite"
    file.write_bytes(b"something else entirely" * 100)
    assert refusal(lambda: ClassStore(file)) == f"{file} is damaged: remove it, and open the class anew."


def test_no_class_is_no_error_to_look_at(store: ClassStore) -> None:
    assert current(store) is None
