"""Gather: photos of streets, found, fetched, checked and kept as a set to try a network on."""

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.front_door import front_door
from pages.widgets.shared.html import html
from pages.widgets.top.title import page_title

front_door()
page_title(
    html("Which streets is it tried on?"),
    html(
        "Gather photos from a list of addresses, a search, your own files or a video; keep the good ones. "
        "Author and licence stay with each photo, and what the camera wrote into it is removed."
    ),
)
with st.spinner(_("Looking for photos")):
    from pages.widgets.gather.after import after_keeping
    from pages.widgets.gather.blurring import show_blurring
    from pages.widgets.gather.faces import faces_setting
    from pages.widgets.gather.grid import photo_grid
    from pages.widgets.gather.sets import choose_set
    from pages.widgets.gather.sources import sources
    from pages.widgets.gather.work import show_work

photos = choose_set()
sources(photos)
show_work(photos)
faces_setting(photos)
after_keeping(photos)
photo_grid(photos)
show_blurring(photos)
