"""What a phone shows of the class: one thing at a time."""

from __future__ import annotations

import time

import streamlit as st

from core.classroom.answering import MOST_CLICKS, Place, click, look, vote
from core.classroom.counting import tally
from core.classroom.records import Ballot, Click, Question
from core.classroom.seats import join
from core.errors import ClassroomError, LessonError, ModelError
from core.languages import gettext as _
from core.languages import translated
from core.lessons.lesson import LETTERS, Step
from pages.widgets.classroom.bars import show_bars
from pages.widgets.classroom.classes import class_store, lesson_of, step_of
from pages.widgets.classroom.evidence import show_evidence, show_hunted
from pages.widgets.classroom.seat import forget_seat, may_look, write_seat
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import escape, markdown, prose
from pages.widgets.shared.page_address import SEAT

_SECONDS = 2.0
"""How often a phone looks whether the class has moved on."""

_PAGES = {"explore": "pages/explore.py", "inside": "pages/inside.py"}
"""Where a student may look around."""

_REFUSED, _PIXEL = "class_refused", "class_pixel"


def ask_for_code(given: str) -> None:
    """Let a phone join: by one tap when the code came with the address."""
    with st.form("join", border=False):
        code = given or st.text_input(_("Room code"), max_chars=8, placeholder="ABCD", key="room_code")
        if given:
            st.markdown(markdown("You are about to join the class **{code}**.", code=given[:16]))
        st.caption(
            _(
                "You get a made-up name. Nothing about you is kept. When the class ends, all answers are "
                "deleted; the teacher may keep how many chose what."
            )
        )
        if not st.form_submit_button(_("Join the class"), type="primary", width="stretch"):
            return
    try:
        joined = join(class_store(), code)
    except ClassroomError as error:
        show_error(error)
        return
    write_seat(joined.token)
    st.rerun()


def show_phone(token: str, place: Place) -> None:
    """Show what the seat has to do now, and follow the class from then on."""
    step, steps = step_of(place.now), lesson_of(place.now).steps
    number = next(number for number, each in enumerate(steps, 1) if each.id == step.id)
    st.caption(
        markdown(
            ":material/person: {name} · step {number} of {count}",
            name=place.seat.nickname,
            number=number,
            count=len(steps),
        )
    )
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(markdown("{sentence}", sentence=refused))
    fragment(_follow, every=_SECONDS)(token, place)
    with st.container(key="phone"):
        _show_phase(token, place, step)
    if step.shows is not None and step.shows.page in _PAGES and may_look(place, step):
        from pages.widgets.lessons.shown import page_query

        about = place.now.question.about if place.now.question is not None else ""
        st.page_link(
            _PAGES[step.shows.page],
            label=_("Look around in the picture"),
            icon=":material/travel_explore:",
            query_params={**page_query(step.shows, about, revealed=True), SEAT: token},
        )


def _follow(token: str, seen: Place) -> None:
    """Draw the page anew when the class has moved on; until then, only the time."""
    now = look(class_store(), token)
    if now is None or (now.now.step, now.now.phase) != (seen.now.step, seen.now.phase):
        st.rerun()
    left = now.now.seconds_left(time.time())
    if left is not None and now.now.ballot is not None:
        st.markdown(
            markdown(":material/timer: {seconds} s", seconds=left)
            if left
            else markdown(":material/timer: Time is up: answer now.")
        )


def _show_phase(token: str, place: Place, step: Step) -> None:
    now, question = place.now, place.now.question
    if now.phase == "lobby":
        st.subheader(escape(lesson_of(now).title), anchor=False)
        st.markdown(_("You are in. The lesson begins when the teacher begins it."))
    elif now.phase == "wait" or question is None:
        st.subheader(escape(step.title), anchor=False)
        st.markdown(prose(step.student))
    elif not question.options:
        _show_hunt(token, place, question)
    elif now.ballot is not None and now.ballot not in place.votes:
        _show_options(token, place, question, now.ballot)
    elif now.ballot is not None:
        _show_answer(place, question, now.ballot)
        st.caption(_("Your answer counts. Wait for the others."))
    elif now.phase == "discuss":
        st.subheader(_("Discuss"), anchor=False)
        st.markdown(
            _("Find somebody with another answer, and convince them. Then everybody answers once more.")
        )
        st.markdown(prose(question.text))
        _show_answer(place, question, 1)
    else:
        _show_reveal(place, question)


