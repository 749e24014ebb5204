"""What a class is at a moment, as plain data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

Phase = Literal["lobby", "wait", "vote", "discuss", "revote", "reveal"]
"""Where a step stands.

Phones join (at the first step alone); before its vote; first vote; discussion; second vote; the key and the
bars are shown.
Of a step whose activity is a click, "vote" takes the clicks and "reveal" shows them all.
Source of the order: Crouch and Mazur, "Peer Instruction: Ten years of experience and results", 2001.
"""

Ballot = Literal[1, 2]
"""Votes before (1) and after (2) discussion."""

FOLLOWING: dict[Phase, tuple[Phase, ...]] = {
    "lobby": ("wait",),
    "wait": ("vote",),
    "vote": ("discuss", "reveal"),
    "discuss": ("revote", "reveal"),
    "revote": ("reveal",),
    "reveal": (),
}
"""The phases that a phase can be followed by. None follows the reveal: who knows the key votes no more."""

_BALLOTS: dict[Phase, Ballot] = {"vote": 1, "revote": 2}


@dataclass(frozen=True)
class Question:
    """A question as the class was asked it, in the words of its lesson (Markdown).

    options: none where pixels are chosen. right: the number of the right option; -1 without options.
    why: what is said at the reveal, and rule: what the class should come to. about: the photo or model.
    fingerprints, pair: as of `core.lessons.answers.Asked`; for a question about them alone.
    """

    text: str
    options: tuple[str, ...]
    right: int
    why: str = ""
    rule: str = ""
    about: str = ""
    fingerprints: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The question as text, for `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Question:
        """A question that `to_json` wrote."""
        values = json.loads(text)
        lists = {name: tuple(values.get(name, ())) for name in ("options", "fingerprints", "pair")}
        return cls(**values | lists)


@dataclass(frozen=True)
class Class:
    """A class and where it stands.

    code: what phones join by. lesson, language: which lesson is given. step: the ID of the step on screen.
    phase: of this step; since, ends: when that began, and when its timer ends (seconds since 1970; None
    without a timer). question: as it was asked; None until the first vote, and for steps without one.
    """

    code: str
    lesson: str
    language: str
    step: str
    phase: Phase
    since: float
    ends: float | None
    question: Question | None
    opened: float

    @property
    def ballot(self) -> Ballot | None:
        """Which vote is open now, if one is."""
        return _BALLOTS.get(self.phase)

    def seconds_left(self, now: float) -> int | None:
        """Whole seconds until the timer ends, 0 after it; None without a timer."""
        return None if self.ends is None else max(0, round(self.ends - now))


@dataclass(frozen=True)
class Seat:
    """A phone in the class. number: within the database, never shown."""

    number: int
    nickname: str


@dataclass(frozen=True)
class Tally:
    """How one round of a question was answered.

    counts: of each option, phones and cards together. phones: those that answered. seats: those that could.
    """

    counts: tuple[int, ...]
    phones: int
    seats: int

    @property
    def total(self) -> int:
        """All answers."""
        return sum(self.counts)

    def share(self, option: int) -> float | None:
        """The share of answers for an option, in [0, 1]; None without any answer."""
        return self.counts[option] / self.total if self.total else None


@dataclass(frozen=True)
class Click:
    """A pixel that a phone chose, of a picture of this height and width, and whether it was a right one."""

    row: int
    col: int
    height: int
    width: int
    correct: bool

    @classmethod
    def from_row(cls, row: tuple[int, int, int, int, int]) -> Click:
        """A click as the database keeps it."""
        return cls(*row[:4], correct=bool(row[4]))
