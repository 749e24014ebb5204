"""Changing a run: what a click does to its files or its process, and one sentence if it cannot."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.languages import translated
from core.training.runs.folder import disk_full
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import is_guest

_TROUBLE = "run_trouble"


def change(act: Callable[[str], None], run: str) -> None:
    """For callbacks: do something to the run of this ID, unless a guest asks.

    What went wrong is shown by `show_trouble` in the next run of the page.
    """
    if is_guest():
        return
    try:
        act(run)
    except StreetScopeError as error:
        st.session_state[_TROUBLE] = translated(error)
    except OSError as error:
        sentence = _("The files of the run {run} cannot be changed: {strerror}.").format(
            run=run, strerror=error.strerror or error
        )
        st.session_state[_TROUBLE] = str(disk_full(error) or sentence)


def show_trouble() -> None:
    """Say once what the last change ran into."""
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble)
