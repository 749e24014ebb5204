"""The teacher's tab: it stays the teacher's after a reload, as long as this server runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from pages.widgets.shared.guests import admit_teacher, is_teacher

_KEY, _TOKEN = "teacher_tab", "teacher_token"
_MOST = 64
"""Tabs that are remembered; the oldest is forgotten first."""

_mount = st.components.v2.component(
    "streetscope_teacher", js=Path(__file__).with_name("teacher.js").read_text("utf-8")
)


@st.cache_resource(show_spinner=False)
def _tabs() -> dict[str, None]:
    """The tokens of the teacher's tabs."""
    return {}


def become_teacher() -> None:
    """The visitor has typed the PIN."""
    token = secrets.token_urlsafe(16)
    _tabs()[token] = None
    while len(_tabs()) > _MOST:
        _tabs().pop(next(iter(_tabs())), None)
    st.session_state[_TOKEN] = token
    admit_teacher()


def remember_teacher() -> None:
    """Find the teacher's tab again after a reload. Call once a page: it shows nothing."""
    token = st.session_state.get(_TOKEN, "") if is_teacher() else ""
    heard = _heard()
    if not token and heard in _tabs():
        st.session_state[_TOKEN] = heard
        admit_teacher()
        st.rerun()
    _mount(key=_KEY, data={"token": token, "heard": heard}, on_token_change=lambda: None)


def _heard() -> str:
    """What the tab has sent, which can be anything."""
    state = st.session_state.get(_KEY)
    said = state.get("token") if isinstance(state, Mapping) else None
    return said[:64] if isinstance(said, str) else ""
