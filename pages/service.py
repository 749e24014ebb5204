"""Service: what other programs ask of StreetScope, and the keys that let them."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("What do other programs ask?"),
    html(
        "The <strong>service</strong> answers programs over HTTP: they send a photo with a "
        "<strong>key</strong> and get its classes back."
    ),
)
with st.spinner(_("Looking for the service")):
    from pages.widgets.photos.visitor_session import keep_visitor_session
    from pages.widgets.service.dead import dead_letters
    from pages.widgets.service.figures import figures
    from pages.widgets.service.keys import keys
    from pages.widgets.service.sending import sending
    from pages.widgets.service.state import look
    from pages.widgets.service.top import runs_here
    from pages.widgets.shared.fragments import fragment
    from pages.widgets.shared.guests import host_only

state = look()
if state.url:
    fragment(figures, every=2)(state.url)
else:
    runs_here(state)
if host_only(_("see and make keys, send photos and look after dead letters")):
    if state.url:
        fragment(dead_letters, every=5)()
    # A place of its own: if what follows moved with the number of keys, a click just then would be lost.
    with st.container():
        keys()
    if state.url:
        sending()
keep_visitor_session()
