"""Tells the browser which language the page is in.

Streamlit's page says that it is English, by which screen readers choose a voice; and numbers in its tables
are written for whoever set up the browser.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.languages import ENGLISH
from pages.widgets.shared.html import html
from pages.widgets.shared.languages import language

_SAID = "language_said"

_mount = st.components.v2.component(
    "streetscope_page_language", js=Path(__file__).with_suffix(".js").read_text("utf-8")
)


def say_language() -> None:
    """Call once in each run of the whole page. A visitor whose browser is English, too, needs nothing."""
    spoken, asked = language(), st.context.locale or ENGLISH
    if spoken == asked.partition("-")[0] == ENGLISH and _SAID not in st.session_state:
        return
    st.session_state[_SAID] = True
    # Out of sight: an element without a height would still keep its distance from the next one.
    st.html(html("<style>.st-key-page_language {{ display: none; }}</style>"))
    with st.container(key="page_language"):
        _mount(key="page_language_said", data={"language": spoken})
