"""What a set of photos is for: looked into, compared at two sizes, corrected, and taken home."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.languages import gettext as _
from core.photos.gather.manifest import table
from core.photos.gather.opened import in_order
from core.photos.gather.store import PhotoSet
from pages.widgets.gather.comparing import compare_button, show_comparison
from pages.widgets.gather.faces import warn_before_giving_away
from pages.widgets.photos.opened_set import address_of
from pages.widgets.shared.markdown import Markdown, markdown

Page = Literal["pages/explore.py", "pages/compare.py", "pages/annotate.py"]


def after_keeping(photos: PhotoSet) -> None:
    """What can be done with the photos that are kept: above them, for there may be many."""
    # A container that is always there: the photos below it keep their place in the page while they come.
    with st.container():
        _ways_on(photos)


def _ways_on(photos: PhotoSet) -> None:
    kept = photos.photos()
    if not photos.entries():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept:
            first, doubtful = kept[0].number, in_order(kept, "confidence")[0].number
            _open_button(
                markdown("Look inside in Explore"),
                ":material/travel_explore:",
                markdown("All kept photos as one strip."),
                "pages/explore.py",
                address_of(photos, first),
            )
            compare_button(photos)
            _open_button(
                markdown("Correct in Annotate"),
                ":material/draw:",
                markdown(
                    "All kept photos, one after another: the one that the network is least sure of first."
                ),
                "pages/annotate.py",
                address_of(photos, doubtful),
            )
        st.download_button(
            _("The table (CSV)"),
            lambda: table(photos.entries()).encode("utf-8-sig"),  # by which Excel knows names from elsewhere
            f"{photos.name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/table:",
            help=_("Every line with its address, page, author, licence, size, hash and what became of it."),
        )
    warn_before_giving_away(photos)
    show_comparison(photos)


def _open_button(label: Markdown, icon: str, words: Markdown, page: Page, address: dict[str, str]) -> None:
    if st.button(label, icon=icon, help=words, key=f"open_{page}"):
        st.switch_page(page, query_params=address)
