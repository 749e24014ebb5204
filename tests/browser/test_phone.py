"""A phone is a first-class citizen: what stands above the picture is short, and fingers reach everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.test_explore import expect_looked_at
from tests.browser.test_pixel_viewer import expect_chosen, viewer
from tests.runs import DEADLINE

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp

HEIGHT = 800
FINGER = 40
"""CSS pixels that a target for a finger has at least, either way."""

ABOVE = {1280: 175, 768: 185, 400: 185, 360: 185}
"""The most pixels that the page's top takes above the viewer, by the window's width."""


def box(of: Locator) -> FloatRect:
    found = of.bounding_box()
    assert found is not None
    return found


def expect_no_scrolling_sideways(page: Page) -> None:
    widths = page.get_by_test_id("stMain").evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert widths[0] <= widths[1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def tap(button: Locator, *, until: Callable[[], bool]) -> None:
    """Tap a button until it has done what it does, as a hand would.

    On a busy machine a tap was lost once. Between a touch and the click that Chromium makes of it, the page
    may still move.
    """
    deadline = time.monotonic() + DEADLINE
    while not until():
        assert time.monotonic() < deadline, button
        button.tap()
        patience = time.monotonic() + 2
        while not until() and time.monotonic() < patience:
            button.page.wait_for_timeout(50)


@pytest.mark.parametrize("width", ABOVE)
def test_the_picture_is_in_sight_and_a_tap_chooses(app: RunningApp, open_page: OpenPage, width: int) -> None:
    page = open_page(app.url, width=width, height=HEIGHT, touch=width < 1280)
    shown = viewer(page)
    expect_looked_at(page, "china.jpg", "512 x 342")
    assert box(shown)["y"] <= ABOVE[width]
    picture = box(shown.locator(".stage"))
    assert picture["y"] >= 0
    assert picture["y"] + picture["height"] <= HEIGHT
    expect_no_scrolling_sideways(page)
    if width == 1280:
        return
    x, y = picture["x"] + picture["width"] * 0.25, picture["y"] + picture["height"] * 0.75
    page.touchscreen.tap(x, y)
    expect_chosen(shown, 342 * 3 // 4, 512 // 4)
    for name in ("Add photos", "All photos", "Explore"):
        target = box(page.get_by_role("button", name=name).first)
        assert min(target["width"], target["height"]) >= FINGER, name


def test_the_header_of_a_phone_says_where_one_is_and_leads_elsewhere(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page(app.url, width=360, height=HEIGHT, touch=True)
    viewer(page)
    explanation = page.get_by_text("Every pixel gets a class")
    expect(explanation).not_to_be_visible()
    tap(page.get_by_role("button", name="What is this page for?"), until=explanation.is_visible)
    page.mouse.click(180, HEIGHT - 20)
    expect(explanation).not_to_be_visible()

    evaluate = page.get_by_role("link", name="Evaluate")
    tap(page.get_by_role("button", name="Explore"), until=evaluate.is_visible)
    evaluate.click()
    expect(page.get_by_role("heading", name="How good is the network", exact=False)).to_be_in_viewport()
    menu = page.get_by_role("button", name="Evaluate", exact=True)
    expect(menu).to_be_visible()
    expect(page.get_by_role("link", name="Explore")).to_have_count(0)  # the menu has closed
    title = box(page.get_by_role("heading", level=2).first)
    assert box(menu)["x"] + box(menu)["width"] <= title["x"]
    assert title["y"] >= 0
    assert title["y"] + title["height"] <= 60
    assert title["x"] + title["width"] <= 360 - FINGER
