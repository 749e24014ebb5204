"""The Look inside page in a real Chromium: Explore's pixel, a patch that is dragged, and the other views."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot

PLACE = "photo=toytown-noon&row=200&col=300&size=256"


def look(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


def test_a_patch_is_dragged_and_moved_by_keys(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    page = open_page(f"{app.url}/?{PLACE}")
    page.get_by_role("link", name="Look inside").last.click()
    told = page.locator(".told")
    expect(told).to_contain_text("Pixel (")
    patch = page.locator(".patch")
    frame = page.locator(".frame").bounding_box()
    before, box = patch.get_attribute("aria-valuetext"), patch.bounding_box()
    assert frame is not None
    assert box is not None

    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(frame["x"] + 40, frame["y"] + 40, steps=3)
    page.mouse.up()
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-answered-ms", re.compile(r"\d+"))
    expect(stage).not_to_have_attribute("data-asking", "")
    dragged = patch.get_attribute("aria-valuetext")
    assert dragged != before

    patch.press("ArrowDown")
    expect(patch).not_to_have_attribute("aria-valuetext", dragged or "")
    expect(stage).not_to_have_attribute("data-asking", "")

    page.mouse.click(frame["x"] + frame["width"] - 5, frame["y"] + frame["height"] - 5)
    expect(told).not_to_contain_text("Pixel (200, 300)")
    for width, theme in ((1280, "light"), (400, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        screenshot(page, f"inside-{width}-{theme}")


def test_each_view_says_what_it_shows_and_what_not(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/inside?{PLACE}&view=corrupt")
    expect(page.get_by_text("keep their label at strength")).to_be_visible()
    expect(page.get_by_text("Does not show")).to_be_visible()

    look(page, "Receptive field")
    expect(page.get_by_text("of the gradient lies within")).to_be_visible()

    look(page, "Feature maps")
    expect(page.get_by_text("channels at 1/")).to_be_visible()
    page.get_by_text("Untrained twin").click()
    expect(page.get_by_text("You look through the untrained twin")).to_be_visible()
