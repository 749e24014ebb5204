"""The pixel viewer in a real Chromium: what it shows and says is what Python's arrays hold."""

from __future__ import annotations

import math
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from core.errors import PixelOutsideError
from pages.widgets.viewer.pixel_viewer import pixel_viewer, viewer_picture
from tests.browser.viewer_app import NAMES, PALETTE, checker, encoded

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, OpenViewer, Screen, Screenshot, Serve, Watch

pytestmark = pytest.mark.browser

APP = Path(__file__).parent / "viewer_app.py"
NOTHING = "\N{EN DASH}"
SMALL = (48, 64)
LARGE = (480, 640)


def class_at(row: int, col: int, shift: int = 0) -> str:
    """The checker's class: (3 row + col + shift) modulo 7."""
    return NAMES[(3 * row + col + shift) % 7]


def confidence_at(row: int, col: int) -> int:
    return (7 * row + 13 * col) % 101


def in_words(row: int, col: int) -> str:
    return f"{class_at(row, col)} · {confidence_at(row, col)}%"


# Each viewer is in a shadow tree of its own, which its place on the page does not have from the beginning.
READY = """number => {
  const places = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const viewers = places.flatMap((each) => [...(each.shadowRoot ?? each).querySelectorAll(".viewer")]);
  return viewers[number]?.dataset.ready === "true";
}"""


def viewer(page: Page, number: int = 0) -> Locator:
    """The number-th viewer of the page, once its picture is there."""
    shown = page.locator(".viewer").nth(number)
    # While a page loads, `expect` soon looks but once a second.
    page.wait_for_function(READY, arg=number, polling=50, timeout=90_000)
    expect(shown).to_have_attribute("data-ready", "true", timeout=90_000)
    return shown


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def settle(page: Page) -> None:
    """Wait until the run of the script has ended and the page has drawn what came of it."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.evaluate(TWO_FRAMES)


def point(page: Page, shown: Locator, row: float, col: float, size: tuple[int, int]) -> None:
    """Move the pointer to a place given in picture pixels: (0.5, 0.5) is the first pixel's centre."""
    box = shown.locator(".marks").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + col * box["width"] / size[1], box["y"] + row * box["height"] / size[0])


def click(page: Page, shown: Locator, row: int, col: int, size: tuple[int, int]) -> None:
    point(page, shown, row + 0.5, col + 0.5, size)
    page.mouse.down()
    page.mouse.up()


def expect_chosen(shown: Locator, row: int, col: int) -> None:
    expect(shown).to_have_attribute("data-row", str(row))
    expect(shown).to_have_attribute("data-col", str(col))


def expect_window(shown: Locator, first: int, last: int) -> None:
    expect(shown).to_have_attribute("data-first", str(first))
    expect(shown).to_have_attribute("data-last", str(last))


def expect_python(page: Page, row: int, col: int, key: str = "viewer0") -> None:
    """Python was told of this pixel, and follows it."""
    told = f"{key}: chosen=({row}, {col}) clicked=({row}, {col})"
    expect(page.get_by_text(told, exact=True)).to_be_visible()


