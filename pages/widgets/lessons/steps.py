"""A lesson step by step: where one is, the words, what is shown, the question, and the way on."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from core.lessons.answers import Asked
from core.lessons.keys.look import is_photo
from core.lessons.lesson import Lesson, Step
from pages.widgets.lessons.curves import show_newest_run
from pages.widgets.lessons.hunt import show_hunt
from pages.widgets.lessons.place import close_lesson, given, go_to, here
from pages.widgets.lessons.question import asked_in, show_question
from pages.widgets.lessons.shown import show_link, show_picture
from pages.widgets.shared.markdown import escape, joined, markdown, prose

_TEACHER = "lesson_teacher"
_READABLE = 760
"""CSS pixels of a column of words: longer lines are hard to follow."""


def show_lesson(lesson: Lesson) -> None:
    """Show the step of a lesson that the address names."""
    step = here(lesson)
    number = lesson.steps.index(step)
    before = sum(each.minutes for each in lesson.steps[:number])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("All lessons"), on_click=close_lesson, icon=":material/arrow_back:", type="tertiary")
        st.toggle(
            _("For teachers"), key=_TEACHER, bind="query-params", help=_("Shows what is for the teacher.")
        )
    st.progress(
        (number + 1) / len(lesson.steps),
        markdown(
            "{lesson} · step {number} of {count} · {minutes} minutes, after {before} of {all}",
            lesson=lesson.title,
            number=number + 1,
            count=len(lesson.steps),
            minutes=step.minutes,
            before=before,
            all=lesson.minutes,
        ),
    )
    st.subheader(escape(step.title), anchor=False)
    with st.container(width=_READABLE):
        st.markdown(prose(step.student))
        if st.session_state[_TEACHER] and step.teacher:
            st.info(
                joined("\n\n", [markdown("**{title}**", title=_("For the teacher")), prose(step.teacher)])
            )
    with st.spinner(_("Computing what is right")):
        asked = asked_in(step)
    show_hunt(lesson, step)
    picture, question = _places(step)
    with picture:
        if step.shows is not None and step.shows.run:
            show_newest_run()
        show_picture(lesson, step, _about(step, asked))
    with question:
        show_question(lesson, step, asked)
        if step.shows is not None:
            show_link(step.shows, asked, revealed=given(lesson, step).revealed)
    _way_on(lesson, number)


def _about(step: Step, asked: Asked | None) -> str:
    """The photo to show: the one that the question is about, or else the step's."""
    if asked is not None and asked.fingerprints:
        return ""  # of it, only that the network has looked at it matters
    if asked is not None and is_photo(asked.about):
        return asked.about
    return step.shows.photo or "" if step.shows is not None else ""


def _places(step: Step) -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    """Where the picture and the question stand: side by side, or below each other on a phone."""
    beside = step.shows is not None and (step.shows.photo is not None or bool(step.shows.run))
    if not beside or step.activity == "click":
        return st.container(), st.container()
    picture, question = st.columns([3, 2], gap="medium")
    return picture, question


def _way_on(lesson: Lesson, number: int) -> None:
    step = lesson.steps[number]
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        earlier = lesson.steps[number - 1].id if number else ""
        st.button(
            _("Back"),
            icon=":material/chevron_left:",
            disabled=not number,
            on_click=go_to,
            args=(earlier,),
            key="lesson_back",
        )
        if number + 1 == len(lesson.steps):
            st.button(_("End the lesson"), type="primary", on_click=close_lesson, key="lesson_end")
            return
        waiting = step.question is not None and not given(lesson, step).revealed
        st.button(
            _("Next"),
            icon=":material/chevron_right:",
            type="secondary" if waiting else "primary",
            on_click=go_to,
            args=(lesson.steps[number + 1].id,),
            key="lesson_next",
        )
