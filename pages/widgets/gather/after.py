"""What a set of photos is for: looked into, compared at two sizes, corrected, and taken home."""

from __future__ import annotations

import streamlit as st

from core.photos.gather.manifest import table
from core.photos.gather.store import PhotoSet


def after_keeping(photos: PhotoSet) -> None:
    """What can be done with the photos that are kept."""
    entries = photos.entries()
    if not entries:
        return
    st.download_button(
        "The table (CSV)",
        lambda: table(photos.entries()),
        f"{photos.name}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/table:",
        help="Every line with its address, page, author, licence, size, hash and what became of it.",
    )
