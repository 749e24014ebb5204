"""What the Data page's address holds: data set, tab and frame; and how one part of the page leads to another.

Data set and tab are widgets that Streamlit itself binds to the address. Frames are also chosen where their
picker is not on the page, which Streamlit would not write there.

The functions that change something are for callbacks: a widget's state cannot be set once it is made.
"""

from __future__ import annotations

import streamlit as st

SET, TAB = "set", "tab"
"""Keys of the widgets, and their names in the address."""

SPLIT, CLASSES, SORT = "split", "with", "sort"
"""Keys of the gallery's filters."""

GONE = "set_gone"
"""Where the name of a set is kept that was asked for and is not there, while Toytown stands in for it."""

_FRAME, _WRITTEN = "frame", "frame_written"


def select(name: str) -> None:
    """Show another data set, by the name that the choice has it under."""
    st.session_state[SET] = name
    begin_anew()


def begin_anew() -> None:
    """Begin with the first frame of another data set."""
    for key in (_FRAME, _WRITTEN, SPLIT, CLASSES, SORT, GONE):
        st.session_state.pop(key, None)
    st.query_params.pop(_FRAME, None)


def set_frame(name: str) -> None:
    """Show a frame in the tabs that show one."""
    st.session_state[_FRAME] = name


def open_frame(name: str) -> None:
    """Show a frame, in its tab."""
    set_frame(name)
    st.session_state[TAB] = "Frame"


def show_frames_with(name: str) -> None:
    """Show the frames that have a class in the gallery, those with most of it first."""
    st.session_state.pop(SPLIT, None)
    st.session_state[CLASSES] = [name]
    st.session_state[SORT] = name
    st.session_state[TAB] = "Gallery"


def follow_address() -> None:
    """Take from the address the frame that a link or the browser's way back put there.

    For runs of the whole page, which those are. A fragment's run may come from a browser that has not heard
    yet of the address written by the run before.
    """
    asked = st.query_params.get(_FRAME, "")
    if asked != st.session_state.get(_WRITTEN, ""):
        st.session_state[_FRAME] = st.session_state[_WRITTEN] = asked


def frame_name() -> str:
    """The frame to show: the one chosen last, by hand or by the address; empty before the first."""
    name: str = st.session_state.get(_FRAME, "")
    return name


def write_frame(name: str) -> None:
    """Let the address say which frame is shown."""
    st.session_state[_FRAME] = st.session_state[_WRITTEN] = name
    st.query_params[_FRAME] = name
