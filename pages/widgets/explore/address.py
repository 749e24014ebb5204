"""What a page's address holds: sample, view, pixel and neighbourhood. Opening the address shows exactly that.

Size and model are widgets that Streamlit itself binds to the address.
"""

from __future__ import annotations

import typing

import streamlit as st

from core.photos.photo import Photo
from pages.widgets.explore.reading import COLUMN, ROW, SHAPE, shape
from pages.widgets.photos.visitor_session import sample, visitor_session
from pages.widgets.shared.markdown import markdown
from pages.widgets.viewer.pixel_viewer import SHAPES, Pixel, View

_VIEW, _WRITTEN = "view", "address_written"
_VIEWS = typing.get_args(View)


def follow() -> None:
    """Read what a link or the browser's back button put into the address."""
    asked = st.query_params.to_dict()
    written: dict[str, str] = st.session_state.get(_WRITTEN, {})
    if asked.get("photo") != written.get("photo"):
        _look_at(asked.get("photo", ""))
    if asked.get("view") != written.get("view") and asked.get("view") in _VIEWS:
        st.session_state[_VIEW] = asked["view"]
    for name, key in (("row", ROW), ("col", COLUMN)):
        if asked.get(name) != written.get(name) and asked.get(name, "").isdecimal():
            st.session_state[key] = int(asked[name][:6])
    neighbours = asked.get(SHAPE, "").lower()
    if asked.get(SHAPE) != written.get(SHAPE) and neighbours in SHAPES:
        st.session_state[SHAPE] = neighbours


def _look_at(name: str) -> None:
    """Look at the sample that the address names; one sentence if there is none of that name."""
    if sample(name):
        visitor_session().looked_at = name
    elif name:
        words = markdown("There is no sample called {name}; another photo is shown.", name=name[:80])
        st.warning(words, icon=":material/search_off:")


def view() -> View:
    """The view in which the page shows the picture."""
    shown: View = st.session_state.get(_VIEW, "overlay")
    return shown


def keep_view(chosen: View) -> None:
    """Remember the view chosen in the picture."""
    st.session_state[_VIEW] = chosen


def write(photo: Photo, pixel: Pixel) -> None:
    """Write what is shown into the address; never a visitor's own photo, which stays with them."""
    said = {"row": str(pixel[0]), "col": str(pixel[1]), "view": view()}
    if photo.sample:
        said["photo"] = photo.sample
    if shape() != SHAPES[0]:
        said[SHAPE] = shape().title()
    for name in ("photo", SHAPE):
        if name not in said and name in st.query_params:
            del st.query_params[name]
    st.query_params.update(said)
    st.session_state[_WRITTEN] = said
