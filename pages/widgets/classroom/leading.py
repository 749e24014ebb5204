"""The teacher's side: the step with the teacher's words, the next thing to do, and who has answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec

import streamlit as st

from core.classroom import leading
from core.classroom.counting import clickers, clicks, seats, tally
from core.classroom.records import FOLLOWING, Ballot, Class, Phase, Question
from core.classroom.reports.cards import cards_pdf
from core.classroom.store import ClassStore
from core.errors import ClassroomError, StreetScopeError
from core.languages import gettext as _
from core.languages import in_digits, mark, translated
from core.lessons.lesson import LETTERS, Lesson, Step
from pages.widgets.classroom.bars import show_bars
from pages.widgets.classroom.classes import class_store, lesson_of, step_of
from pages.widgets.classroom.phone import show_why
from pages.widgets.classroom.questions import question_now
from pages.widgets.lessons.shown import page_query
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, markdown, prose

P = ParamSpec("P")

_SECONDS = 1.0
"""How often the teacher's screen counts."""

_TIMERS = (30, 60, 90, 120, 180)
_REFUSED = "teacher_refused"

_PHASES: dict[Phase, str] = {
    "lobby": mark("phones join"),
    "wait": mark("before the vote"),
    "vote": mark("vote"),
    "discuss": mark("discussion"),
    "revote": mark("second vote"),
    "reveal": mark("revealed"),
}
_BUTTONS: dict[Phase, str] = {
    "wait": mark("Begin the lesson"),
    "vote": mark("Open the vote"),
    "discuss": mark("Let them discuss"),
    "revote": mark("Open the second vote"),
    "reveal": mark("Reveal"),
}
_HUNT_BUTTONS: dict[Phase, str] = {
    "wait": mark("Begin the lesson"),
    "vote": mark("Collect pixels"),
    "reveal": mark("Reveal"),
}

_ENOUGH, _FEW = 0.7, 0.3
"""Shares of right answers between which discussion helps most.

Source: Crouch and Mazur, "Peer Instruction: Ten years of experience and results", 2001, section 2.
"""


def lead(now: Class) -> None:
    """The whole of the teacher's screen."""
    lesson, step = lesson_of(now), step_of(now)
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(markdown("{sentence}", sentence=refused))
    _say_where(now, lesson, step)
    try:
        with st.spinner(_("Computing the answer")):
            question = question_now(now)
    except StreetScopeError as error:
        show_error(error)
        question = None
    _buttons(now, lesson, question)
    words, counted = st.columns(2, gap="large")
    with words:
        with st.container(border=True):
            st.caption(_("For you"))
            st.markdown(prose(step.teacher))
        with st.expander(_("What students read")):
            st.markdown(prose(step.student))
        if step.shows is not None:
            # In this tab: another one would have to be told the PIN.
            st.page_link(
                f"pages/{step.shows.page}.py",
                label=_("Open what is shown"),
                icon=":material/open_in_new:",
                query_params=page_query(step.shows, question.about if question is not None else ""),
            )
    with counted:
        if question is not None:
            st.markdown(prose(question.text))
        fragment(_count, every=_SECONDS)(now, question)
        _cards(now, question)


def _say_where(now: Class, lesson: Lesson, step: Step) -> None:
    number = next(number for number, each in enumerate(lesson.steps, 1) if each.id == step.id)
    begun = sum(each.minutes for each in lesson.steps[: number - 1])
    st.subheader(
        markdown("{number}. {title}", number=number, title=escape(step.title)),
        anchor=False,
    )
    st.caption(
        markdown(
            "Step {number} of {count}, minutes {begun} to {end} of {all} · {phase}",
            number=number,
            count=len(lesson.steps),
            begun=begun,
            end=begun + step.minutes,
            all=lesson.minutes,
            phase=_(_PHASES[now.phase]),
        )
    )


def _buttons(now: Class, lesson: Lesson, question: Question | None) -> None:
    """Back, what can follow here, and the next step; the one that comes next is coloured."""
    ids = [step.id for step in lesson.steps]
    place = ids.index(now.step)
    follows = _following(now, question)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if place:
            _button("back", _("Back"), ":material/arrow_back:", False, leading.go_to, now, ids[place - 1])
        seconds = _timer() if follows and now.phase != "lobby" else None
        for number, phase in enumerate(follows):
            names = _BUTTONS if question is not None and question.options else _HUNT_BUTTONS
            _button(
                f"to_{phase}",
                _(names[phase]),
                None,
                number == 0,
                leading.begin,
                now,
                phase,
                seconds if phase in ("vote", "revote", "discuss") else None,
                question if phase == "vote" else None,
            )
        if place + 1 < len(ids):
            last = not follows
            _button(
                "next", _("Next step"), ":material/arrow_forward:", last, leading.go_to, now, ids[place + 1]
            )
        st.link_button(
            _("Projector"), "classroom?view=projector", icon=":material/connected_tv:", key="projector_link"
        )


def _following(now: Class, question: Question | None) -> tuple[Phase, ...]:
    if now.phase == "lobby":
        return FOLLOWING["lobby"]
    if question is None:
        return ()
    if question.options:
        return FOLLOWING[now.phase]
    return tuple(phase for phase in FOLLOWING[now.phase] if phase in _HUNT_BUTTONS)


