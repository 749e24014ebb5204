"""How both pages look: fingers on a phone, large type on a wall, and what stands there without a server."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.widgets.shared.html import Html, html, style_sheet

_STYLE: Html = style_sheet(Path(__file__).with_name("classroom.css"))


def dress() -> None:
    """Give the page its style, and the words that it shows by itself while the server does not answer."""
    st.html(_STYLE)
    # Streamlit's own dialog asks, in English, about an internet that a class does not have.
    st.html(
        html(
            '<p class="lost" role="status"><strong>The computer of this class does not answer.</strong> '
            "Nothing is lost: this page goes on by itself as soon as it does.</p>"
        )
    )
