"""A question for one student: predict, lock, see what is so, say it in a sentence, and once more."""

from __future__ import annotations

import streamlit as st

from core.errors import NothingToAskError
from core.languages import current
from core.languages import gettext as _
from core.lessons.answers import Asked, ask
from core.lessons.keys.look import Look, is_photo
from core.lessons.lesson import LETTERS, Lesson, Question, Step
from core.lessons.pictures import marks
from core.lessons.progress import Given
from core.models.store import list_models, read_card
from pages.widgets.lessons.curves import has_curves, show_curves
from pages.widgets.lessons.fingerprints import show_fingerprints
from pages.widgets.lessons.painted import show_pair
from pages.widgets.lessons.place import given
from pages.widgets.lessons.rule import reveal_button, say_the_rule
from pages.widgets.lessons.shown import lesson_look, show_plain
from pages.widgets.segmentation.models import or_say_why
from pages.widgets.shared.markdown import Markdown, markdown, prose


def asked_in(step: Step, after: str = "") -> Asked | None:
    """The step's question as it is put; None where it has none that a choice answers, or nothing to ask.

    after: what it has been asked about already.
    """
    if step.question is None or step.activity == "click":
        return None
    photo = step.shows.photo if step.shows is not None and step.shows.photo else ""
    look = lesson_look(step.shows)
    with or_say_why(photo or step.title):
        key_parts = (repr(step.question), look.model, read_card(look.model).weights_sha256, *list_models())
        return _asked((*key_parts, current(), photo, after), step.question, look, current(), photo, after)


@st.cache_resource(max_entries=256, show_spinner=False)
def _asked(
    key_parts: tuple[str, ...], _question: Question, _look: Look, language: str, first: str, after: str
) -> Asked | None:
    try:
        return ask(_question, _look, language, first, after)
    except NothingToAskError:
        return None


def show_question(lesson: Lesson, step: Step, asked: Asked | None) -> None:
    """The step's question, if it has one that a choice answers. asked: as `asked_in` gives it."""
    if step.question is None or step.activity == "click":
        return
    answer = given(lesson, step)
    if asked is None:
        st.info(_("There is nothing to ask about this picture with this model: go on with the next step."))
        answer.revealed = True
        return
    _predict(asked, answer, step.id)
    if answer.revealed:
        _show_evidence(step, asked)
        say_the_rule(asked.rule, answer, step.id)
        if asked.more:
            _once_more(step, asked, answer)


def _predict(asked: Asked, answer: Given, key: str) -> None:
    """Choose, lock, reveal."""
    options: list[Markdown] = [
        markdown("**{letter}** {option}", letter=letter, option=prose(option))
        for letter, option in zip(LETTERS, asked.options, strict=False)
    ]
    st.markdown(prose(asked.text))
    name = f"lesson_answer_{key}"
    # What was chosen outlives a reload, and the widget does not: it shows what is known of the visitor.
    st.session_state[name] = answer.chosen

    def choose() -> None:
        answer.chosen = st.session_state[name]

    st.radio(
        _("Your prediction"),
        range(len(options)),
        None,
        format_func=lambda number: options[number],
        disabled=answer.locked,
        # Streamlit's label of what is disabled is too pale to read, and the sentence below says it too.
        label_visibility="collapsed" if answer.locked else "visible",
        on_change=choose,
        key=name,
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
        reveal_button(answer, key, primary=True)
    else:
        _verdict(asked, answer)


def _verdict(asked: Asked, answer: Given) -> None:
    """Which option is right, with the numbers that say so."""
    letter, option = LETTERS[asked.right], prose(asked.options[asked.right])
    why = prose(asked.why)
    if answer.chosen == asked.right:
        words = markdown(
            "As you predicted: **{letter}** {option}\n\n{why}", letter=letter, option=option, why=why
        )
        st.success(words, icon=":material/check:")
    else:
        words = markdown("It is so: **{letter}** {option}\n\n{why}", letter=letter, option=option, why=why)
        st.warning(words, icon=":material/lightbulb:")


def _show_evidence(step: Step, asked: Asked) -> None:
    """What the answer rests on, where the step's picture does not show it."""
    if has_curves(asked.about):
        show_curves(asked.about)
    if asked.fingerprints:
        show_fingerprints(asked.fingerprints, 110)
    if step.shows is None:
        return
    if asked.pair:
        with or_say_why(asked.about):
            show_pair(step.shows, asked.about, lesson_look(step.shows), asked.pair, 176)
    elif is_photo(asked.about) and marks(step.question):
        show_plain(step, asked.about, revealed=True)


def _lock(answer: Given) -> None:
    answer.locked = answer.chosen is not None


def _once_more(step: Step, asked: Asked, answer: Given) -> None:
    """The same question about another picture: has it been understood?"""
    if answer.again is None:
        st.button(
            _("Once more, with another picture")
            if is_photo(asked.about)
            else _("Once more, with another network"),
            icon=":material/replay:",
            on_click=_begin_again,
            args=(answer,),
            key=f"lesson_again_{step.id}",
        )
        return
    st.divider()
    following = asked_in(step, asked.about)
    if following is None:
        st.caption(_("There is no other picture to ask this about."))
        return
    again = answer.again
    if is_photo(following.about) and not following.fingerprints:
        show_plain(step, following.about, revealed=again.revealed)
    _predict(following, again, f"{step.id}_again")
    if again.revealed and (following.pair or not is_photo(following.about)):
        _show_evidence(step, following)


def _begin_again(answer: Given) -> None:
    answer.again = Given()
