"""Where a visitor is: the lesson and the step that the address names, and what they have answered."""

from __future__ import annotations

import streamlit as st

from core.lessons.lesson import Lesson, Step
from core.lessons.progress import Given, Progress
from pages.widgets.photos.visitor_session import visitor_session

LESSON, STEP = "lesson", "step"


def open_lesson(name: str, step: str = "") -> None:
    """Go to a lesson, at its first step or another; called by a button."""
    st.query_params[LESSON] = name
    go_to(step)


def close_lesson() -> None:
    """Return to the list of lessons; what was answered is kept."""
    for name in (LESSON, STEP):
        if name in st.query_params:
            del st.query_params[name]


def go_to(step: str) -> None:
    """Go to a step of the lesson that is open; called by a button."""
    if step:
        st.query_params[STEP] = step
    elif STEP in st.query_params:
        del st.query_params[STEP]


def here(lesson: Lesson) -> Step:
    """The step that the address names, or the first."""
    return lesson.step(st.query_params.get(STEP, "")) or lesson.steps[0]


def progress(lesson: Lesson) -> Progress:
    """What the visitor has answered in a lesson."""
    return visitor_session().lessons.setdefault(lesson.name, Progress())


def given(lesson: Lesson, step: Step) -> Given:
    """What the visitor has answered in a step."""
    return progress(lesson).of(step.id)
