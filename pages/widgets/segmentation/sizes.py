"""Choosing the size at which a photo is segmented."""

from __future__ import annotations

import streamlit as st

from core.segmentation.sizes import SIZES, WorkingSize
from pages.widgets.shared.markdown import escape, joined, markdown

SQUARES = markdown(
    "A *squashed square* ignores the photo's shape, as the article did: a wide photo is pressed together, "
    "and so is every car in it."
)

_HELP = markdown(
    "The photo's longer side in pixels while it is segmented. A larger size finds smaller things and takes "
    "longer; Full is the photo's own size, up to 2048."
)


def size_menu(key: str, default: str) -> WorkingSize:
    """Let the visitor choose a working size, or one of the article's squares, where there is little room."""
    names = list(SIZES)
    chosen = st.selectbox(
        "Working size",
        names,
        names.index(default),
        format_func=lambda name: escape(SIZES[name].title),
        key=key,
        bind="query-params",
        help=joined(" ", (_HELP, SQUARES)),
    )
    return SIZES[chosen]


def size_picker(key: str = "size", default: str = "512") -> WorkingSize:
    """Let the visitor choose a working size. default: its name."""
    names = [name for name, size in SIZES.items() if not size.square]
    chosen = st.segmented_control(
        "Working size",
        names,
        default=default,
        format_func=lambda name: escape(SIZES[name].title),
        required=True,
        key=key,
        bind="query-params",
        help=_HELP,
    )
    return SIZES[chosen]
