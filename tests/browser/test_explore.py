"""The Explore page in a real Chromium, with a model whose every answer is known beforehand."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_pixel_viewer import click, expect_chosen, expect_window, point, viewer
from tests.conftest import COLOURS, ROOT, save_colour_model

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screen, Screenshot, Serve

pytestmark = pytest.mark.browser

APP = ROOT / "app.py"
SIZE = (384, 512)
"""The test picture's height and width: its longer side is the working size, so nothing is scaled."""


def class_at(row: int, col: int) -> str:
    """Blocks of 3 rows and 5 columns take turns: an error of one pixel finds another class."""
    return COLOURS.names[(row // 3 + col // 5) % 3]


def test_picture() -> bytes:
    rows, cols = np.indices(SIZE)
    labels = ((rows // 3 + cols // 5) % 3).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(COLOURS.palette[labels]).save(buffer, "PNG")
    return buffer.getvalue()


test_picture.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> RunningApp:
    """The app with a model store that holds the colour model under the default model's name."""
    store = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(store))
        save_colour_model("street-lite0")
    return serve(APP, env={"STREETSCOPE_MODELS": str(store)})


def upload(page: Page, name: str, content: bytes, media_type: str = "image/png") -> None:
    chooser = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    chooser.set_input_files([{"name": name, "mimeType": media_type, "buffer": content}])


def open_with_picture(page: Page) -> Locator:
    """Upload the test picture and wait until the viewer shows it."""
    viewer(page)
    upload(page, "blocks.png", test_picture())
    expect(page.get_by_text("blocks.png at 512 x 384")).to_be_visible()
    # The viewer is told of the new picture a moment later than the caption.
    expect(page.get_by_role("application", name="blocks.png with its classes, 512 by 384")).to_be_visible()
    return viewer(page)


def sentence(page: Page, row: int, col: int) -> Locator:
    return page.get_by_text(f"Pixel ({row}, {col}) is {class_at(row, col)} with", exact=False)


def test_first_visit_shows_a_segmented_sample(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = viewer(page)
    expect(page.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    expect_chosen(shown, 171, 256)
    expect(page.get_by_text("Pixel (171, 256) is", exact=False)).to_be_visible()


def test_the_pixel_outlined_is_the_pixel_read(
    app: RunningApp, open_page: OpenPage, screen: Screen, screenshot: Screenshot
) -> None:
    page = open_page(app.url, width=screen.width, density=screen.density)
    shown = open_with_picture(page)
    for row, col in ((0, 0), (100, 200), (191, 255), (383, 511)):
        click(page, shown, row, col, SIZE)
        expect_chosen(shown, row, col)
        first = min(max(col - 10, 0), 511 - 20)
        expect_window(shown, first, first + 20)
        expect(sentence(page, row, col)).to_be_visible(timeout=15_000)
    screenshot(page, f"explore-{screen.width}-x{screen.density}")


def test_pointing_names_the_class(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    for row, col in ((2, 4), (3, 4), (3, 5), (250, 300)):
        point(page, shown, row + 0.5, col + 0.5, SIZE)
        expect(shown.locator(".readout.hovered .what")).to_contain_text(class_at(row, col))


def test_number_inputs_move_the_pixel(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    column = page.get_by_role("spinbutton", name="Column")
    column.fill("17")
    column.press("Enter")
    expect(shown).to_have_attribute("data-col", "17")
    row = int(shown.get_attribute("data-row") or -1)
    expect(sentence(page, row, 17)).to_be_visible()


def test_a_text_file_named_jpg_gets_its_sentence_and_the_sample_stays(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    page = open_page(app.url)
    viewer(page)
    upload(page, "notes.jpg", b"buy milk", "image/jpeg")
    expect(page.get_by_text("notes.jpg cannot be used")).to_be_visible(timeout=15_000)
    expect(
        page.get_by_text("This file is not a picture in a format that we read", exact=False)
    ).to_be_visible()
    viewer(page)
    expect(page.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    screenshot(page, "explore-bad-file")


def test_downloads_are_what_they_say(app: RunningApp, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    click(page, shown, 30, 40, SIZE)
    expect(sentence(page, 30, 40)).to_be_visible(timeout=15_000)
    page.get_by_test_id("stPopoverButton").click()
    with page.expect_download() as download:
        page.get_by_text("Index mask (PNG)").click()
    assert download.value.suggested_filename == "blocks-street-lite0-512-index.png"
    labels = np.array(Image.open(download.value.path()))
    assert COLOURS.names[labels[30, 40]] == class_at(30, 40)
    with page.expect_download() as download:
        page.get_by_text("Reading of the 21 pixels (CSV)").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [int(row["column"]) for row in rows] == list(range(30, 51))
    assert [row["class"] for row in rows] == [class_at(30, col) for col in range(30, 51)]


def test_both_themes_and_widths_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    for width in (1280, 400):
        for theme in ("light", "dark"):
            page = open_page(app.url, width=width, theme=theme)
            viewer(page)
            expect(page.get_by_text("The same in numbers")).to_be_visible()
            screenshot(page, f"explore-{width}-{theme}")


def test_without_a_model_there_is_a_sentence(
    serve: Serve, open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = serve(APP, env={"STREETSCOPE_MODELS": str(tmp_path_factory.mktemp("none"))})
    page = open_page(empty.url)
    expect(page.get_by_text("There is no model called", exact=False)).to_be_visible(timeout=30_000)
