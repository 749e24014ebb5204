"""What a student does: votes, and chooses pixels. All checks are here, on the server's side."""

from __future__ import annotations

from dataclasses import dataclass

from core.classroom.leading import read_class
from core.classroom.records import Ballot, Class, Click, Phase, Seat
from core.classroom.seats import find_in, seated
from core.classroom.store import ClassStore
from core.errors import ClassroomError
from core.languages import sentence

MOST_CLICKS = 10
"""Pixels that one seat may hand in at a step."""

_LONGEST_SIDE = 4096


@dataclass(frozen=True)
class Place:
    """What a phone shows: the class, its seat, and what this seat has answered at the step.

    votes: the option by ballot. clicks: the pixels handed in, in the order of rows.
    """

    now: Class
    seat: Seat
    votes: dict[Ballot, int]
    clicks: tuple[Click, ...]


def look(store: ClassStore, token: str) -> Place | None:
    """What the seat of a token sees; None if there is no such seat."""
    with store.reading() as database:
        now, seat = read_class(database), find_in(database, token)
        if now is None or seat is None:
            return None
        here = (seat.number, now.step)
        votes = dict(database.execute("SELECT ballot, option FROM votes WHERE seat = ? AND step = ?", here))
        rows = database.execute(
            "SELECT row, col, height, width, correct FROM clicks WHERE seat = ? AND step = ?", here
        ).fetchall()
        return Place(now, seat, votes, tuple(map(Click.from_row, rows)))


def vote(store: ClassStore, token: str, step: str, ballot: Ballot, option: int) -> int:
    """Answer the question of a step; returns the option that counts.

    It is kept for good when this returns. The first answer of a ballot counts, whatever comes later.
    ClassroomError: the vote is not open, or there is no such option or seat.
    """
    with store.writing() as database:
        now, seat = seated(database, token)
        if now.step != step or now.ballot != ballot or now.question is None:
            raise ClassroomError(sentence("This vote is closed: wait for the next question."))
        if not 0 <= option < len(now.question.options):
            raise ClassroomError(sentence("There is no such answer: choose one of those on the screen."))
        key = (seat.number, step, ballot)
        database.execute("INSERT OR IGNORE INTO votes VALUES (?, ?, ?, ?)", (*key, option))
        row = database.execute(
            "SELECT option FROM votes WHERE seat = ? AND step = ? AND ballot = ?", key
        ).fetchone()
        return int(row[0])


def click(store: ClassStore, token: str, step: str, chosen: Click) -> None:
    """Hand in a pixel; the same one again changes nothing.

    ClassroomError: pixels are not wanted now, the seat has handed in enough, or there is no such seat or
    pixel.
    """
    sizes_fit = 0 < chosen.height <= _LONGEST_SIDE and 0 < chosen.width <= _LONGEST_SIDE
    if not (sizes_fit and 0 <= chosen.row < chosen.height and 0 <= chosen.col < chosen.width):
        raise ClassroomError(sentence("There is no such pixel: choose one in the picture."))
    with store.writing() as database:
        now, seat = seated(database, token)
        taking: Phase = "vote"
        if now.step != step or now.phase != taking:
            raise ClassroomError(sentence("No pixels are collected now: wait for the teacher."))
        mine = "SELECT count(*) FROM clicks WHERE seat = ? AND step = ?"
        if database.execute(mine, (seat.number, step)).fetchone()[0] >= MOST_CLICKS:
            raise ClassroomError(
                sentence("You have handed in {most_clicks} pixels: that is enough.", most_clicks=MOST_CLICKS)
            )
        database.execute(
            "INSERT OR IGNORE INTO clicks VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                seat.number,
                step,
                chosen.row,
                chosen.col,
                chosen.height,
                chosen.width,
                int(chosen.correct),
            ),
        )
