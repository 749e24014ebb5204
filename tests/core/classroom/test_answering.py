"""Votes and clicks: what counts, what is refused, and what survives a killed process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.classroom.answering import MOST_CLICKS, click, look, vote
from core.classroom.counting import clickers, clicks, tally
from core.classroom.leading import begin, current, go_to
from core.classroom.records import Class, Click
from core.classroom.seats import find_seat, join
from core.classroom.store import ClassStore
from tests.conftest import ROOT
from tests.core.classroom.conftest import QUESTION

Refusal = Callable[[Callable[[], object]], str]
CLOSED = "This vote is closed: wait for the next question."


def test_the_first_answer_counts_and_is_found_by_the_seats_token(store: ClassStore, voting: Class) -> None:
    token = join(store, voting.code).token

    assert vote(store, token, "first", 1, 2) == 2
    assert vote(store, token, "first", 1, 0) == 2

    place = look(store, token)
    assert place is not None
    assert place.votes == {1: 2}
    assert tally(store, "first", 1, 4).counts == (0, 0, 1, 0)


def test_an_answer_before_after_and_to_another_step_is_refused(
    store: ClassStore, opened: Class, refusal: Refusal
) -> None:
    token = join(store, opened.code).token
    assert refusal(lambda: vote(store, token, "first", 1, 0)) == CLOSED
    voting = begin(store, opened, "vote", question=QUESTION)
    assert refusal(lambda: vote(store, token, "first", 2, 0)) == CLOSED
    assert refusal(lambda: vote(store, token, "second", 1, 0)) == CLOSED
    for option in (-1, 4):
        sentence = refusal(lambda option=option: vote(store, token, "first", 1, option))  # type: ignore[misc]
        assert sentence == "There is no such answer: choose one of those on the screen."
    begin(store, voting, "reveal")
    assert refusal(lambda: vote(store, token, "first", 1, 0)) == CLOSED
    assert tally(store, "first", 1, 4).total == 0


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "' OR 1=1 --          ", "ä" * 22, "A" * 10_000])
def test_only_a_seat_votes(store: ClassStore, voting: Class, refusal: Refusal, token: str) -> None:
    join(store, voting.code)
    ended = "This class has ended: scan the code on the wall to join another one."
    assert refusal(lambda: vote(store, token, "first", 1, 0)) == ended
    assert look(store, token) is None


def test_pixels_count_once_and_are_bounded(store: ClassStore, opened: Class, refusal: Refusal) -> None:
    voting = begin(store, opened, "vote")
    token = join(store, voting.code).token
    for col in range(MOST_CLICKS):
        click(store, token, "first", Click(3, col, 96, 128, col < 4))
        click(store, token, "first", Click(3, 0, 96, 128, correct=True)) if col < MOST_CLICKS - 1 else None
    again = Click(90, 100, 96, 128, correct=True)
    assert (
        refusal(lambda: click(store, token, "first", again))
        == "You have handed in 10 pixels: that is enough."
    )
    for row, col in ((96, 0), (0, 128), (-1, 0)):
        wrong = Click(row, col, 96, 128, correct=True)
        sentence = refusal(lambda wrong=wrong: click(store, token, "first", wrong))  # type: ignore[misc]
        assert sentence == "There is no such pixel: choose one in the picture."

    found = clicks(store, "first")
    assert len(found) == MOST_CLICKS
    assert sum(each.correct for each in found) == 4
    assert clickers(store, "first") == 1


def test_a_step_that_was_left_comes_back_with_its_votes(store: ClassStore, voting: Class) -> None:
    token = join(store, voting.code).token
    vote(store, token, "first", 1, 1)
    second = go_to(store, voting, "second")
    assert (second.phase, second.question) == ("wait", None)
    assert look(store, token) is not None
    assert look(store, token).votes == {}  # type: ignore[union-attr]
    back = go_to(store, second, "first")
    assert (back.phase, back.question) == ("vote", QUESTION)
    assert look(store, token).votes == {1: 1}  # type: ignore[union-attr]


# Joins and votes for ever, and prints each vote once it is confirmed.
VOTER = """
import sys
from pathlib import Path
from core.classroom.answering import vote
from core.classroom.seats import join
from core.classroom.store import ClassStore

store = ClassStore(Path(sys.argv[1]))
for number in range(100):
    joined = join(store, sys.argv[2])
    option = vote(store, joined.token, "first", 1, number % 4)
    print(joined.token, option, flush=True)
"""


def test_no_confirmed_vote_is_lost_when_the_process_is_killed(store: ClassStore, voting: Class) -> None:
    confirmed: dict[str, int] = {}
    for votes in (1, 4, 9):  # killed while it is at the next one
        command = [sys.executable, "-c", VOTER, str(store.path), voting.code]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(votes):
                token, option = process.stdout.readline().split()
                confirmed[token] = int(option)
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().splitlines()
        # What was on its way to the pipe is confirmed as well.
        confirmed |= {each.split()[0]: int(each.split()[1]) for each in rest if len(each.split()) == 2}

    again = ClassStore(store.path)
    kept = {token: look(again, token) for token in confirmed}
    again.close()
    assert len(confirmed) >= 14
    assert {token: place.votes[1] for token, place in kept.items() if place} == confirmed


def test_everything_goes_when_the_class_ends(store: ClassStore, voting: Class, tmp_path: Path) -> None:
    joined = join(store, voting.code)
    vote(store, joined.token, "first", 1, 1)
    written = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert joined.seat.nickname.encode() in written
    assert joined.token.encode() not in written  # only its hash is kept

    store.erase()

    left = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert joined.seat.nickname.encode() not in left
    assert voting.code.encode() not in left
    assert QUESTION.text.encode() not in left
    assert (current(store), find_seat(store, joined.token)) == (None, None)
    assert store.path.stat().st_mode & 0o077 == 0