def _show_options(token: str, place: Place, question: Question, ballot: Ballot) -> None:
    """The answers as buttons: one tap, and it counts."""
    if ballot == 2:
        st.caption(_("Once more, after the discussion:"))
    st.markdown(prose(question.text))
    with st.container(key="answers", gap="small"):
        for number, (letter, option) in enumerate(zip(LETTERS, question.options, strict=False)):
            st.button(
                markdown("**{letter}** · {option}", letter=letter, option=prose(option)),
                key=f"answer_{place.now.step}_{ballot}_{number}",
                width="stretch",
                on_click=_vote,
                args=(token, place.now.step, ballot, number),
            )


def _vote(token: str, step: str, ballot: Ballot, option: int) -> None:
    # Nothing of Streamlit's is touched before the vote is kept: there it could break off to begin another
    # run, and it calls no callback twice.
    try:
        vote(class_store(), token, step, ballot, option)
    except ClassroomError as error:
        st.session_state[_REFUSED] = translated(error)


def _show_answer(place: Place, question: Question, ballot: Ballot) -> None:
    if ballot in place.votes:
        option = place.votes[ballot]
        st.success(
            markdown(
                "Your answer: **{letter}** · {option}",
                letter=LETTERS[option],
                option=prose(question.options[option]),
            )
        )


def _show_reveal(place: Place, question: Question) -> None:
    st.markdown(prose(question.text))
    ballot: Ballot = 2 if tally(class_store(), place.now.step, 2, len(question.options)).total else 1
    mine = place.votes.get(ballot, place.votes.get(1))
    if mine == question.right:
        st.success(_("Your answer is right."))
    elif mine is not None:
        st.info(markdown("You answered **{letter}**.", letter=LETTERS[mine]))
    show_evidence(place.now, question, large=False)
    show_bars(question, tally(class_store(), place.now.step, ballot, len(question.options)), key=True)
    show_why(question)


def show_why(question: Question) -> None:
    """The live numbers, and the sentence that the class should come to."""
    if question.why:
        st.markdown(prose(question.why))
    if question.rule:
        st.markdown(markdown("**{rule}**", rule=prose(question.rule)))


def _show_hunt(token: str, place: Place, question: Question) -> None:
    """The picture with its reading, and a button that hands the chosen pixel in."""
    st.markdown(prose(question.text))
    right = sum(each.correct for each in place.clicks)
    if place.clicks:
        st.markdown(
            markdown(
                "Handed in: {count} of {most} pixels, **{right}** of them right.",
                count=len(place.clicks),
                most=MOST_CLICKS,
                right=right,
            )
        )
    if place.now.phase == "reveal":
        show_hunted(place.now, question, place.clicks, revealed=True)
        show_why(question)
        return
    with st.spinner(_("Loading the network")):
        from pages.widgets.classroom.picture import segmented
    try:
        shown = segmented(place.now, question)
    except (LessonError, ModelError) as error:
        show_error(error)
        return

    @fragment
    def choose() -> None:
        from pages.widgets.viewer.pixel_viewer import pixel_viewer

        middle = (shown.picture.height // 2, shown.picture.width // 2)
        chosen = st.session_state.get(_PIXEL, middle)
        if not shown.picture.contains(chosen):
            chosen = middle
        hand_in = st.container()
        pixel_viewer(
            shown.picture,
            chosen=chosen,
            entropy=shown.segmentation.entropy_steps,
            segmentation=shown.segmentation,
            subject=question.about,
            key="hunt",
            on_choose=_keep_pixel,
            label=_("The picture of this step"),
        )
        if hand_in.button(
            markdown("Hand in pixel ({row}, {col})", row=chosen[0], col=chosen[1]),
            type="primary",
            width="stretch",
            key="hand_in",
        ):
            _hand_in(token, place, question, chosen, (shown.picture.height, shown.picture.width))

    choose()


def _keep_pixel(pixel: tuple[int, int]) -> None:
    st.session_state[_PIXEL] = pixel


def _hand_in(
    token: str, place: Place, question: Question, pixel: tuple[int, int], size: tuple[int, int]
) -> None:
    from pages.widgets.classroom.picture import is_right

    try:
        click(
            class_store(), token, place.now.step, Click(*pixel, *size, is_right(place.now, question, *pixel))
        )
    except (ClassroomError, LessonError, ModelError) as error:
        st.session_state[_REFUSED] = translated(error)
    st.rerun()


def say_ended() -> None:
    """For a phone whose class is over."""
    forget_seat()
    st.info(_("This class has ended, and everything about it is deleted. Thank you for taking part."))
