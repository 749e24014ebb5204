"""The Compare page in a real Chromium: two segmentations of a photo, linked, and what changed."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_explore import SIZE, blocks, class_at, open_with_picture, upload
from tests.browser.test_pixel_viewer import click, expect_chosen, viewer

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot, Watch


FIRST, SECOND, DIFFERENCE = range(3)


def pictures(page: Page) -> list[Locator]:
    """The three viewers, once each shows its picture.

    Whoever goes on before has Streamlit drop files that the browser is about to fetch: a line in its console.
    """
    return [viewer(page, number) for number in (FIRST, SECOND, DIFFERENCE)]


def give(page: Page, name: str = "blocks.png", content: bytes = blocks()) -> None:
    """Upload a picture on the Compare page itself, and wait until it is compared with itself."""
    pictures(page)
    upload(page, (name, content))
    for side in ("the first", "the second"):
        expect(page.get_by_role("application", name=f"{name}, {side}")).to_be_visible()
    pictures(page)


def tools(page: Page) -> Locator:
    """The toolbar of all three pictures."""
    return page.get_by_role("group", name="View of all three pictures")


def expect_views(page: Page, *views: str) -> None:
    for shown, view in zip(pictures(page), views, strict=True):
        expect(shown).to_have_attribute("data-view", view)


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
    open_with_picture(page)
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text("What changes with size or model?")).to_be_visible()
    choose_size(page, SECOND, "512")
    expect(page.get_by_text("Both give every pixel the same class.")).to_be_visible()
    expect(page.get_by_role("heading", name="Where they differ: 0.0% of the pixels")).to_be_visible()


def test_a_pixel_chosen_in_one_picture_is_chosen_in_all(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/compare")
    give(page)
    shown = pictures(page)
    click(page, shown[FIRST], 100, 200, SIZE)
    expect_chosen(shown[FIRST], 100, 200)
    expect_chosen(shown[SECOND], 201, 401)
    expect_chosen(shown[DIFFERENCE], 201, 401)
    # Each picture's reading stands right under it.
    words = shown[FIRST].locator(".says")
    expect(words).to_contain_text(f"Pixel (100, 200) is {class_at(100, 200)} with")
    expect(shown[SECOND].locator(".says")).to_contain_text("Pixel (201, 401) is ")
    picture, said = shown[FIRST].locator(".stage").bounding_box(), words.bounding_box()
    assert picture is not None
    assert said is not None
    assert 0 <= said["y"] - picture["y"] - picture["height"] < 60
    click(page, shown[SECOND], 300, 500, (768, 1024))
    expect_chosen(shown[SECOND], 300, 500)
    expect_chosen(shown[FIRST], 150, 250)


def test_one_toolbar_rules_all_pictures(app: RunningApp, open_page: OpenPage, watch: Watch) -> None:
    page = open_page("about:blank")
    traffic = watch(page)
    page.goto(f"{app.url}/compare")
    shown = pictures(page)
    maps = [url for url in traffic.media if not re.search(r"\.(es|css|jpg)$", url)]
    assert len(maps) == 3  # each picture's own, once
    assert all(each.locator(".toolbar").is_hidden() for each in shown)
    first = shown[FIRST].bounding_box()
    assert first is not None
    assert first["y"] < 600  # of 800

    tools(page).get_by_text("Confidence").click()
    expect_views(page, "confidence", "confidence", "overlay")  # a difference has none
    tools(page).get_by_text("Entropy").click()
    for each in shown:
        expect(each).not_to_have_attribute("data-waiting", "")
    expect_views(page, "entropy", "entropy", "overlay")
    expect(tools(page).get_by_text("sure", exact=True)).to_be_visible()
    tools(page).get_by_text("Overlay").click()
    tools(page).get_by_role("slider", name="Mask opacity").fill("20")
    tools(page).get_by_role("button", name="Boundaries").click()
    tools(page).get_by_role("button", name="Zoom in").click()
    for each in shown:
        expect(each.locator("canvas.mask")).to_have_css("opacity", "0.2")
        expect(each.locator("canvas.lines")).to_be_visible()
        expect(each).to_have_attribute("data-zoom", "1.6")

    isolated = page.locator(".legend .only[aria-pressed=true]")
    shown[SECOND].get_by_role("button", name=re.compile("^Only Sky")).click()
    assert [text.split()[0] for text in isolated.all_inner_texts()] == ["Sky"] * isolated.count()
    expect(shown[FIRST].locator(".legend .only[aria-pressed=true]")).to_have_count(1)
    shown[FIRST].locator(".marks").press("Escape")
    expect(isolated).to_have_count(0)
    shown[FIRST].get_by_role("button", name="Hide Sky").click()
    hidden = page.locator(".legend .eye[aria-pressed=true]")
    expect(shown[SECOND].locator(".legend .eye[aria-pressed=true]")).to_have_count(1)
    give(page)  # another photo: its classes are all shown, and the toolbar stays as it was
    expect(hidden).to_have_count(0)
    for each in shown:
        expect(each.locator("canvas.mask")).to_have_css("opacity", "0.2")


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
    page = open_page(f"{app.url}/compare")
    give(page)
    choose_size(page, SECOND, "512")
    expect(page.get_by_text("Both give every pixel the same class.")).to_be_visible()
    pictures(page)
    page.get_by_role("combobox", name="Model 2").click()
    page.get_by_role("option", name="upside-down").click()
    # A third is Road for both; what the first calls Sky is Tree for the second, and the other way round.
    expect(page.get_by_role("heading", name="Where they differ: 66.7% of the pixels")).to_be_visible()
