"""A lesson: what a teacher and a class go through, step by step. Plain data, read by `loading`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlencode

from core.lessons.keys.key import Parameter

Activity = Literal["", "vote", "click", "cards"]
"""What a class does in a step: chooses an option, finds a pixel, holds up a card, or nothing of these."""

Page = Literal[
    "explore",
    "inside",
    "paint",
    "annotate",
    "compare",
    "data",
    "training",
    "runs",
    "evaluate",
    "service",
    "about",
]
"""The pages that a step can send people to."""

View = Literal["photo", "overlay", "mask", "confidence", "entropy"]
"""How a picture is shown, as the pixel viewer names it."""

Instead = Literal["", "upside-down", "untrained"]
"""What is shown in place of the photo, or of what the network says of it: the photo on its head; once the
answer is revealed, what the network's untrained twin says."""

Run = Literal["", "newest"]
"""A training whose curves are shown before the answer: the one that was started last on this computer."""

ACTIVITIES: tuple[Activity, ...] = get_args(Activity)
PAGES: tuple[Page, ...] = get_args(Page)
VIEWS: tuple[View, ...] = get_args(View)
INSTEAD: tuple[Instead, ...] = get_args(Instead)
RUNS: tuple[Run, ...] = get_args(Run)

STATES = ("view", "set", "tab", "frame", "results", "part", "model1", "model2", "size1", "size2")
"""What else a page's address can say of its state, by name; tabs by their English titles."""

LETTERS = "ABCD"
"""What options are called, on cards too; no question has more."""


@dataclass(frozen=True)
class Shows:
    """What is on screen: a page's instrument and its state; None where the page is to choose.

    photo: a sample or a drawn frame. row, col: the chosen pixel. size: by its name in an address.
    pieces, side: where only small squares of the photo are shown, their middles as parts of its height and
    width, and how many of its pixels a side has. instead, run: see `Instead` and `Run`.
    state: more of the page's address, by the names in `STATES`; it prevails over the other fields there.
    """

    page: Page
    photo: str | None = None
    model: str | None = None
    size: str | None = None
    row: int | None = None
    col: int | None = None
    view: View | None = None
    temperature: float | None = None
    pieces: tuple[tuple[float, float], ...] = ()
    side: int | None = None
    instead: Instead = ""
    run: Run = ""
    state: Mapping[str, str] = field(default_factory=dict)

    def query(self) -> dict[str, str]:
        """What the page's address says, by name; tabs in English."""
        said = {
            "photo": self.photo,
            "model": self.model,
            "size": self.size,
            "row": self.row,
            "col": self.col,
            "view": self.view,
            "temperature": self.temperature,
        }
        return {name: str(value) for name, value in said.items() if value is not None} | dict(self.state)

    def address(self) -> str:
        """The page's address with its state, from the app's root, as in explore?photo=china&row=3."""
        query = urlencode(self.query())
        return f"{self.page}?{query}" if query else self.page


@dataclass(frozen=True)
class Question:
    """A question whose right option is computed.

    text, options, why, rule: Markdown, with {places} for values that the key function computes. options: at
    most four; none for a hunt, whose key says which pixels count. why: what is said with the live numbers.
    rule: the sentence that the class should come to. misconception: M1 to M8, or empty.
    """

    id: str
    text: str
    options: tuple[str, ...]
    key: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    misconception: str = ""
    why: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Step:
    """A part of a lesson. student, teacher: Markdown. question: None where nothing is asked."""

    id: str
    title: str
    minutes: int
    student: str
    teacher: str
    shows: Shows | None = None
    question: Question | None = None
    activity: Activity = ""


@dataclass(frozen=True)
class Lesson:
    """A whole lesson in one language. name: of its folder. minutes: of all its steps."""

    name: str
    language: str
    title: str
    summary: str
    audience: str
    minutes: int
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step | None:
        """The step of that ID."""
        return next((step for step in self.steps if step.id == step_id), None)
