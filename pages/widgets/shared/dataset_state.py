"""What the Data page's address holds: data set, tab and frame; and how parts of the page link to each other.

Data set and tab are widgets that Streamlit itself binds to the address. Frames are also chosen where their
picker is not on the page, which Streamlit would not write there.

Call the functions that change something from callbacks: a widget's state cannot be set after it is drawn.
"""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from pages.widgets.shared.reveal import reveal_soon

SET, TAB = "set", "tab"
"""Keys of the widgets, and their names in the address."""

SPLIT = "split"
"""Key of the Evaluate page's choice of frames."""

FRAMES, CLASSES, NAMED, SORT = "frames", "with", "name", "sort"
"""Keys of the widgets that filter frames on the Data page, and their names in the address."""

REFILTERED = "frames_refiltered"
"""Whether the visitor has just changed the filter."""

FRAME_PLACE, GALLERY_PLACE = "data_frame", "data_gallery"
"""Parts of the page that a choice elsewhere on it brings into view."""

GONE = "set_gone"
"""The name of a set that was asked for but does not exist, while Toytown is shown in its place."""

_FRAME, _WRITTEN = "frame", "frame_written"


def select(name: str) -> None:
    """Show another data set, by its name in the picker."""
    st.session_state[SET] = name
    begin_anew()


def begin_anew() -> None:
    """Show a new data set from its first frame."""
    for key in (_FRAME, _WRITTEN, SPLIT, FRAMES, GONE):
        st.session_state.pop(key, None)
    _filter_by([], None)
    st.query_params.pop(_FRAME, None)


def set_frame(name: str) -> None:
    """Choose the frame for the tabs that show one."""
    st.session_state[_FRAME] = name


def open_frame(name: str) -> None:
    """Show a frame, in its tab."""
    # Into the address before the tab, which makes an entry of its own in the browser's history: one step back
    # then leads to the tab that the frame was opened from, and not to the Frame tab without a frame.
    write_frame(name)
    st.session_state[TAB] = _("Frame")
    reveal_soon(FRAME_PLACE)


def show_frames_with(name: str) -> None:
    """Show the frames with a class in the gallery, largest share first."""
    st.session_state.pop(FRAMES, None)
    _filter_by([name], name)
    st.session_state[TAB] = _("Gallery")
    reveal_soon(GALLERY_PLACE)


def _filter_by(classes: list[str], sort: str | None) -> None:
    st.session_state[CLASSES], st.session_state[SORT], st.session_state[NAMED] = classes, sort, ""


def follow_address() -> None:
    """Read the frame that a link or the browser's back button put into the address.

    Only for runs of the whole page. A fragment's run may come from a browser that has not yet received
    the address that the last run wrote.
    """
    asked = st.query_params.get(_FRAME, "")
    if asked != st.session_state.get(_WRITTEN, ""):
        st.session_state[_FRAME] = st.session_state[_WRITTEN] = asked


def frame_name() -> str:
    """The frame to show: the last one chosen, by hand or by the address; empty at first."""
    name: str = st.session_state.get(_FRAME, "")
    return name


def write_frame(name: str) -> None:
    """Write the frame that is shown into the address."""
    st.session_state[_FRAME] = st.session_state[_WRITTEN] = name
    st.query_params[_FRAME] = name
