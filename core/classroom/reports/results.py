"""What a class answered before and after discussion, question by question, with the gain."""

from __future__ import annotations

from dataclasses import dataclass

from core.classroom.counting import clickers, clicks, tally
from core.classroom.records import Question, Tally
from core.classroom.store import ClassStore


@dataclass(frozen=True)
class Answered:
    """A question and how it was answered. after: None where nobody voted again."""

    step: str
    question: Question
    before: Tally
    after: Tally | None

    @property
    def right_before(self) -> float | None:
        """The share of right answers before discussion, in [0, 1]; None without answers."""
        return self.before.share(self.question.right)

    @property
    def right_after(self) -> float | None:
        """The share of right answers after discussion, in [0, 1]; None without answers."""
        return None if self.after is None else self.after.share(self.question.right)

    @property
    def gain(self) -> float | None:
        """The normalised gain; None without both votes, or where all were right before.

        Source: Hake, "Interactive-engagement versus traditional methods", 1998.
        """
        return normalised_gain(self.right_before, self.right_after)


@dataclass(frozen=True)
class Clicked:
    """A step at which pixels were chosen: how many, how many of them right, and by how many phones."""

    step: str
    pixels: int
    correct: int
    phones: int


@dataclass(frozen=True)
class Results:
    """All that a class leaves: counts, and nothing of anybody."""

    lesson: str
    language: str
    phones: int
    answered: tuple[Answered, ...]
    clicked: tuple[Clicked, ...]


def normalised_gain(before: float | None, after: float | None) -> float | None:
    """What was gained of what could be: (after - before) / (1 - before), of two shares in [0, 1].

    Below 0 where there were fewer after; None without both, or where before is 1.
    """
    if before is None or after is None or before == 1.0:
        return None
    return (after - before) / (1.0 - before)


def results(store: ClassStore) -> Results | None:
    """What the class has answered so far, in the order in which it was asked; None if there is no class."""
    with store.reading() as database:
        row = database.execute("SELECT lesson, language FROM class").fetchone()
        asked = database.execute("SELECT step, asked FROM progress WHERE asked NOT NULL ORDER BY rowid")
        questions = [(str(step), Question.from_json(text)) for step, text in asked]
        steps = [str(each[0]) for each in database.execute("SELECT step FROM progress ORDER BY rowid")]
        phones = int(database.execute("SELECT count(*) FROM seats").fetchone()[0])
    if row is None:
        return None
    answered = tuple(_answered(store, step, question) for step, question in questions if question.options)
    clicked = tuple(each for step in steps if (each := _clicked(store, step)).pixels)
    return Results(row[0], row[1], phones, answered, clicked)


def _answered(store: ClassStore, step: str, question: Question) -> Answered:
    options = len(question.options)
    after = tally(store, step, 2, options)
    return Answered(step, question, tally(store, step, 1, options), after if after.total else None)


def _clicked(store: ClassStore, step: str) -> Clicked:
    found = clicks(store, step)
    return Clicked(step, len(found), sum(each.correct for each in found), clickers(store, step))
