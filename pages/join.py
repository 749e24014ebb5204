"""Join: a phone in class."""

import streamlit as st

from core.classroom.answering import look
from core.errors import StreetScopeError
from core.languages import gettext as _
from pages.widgets.classroom.classes import class_store
from pages.widgets.classroom.phone import ask_for_code, say_ended, show_phone
from pages.widgets.classroom.seat import seat_token, write_seat
from pages.widgets.classroom.style import dress
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.guests import in_class
from pages.widgets.shared.html import html
from pages.widgets.shared.page_address import SEAT
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("In class"),
    html("Answer what the teacher asks. Your answers have a made-up name and are deleted afterwards."),
)
dress()
if not in_class():
    st.info(_("No class is open here. The teacher opens one with `make class`."))
    st.stop()
try:
    token = seat_token()
    place = look(class_store(), token) if token else None
    if place is not None:
        if st.query_params.get(SEAT) != token:
            write_seat(token)
        show_phone(token, place)
    else:
        if token:
            say_ended()
        ask_for_code(st.query_params.get("class", ""))
except StreetScopeError as error:
    show_error(error)
