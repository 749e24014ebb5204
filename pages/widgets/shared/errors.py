"""An error on the page, with its sentence escaped: it has names of files and classes in it."""

from __future__ import annotations

import streamlit as st

from core.languages import translated
from pages.widgets.shared.markdown import Markdown, escape


def show_error(error: Exception | str, title: Markdown | None = None, icon: str = ":material/error:") -> None:
    """Show what went wrong in the visitor's language, under a title if there is one."""
    st.error(escape(translated(error)), title=title, icon=icon)
