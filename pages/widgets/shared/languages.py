"""Which language a visitor reads: as the address says, as they chose, or as their browser prefers."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.languages import ENGLISH, LANGUAGES, PSEUDO, ask_for_language, english, gettext

ADDRESS = "language"
_CHOSEN = "language_chosen"


def language() -> str:
    """The code of the visitor's language."""
    return str(st.session_state.get(_CHOSEN) or preferred())


def preferred() -> str:
    """The code of the language that the visitor's browser asks for, or English."""
    wanted = (st.context.locale or "").lower().replace("_", "-").partition("-")[0]
    code = {"in": "id"}.get(wanted, wanted)  # Indonesian's code until 1989, which some systems still use
    return code if code in LANGUAGES else ENGLISH


def follow_language() -> None:
    """Call first in each run of the whole page: takes up the language that the address names."""
    asked = st.query_params.get(ADDRESS, "")
    if asked in LANGUAGES or asked == PSEUDO:
        st.session_state[_CHOSEN] = asked


def speak_unless_chosen(code: str) -> None:
    """Speak a language to a visitor who has chosen none, whatever their browser prefers.

    code: of any language; one that the app does not speak changes nothing.
    """
    if code in LANGUAGES and code != language():
        st.session_state.setdefault(_CHOSEN, code)


def write_language() -> None:
    """Call last in each run of the whole page: after a reload, or by a link, the language is the same."""
    chosen = st.session_state.get(_CHOSEN)
    if chosen is not None and st.query_params.get(ADDRESS) != chosen:
        st.query_params[ADDRESS] = chosen


def choose_language(code: str) -> None:
    """Speak the language with this code from now on; called by the switch.

    What pickers show stands in the address in words: those are said anew.
    """
    said = {name: english(value) for name, value in st.query_params.items() if name != ADDRESS}
    st.session_state[_CHOSEN] = st.query_params[ADDRESS] = code
    for name, value in said.items():
        if (anew := gettext(value)) != st.query_params[name]:
            st.query_params[name] = anew
            if isinstance(st.session_state.get(name), str):
                st.session_state[name] = anew


def _visitors_language() -> str | None:
    """That of the visitor for whom this thread works, if it is for one."""
    return None if get_script_run_ctx(suppress_warning=True) is None else language()


ask_for_language(_visitors_language)
