"""The Explore page in a real Chromium, with a model whose every answer is known beforehand."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.house import APP
from tests.browser.test_pixel_viewer import click, expect_chosen, point, viewer
from tests.conftest import COLOURS

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screen, Screenshot, Serve


SIZE = (384, 512)
"""The test picture's height and width: its longer side is the working size, so nothing is scaled."""


def class_at(row: int, col: int, shift: int = 0) -> str:
    """Blocks of 3 rows and 5 columns take turns: an error of one pixel finds another class."""
    return COLOURS.names[(row // 3 + col // 5 + shift) % 3]


def blocks(shift: int = 0) -> bytes:
    """The test picture; another shift is another picture of the same size."""
    rows, cols = np.indices(SIZE)
    labels = ((rows // 3 + cols // 5 + shift) % 3).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(COLOURS.palette[labels]).save(buffer, "PNG")
    return buffer.getvalue()


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    chooser = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    chooser.set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    )


def card(page: Page, name: str) -> Locator:
    return page.locator(".strip li").filter(has=page.locator(".name", has_text=re.compile(f"^{name}$")))


def expect_looked_at(page: Page, name: str, size: str = "512 x 384") -> Locator:
    """Wait until the viewer shows this photo."""
    expect(page.get_by_text(f"{name} at {size}")).to_be_visible()
    height_last = " by ".join(size.split(" x "))
    expect(page.get_by_role("application", name=f"{name} with its classes, {height_last}")).to_be_visible()
    return viewer(page)


def look_at(page: Page, name: str) -> Locator:
    card(page, name).locator(".look").click()
    return expect_looked_at(page, name)


def open_with_picture(page: Page) -> Locator:
    """Upload the test picture and wait until the viewer shows it."""
    viewer(page)
    upload(page, ("blocks.png", blocks()))
    return expect_looked_at(page, "blocks.png")


def sentence(page: Page, row: int, col: int, shift: int = 0) -> Locator:
    said = f"Pixel ({row}, {col}) is {class_at(row, col, shift)} with"
    return page.locator(".sentence").filter(has_text=said)


def open_menu(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


# --- the first visit ------------------------------------------------------------------------------


def test_first_visit_shows_a_segmented_sample(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = viewer(page)
    expect(page.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    expect_chosen(shown, 171, 256)
    expect(shown.locator(".sentence")).to_contain_text("Pixel (171, 256) is")


def test_both_themes_and_widths_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshots: Screenshot
) -> None:
    for width in (1280, 400):
        page = open_page(app.url, width=width)
        viewer(page)
        expect(page.get_by_text("The same in numbers")).to_be_visible()
        screenshots(page, f"explore-{width}")


def test_without_a_model_there_is_a_sentence(
    serve: Serve, open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = serve(APP, env={"STREETSCOPE_MODELS": str(tmp_path_factory.mktemp("none"))})
    page = open_page(empty.url)
    expect(page.get_by_text("There is no model called", exact=False)).to_be_visible()


# --- choosing and reading -------------------------------------------------------------------------


def test_the_pixel_outlined_is_the_pixel_read(
    app: RunningApp, open_page: OpenPage, screen: Screen, screenshot: Screenshot
) -> None:
    page = open_page(app.url, width=screen.width, density=screen.density)
    shown = open_with_picture(page)
    for row, col in ((0, 0), (100, 200), (191, 255), (383, 511)):
        click(page, shown, row, col, SIZE)
        expect_chosen(shown, row, col)
        expect(sentence(page, row, col)).to_be_visible()
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
    live = page.get_by_role("button", name="Live", exact=True)
    live.click()
    column = page.get_by_role("spinbutton", name="Column")
    column.fill("17")
    point(page, shown, 100.5, 300.5, SIZE)
    expect(shown).to_have_attribute("data-read-col", "300")  # all is drawn anew, but for what is being typed
    column.press("Enter")
    expect(shown).to_have_attribute("data-col", "17")
    live.click()
    row = int(shown.get_attribute("data-row") or -1)
    expect(sentence(page, row, 17)).to_be_visible()


def download_text(page: Page, label: str) -> tuple[str, str]:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.suggested_filename, download.value.path().read_text()


def test_each_neighbourhood_is_read_as_it_is_chosen(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    click(page, shown, 30, 40, SIZE)
    expect(sentence(page, 30, 40)).to_be_visible()
    square = {(r, c) for r in range(28, 33) for c in range(38, 43)} - {
        (r, c) for r in (28, 32) for c in (38, 42)
    }
    expected = {
        "Column": ("Column 40 from top to bottom", {(r, 40) for r in range(20, 41)}),
        "Square": ("The square around (30, 40)", square),
        "Row": ("Row 30 from left to right", {(30, c) for c in range(30, 51)}),
    }
    for shape, (title, pixels) in expected.items():
        shown.locator(".shapes label").filter(has_text=shape).click()
        expect(page.get_by_text(title)).to_be_visible()
        address = r"^((?!neighbours).)*$" if shape == "Row" else f"neighbours={shape}"
        expect(page).to_have_url(re.compile(address))
        open_menu(page, "Download")
        _, text = download_text(page, "Reading of the 21 pixels (CSV)")
        rows = list(csv.DictReader(text.splitlines()))
        assert {(int(r["row"]), int(r["column"])) for r in rows} == pixels
        assert all(r["class"] == class_at(int(r["row"]), int(r["column"])) for r in rows)
        page.keyboard.press("Escape")
        expect(page.get_by_text("Index mask (PNG)")).to_have_count(0)


def test_temperature_and_explanation_are_there_when_asked_for(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    expect(page.get_by_text("From scores to probabilities")).to_have_count(0)
    page.get_by_text("What do these numbers mean?").click()
    expect(page.get_by_text("From scores to probabilities")).to_be_visible()
    slider = page.get_by_role("slider", name="Temperature T")
    slider.press("ArrowRight")
    expect(shown.locator(".temperature output")).to_have_text("1.05")
    expect(shown.locator(".bars .figure").first).to_contain_text("→")


# --- photos ---------------------------------------------------------------------------------------


def test_several_photos_and_a_bad_file_between_them(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    page = open_page(app.url)
    viewer(page)
    upload(page, ("one.png", blocks(1)), ("notes.jpg", b"buy milk"), ("two.png", blocks(2)))
    expect(page.get_by_text("notes.jpg cannot be used")).to_be_visible()
    expect(
        page.get_by_text("This file is not a picture in a format that we read", exact=False)
    ).to_be_visible()
    for name in ("one.png", "two.png"):
        # Each has a third of each class, whoever looked at it.
        expect(card(page, name).locator(".fact").last).to_contain_text("33%")
    look_at(page, "two.png")
    shown = look_at(page, "one.png")
    click(page, shown, 50, 60, SIZE)
    expect(sentence(page, 50, 60, shift=1)).to_be_visible()
    screenshot(page, "explore-several")


def test_a_photo_can_be_removed(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    viewer(page)
    upload(page, ("one.png", blocks(1)), ("two.png", blocks(2)))
    look_at(page, "two.png")
    page.get_by_role("button", name="Remove two.png").click()
    expect(card(page, "two.png")).to_have_count(0)
    expect_looked_at(page, "one.png")
    page.get_by_role("button", name="Remove one.png").click()
    expect(page.get_by_text("china.jpg at 512 x 342")).to_be_visible()


def test_a_picture_is_pasted(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    viewer(page)
    page.evaluate(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }""",
        list(blocks(1)),
    )
    expect_looked_at(page, "pasted.png")


def test_a_photo_is_taken_with_the_camera(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    viewer(page)
    open_menu(page, "Camera")
    # Streamlit's button takes nothing before the camera's first picture, nor while it asks for the camera
    # again because its own width changed: seen and pressed at one go.
    page.wait_for_function(
        """() => {
            const camera = document.querySelector("[data-testid=stCameraInput]");
            const button = camera?.querySelector("[data-testid=stCameraInputButton]");
            if (!camera?.querySelector("video")?.videoHeight || button.disabled) return false;
            button.click();
            return true;
        }"""
    )
    expect(card(page, "camera-1.jpg")).to_be_visible()
    expect(page.get_by_text("camera-1.jpg at 512 x", exact=False)).to_be_visible()


def test_photos_and_pins_outlive_a_reload(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    click(page, shown, 33, 44, SIZE)
    expect(sentence(page, 33, 44)).to_be_visible()
    page.get_by_role("button", name="Pin this pixel").click()
    expect(page.get_by_text("Your pins")).to_be_visible()
    page.reload()
    expect_looked_at(page, "blocks.png")
    expect(page.get_by_text("Your pins")).to_be_visible()


def test_two_tabs_are_two_visits(app: RunningApp, open_page: OpenPage) -> None:
    first = open_page(app.url)
    open_with_picture(first)
    second = open_page(app.url)
    viewer(second)
    expect(second.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    expect(card(second, "blocks.png")).to_have_count(0)
    expect(card(first, "blocks.png")).to_be_visible()


def test_a_visitor_who_lost_the_connection_goes_on_where_they_were(
    app: RunningApp, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    page.add_init_script(
        """window.sockets = [];
        const Real = WebSocket;
        window.WebSocket = class extends Real {
            constructor(...given) { super(...given); window.sockets.push(this); }
        };"""
    )
    page.goto(app.url)
    shown = open_with_picture(page)
    page.evaluate("window.sockets.at(-1).close()")
    page.wait_for_function("window.sockets.length > 1 && window.sockets.at(-1).readyState === 1")
    click(page, shown, 60, 70, SIZE)
    expect_chosen(shown, 60, 70)
    expect(sentence(page, 60, 70)).to_be_visible()
    expect(card(page, "blocks.png")).to_be_visible()


# --- the address ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/explore"])
def test_the_address_opens_what_it_says(app: RunningApp, open_page: OpenPage, path: str) -> None:
    page = open_page(f"{app.url}{path}?photo=china&size=1024&view=mask&row=100&col=900&neighbours=Square")
    shown = viewer(page)
    expect(page.get_by_text("china.jpg at 1024 x 683")).to_be_visible()
    expect_chosen(shown, 100, 900)
    expect(page.get_by_text("The square around (100, 900)")).to_be_visible()
    expect(shown.get_by_role("radio", name="Mask", exact=True)).to_be_checked()
    expect(page.get_by_role("dialog")).to_have_count(0)  # which says that there is no such page


def test_the_address_follows_what_is_done(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = viewer(page)
    click(page, shown, 20, 30, (342, 512))
    expect(page).to_have_url(re.compile(r"row=20&col=30"))
    shown.get_by_text("Mask", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"view=mask"))
    again = open_page(page.url, apart=True)
    expect_chosen(viewer(again), 20, 30)
    expect(again.get_by_text("china.jpg at 512 x 342")).to_be_visible()


def test_a_link_to_copy_opens_zoom_and_classes_too(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = viewer(page)
    shown.locator(".marks").focus()
    page.keyboard.press("+")
    shown.get_by_role("button", name="Hide Sky").click()
    expect(page).to_have_url(re.compile(r"zoom=1\.60_0\.1879_0\.188\d&hide=Sky"))
    open_menu(page, "Share")
    link = page.get_by_role("textbox", name="Link to what the page shows")
    expect(link).to_have_value(re.compile("hide=Sky"))
    expect(page.get_by_text("StreetScope is open to this machine alone", exact=False)).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert link.evaluate("field => field.selectionEnd - field.selectionStart") == len(link.input_value())
    again = viewer(open_page(link.input_value(), apart=True))
    expect(again).to_have_attribute("data-zoom", "1.6")
    expect(again.get_by_role("button", name="Hide Sky")).to_have_attribute("aria-pressed", "true")

    # Another photo is seen whole, with all its classes, and its link says so.
    page.keyboard.press("Escape")
    card(page, "toytown-noon.jpg").locator(".look").click()
    expect(page).to_have_url(re.compile("photo=toytown-noon"))
    shown = expect_looked_at(page, "toytown-noon.jpg", "512 x 384")
    expect(shown).to_have_attribute("data-zoom", "1")
    expect(shown.locator(".eye[aria-pressed=true]")).to_have_count(0)
    assert "zoom" not in page.url


def test_a_photo_that_is_not_there_is_named(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/?photo=atlantis&zoom=2_0.5_0.5")
    shown = viewer(page)
    expect(page.get_by_text("There is no sample called atlantis")).to_be_visible()
    expect(page).to_have_url(re.compile("photo=china"))
    expect(shown).to_have_attribute("data-zoom", "1")
    click(page, shown, 20, 30, (342, 512))
    expect(page).to_have_url(re.compile(r"row=20&col=30"))
    expect(page.get_by_text("There is no sample called atlantis")).to_be_visible()


@pytest.mark.parametrize(
    "query",
    ["photo=../../etc/passwd&view=x&row=-1&col=9", "row=99999999999999&col=1e9&size=7", "row=&col=&photo="],
)
def test_a_strange_address_opens_the_page(app: RunningApp, open_page: OpenPage, query: str) -> None:
    page = open_page(f"{app.url}/?{query}")
    viewer(page)
    expect(page.get_by_text("china.jpg at 512 x 342")).to_be_visible()


def test_an_own_photo_is_not_in_the_address(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    click(page, shown, 20, 30, SIZE)
    expect(page).to_have_url(re.compile(r"row=20&col=30"))
    assert re.search(r"photo=own-[0-9a-f]{8}(&|$)", page.url)
    expect(page.get_by_text("the page's address does not include it", exact=False)).to_be_visible()
    # Somebody else does not see it, nor another photo in silence; its owner does, after a reload too.
    other = open_page(page.url, apart=True)
    viewer(other)
    expect(other.get_by_text("This link was made from somebody's own photo", exact=False)).to_be_visible()
    expect(other.get_by_text("china.jpg at 512 x 342")).to_be_visible()
    page.reload()
    expect_chosen(expect_looked_at(page, "blocks.png"), 20, 30)
    expect(page.get_by_text("This link was made", exact=False)).to_have_count(0)


# --- downloads and pins ---------------------------------------------------------------------------


def test_downloads_are_what_they_say(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    click(page, shown, 30, 40, SIZE)
    expect(sentence(page, 30, 40)).to_be_visible()
    open_menu(page, "Download")

    def download(label: str, name: str) -> Path:
        with page.expect_download() as started:
            page.get_by_role("button", name=label).click()
        assert started.value.suggested_filename == name
        return started.value.path()

    stem = "blocks-street-lite0-512"

    def picture(label: str, name: str) -> np.ndarray:
        with Image.open(download(label, name)) as image:
            return np.array(image)

    labels = picture("Index mask (PNG)", f"{stem}-index.png")
    assert COLOURS.names[labels[30, 40]] == class_at(30, 40)
    mask = picture("Colour mask (PNG)", f"{stem}-mask.png")
    assert (mask == COLOURS.palette[labels]).all()
    assert picture("Overlay (PNG)", f"{stem}-overlay.png").shape == (*SIZE, 3)
    assert picture("Confidence map (PNG)", f"{stem}-confidence.png").shape == SIZE
    assert picture("Entropy map (PNG)", f"{stem}-entropy.png").shape == SIZE
    shares = list(
        csv.DictReader(download("Class shares (CSV)", f"{stem}-shares.csv").read_text().splitlines())
    )
    assert {row["class"] for row in shares} == {"Sky", "Road", "Tree"}
    with np.load(download("Probabilities of every pixel (NPZ)", f"{stem}-probabilities.npz")) as arrays:
        assert arrays["probabilities"].shape == (*SIZE, 4)
        assert (arrays["probabilities"].argmax(axis=-1) == labels).all()
    chart = download("Chart of the 21 pixels (HTML)", f"{stem}-reading.html").read_text("utf-8")
    assert "column (row 30)" in chart
    assert len(chart.encode()) < 100_000
    with zipfile.ZipFile(
        download("Everything of all photos (ZIP)", "photos-street-lite0-512.zip")
    ) as archive:
        assert f"{stem}-index.png" in archive.namelist()
        assert archive.testzip() is None

    # This photo's own size is the working size; the sample is larger.
    expect(page.get_by_role("button", name="full size")).to_have_count(0)
    page.keyboard.press("Escape")
    card(page, "china.jpg").locator(".look").click()
    expect_looked_at(page, "china.jpg", "512 x 342")
    open_menu(page, "Download")
    stem = "china-street-lite0-512"
    labels = picture("Index mask, full size (PNG)", f"{stem}-index-640x427.png")
    assert labels.shape == (427, 640)
    mask = picture("Colour mask, full size (PNG)", f"{stem}-mask-640x427.png")
    assert (mask == COLOURS.palette[labels]).all()
    assert picture("Overlay, full size (PNG)", f"{stem}-overlay-640x427.png").shape == (427, 640, 3)


def test_pins_are_kept_and_exported(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(app.url)
    shown = open_with_picture(page)
    for number, (row, col) in enumerate(((30, 40), (31, 200)), start=1):
        click(page, shown, row, col, SIZE)
        expect(sentence(page, row, col)).to_be_visible()
        page.get_by_role("button", name="Pin this pixel").click()
        expect(shown.locator(".pin")).to_have_count(number)
    _, text = download_text(page, "Pins (CSV)")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(r["name"], int(r["row"]), int(r["column"]), r["class"]) for r in rows] == [
        ("Pin 1", 30, 40, class_at(30, 40)),
        ("Pin 2", 31, 200, class_at(31, 200)),
    ]
    page.get_by_role("button", name="Remove all pins").click()
    expect(page.get_by_text("Your pins")).to_have_count(0)
