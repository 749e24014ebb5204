"""A small form that begins a set: of photos, or of corrections."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown

_MADE = "sets_made"


def new_set_form(
    begin: Callable[[str], object],
    label: Markdown,
    *,
    icon: str | None = None,
    help_text: Markdown | None = None,
    example: str,
    max_name: int,
) -> None:
    """A button with the form under it.

    begin: is called with the name that was given; a StreetScopeError of its is shown there. label, icon,
    help_text: the button's. example: stands in the empty field. max_name: characters.
    """
    # A new key closes it when a set was made.
    made = st.session_state.setdefault(_MADE, 0)
    with (
        st.popover(label, icon=icon, help=help_text, key=f"new_set_{made}"),
        st.form(f"new_set_form_{made}", border=False),
    ):
        name = st.text_input(_("Name of the new set"), placeholder=example, max_chars=max_name)
        if st.form_submit_button(_("Begin it")):
            try:
                begin(name)
            except StreetScopeError as error:
                show_error(error)
            else:
                st.session_state[_MADE] += 1
                st.rerun()
