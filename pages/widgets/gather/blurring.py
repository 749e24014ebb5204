"""Faces and number plates made unreadable by hand, in a photo that the visitor has chosen."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.errors import ImageError, PhotoSetError
from core.photos.gather.blurring import MOST, Rectangle, blur
from core.photos.gather.entry import Entry
from core.photos.gather.store import PhotoSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.front_end import script, style
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.media import media_url

_ASKED, _KEY = "photo_to_blur", "blurring"

_mount = st.components.v2.component("streetscope_blurring", css=style(__file__), js=script(__file__))


def ask_to_blur(number: int) -> None:
    """Open the photo with this number when the page runs next."""
    st.session_state[_ASKED] = number


def show_blurring(photos: PhotoSet) -> None:
    """Open the dialog if the visitor has asked for it."""
    entry = photos.entry(st.session_state.pop(_ASKED, 0))
    if entry is not None and entry.state == "taken" and not is_guest():
        _blurring(photos, entry)


@st.dialog("Make faces and number plates unreadable", width="large")
def _blurring(photos: PhotoSet, entry: Entry) -> None:
    try:
        picture = photos.picture(entry)
    except PhotoSetError as error:
        show_error(error)
        return
    _mount(
        key=_KEY,
        data={
            "photo": entry.number,
            "address": media_url(picture, "image/jpeg", "blurring"),
            "label": f"Photo {entry.number}: drag over what nobody should recognise",
        },
        on_marked_change=lambda: None,  # its run counts what is marked
    )
    places = _marked(entry)
    with st.container(horizontal=True, vertical_alignment="center"):
        counted = "1 place" if len(places) == 1 else f"{len(places)} places"
        pressed = st.button(
            markdown("Blur {counted}", counted=counted),
            type="primary",
            disabled=not places,
            icon=":material/blur_on:",
        )
        st.caption("What is below is gone from the set's files then; this cannot be undone.")
    if pressed:
        try:
            blur(photos, entry, places)
        except (PhotoSetError, ImageError) as error:
            show_error(error)
        else:
            st.rerun()


def _marked(entry: Entry) -> list[Rectangle]:
    """What the browser has marked in this photo; it can send anything."""
    everything = st.session_state.get(_KEY)
    message = everything.get("marked") if isinstance(everything, Mapping) else None
    if not isinstance(message, Mapping) or message.get("photo") != entry.number:
        return []
    places = message.get("places")
    return [
        (float(place[0]), float(place[1]), float(place[2]), float(place[3]))
        for place in (places if isinstance(places, list) else [])[:MOST]
        if isinstance(place, list) and len(place) == 4 and all(isinstance(one, int | float) for one in place)
    ]
