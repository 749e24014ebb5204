"""A lesson with accents on its letters, so that texts of the app beside it are seen if they have none."""

from __future__ import annotations

from dataclasses import replace

from core.languages import PSEUDO
from core.languages.catalogues import pseudo
from core.lessons.lesson import Lesson, Question, Step


def in_pseudo(lesson: Lesson) -> Lesson:
    """A lesson's words as the pseudo-language has them; names for programs and {places} stay."""
    return replace(
        lesson,
        language=PSEUDO,
        title=pseudo(lesson.title),
        summary=pseudo(lesson.summary),
        audience=pseudo(lesson.audience),
        steps=tuple(map(_step, lesson.steps)),
    )


def _step(step: Step) -> Step:
    return replace(
        step,
        title=pseudo(step.title),
        student=pseudo(step.student),
        teacher=pseudo(step.teacher),
        question=None if step.question is None else _question(step.question),
    )


def _question(question: Question) -> Question:
    return replace(
        question,
        text=pseudo(question.text),
        options=tuple(map(pseudo, question.options)),
        why=pseudo(question.why),
        rule=pseudo(question.rule),
    )
