"""Who has a correction open: the later of two windows is told, for both draw on the same one."""

from __future__ import annotations

import secrets
import threading

import streamlit as st


class _Presence:
    """The sessions that have each correction open, in the order in which they opened it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, list[str]] = {}

    def enter(self, session: str, correction: str) -> bool:
        """A session has this correction on its page now; whether another one has had it before."""
        with self._lock:
            here = self._open.get(correction, [])
            if session not in here:
                self._leave(session)
                here = self._open.setdefault(correction, [])
                here.append(session)
            return here[0] != session

    def leave(self, session: str) -> None:
        with self._lock:
            self._leave(session)

    def _leave(self, session: str) -> None:
        for correction, here in list(self._open.items()):
            if session in here:
                here.remove(session)
            if not here:
                del self._open[correction]


@st.cache_resource(show_spinner=False)
def _presence() -> _Presence:
    return _Presence()


def _forget(session: str) -> None:
    _presence().leave(session)


@st.cache_resource(scope="session", show_spinner=False, on_release=_forget)
def _session() -> str:
    """This session; Streamlit reports when it ends."""
    return secrets.token_hex(8)


def opened_elsewhere(correction: str) -> bool:
    """Whether another window has opened this correction before this one, which has it now."""
    return _presence().enter(_session(), correction)
