"""What a set of photos is for: looked into, compared at two sizes, corrected, and taken home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.photos.gather.entry import Entry
from core.photos.gather.manifest import table
from core.photos.gather.store import PhotoSet
from pages.widgets.gather.comparing import compare_button, compared, show_comparison
from pages.widgets.gather.faces import warn_before_giving_away
from pages.widgets.gather.taking_along import take_along
from pages.widgets.photos.visitor_session import MAX_PHOTOS
from pages.widgets.shared.markdown import Markdown, markdown

Page = Literal["pages/explore.py", "pages/annotate.py"]


def after_keeping(photos: PhotoSet) -> None:
    """What can be done with the photos that are kept."""
    entries = photos.entries()
    kept = [entry for entry in entries if entry.is_in_set]
    if not entries:
        return
    st.subheader("What to do with them", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept:
            _open_button(
                markdown("Look inside in Explore"),
                ":material/travel_explore:",
                photos,
                kept,
                "pages/explore.py",
            )
            compare_button(photos)
            found = compared(photos)
            doubtful = kept if found is None else [each.entry for each in found.least_certain()]
            _open_button(
                markdown("Correct in Annotate"), ":material/draw:", photos, doubtful, "pages/annotate.py"
            )
        st.download_button(
            "The table (CSV)",
            lambda: table(photos.entries()),
            f"{photos.name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/table:",
            help="Every line with its address, page, author, licence, size, hash and what became of it.",
        )
    warn_before_giving_away(photos)
    if len(kept) > MAX_PHOTOS:
        st.caption(
            markdown(
                "Explore and Annotate take {most} photos at a time: the first of these {all}, and after the "
                "comparison Annotate takes the least certain.",
                most=MAX_PHOTOS,
                all=len(kept),
            )
        )
    show_comparison(photos)


def _open_button(label: Markdown, icon: str, photos: PhotoSet, entries: Sequence[Entry], page: Page) -> None:
    pressed = st.button(label, icon=icon, help=_help(page), key=f"open_{page}")
    if pressed:
        with st.spinner("Opening the photos"):
            take_along(photos, entries)
        st.switch_page(page)


def _help(page: Page) -> Markdown:
    if page == "pages/explore.py":
        return markdown("All kept photos as one strip, beside those that you added there.")
    return markdown("When both sizes were compared, the photo that the network is least sure of comes first.")
