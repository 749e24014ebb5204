"""The way from page to page, at the very top: a row of links; on a phone, a menu with the page's name.

Streamlit's own row turns into two arrows on a phone, which say neither where one is nor what they open.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from core.languages import gettext as _
from pages.widgets.shared.html import style_sheet
from pages.widgets.shared.markdown import markdown
from pages.widgets.top.language_switch import language_switch

STYLE = style_sheet(Path(__file__).with_name("top.css"))


def page_links(pages: Sequence[Page], more: Sequence[Page], current: Page) -> None:
    """Links to all pages. The style sheet shows either the row or the menu, by the window's width.

    more: the pages that stand in a menu at the row's end, for which it has no room.
    """
    st.html(STYLE)
    row = st.container(key="page_links", gap=None)
    with row.container(key="page_row", horizontal=True, gap="small", vertical_alignment="center"):
        for page in pages:
            st.page_link(page)
        if more:
            _rest(more, current)
    # A key for each page: the menu opens closed on the page that was chosen in it.
    name, key = markdown("{page}", page=current.title), f"pages_{current.url_path}"
    menu = row.container(key="page_menu").popover(name, icon=current.icon, key=key)
    with menu.container(key="page_menu_links", gap="xsmall"):
        for page in [*pages, *more]:
            st.page_link(page, width="stretch")
    language_switch(current)


def _rest(pages: Sequence[Page], current: Page) -> None:
    """The menu at the row's end. On one of its pages it has that page's name."""
    here = [page for page in pages if page.url_path == current.url_path]
    name = here[0].title if here else _("More")
    icon = here[0].icon if here else ":material/more_horiz:"
    key = f"page_rest_{current.url_path}"
    menu = st.container(key="page_rest", width="content").popover(
        markdown("{name}", name=name), icon=icon, key=key, type="tertiary"
    )
    with menu.container(key="page_rest_links", gap="xsmall"):
        for page in pages:
            st.page_link(page, width="stretch")
