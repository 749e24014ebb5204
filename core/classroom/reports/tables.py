"""What a class has answered, as rows of plain values."""

from __future__ import annotations

import re
from typing import Any

from core.classroom.reports.results import Answered, Clicked, Results
from core.languages import mark
from core.lessons.lesson import LETTERS

_MARKS = re.compile(r"[*_`]+")


def class_rows(found: Results) -> list[dict[str, Any]]:
    """A row for each question, then one for each step at which pixels were chosen.

    before, after: answers of all phones and cards. right before, right after: shares in [0, 1]. gain: the
    normalised gain, at most 1. A, B, C, D: answers before and after discussion, as "12 / 20".
    """
    return [*map(_question, found.answered), *map(_pixels, found.clicked)]


def plain(text: str) -> str:
    """A lesson's words without the marks of Markdown, on one line."""
    return " ".join(_MARKS.sub("", text).split())


def _question(each: Answered) -> dict[str, Any]:
    right = each.question.right
    options = {
        letter: _counts(each, number) if number < len(each.question.options) else None
        for number, letter in enumerate(LETTERS)
    }
    return {
        "step": each.step,
        "question": plain(each.question.text),
        "right answer": f"{LETTERS[right]}: {plain(each.question.options[right])}",
        "before": each.before.total,
        "right before": each.right_before,
        "after": None if each.after is None else each.after.total,
        "right after": each.right_after,
        "gain": each.gain,
        **options,
    }


def _counts(each: Answered, option: int) -> str:
    before = str(each.before.counts[option])
    return before if each.after is None else f"{before} / {each.after.counts[option]}"


def _pixels(each: Clicked) -> dict[str, Any]:
    return {
        "step": each.step,
        "question": mark("pixels handed in"),
        "right answer": None,
        "before": each.pixels,
        "right before": each.correct / each.pixels,
        "after": None,
        "right after": None,
        "gain": None,
        **dict.fromkeys(LETTERS),
    }
