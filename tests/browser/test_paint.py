"""Paint in a real browser: a stroke is counted, the truth waits for the button, and a reload keeps it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import Page, expect

from core.grading.frames import CLASSES, TITLES, open_frame
from core.grading.grade import grade

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot

FIRST = next(iter(TITLES))


def expected(name: str) -> list[str]:
    """Accuracy and mean IoU, as the page says them, of a picture that is painted with one class."""
    truth = open_frame(FIRST).truth
    found = grade(truth, np.full_like(truth, CLASSES.index(name)))
    return [f"{found.accuracy:.1%}", f"{found.mean_iou:.1%}"]


def fill(page: Page, name: str) -> None:
    """Fill the patch in the middle of the picture."""
    page.locator(".editor .classes .pick", has_text=name).click()
    page.locator(".editor .toolset input[value=bucket]").check(force=True)
    page.locator(".editor .marks").click()


def fill_by_keys(page: Page, name: str) -> None:
    """The same without a mouse."""
    page.locator(".editor .marks").focus()
    for key in (str(CLASSES.index(name) + 1), "g", "ArrowDown", "Enter"):
        page.keyboard.press(key)


def test_a_stroke_is_counted_and_the_truth_waits_for_the_button(
    app: RunningApp, open_page: OpenPage, screenshots: Screenshot
) -> None:
    page = open_page(f"{app.url}/paint")
    shown, figures = page.locator(".editor"), page.get_by_test_id("stMetricValue")
    expect(shown).to_have_attribute("data-ready", "true")
    expect(figures).to_have_text(["0.0%", "0.0%"])
    expect(shown.get_by_text("Whole picture is right")).to_be_hidden()

    fill(page, "Road")
    expect(figures).to_have_text(expected("Road"))
    page.keyboard.press("Control+z")
    expect(figures).to_have_text(["0.0%", "0.0%"])
    fill_by_keys(page, "Sky")
    expect(figures).to_have_text(expected("Sky"))
    expect(page.get_by_text("The truth stays hidden until then.")).to_be_visible()
    expect(page.get_by_text("The truth:", exact=True)).to_have_count(0)

    page.reload()
    expect(figures).to_have_text(expected("Sky"))
    expect(shown.last).to_have_attribute("data-ready", "true")
    page.get_by_role("button", name="Grade the network too").click()
    expect(page.locator(".st-key-graded img")).to_have_count(4)
    expect(page.get_by_text("The truth:", exact=True)).to_be_visible()
    expect(page.get_by_text("The network's", exact=True)).to_be_visible()
    screenshots(page, "paint")

    page.get_by_role("button", name="Start again").click()
    expect(figures).to_have_text(["0.0%", "0.0%"])
    expect(page.locator(".st-key-graded")).to_have_count(0)
    expect(shown.last.get_by_text("Nothing is painted yet")).to_be_visible()
