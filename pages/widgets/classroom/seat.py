"""The seat of a phone: its token stands in the address, so that a reload and a long sleep find it again."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from core.classroom.answering import look
from core.errors import ClassroomError
from core.languages import gettext as _
from pages.widgets.classroom.classes import class_store
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import is_student
from pages.widgets.shared.page_address import SEAT

_KEPT = "seat_token"
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
    fragment(_line, every=_SECONDS if token else None)(token)


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
    st.stop()
