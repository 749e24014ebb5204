"""The seat of a phone: its token stands in the address, so that a reload and a long sleep find it again."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from core.classroom.answering import Place, look
from core.errors import ClassroomError, LessonError
from core.languages import gettext as _
from core.lessons.lesson import Step
from pages.widgets.classroom.classes import class_store, step_of
from pages.widgets.classroom.teacher import remember_teacher
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import is_student
from pages.widgets.shared.page_address import SEAT

_KEPT, _SEEN = "seat_token", "class_picture_seen"
PHOTO = "photo"
"""The name in an address of Explore and Look inside of the photo that they show."""

_SECONDS = 3.0


def seat_token() -> str:
    """The token that the address has, or that this session had on another page; empty without one."""
    if said := st.query_params.get(SEAT, ""):
        st.session_state[_KEPT] = said[:64]
    return str(st.session_state.get(_KEPT, ""))


def write_seat(token: str) -> None:
    """Write the seat into the address, where the browser keeps it, and take the room code out."""
    st.session_state[_KEPT] = token
    st.query_params.from_dict({**_others(), SEAT: token})


def forget_seat() -> None:
    """The class has ended: the address says nothing of it any more."""
    st.session_state.pop(_KEPT, None)
    st.query_params.from_dict(_others())


def _others() -> dict[str, str]:
    return {name: value for name, value in st.query_params.items() if name not in (SEAT, "class")}


def way_back() -> None:
    """On a student's other pages: a line that leads back to the class, and says when it votes."""
    token = seat_token()
    if token and st.query_params.get(SEAT) != token:
        st.query_params[SEAT] = token
    if token:
        _open_lessons_picture(token)
    fragment(_line, every=_SECONDS if token else None)(token)


def may_look(place: Place, step: Step) -> bool:
    """Whether a student is to look at what a step shows: whoever is to predict looks afterwards."""
    return place.now.phase == "reveal" or (not step.activity and place.now.phase != "lobby")


def _open_lessons_picture(token: str) -> None:
    """Have a page open with the picture of the step, once a step, unless the address names another photo."""
    try:
        place = look(class_store(), token)
        step = None if place is None else step_of(place.now)
    except (ClassroomError, LessonError):
        return
    if place is None or step is None or not may_look(place, step) or st.session_state.get(_SEEN) == step.id:
        return
    st.session_state[_SEEN] = step.id
    if step.shows is not None and step.shows.photo is not None and PHOTO not in st.query_params:
        st.query_params[PHOTO] = step.shows.photo


def _line(token: str) -> None:
    if not is_student():
        return
    try:
        place = look(class_store(), token) if token else None
    except ClassroomError:
        place = None
    if place is None:
        st.page_link("pages/join.py", label=_("Join the class"), icon=":material/login:")
        return
    waits = place.now.ballot is not None and place.now.ballot not in place.votes and place.now.question
    label = _("The class votes now: answer") if waits else _("Back to the class")
    icon = ":material/how_to_vote:" if waits else ":material/arrow_back:"
    st.page_link("pages/join.py", label=label, icon=icon, query_params={SEAT: token})


def refuse_page() -> NoReturn:
    """For a student who has opened a page that is the teacher's."""
    st.info(_("In class, only the teacher can open this page."), icon=":material/lock:")
    remember_teacher()
    st.stop()
