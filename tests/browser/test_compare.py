"""The Compare page in a real Chromium: two segmentations of a photo, linked, and what changed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_explore import SIZE, class_at, open_with_picture
from tests.browser.test_pixel_viewer import click, expect_chosen, viewer

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot


FIRST, SECOND, DIFFERENCE = range(3)


def pictures(page: Page) -> list[Locator]:
    """The three viewers, once each shows its picture.

    Whoever goes on before has Streamlit drop files that the browser is about to fetch: a line in its console.
    """
    return [viewer(page, number) for number in (FIRST, SECOND, DIFFERENCE)]


def open_compare(page: Page) -> None:
    """Compare the test picture, given on the Explore page, with itself."""
    open_with_picture(page)
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text("What changes with size or model?")).to_be_visible()
    pictures(page)


def choose_size(page: Page, side: int, title: str) -> None:
    pictures(page)
    page.get_by_role("combobox", name="Working size").nth(side).click()
    page.get_by_role("option", name=title, exact=True).click()


def test_both_sizes_and_their_difference_are_shown(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    for width, theme in ((1280, "light"), (400, "dark")):
        page = open_page(f"{app.url}/compare", width=width, theme=theme)
        pictures(page)
        expect(page.get_by_role("heading", name="Where they differ:")).to_be_visible()
        screenshot(page, f"compare-{width}-{theme}")


def test_a_photo_of_the_explore_page_is_compared_with_itself(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    open_compare(page)
    choose_size(page, SECOND, "512")
    expect(page.get_by_text("Both give every pixel the same class.")).to_be_visible()
    expect(page.get_by_role("heading", name="Where they differ: 0.0% of the pixels")).to_be_visible()


def test_a_pixel_chosen_in_one_picture_is_chosen_in_all(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    open_compare(page)
    shown = pictures(page)
    click(page, shown[FIRST], 100, 200, SIZE)
    expect_chosen(shown[FIRST], 100, 200)
    expect_chosen(shown[SECOND], 201, 401)
    expect_chosen(shown[DIFFERENCE], 201, 401)
    expect(page.get_by_text(f"Pixel (100, 200) is {class_at(100, 200)} with", exact=False)).to_be_visible()
    click(page, shown[SECOND], 300, 500, (768, 1024))
    expect_chosen(shown[SECOND], 300, 500)
    expect_chosen(shown[FIRST], 150, 250)


def test_what_changed_is_a_table_and_a_file(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/compare")
    choose_size(page, SECOND, "512 squashed square")
    expect(page.get_by_role("application", name="china.jpg, the second, 512 by 512")).to_be_visible()
    button = page.get_by_role("button", name="changes (CSV)", exact=False)
    with page.expect_download() as started:
        button.click()
    assert started.value.suggested_filename == "china-street-lite0-512-to-512-square-changes.csv"
    rows = list(csv.DictReader(started.value.path().read_text().splitlines()))
    assert rows
    counts = [int(row["pixels"]) for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert all(row["from"] != row["to"] for row in rows)


def test_two_models_are_compared(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    open_compare(page)
    choose_size(page, SECOND, "512")
    expect(page.get_by_text("Both give every pixel the same class.")).to_be_visible()
    pictures(page)
    page.get_by_role("combobox", name="Model 2").click()
    page.get_by_role("option", name="upside-down").click()
    # A third is Road for both; what the first calls Sky is Tree for the second, and the other way round.
    expect(page.get_by_role("heading", name="Where they differ: 66.7% of the pixels")).to_be_visible()
