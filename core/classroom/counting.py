"""What the class has answered, as counts: no seat and no nickname leaves this module."""

from __future__ import annotations

from core.classroom.records import Ballot, Click, Tally
from core.classroom.store import ClassStore


def seats(store: ClassStore) -> int:
    """How many phones have joined."""
    with store.reading() as database:
        return int(database.execute("SELECT count(*) FROM seats").fetchone()[0])


def tally(store: ClassStore, step: str, ballot: Ballot, options: int) -> Tally:
    """How A ballot of the question of a step was answered. options: how many the question has."""
    with store.reading() as database:
        here = (step, ballot)
        votes = database.execute(
            "SELECT option, count(*) FROM votes WHERE step = ? AND ballot = ? GROUP BY option", here
        ).fetchall()
        cards = database.execute(
            "SELECT option, count FROM cards WHERE step = ? AND ballot = ?", here
        ).fetchall()
        there = database.execute("SELECT count(*) FROM seats").fetchone()[0]
    counts = [0] * options
    for option, count in (*votes, *cards):
        if option < options:
            counts[option] += count
    return Tally(tuple(counts), sum(count for _, count in votes), there)


def clicks(store: ClassStore, step: str) -> list[Click]:
    """All pixels that were handed in at a step."""
    with store.reading() as database:
        rows = database.execute(
            "SELECT row, col, height, width, correct FROM clicks WHERE step = ? ORDER BY row, col", (step,)
        ).fetchall()
    return list(map(Click.from_row, rows))


def clickers(store: ClassStore, step: str) -> int:
    """How many phones have handed in a pixel at a step."""
    with store.reading() as database:
        return int(
            database.execute("SELECT count(DISTINCT seat) FROM clicks WHERE step = ?", (step,)).fetchone()[0]
        )
