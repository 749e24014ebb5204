"""The wall: large type, nothing to click, and nothing that the class should not see yet."""

from __future__ import annotations

import io

import segno
import streamlit as st

from core.classroom import leading
from core.classroom.counting import clicks, seats, tally
from core.classroom.opening import join_address
from core.classroom.records import Ballot, Class, Question
from core.languages import gettext as _
from core.languages import in_digits
from core.lessons.lesson import LETTERS
from pages.widgets.classroom.bars import show_bars
from pages.widgets.classroom.classes import class_store, lesson_of, step_of
from pages.widgets.classroom.evidence import needs_no_picture, show_evidence, show_hunted
from pages.widgets.classroom.leading import say_count
from pages.widgets.classroom.phone import show_why
from pages.widgets.lessons.curves import newest_run, show_run
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import escape, markdown, prose
from pages.widgets.shared.page_address import page_link

_SECONDS = 1.0


def show_projector() -> None:
    """Follow the class by itself."""
    with st.container(key="projector"):
        fragment(_wall, every=_SECONDS)()


def _wall() -> None:
    now = leading.current(class_store())
    if now is None:
        st.header(_("The class has ended."), anchor=False)
        return
    step, question = step_of(now), now.question
    if now.phase == "lobby":
        _invite(now)
    elif now.phase == "wait" or question is None:
        st.header(escape(step.title), anchor=False)
        words = _beside(now, None, revealed=False)
        with words:
            st.markdown(prose(step.student))
            _say_code(now)
    elif question.options:
        _show_question(now, question)
    else:
        _show_hunt(now, question)


def _invite(now: Class) -> None:
    """How to join, and who has: shown before the first step begins."""
    st.header(escape(lesson_of(now).title), anchor=False)
    address = _address(now)
    code, words = st.columns([2, 3], vertical_alignment="center")
    with code:
        st.image(_code(address), alt=_("QR code of the address to join by"), width=380)
    with words:
        st.markdown(_("Scan the code with your phone, or type"))
        st.markdown(markdown("**{address}**", address=address.partition("?")[0].removeprefix("http://")))
        st.markdown(markdown("and the room code **{code}**", code=now.code))
        st.metric(_("Phones"), in_digits(seats(class_store()), ","), width="content")


def _address(now: Class) -> str:
    host, _colon, port = page_link().address.partition("//")[2].partition("/")[0].partition(":")
    return join_address(host, int(port or 80), now.code)


@st.cache_data(max_entries=8, show_spinner=False)
def _code(address: str) -> bytes:
    file = io.BytesIO()
    segno.make_qr(address, error="m", boost_error=False).save(file, kind="png", scale=10, border=4)
    return file.getvalue()


def _say_code(now: Class) -> None:
    st.caption(
        markdown("Room code {code} · {address}", code=now.code, address=_address(now).partition("?")[0])
    )


def _show_question(now: Class, question: Question) -> None:
    st.subheader(prose(question.text), anchor=False)
    words = _beside(now, question, revealed=now.phase == "reveal")
    with words:
        _show_answers(now, question)


def _beside(now: Class, question: Question | None, *, revealed: bool) -> st.delta_generator.DeltaGenerator:
    """Draw the picture of the step, if it has one; returns the place for words beside it."""
    shows = step_of(now).shows
    rests = question if revealed and question is not None and needs_no_picture(question) else None
    trains = shows is not None and bool(shows.run) and not revealed
    if rests is None and not trains and (shows is None or shows.photo is None):
        return st.container()
    if shows is not None and shows.pieces:
        picture, words = st.container(), st.container()
    else:
        words, picture = st.columns(2, gap="medium")
    with picture:
        if rests is not None:
            show_evidence(now, rests, large=True)
        elif trains:
            show_run(newest_run(), large=True)
        else:
            from pages.widgets.classroom.picture import show_step_picture

            show_step_picture(now, question, revealed=revealed, piece=120 if revealed else 200)
    return words


def _show_answers(now: Class, question: Question) -> None:
    if now.phase == "reveal":
        again = tally(class_store(), now.step, 2, len(question.options))
        ballot: Ballot = 2 if again.total else 1
        if ballot == 2:
            _say_change(now, question)
        show_bars(question, tally(class_store(), now.step, ballot, len(question.options)), key=True)
        show_why(question)
        return
    for letter, option in zip(LETTERS, question.options, strict=False):
        st.markdown(markdown("**{letter}** · {option}", letter=letter, option=prose(option)))
    if now.phase == "discuss":
        st.info(_("Find somebody with another answer, and convince them."))
    say_count(class_store(), now, question)


def _say_change(now: Class, question: Question) -> None:
    before, after = (tally(class_store(), now.step, n, len(question.options)) for n in (1, 2))
    first, second = before.share(question.right), after.share(question.right)
    if first is not None and second is not None:
        st.markdown(
            markdown(
                "Right before the discussion: {before:.0%}, after it: **{after:.0%}**",
                before=first,
                after=second,
            )
        )


def _show_hunt(now: Class, question: Question) -> None:
    st.subheader(prose(question.text), anchor=False)
    found = clicks(class_store(), now.step)
    revealed = now.phase == "reveal"
    picture, words = st.columns([3, 2])
    with picture:
        show_hunted(now, question, found, revealed=revealed)
    with words:
        say_count(class_store(), now, question)
        if revealed:
            show_why(question)