# --- pointing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("show", "size"), [("small", SMALL), ("large", LARGE)])
def test_pointing_names_the_pixel_at_every_width_and_density(
    open_viewer: OpenViewer, screen: Screen, show: str, size: tuple[int, int]
) -> None:
    page = open_viewer(f"show={show}", width=screen.width, density=screen.density)
    shown = viewer(page)
    height, width = size
    rows = (0, 1, height // 3, height // 2, height - 2, height - 1)
    cols = (0, 1, width // 3, width // 2, width - 2, width - 1)
    # Near a pixel's edges too: there rounding, and off-by-half errors, name its neighbour.
    for (row, col), part in zip(
        zip(rows, reversed(cols), strict=True), (0.1, 0.5, 0.9, 0.5, 0.1, 0.9), strict=True
    ):
        point(page, shown, row + part, col + part, size)
        expect(shown.locator(".readout.hovered .what")).to_have_text(in_words(row, col))
        expect(shown.locator(".readout.hovered .where")).to_have_text(f"row {row}, col {col}")
        expect(shown).to_have_attribute("data-hover-row", str(row))
        expect(shown).to_have_attribute("data-hover-col", str(col))


def test_pointing_is_right_on_a_scrolled_page(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large", width=400, height=400)
    shown = viewer(page)
    before = shown.bounding_box()
    page.mouse.move(200, 200)
    page.mouse.wheel(0, 90)
    page.wait_for_function(
        "y => document.querySelector('.stBidiComponent').getBoundingClientRect().y < y", arg=before["y"]
    )
    point(page, shown, 300.5, 417.5, LARGE)
    expect(shown.locator(".readout.hovered .what")).to_have_text(in_words(300, 417))


def test_leaving_the_picture_empties_the_pointers_readout(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    point(page, shown, 7.5, 9.5, SMALL)
    expect(shown.locator(".readout.hovered .where")).to_have_text("row 7, col 9")
    page.mouse.move(1, 1)
    expect(shown.locator(".readout.hovered .where")).to_have_text(NOTHING)
    expect(shown).to_have_attribute("data-hover-row", "")


# --- painting ------------------------------------------------------------------------------------


def test_mask_and_marks_lie_on_their_pixels(open_viewer: OpenViewer, screen: Screen) -> None:
    page = open_viewer("show=small", width=screen.width, density=screen.density)
    shown = viewer(page)
    mask, marks = shown.locator(".mask"), shown.locator(".marks")
    box = marks.bounding_box()
    width, height = mask.evaluate("canvas => [canvas.width, canvas.height]")
    assert abs(width - box["width"] * screen.density) <= 1
    assert abs(height - box["height"] * screen.density) <= 1

    for row, col in [(0, 0), (0, 63), (47, 0), (47, 63), (20, 31)]:
        x, y = math.floor((col + 0.5) / 64 * width), math.floor((row + 0.5) / 48 * height)
        painted = mask.evaluate(
            "(c, [x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data]", [x, y]
        )
        assert painted == [*PALETTE[(3 * row + col) % 7].tolist(), 255]

    # The window of (24, 32) is columns 22..42. Its frame surrounds them, line included, by few pixels.
    expect_window(shown, 22, 42)
    left, right, top, bottom = marks.evaluate(PAINTED_EXTENT)
    lines = 16 * screen.density  # half the ring's height on the narrow screen, and the lines
    assert width * 22 / 64 - lines / 2 <= left <= width * 22 / 64
    assert width * 43 / 64 <= right <= width * 43 / 64 + lines / 2
    assert height * 24 / 48 - lines <= top <= height * 24 / 48
    assert height * 25 / 48 <= bottom <= height * 25 / 48 + lines


PAINTED_EXTENT = """canvas => {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (data[4 * (y * width + x) + 3] === 0) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
  }
  return [left, right, top, bottom];
}"""


def test_opacity_slider_needs_no_server(open_viewer: OpenViewer, watch: Watch) -> None:
    page = open_viewer("show=small")
    traffic = watch(page)
    shown = viewer(page)
    slider = shown.get_by_role("slider", name="Mask opacity")
    expect(shown.locator(".mask")).to_have_css("opacity", "0.55")
    settle(page)
    traffic.clear()
    slider.fill("20")
    expect(shown.locator(".mask")).to_have_css("opacity", "0.2")
    expect(shown.locator("output")).to_have_text("20%")
    page.evaluate(TWO_FRAMES)
    assert (traffic.sent, traffic.received, traffic.requests) == ([], [], [])
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)
    assert len(traffic.sent) == 1  # the click: nothing of the slider's was only late
    assert traffic.received


def test_legend_lists_the_classes_that_occur_largest_first(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=street")
    entries = viewer(page).locator(".legend li").all_inner_texts()
    shares = [float(re.search(r"([\d.]+)%", entry)[1]) for entry in entries]
    assert len(entries) == len(NAMES)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares) + 1e-9)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_viewer_fits_its_window(
    open_viewer: OpenViewer, screenshot: Screenshot, width: int, theme: str
) -> None:
    for show, size in (("street", (480, 640)), ("portrait", (1024, 576))):
        page = open_viewer(f"show={show}", width=width, theme=theme)
        shown = viewer(page)
        click(page, shown, 250, 330, size)
        point(page, shown, 180, 200, size)
        expect_python(page, 250, 330)
        screenshot(page, f"viewer-{show}-{width}-{theme}")
        box = shown.locator(".stage").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] <= 0.75 * page.viewport_size["height"] + 1
        assert box["width"] / box["height"] == pytest.approx(size[1] / size[0], rel=0.01)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- choosing ------------------------------------------------------------------------------------


def test_clicked_pixel_is_marked_at_once_and_told_to_python(open_viewer: OpenViewer, screen: Screen) -> None:
    page = open_viewer("show=large", width=screen.width, density=screen.density)
    shown = viewer(page)
    height, width = LARGE
    # The window is the 10 columns before and after; at an edge it slides, and keeps its 21 columns.
    for row, col, first, last in [
        (0, 0, 0, 20),
        (0, width - 1, width - 21, width - 1),
        (height - 1, width - 1, width - 21, width - 1),
        (height - 1, 0, 0, 20),
        (height // 2 + 3, 11, 1, 21),
        (7, width - 12, width - 22, width - 2),
    ]:
        click(page, shown, row, col, LARGE)
        expect_chosen(shown, row, col)
        expect_window(shown, first, last)
        expect(shown.locator(".readout.chosen .what")).to_have_text(in_words(row, col))
        expect_python(page, row, col)
        # And so it stays: Python's answer names the same pixel and the same window.
        expect_chosen(shown, row, col)
        expect_window(shown, first, last)


def test_marks_do_not_wait_for_the_server(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&seconds=1.5")
    shown = viewer(page)
    click(page, shown, 7, 9, SMALL)
    assert shown.get_attribute("data-col") == "9"
    assert shown.locator(".readout.chosen .where").inner_text() == "row 7, col 9"
    assert page.get_by_text("chosen=(7, 9)").count() == 0  # Python is still asleep
    expect_python(page, 7, 9)


def test_window_of_a_narrow_picture_is_the_whole_row(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=narrow")
    shown = viewer(page)
    click(page, shown, 39, 14, (40, 15))
    expect_chosen(shown, 39, 14)
    expect_window(shown, 0, 14)
    expect_python(page, 39, 14)


def test_click_chooses_what_was_pointed_at_between_css_pixels(open_viewer: OpenViewer) -> None:
    # Some 0.57 CSS pixels a picture pixel: a click's whole-number coordinates would miss.
    page = open_viewer("show=large", width=400, density=2)
    shown = viewer(page)
    for row, col in [(101, 202), (102, 203), (103, 204)]:
        click(page, shown, row, col, LARGE)
        assert shown.get_attribute("data-hover-col") == str(col)
        expect_chosen(shown, row, col)


def test_tap_chooses(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small", width=400, touch=True)
    shown = viewer(page)
    box = shown.locator(".marks").bounding_box()
    page.touchscreen.tap(box["x"] + 20.5 / 64 * box["width"], box["y"] + 30.5 / 48 * box["height"])
    expect_chosen(shown, 30, 20)
    expect_python(page, 30, 20)
    assert shown.get_attribute("data-hover-row") in (None, "")


def test_click_costs_little_and_touches_no_picture(serve: Serve, open_page: OpenPage, watch: Watch) -> None:
    page = open_page("about:blank")
    traffic = watch(page)
    page.goto(f"{serve(APP).url}/?show=street")
    shown = viewer(page)
    pictures = [url for url in traffic.media if url.endswith((".jpg", ".bin"))]
    assert len(pictures) == 2  # the photo; the label map with the confidences
    assert len(traffic.media) == len(set(traffic.media))
    assert sum(traffic.received) < 10_000  # none of them came this way, nor the viewer's source
    shown.evaluate(WATCH)
    before = shown.locator(".photo").evaluate("canvas => canvas.toDataURL()")
    settle(page)
    traffic.clear()

    click(page, shown, 100, 200, LARGE)
    expect_python(page, 100, 200)
    settle(page)

    assert sum(traffic.received) < 6_500  # its door, about 2 kB, its data, and what the page wrote
    assert traffic.media == []
    assert shown.evaluate("root => root.seen") == []  # never taken down, resized or put up again
    assert shown.locator(".photo").evaluate("canvas => canvas.toDataURL()") == before


WATCH = """root => {
  root.seen = [];
  const watcher = new MutationObserver((changes) => {
    for (const { type, attributeName } of changes) root.seen.push([type, attributeName]);
  });
  watcher.observe(root, { attributeFilter: ["data-ready"] });
  watcher.observe(root.querySelector(".stage"), { childList: true, subtree: true, attributes: true });
  watcher.observe(root.parentNode, { childList: true });
}"""


def test_overtaken_answers_do_not_move_the_marks_back(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&seconds=0.3")
    shown = viewer(page)
    shown.evaluate("""root => {
      root.path = [];
      const watcher = new MutationObserver(() => root.path.push(root.dataset.col));
      watcher.observe(root, { attributeFilter: ["data-col"] });
    }""")
    for col in (10, 20, 30, 40):
        click(page, shown, 5, col, SMALL)
        page.wait_for_timeout(200)  # long enough for answers to arrive in between
    expect_python(page, 5, 40)
    settle(page)
    path = shown.evaluate("root => root.path")
    assert list(dict.fromkeys(path)) == ["10", "20", "30", "40"]
    assert path == sorted(path)


# --- the keyboard --------------------------------------------------------------------------------


def test_arrow_keys_move_the_chosen_pixel(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    shown.locator(".marks").focus()
    for key, row, col in [
        ("ArrowRight", 24, 33),
        ("ArrowDown", 25, 33),
        ("Shift+ArrowRight", 25, 43),
        ("Shift+ArrowUp", 15, 43),
        ("ArrowLeft", 15, 42),
        ("Shift+ArrowRight", 15, 52),
        ("Shift+ArrowRight", 15, 62),
        ("Shift+ArrowRight", 15, 63),  # the last column; not beyond
    ]:
        page.keyboard.press(key)
        assert (shown.get_attribute("data-row"), shown.get_attribute("data-col")) == (str(row), str(col))
    expect_window(shown, 43, 63)
    expect_python(page, 15, 63)
    said = f"Row 15, column 63: {class_at(15, 63)}, {confidence_at(15, 63)}%"
    expect(shown.locator("[aria-live]")).to_have_text(said)
    expect(shown.locator(".marks")).to_have_css("outline-style", "solid")


def test_held_arrow_key_is_told_once(open_viewer: OpenViewer, watch: Watch) -> None:
    page = open_viewer("show=small")
    traffic = watch(page)
    shown = viewer(page)
    shown.locator(".marks").focus()
    settle(page)
    traffic.clear()
    shown.locator(".marks").evaluate("""canvas => {
      const held = () => new KeyboardEvent("keydown", { key: "ArrowLeft" });
      for (let i = 0; i < 12; i += 1) canvas.dispatchEvent(held());
    }""")
    assert shown.get_attribute("data-col") == "20"
    expect_python(page, 24, 20)
    assert len(traffic.sent) == 1


def test_picture_is_described_in_words(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    canvas = viewer(page).get_by_role("application")
    name = canvas.get_attribute("aria-label")
    # 48 * 64 = 3072 = 7 * 439 - 1 pixels: the classes share them to within one.
    assert name.startswith("Segmented photo, 64 by 48 pixels: ")
    assert name.count("14.3%") == 5
    expect(canvas).to_have_accessible_description(re.compile("Arrow keys"))


# --- with Python and with others -----------------------------------------------------------------


def test_viewer_follows_python(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    click(page, shown, 30, 40, SMALL)
    expect_python(page, 30, 40)
    page.get_by_role("button", name="To (3, 5)").click()
    expect_chosen(shown, 3, 5)
    expect_window(shown, 0, 20)
    expect(shown.locator(".readout.chosen .what")).to_have_text(in_words(3, 5))
    # What was clicked last stays known, and the next click counts again.
    expect(page.get_by_text("chosen=(3, 5) clicked=(30, 40)")).to_be_visible()
    click(page, shown, 30, 40, SMALL)
    expect_python(page, 30, 40)
    expect_chosen(shown, 30, 40)


def test_two_viewers_do_not_mix(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small,shifted")
    first, second = viewer(page, 0), viewer(page, 1)
    point(page, second, 7.5, 9.5, SMALL)
    expect(second.locator(".readout.hovered .what")).to_contain_text(class_at(7, 9, shift=2))
    expect(first.locator(".readout.hovered .where")).to_have_text(NOTHING)

    click(page, first, 1, 2, SMALL)
    click(page, second, 40, 50, SMALL)
    expect_python(page, 1, 2, "viewer0")
    expect_python(page, 40, 50, "viewer1")
    expect_chosen(first, 1, 2)
    expect_chosen(second, 40, 50)
    first.get_by_role("slider").fill("0")
    expect(second.locator(".mask")).to_have_css("opacity", "0.55")


def test_another_picture_takes_the_place_of_the_first(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=shifted")
    shown = viewer(page)
    click(page, shown, 30, 40, SMALL)
    expect_python(page, 30, 40)
    page.get_by_text("Swap").click()
    # The pixel was chosen in the other picture, so nobody clicked it in this one.
    expect(page.get_by_text("chosen=(30, 40) clicked=None")).to_be_visible()
    expect(viewer(page).locator(".readout.chosen .what")).to_contain_text(class_at(30, 40, shift=2))
    click(page, shown, 4, 6, SMALL)
    expect_python(page, 4, 6)


def test_viewer_taken_away_and_back_works_as_before(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=nothing")
    click(page, viewer(page), 30, 40, SMALL)
    expect_python(page, 30, 40)
    page.get_by_text("Swap").click()
    expect(page.locator(".viewer")).to_have_count(0)
    page.get_by_text("Swap").click()
    shown = viewer(page)
    expect_chosen(shown, 30, 40)
    click(page, shown, 4, 6, SMALL)
    expect_python(page, 4, 6)


def test_resized_window_keeps_pixels_right(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small", width=1280)
    shown = viewer(page)
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_function("document.querySelector('.stBidiComponent').getBoundingClientRect().width < 400")
    click(page, shown, 47, 63, SMALL)
    expect_python(page, 47, 63)
    page.wait_for_function(
        "canvas => Math.abs(canvas.width - canvas.getBoundingClientRect().width) <= 1",
        arg=shown.locator(".marks").element_handle(),
    )


def test_pictures_arrive_below_a_base_path(serve: Serve, open_page: OpenPage) -> None:
    app = serve(APP, options=("--server.baseUrlPath=street/scope",))
    viewer(open_page(f"{app.url}/?show=small"))


# --- Python's side alone -------------------------------------------------------------------------


def test_pixel_outside_the_picture_is_refused() -> None:
    with pytest.raises(PixelOutsideError, match="rows are 0 to 47 and columns 0 to 63"):
        pixel_viewer(checker(48, 64), chosen=(48, 0), key="viewer")


def test_browser_can_send_anything_and_is_not_believed() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["show"] = "small"
    for sent, clicked in [
        ({"row": 48, "col": 0}, None),
        ({"row": -1, "col": 0}, None),
        ({"row": "1", "col": 0}, None),
        ({"row": True, "col": 0}, None),
        ({"row": 1}, None),
        ({"row": 1, "col": 1, "picture": "another"}, None),
        ({}, None),
        ({"row": 1, "col": 2}, (1, 2)),  # the picture has this pixel
    ]:
        state = {"picture": checker(48, 64).identity, "sequence": "x", **sent}
        app.session_state["viewer0"] = {"chosen": state}
        app.run()
        assert not app.exception, sent
        assert app.text[0].value == f"viewer0: chosen=(24, 32) clicked={clicked}", sent


def test_picture_is_packed_row_by_row_and_deflated() -> None:
    packed = checker(2, 3)
    #       labels (3 row + col) % 7, then confidences (7 row + 13 col) % 101
    assert list(zlib.decompress(packed.maps)) == [0, 1, 2, 3, 4, 5, 0, 13, 26, 7, 20, 33]
    assert (packed.height, packed.width, packed.photo_type) == (2, 3, "image/png")


def test_identity_changes_with_what_is_shown() -> None:
    assert checker(4, 6).identity == checker(4, 6).identity
    assert checker(4, 6).identity != checker(4, 6, shift=1).identity
    assert checker(4, 6).identity != checker(6, 4).identity


def test_parts_that_do_not_belong_together_are_refused() -> None:
    photo = encoded(np.zeros((4, 6, 3), np.uint8), "PNG")
    maps = np.zeros((4, 6), np.uint8)
    with pytest.raises(ValueError, match="6x4, the label map 4x6"):
        viewer_picture(photo, maps.T, NAMES, PALETTE)
    with pytest.raises(ValueError, match="do not fit labels"):
        viewer_picture(photo, maps, NAMES, PALETTE, confidence_percent=maps.T)
    with pytest.raises(ValueError, match="must be uint8"):
        viewer_picture(photo, maps, NAMES, PALETTE, confidence_percent=maps.astype(np.float32))
    with pytest.raises(ValueError, match="7 class names, but 2 colours"):
        viewer_picture(photo, maps, NAMES, PALETTE[:2])
