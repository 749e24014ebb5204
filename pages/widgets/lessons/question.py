"""A question for one student: predict, lock, see what is so, say it in a sentence, and once more."""

from __future__ import annotations

import streamlit as st

from core.errors import NothingToAskError
from core.languages import current
from core.languages import gettext as _
from core.lessons.answers import Asked, ask
from core.lessons.lesson import LETTERS, Lesson, Question, Step
from core.lessons.progress import LONGEST_SENTENCE, Given
from pages.widgets.lessons.place import given
from pages.widgets.lessons.shown import lesson_look
from pages.widgets.segmentation.models import or_say_why
from pages.widgets.shared.markdown import Markdown, markdown, prose


def show_question(lesson: Lesson, step: Step) -> None:
    """The step's question, if it has one that a choice answers."""
    if step.question is None or step.activity == "click":
        return
    asked = _asked(step, step.question)
    if asked is None:
        st.info(_("There is nothing to ask about this picture with this model: go on with the next step."))
        given(lesson, step).revealed = True
        return
    answer = given(lesson, step)
    _predict(asked, answer, step.id)
    if answer.revealed:
        _rule(asked, answer, step.id)
        _once_more(step, step.question, asked, answer)


def _asked(step: Step, question: Question, after: str = "") -> Asked | None:
    photo = step.shows.photo if step.shows is not None and step.shows.photo else ""
    with or_say_why(photo or step.title):
        try:
            return ask(question, lesson_look(step.shows), current(), photo, after)
        except NothingToAskError:
            return None


def _predict(asked: Asked, answer: Given, key: str) -> None:
    """Choose, lock, reveal."""
    options: list[Markdown] = [
        markdown("**{letter}** {option}", letter=letter, option=prose(option))
        for letter, option in zip(LETTERS, asked.options, strict=False)
    ]
    st.markdown(prose(asked.text))
    answer.chosen = st.radio(
        _("Your prediction"),
        range(len(options)),
        answer.chosen,
        format_func=lambda number: options[number],
        disabled=answer.locked,
        key=f"lesson_answer_{key}",
    )
    if not answer.locked:
        st.button(
            _("Lock my prediction"),
            type="primary",
            icon=":material/lock:",
            disabled=answer.chosen is None,
            on_click=_lock,
            args=(answer,),
            key=f"lesson_lock_{key}",
        )
    elif not answer.revealed:
        st.caption(_("Your prediction is locked. What would make you change your mind?"))
        st.button(
            _("Show what is so"),
            type="primary",
            icon=":material/visibility:",
            on_click=_reveal,
            args=(answer,),
            key=f"lesson_reveal_{key}",
        )
    else:
        right = answer.chosen == asked.right
        verdict = _("As you predicted: {option}") if right else _("It is so: {option}")
        shown = markdown(
            "**{letter}** {option}", letter=LETTERS[asked.right], option=prose(asked.options[asked.right])
        )
        (st.success if right else st.warning)(
            markdown("{verdict}\n\n{why}", verdict=markdown(verdict, option=shown), why=prose(asked.why)),
            icon=":material/check:" if right else ":material/lightbulb:",
        )


def _lock(answer: Given) -> None:
    answer.locked = answer.chosen is not None


def _reveal(answer: Given) -> None:
    answer.revealed = True


def _rule(asked: Asked, answer: Given, key: str) -> None:
    """The student's own sentence first; the lesson's afterwards."""
    answer.sentence = st.text_input(
        _("Say it in one sentence"),
        answer.sentence,
        LONGEST_SENTENCE,
        key=f"lesson_answer_rule_{key}",
        placeholder=_("What did you just learn?"),
    )
    if answer.sentence and asked.rule:
        st.markdown(markdown(_("One way to say it: **{rule}**"), rule=asked.rule))


def _once_more(step: Step, question: Question, asked: Asked, answer: Given) -> None:
    """The same question about another picture: has it been understood?"""
    if answer.again is None:
        st.button(
            _("Once more, with another picture"),
            icon=":material/replay:",
            on_click=_begin_again,
            args=(answer,),
            key=f"lesson_again_{step.id}",
        )
        return
    st.divider()
    following = _asked(step, question, asked.about)
    if following is None:
        st.caption(_("There is no other picture to ask this about."))
        return
    _predict(following, answer.again, f"{step.id}_again")


def _begin_again(answer: Given) -> None:
    answer.again = Given()
