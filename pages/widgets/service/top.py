"""Whether a service runs here, and how one is started."""

from __future__ import annotations

import streamlit as st

from core.languages import gettext as _
from pages.widgets.service.starting import start_button, stop_button
from pages.widgets.service.state import State
from pages.widgets.shared.markdown import Markdown, markdown

_COMMAND = "make serve"


def _answers() -> Markdown:
    return markdown(":green-badge[:material/lan: Running]")


def _silent() -> Markdown:
    return markdown(":orange-badge[:material/hourglass_empty: Not answering]")


def runs_here(state: State) -> None:
    """Say where the service is; without one, what it is for and the command that starts it."""
    if state.url:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_answers() if state.answers else _silent(), width="content")
            st.markdown(markdown("at {url}", url=state.url), width="content")
            # No Markdown: the address would be escaped as the text is, and lead nowhere.
            st.link_button(_("Documentation"), f"{state.url}/docs", icon=":material/menu_book:")
            if state.answers:
                stop_button()
        return
    with st.container(border=True):
        st.markdown(
            markdown(
                "**No service runs here.** With one, other programs (a script, a web site, a camera) send "
                "photos over HTTP and get masks, shares and readings. It runs beside this app. Start it with:"
            )
        )
        st.code(_COMMAND, language=None)
        with st.container(horizontal=True, vertical_alignment="center"):
            start_button()
            st.button(_("Look again"), icon=":material/refresh:")
