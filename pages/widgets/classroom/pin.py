"""The PIN that makes a visitor the teacher."""

from __future__ import annotations

import time

import streamlit as st

from core.classroom.leading import teachers_pin
from core.errors import ClassroomError
from core.languages import gettext as _
from pages.widgets.classroom.classes import class_store, entrance
from pages.widgets.classroom.teacher import become_teacher
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_own_address


def ask_for_pin() -> None:
    """A form for the PIN; whoever gives the right one is the teacher in this session."""
    with st.form("pin", width=360):
        given = st.text_input(
            _("The teacher's PIN"),
            max_chars=12,
            type="password",
            autocomplete="one-time-code",
            help=_("It stands in the terminal in which the class was opened."),
            key="teachers_pin",
        )
        if not st.form_submit_button(_("Lead the class"), type="primary"):
            return
    try:
        # Only whether it is this machine's is looked at; the address itself is kept nowhere.
        here = is_own_address(st.context.ip_address or "")
        admitted = entrance().admits(
            given or "", teachers_pin(class_store()), "here" if here else "room", time.monotonic()
        )
    except ClassroomError as error:
        show_error(error)
        return
    if not admitted:
        show_error(_("This is not the PIN: type the one that stands in the terminal."))
        return
    become_teacher()
    st.rerun()
