"""Choosing a mark of one of Plotly's charts with the pointer, as a hand does."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page, expect

from tests.runs import DEADLINE

_SETTLED = 0.3
"""Seconds for which a mark must lie still: a page that has changed its width draws its charts anew."""


def choose_mark(page: Page, mark: Locator, label: str) -> None:
    """Point at a mark of the page's only chart, see its label, and press.

    Plotly looks at a pointer that moves at most every 50 ms, and what it saw last is what a click means: a
    click before that is a click on nothing. A mark that moves away from under the pointer is pointed at
    again, as a hand does. label: part of the words that appear.
    """
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    shown = page.locator(".js-plotly-plot .hovertext").filter(has_text=re.compile(re.escape(label)))
    deadline = time.monotonic() + DEADLINE
    place = None
    while time.monotonic() < deadline:
        mark.scroll_into_view_if_needed()
        before, place = place, mark.bounding_box()
        if place is not None and place == before:
            # Not `hover`, for which a mark that the page scrolls away just then is an error.
            page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.wait_for_timeout(1000 * _SETTLED)
        if place == before == mark.bounding_box() and shown.is_visible():
            break
    expect(shown).to_be_visible()
    page.mouse.down()
    page.mouse.up()
