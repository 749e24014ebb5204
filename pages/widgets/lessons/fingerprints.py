"""Fingerprints as patterns: whether two are the same is seen at once."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.languages import gettext as _
from core.lessons.pictures import fingerprint_picture
from pages.widgets.shared.markdown import markdown


def show_fingerprints(found: Sequence[str], width: int) -> None:
    """Draw the fingerprints of a network side by side, each with its first digits.

    found: in hexadecimal; before the network was used, after it, and with one bit changed. width: of each, in
    CSS pixels.
    """
    names = (_("Before"), _("After"), _("If one bit had changed"))
    with st.container(horizontal=True, gap="small"):
        for name, each in zip(names, found, strict=False):
            words = markdown("{name}: {digits}", name=name, digits=each[:8])
            st.image(fingerprint_picture(each), words, width=width, alt=words)
