"""Every page is entered through `app.py`, also when Streamlit opens it by itself."""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st

from pages.widgets.shared.media import keep_last_files

_APP = Path(__file__).parents[3] / "app.py"
_ENTERED = "entered_through_app"


def enter() -> None:
    """Said by `app.py` at each run, before anything else."""
    st.session_state[_ENTERED] = True
    keep_last_files()


def front_door() -> None:
    """Said by each page first.

    Until `st.navigation` has been called once in a server's life, Streamlit takes a folder `pages` for its
    older kind of app: the first visitor, if their address names a page, gets that file without `app.py`.
    """
    if st.session_state.get(_ENTERED):
        return
    runpy.run_path(str(_APP))
    st.stop()