def _timer() -> int | None:
    chosen = st.selectbox(
        _("Timer"),
        (0, *_TIMERS),
        format_func=lambda seconds: f"{seconds:d} s" if seconds else _("none"),
        key="timer",
        width=110,
    )
    return chosen or None


def _button(
    key: str,
    label: str,
    icon: str | None,
    primary: bool,
    act: Callable[Concatenate[ClassStore, Class, P], object],
    now: Class,
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """A button for a command. `now`: what the teacher sees, without which the command does nothing."""

    def told() -> None:
        try:
            act(class_store(), now, *args, **kwargs)
        except ClassroomError as error:
            st.session_state[_REFUSED] = translated(error)

    shown: Markdown = markdown("{label}", label=label)
    st.button(
        shown,
        icon=icon,
        key=f"class_{key}_{now.step}_{now.phase}",
        type="primary" if primary else "secondary",
        on_click=told,
    )


def _count(seen: Class, question: Question | None) -> None:
    """What changes by itself: counts and time. Draws the page anew when another window has moved on."""
    store = class_store()
    now = leading.current(store)
    if now is None or (now.step, now.phase) != (seen.step, seen.phase):
        st.rerun()
    say_count(store, now, question)
    if question is None or not question.options:
        return
    for ballot, title in ((1, _("First vote")), (2, _("After discussion"))):
        _say_ballot(store, now, question, 1 if ballot == 1 else 2, title)
    if now.phase == "reveal":
        show_why(question)
    elif now.phase == "vote":
        _advise(store, now, question)


def say_count(store: ClassStore, now: Class, question: Question | None) -> None:
    """How many have joined and answered, and the time that is left."""
    left = now.seconds_left(time.time())
    with st.container(horizontal=True):
        st.metric(_("Phones"), in_digits(seats(store), ","), width="content")
        if question is not None and question.options and now.ballot is not None:
            found = tally(store, now.step, now.ballot, len(question.options))
            st.metric(_("Answers"), in_digits(found.total, ","), width="content")
        elif question is not None and not question.options and now.phase not in ("lobby", "wait"):
            found_pixels = clicks(store, now.step)
            st.metric(_("Phones with a pixel"), in_digits(clickers(store, now.step), ","), width="content")
            st.metric(_("Pixels"), in_digits(len(found_pixels), ","), width="content")
            right = sum(each.correct for each in found_pixels)
            st.metric(_("Right"), in_digits(right, ","), width="content")
        if left is not None and now.phase != "reveal":
            st.metric(_("Seconds"), in_digits(left, ","), width="content")


def _say_ballot(store: ClassStore, now: Class, question: Question, ballot: Ballot, title: str) -> None:
    found = tally(store, now.step, ballot, len(question.options))
    if not found.total:
        return
    if now.phase == "reveal":
        words = markdown("{title}, answers: {count}.", title=title, count=found.total)
    else:
        words = markdown(
            "{title}, answers: {count}. Only you see this until the reveal.", title=title, count=found.total
        )
    st.caption(words)
    show_bars(question, found, key=True)


def _advise(store: ClassStore, now: Class, question: Question) -> None:
    """Whether to let the class discuss, by the share of right answers."""
    share = tally(store, now.step, 1, len(question.options)).share(question.right)
    if share is None:
        return
    if share > _ENOUGH:
        st.caption(markdown("{share:.0%} are right: reveal.", share=share))
    elif share >= _FEW:
        st.caption(markdown("{share:.0%} are right: let them discuss.", share=share))
    else:
        st.caption(markdown("{share:.0%} are right: give a hint before they discuss.", share=share))


def _cards(now: Class, question: Question | None) -> None:
    """For a room without phones: cards to print, and how many of each letter were held up."""
    before = now.phase in ("lobby", "wait")
    if not before and (question is None or not question.options):
        return
    with st.expander(_("No phones? Cards A to D, counted by hand"), icon=":material/style:", key="cards"):
        if before or question is None:
            _print_cards()
        else:
            _count_cards(now, question)


def _print_cards() -> None:
    st.markdown(
        _(
            "Print this sheet once for each student, and cut it into four. When the vote is open, all hold "
            "up one card at the same time; you type here how many you see of each."
        )
    )
    st.download_button(
        _("Cards to print"),
        cards_pdf(),
        "cards.pdf",
        "application/pdf",
        icon=":material/print:",
        on_click="ignore",
        key="cards_pdf",
    )


def _count_cards(now: Class, question: Question) -> None:
    options = len(question.options)
    second = now.phase == "revote" or tally(class_store(), now.step, 2, options).total > 0
    ballot: Ballot = 2 if second else 1
    st.caption(_("After discussion") if second else _("First vote"))
    with st.form(f"cards_{now.step}_{ballot}", border=False):
        counts = []
        for column, letter, number in zip(
            st.columns(len(question.options)), LETTERS, range(len(question.options)), strict=False
        ):
            with column:
                counts.append(
                    st.number_input(
                        markdown("{letter}", letter=letter),
                        0,
                        leading.MOST_CARDS,
                        key=f"card_{now.step}_{ballot}_{number}",
                    )
                )
        if st.form_submit_button(_("Count these cards")):
            try:
                leading.count_cards(class_store(), now, ballot, [int(count) for count in counts])
            except ClassroomError as error:
                show_error(error)
