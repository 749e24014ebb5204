"""The class that this server has open, with its lesson; shared by all visitors."""

from __future__ import annotations

import streamlit as st

from core.classroom.entrance import Entrance
from core.classroom.leading import current
from core.classroom.lessons import open_lesson
from core.classroom.records import Class
from core.classroom.store import ClassStore, class_file
from core.errors import ClassroomError
from core.languages import gettext as _
from core.lessons.lesson import Lesson, Step
from pages.widgets.shared.languages import speak_unless_chosen


@st.cache_resource(show_spinner=False)
def class_store() -> ClassStore:
    """Where the class is kept. ClassroomError if that cannot be used."""
    return ClassStore(class_file())


def speak_its_language() -> None:
    """Whoever has chosen no language reads the class's: a lesson and the buttons around it are in one."""
    try:
        now = current(class_store())
    except ClassroomError:
        return  # the page itself says so
    if now is not None:
        speak_unless_chosen(now.language)


@st.cache_resource(show_spinner=False)
def entrance() -> Entrance:
    """Who counts wrong PINs."""
    return Entrance()


@st.cache_resource(max_entries=4, show_spinner=False)
def lesson(name: str, language: str) -> Lesson:
    """A lesson, read once. LessonError."""
    return open_lesson(name, language)


def lesson_of(now: Class) -> Lesson:
    """The lesson of the class. LessonError."""
    return lesson(now.lesson, now.language)


def step_of(now: Class) -> Step:
    """The step on screen. ClassroomError where somebody has taken it out of the lesson."""
    step = lesson_of(now).step(now.step)
    if step is None:
        raise ClassroomError(
            _("The lesson has no step {step} any more: begin anew with --new.").format(
                step=repr(now.step[:60])
            )
        )
    return step
