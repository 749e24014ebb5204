"""Who has a correction open: the later of two windows is told, for both draw on the same one."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_EVERY = 2.0
_BEAT = "annotate_beat"


@dataclass(frozen=True)
class Company:
    """The other windows that have a correction open: whether any, and whether one had it first."""

    any: bool
    earlier: bool


class _Presence:
    """The sessions that have each correction open, in the order in which they opened it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, dict[str, str]] = {}

    def enter(self, session: str, window: str, correction: str) -> Company:
        """A session has this correction on its page now. window: what Streamlit calls the session."""
        with self._lock:
            here = self._open.get(correction, {})
            if session not in here:
                self._leave(session)
                here = self._open.setdefault(correction, {})
                here[session] = window
            seen = [each for each, other in here.items() if each == session or _is_there(other)]
            return Company(len(seen) > 1, seen[0] != session)

    def leave(self, session: str) -> None:
        with self._lock:
            self._leave(session)

    def _leave(self, session: str) -> None:
        for correction, here in list(self._open.items()):
            here.pop(session, None)
            if not here:
                del self._open[correction]


def _is_there(window: str) -> bool:
    """Whether a session has a browser. One whose page was closed or reloaded is kept for minutes."""
    return runtime.get_instance().is_active_session(window)


@st.cache_resource(show_spinner=False)
def _presence() -> _Presence:
    return _Presence()


def _forget(session: str) -> None:
    _presence().leave(session)


@st.cache_resource(scope="session", show_spinner=False, on_release=_forget)
def _session() -> str:
    """This session; Streamlit reports when it ends."""
    return secrets.token_hex(8)


def company(correction: str) -> Company:
    """The other windows that have this correction open; this one has it open from now on."""
    context = get_script_run_ctx()
    return _presence().enter(_session(), context.session_id if context else "", correction)


def beat(correction: str) -> float | None:
    """Seconds after which the editor looks again what other windows have drawn; None if there are none.

    For the run of the whole page; `keep_beat` runs it again when that changes.
    """
    found = _EVERY if company(correction).any else None
    st.session_state[_BEAT] = found is not None
    return found


def keep_beat(correction: str) -> None:
    """Call last in the editor's own runs."""
    if company(correction).any != st.session_state.get(_BEAT, False):
        st.rerun()
