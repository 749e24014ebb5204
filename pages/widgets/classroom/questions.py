"""The questions of a lesson as this server asks them: computed once, before the class sees them."""

from __future__ import annotations

import streamlit as st

from core.classroom.lessons import question_of
from core.classroom.records import Class, Question
from core.lessons.lesson import Step
from pages.widgets.classroom.classes import step_of
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.segmentation.models import usual_model


def question_now(now: Class) -> Question | None:
    """The question of the step on screen: as it was asked, or as it will be; None if nothing is asked.

    NothingToAskError, ModelError, LessonError.
    """
    if now.question is not None:
        return now.question
    if not step_of(now).activity:
        return None
    return _computed(now.lesson, now.language, now.step, usual_model(), step_of(now))


@st.cache_resource(max_entries=64, show_spinner=False)
def _computed(name: str, language: str, step: str, model: str, _step: Step) -> Question | None:
    """name, language, step, model: what the result depends on."""
    return question_of(_step, language, lesson_look(_step.shows))
