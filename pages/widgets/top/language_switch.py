"""The switch between languages, beside the links to the pages: it has the current language's code on it."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page

from core.languages import LANGUAGES
from core.languages import gettext as _
from pages.widgets.shared.languages import choose_language, language
from pages.widgets.shared.markdown import markdown


def language_switch(current: Page) -> None:
    """A menu of the languages, each by its own name; the choice goes into the address."""
    spoken = language()
    # A key for each page and language: the menu opens closed after a choice.
    menu = st.container(key="language_switch").popover(
        markdown("{code}", code=spoken[:2].upper()),
        icon=":material/translate:",
        help=_("Language"),
        key=f"language_{current.url_path}_{spoken}",
    )
    with menu.container(key="language_menu", gap="xsmall"):
        for code, name in LANGUAGES.items():
            st.button(
                markdown("{name}", name=name),
                key=f"speak_{code}",
                type="primary" if code == spoken else "secondary",
                on_click=choose_language,
                args=(code,),
                width="stretch",
            )
