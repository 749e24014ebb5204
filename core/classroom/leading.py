"""What the teacher does: opens a class, goes from step to step and from phase to phase, ends it.

Commands say what the teacher saw: when another window has moved the class on, they change nothing.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Sequence

from core.classroom.records import FOLLOWING, Ballot, Class, Phase, Question
from core.classroom.store import ClassStore
from core.errors import ClassroomError
from core.languages import mark, sentence

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Of a room code: no vowels, so that no word comes about."""

_CODE_LETTERS, _PIN_DIGITS = 4, 6
KEPT_SECONDS = 24 * 3600
"""A class that nobody has ended is deleted after a day, when the next one is opened."""

MOST_CARDS = 500
"""Of one option: a room has no more people."""

MOVED_ON = mark("The class has moved on meanwhile: look at the step that is shown now.")


def open_class(store: ClassStore, lesson: str, language: str, step: str, *, anew: bool = False) -> Class:
    """Open a class at the first step of a lesson, or go on with the one that is there.

    anew: delete the one that is there first. A class of another lesson is refused: it may not be over.
    """
    now = time.time()
    there = current(store)
    if there is not None and (anew or now - there.opened > KEPT_SECONDS):
        store.erase()
        there = None
    if there is not None:
        if (there.lesson, there.language) != (lesson, language):
            raise ClassroomError(
                sentence(
                    "A class is open with the lesson {lesson} ({language}): end it first, or begin anew with "
                    "--new.",
                    lesson=there.lesson,
                    language=there.language,
                )
            )
        return there
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    pin = "".join(secrets.choice("0123456789") for _ in range(_PIN_DIGITS))
    with store.writing() as database:
        database.execute(
            "INSERT INTO class VALUES (1, ?, ?, ?, ?, ?, ?)", (code, pin, lesson, language, step, now)
        )
        database.execute("INSERT INTO progress VALUES (?, 'lobby', ?, NULL, NULL)", (step, now))
    return _there(current(store))


def current(store: ClassStore) -> Class | None:
    """The class as it is now; None if there is none."""
    with store.reading() as database:
        return read_class(database)


def read_class(database: sqlite3.Connection) -> Class | None:
    """As `current`, within a transaction."""
    row = database.execute(
        "SELECT code, lesson, language, class.step, phase, since, ends, asked, opened "
        "FROM class JOIN progress ON progress.step = class.step"
    ).fetchone()
    if row is None:
        return None
    code, lesson, language, step, phase, since, ends, asked, opened = row
    question = Question.from_json(asked) if asked else None
    return Class(code, lesson, language, step, phase, since, ends, question, opened)


def teachers_pin(store: ClassStore) -> str:
    """The PIN that makes somebody the teacher. ClassroomError if there is no class."""
    with store.reading() as database:
        row = database.execute("SELECT pin FROM class").fetchone()
    if row is None:
        raise _no_class()
    return str(row[0])


def go_to(store: ClassStore, seen: Class, step: str) -> Class:
    """Go to another step; one that was left comes back as it was, with its timer stopped."""
    with store.writing() as database:
        _expect(database, seen)
        database.execute("UPDATE progress SET ends = NULL WHERE step = ?", (seen.step,))
        database.execute("UPDATE class SET step = ?", (step,))
        database.execute(
            "INSERT OR IGNORE INTO progress VALUES (?, 'wait', ?, NULL, NULL)", (step, time.time())
        )
        return _there(read_class(database))


def begin(
    store: ClassStore, seen: Class, phase: Phase, seconds: int | None = None, question: Question | None = None
) -> Class:
    """Go to the next phase of the step.

    seconds: of the timer; None for none. question: what is asked; needed for the first vote of a question,
    and kept from then on. ClassroomError for a phase that does not follow.
    """
    if phase not in FOLLOWING[seen.phase]:
        raise ClassroomError(sentence(MOVED_ON))
    now = time.time()
    with store.writing() as database:
        _expect(database, seen)
        database.execute(
            "UPDATE progress SET phase = ?, since = ?, ends = ?, asked = coalesce(asked, ?) WHERE step = ?",
            (
                phase,
                now,
                None if seconds is None else now + seconds,
                question.to_json() if question else None,
                seen.step,
            ),
        )
        return _there(read_class(database))


def set_timer(store: ClassStore, seen: Class, seconds: int | None) -> Class:
    """Start the timer of the phase anew, or take it away. It shows the time; only the teacher ends a vote."""
    with store.writing() as database:
        _expect(database, seen)
        ends = None if seconds is None else time.time() + seconds
        database.execute("UPDATE progress SET ends = ? WHERE step = ?", (ends, seen.step))
        return _there(read_class(database))


def count_cards(store: ClassStore, seen: Class, ballot: Ballot, counts: Sequence[int]) -> None:
    """Keep how many cards of each option were held up: what was typed before is replaced."""
    if any(not 0 <= count <= MOST_CARDS for count in counts):
        raise ClassroomError(
            sentence(
                "Give for each option a whole number of cards from 0 to {most_cards}.", most_cards=MOST_CARDS
            )
        )
    with store.writing() as database:
        now = read_class(database)
        if now is None or now.step != seen.step:
            raise ClassroomError(sentence(MOVED_ON))
        database.execute("DELETE FROM cards WHERE step = ? AND ballot = ?", (seen.step, ballot))
        rows = [(seen.step, ballot, option, count) for option, count in enumerate(counts) if count]
        database.executemany("INSERT INTO cards VALUES (?, ?, ?, ?)", rows)


def end_class(store: ClassStore) -> None:
    """Delete the class: seats, votes, clicks, code and PIN."""
    store.erase()


def _expect(database: sqlite3.Connection, seen: Class) -> None:
    """ClassroomError unless the class stands where the teacher saw it."""
    now = read_class(database)
    if now is None:
        raise _no_class()
    if (now.code, now.step, now.phase) != (seen.code, seen.step, seen.phase):
        raise ClassroomError(sentence(MOVED_ON))


def _there(found: Class | None) -> Class:
    if found is None:
        raise _no_class()
    return found


def _no_class() -> ClassroomError:
    return ClassroomError(sentence("There is no class now: the teacher opens one with `make class`."))
