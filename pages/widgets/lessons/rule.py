"""What is so, and the rule in one sentence: the student's own first, and then the lesson's."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from core.lessons.progress import LONGEST_SENTENCE, Given
from pages.widgets.shared.markdown import markdown, prose


def say_the_rule(rule: str, answer: Given, step: str) -> None:
    """Ask for a sentence, and show the lesson's when there is one. step: the step's ID."""
    name = f"lesson_answer_rule_{step}"
    st.session_state[name] = answer.sentence  # after a reload, too

    def keep() -> None:
        answer.sentence = st.session_state[name]

    st.text_input(
        _("Say it in one sentence"),
        max_chars=LONGEST_SENTENCE,
        on_change=keep,
        key=name,
        placeholder=_("What did you just learn?"),
    )
    if answer.sentence and rule:
        st.markdown(markdown("One way to say it: **{rule}**", rule=prose(rule)))


def reveal_button(answer: Given, key: str, *, primary: bool = False) -> None:
    """A button that shows what is so. key: of the step, or of its question."""
    st.button(
        _("Show what is so"),
        type="primary" if primary else "secondary",
        icon=":material/visibility:",
        on_click=_reveal,
        args=(answer,),
        key=f"lesson_reveal_{key}",
    )


def _reveal(answer: Given) -> None:
    answer.revealed = True
