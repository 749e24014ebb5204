"""Every page is entered through `app.py`, even when Streamlit opens the page's file directly."""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st

from pages.widgets.shared.languages import follow_language, write_language
from pages.widgets.shared.media import forget_earlier_files, keep_earlier_files

_APP = Path(__file__).parents[3] / "app.py"
_ENTERED = "entered_through_app"


def enter() -> None:
    """Called by `app.py` at the start of each run."""
    st.session_state[_ENTERED] = True
    keep_earlier_files()
    follow_language()


def leave() -> None:
    """Called by `app.py` at the end of each run."""
    write_language()
    forget_earlier_files()


def front_door() -> None:
    """Called by each page before anything else.

    Until `st.navigation` has been called once on a server, Streamlit treats the folder `pages` as its older
    kind of app: the first visitor, if their address names a page, gets that file without `app.py`.
    """
    if st.session_state.get(_ENTERED):
        return
    runpy.run_path(str(_APP))
    st.stop()
