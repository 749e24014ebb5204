"""Choosing a mark of one of Plotly's charts with the pointer, as a hand does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def choose_mark(page: Page, mark: Locator, label: str) -> None:
    """Point at a mark of the page's only chart, see its label, and press.

    Plotly looks at a pointer that moves at most every 50 ms, and what it saw last is what a click means: a
    click before that is a click on nothing. label: part of the words that appear.
    """
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    expect(page.locator(".js-plotly-plot .hovertext")).to_contain_text(label)
    page.mouse.down()
    page.mouse.up()
