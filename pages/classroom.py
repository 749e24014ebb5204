"""Classroom: the teacher leads a class; its wall is the same page with ?view=projector."""

import streamlit as st

from core.classroom import leading
from core.errors import StreetScopeError
from core.languages import gettext as _
from pages.widgets.classroom.classes import class_store
from pages.widgets.classroom.style import dress
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.guests import in_class, is_teacher
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
on_the_wall = st.query_params.get("view") == "projector"
if not on_the_wall:
    page_title(
        html("Lead the class"),
        html("Open a vote, let the class discuss and vote again, reveal what is right, go on."),
    )
dress()
if not in_class():
    st.info(_("No class is open here. Open one with `make class`."))
    st.stop()
with st.spinner(_("Loading the lesson")):
    from pages.widgets.classroom.after import end_menu, show_results
    from pages.widgets.classroom.leading import lead
    from pages.widgets.classroom.pin import ask_for_pin
    from pages.widgets.classroom.projector import show_projector
    from pages.widgets.classroom.teacher import remember_teacher
try:
    now = leading.current(class_store())
    if on_the_wall:
        show_projector()
    elif now is None:
        st.info(_("The class has ended, and everything about it is deleted. `make class` opens a new one."))
    elif not is_teacher():
        ask_for_pin()
        remember_teacher()
    else:
        remember_teacher()
        lead(now)
        show_results()
        end_menu()
except StreetScopeError as error:
    show_error(error)
