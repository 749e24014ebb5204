"""Choosing the size at which a photo is segmented."""

from __future__ import annotations

import streamlit as st

from core.segmentation.sizes import SIZES, WorkingSize
from pages.widgets.shared.markdown import escape


def size_picker(key: str = "size", default: str = "512", squares: bool = False) -> WorkingSize:
    """Let the visitor choose a working size. default: its name. squares: offer the article's squares too."""
    names = [name for name, size in SIZES.items() if squares or not size.square]
    chosen = st.segmented_control(
        "Working size",
        names,
        default=default,
        format_func=lambda name: escape(SIZES[name].title),
        required=True,
        key=key,
        bind="query-params",
        help="The photo's longer side in pixels while it is segmented. A larger size finds smaller things "
        "and takes longer; Full is the photo's own size, up to 2048.",
    )
    return SIZES[chosen]
