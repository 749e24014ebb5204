"""Zooming, panning and linked viewers in a real Chromium, by wheel, mouse, fingers and keys."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.test_pixel_viewer import (
    LARGE,
    SMALL,
    TWO_FRAMES,
    class_at,
    click,
    expect_chosen,
    expect_python,
    in_words,
    point,
    settle,
    viewer,
)
from tests.browser.viewer_app import PALETTE

if TYPE_CHECKING:
    from tests.browser.conftest import OpenViewer, Screen, Watch

pytestmark = pytest.mark.browser


def zoom_of(shown: Locator) -> float:
    return float(shown.get_attribute("data-zoom") or "nan")


def viewport_of(shown: Locator) -> tuple[float, float, float]:
    """Left and top edge of the viewport, and its span, as fractions of the picture."""
    left, top = (float(shown.get_attribute(f"data-{edge}") or "nan") for edge in ("left", "top"))
    return left, top, 1 / zoom_of(shown)


def expect_zoom(shown: Locator, zoom: float) -> None:
    expect(shown).to_have_attribute("data-zoom", str(zoom) if zoom != int(zoom) else str(int(zoom)))


def place_of(shown: Locator, row: float, col: float, size: tuple[int, int]) -> tuple[float, float]:
    """Where a place of the picture is on the canvas now: fractions of its width and height."""
    left, top, span = viewport_of(shown)
    return (col / size[1] - left) / span, (row / size[0] - top) / span


def hovered(shown: Locator) -> tuple[int, int]:
    row, col = (shown.get_attribute(f"data-hover-{name}") for name in ("row", "col"))
    return int(row or -1), int(col or -1)


def wheel(page: Page, *deltas: float) -> None:
    """Turn the wheel with Control and wait until the page has drawn what came of it."""
    page.keyboard.down("Control")
    for delta in deltas:
        page.mouse.wheel(0, delta)
    page.evaluate(TWO_FRAMES)
    page.keyboard.up("Control")


def mask_under_pointer(page: Page, shown: Locator, x: float, y: float) -> list[int]:
    """The mask's colour at a place of the window, in the canvas's own pixels."""
    return shown.locator(".mask").evaluate(
        """(canvas, [x, y]) => {
          const box = canvas.getBoundingClientRect();
          const column = Math.floor((x - box.x) / box.width * canvas.width);
          const row = Math.floor((y - box.y) / box.height * canvas.height);
          return [...canvas.getContext("2d").getImageData(column, row, 1, 1).data];
        }""",
        [x, y],
    )


# --- zooming -------------------------------------------------------------------------------------


def test_wheel_zooms_around_the_pointer_until_pixels_are_64_device_pixels(
    open_viewer: OpenViewer, screen: Screen
) -> None:
    page = open_viewer("show=large", width=screen.width, density=screen.density)
    shown = viewer(page)
    box = shown.locator(".marks").bounding_box()
    # The middle of one of the canvas's own pixels, which shows one pixel of the picture only.
    step = 1 / screen.density
    x, y = (
        box[edge] + (math.floor(part * box[extent] / step) + 0.5) * step
        for edge, extent, part in (("x", "width", 0.3), ("y", "height", 0.8))
    )
    page.mouse.move(x, y)
    before = hovered(shown)
    for _ in range(4):
        wheel(page, -150)
        assert hovered(shown) == before
        row, col = before
        assert mask_under_pointer(page, shown, x, y) == [*PALETTE[(3 * row + col) % 7].tolist(), 255]
    wheel(page, *[-160] * 24)
    assert hovered(shown) == before
    expect(shown.locator(".readout.hovered .what")).to_have_text(in_words(*before))
    width = shown.locator(".marks").evaluate("canvas => canvas.width")
    assert width * zoom_of(shown) / LARGE[1] == pytest.approx(64)

    # Magnified, places between pixels are told apart as finely as the screen has pixels.
    for dx in (-40, -7, 3 * step, 11, 45):
        page.mouse.move(x + dx, y + dx)
        row, col = hovered(shown)
        assert mask_under_pointer(page, shown, x + dx, y + dx) == [
            *PALETTE[(3 * row + col) % 7].tolist(),
            255,
        ]
    page.mouse.click(x, y)
    expect_chosen(shown, *before)
    expect_python(page, *before)


def test_wheel_scrolls_the_page_both_ways_and_with_control_zooms_both_ways(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large", height=500)
    shown = viewer(page)
    hint = shown.locator(".hint")
    point(page, shown, 100.5, 100.5, LARGE)
    top = shown.bounding_box()["y"]
    expect(hint).not_to_have_class("hint shown")
    for delta, moved in ((120, "<"), (-120, "===")):
        page.mouse.wheel(0, delta)
        page.wait_for_function(
            f"y => document.querySelector('.stBidiComponent').getBoundingClientRect().y {moved} y", arg=top
        )
        assert zoom_of(shown) == 1
    expect(hint).to_have_class("hint shown")
    expect(hint).to_contain_text("wheel zooms")

    wheel(page, -100)
    magnified = zoom_of(shown)
    assert magnified > 1
    wheel(page, -100, 100)
    assert zoom_of(shown) == pytest.approx(magnified)
    wheel(page, 300, 300)  # and at the limit no further, nor does the page move
    assert zoom_of(shown) == 1
    wheel(page, -100)
    assert shown.bounding_box()["y"] == top


def test_keys_and_buttons_zoom(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    zoom_in, zoom_out, whole = (
        shown.get_by_role("button", name=name) for name in ("Zoom in", "Zoom out", "Whole picture")
    )
    expect(zoom_out).to_have_attribute("aria-disabled", "true")
    shown.locator(".marks").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert zoom_of(shown) == pytest.approx(1.6**2)
    # Around the chosen pixel, which is in the picture's middle.
    assert place_of(shown, 240.5, 320.5, LARGE) == pytest.approx((320.5 / 640, 240.5 / 480))
    page.keyboard.press("-")
    assert zoom_of(shown) == pytest.approx(1.6)
    page.keyboard.press("0")
    expect_zoom(shown, 1)
    zoom_in.click()
    assert zoom_of(shown) == pytest.approx(1.6)
    expect(shown.locator(".level")).to_have_text("1.6\N{MULTIPLICATION SIGN}")
    zoom_out.click()
    expect_zoom(shown, 1)
    zoom_out.click(force=True)  # nothing to zoom out to: the button says so, and does nothing
    expect_zoom(shown, 1)
    zoom_in.click()
    whole.click()
    expect_zoom(shown, 1)
    for _ in range(20):
        zoom_in.click(force=True)
    expect(zoom_in).to_have_attribute("aria-disabled", "true")


def test_double_click_shows_the_whole_picture_and_chooses_once(open_viewer: OpenViewer, watch: Watch) -> None:
    page = open_viewer("show=large")
    traffic = watch(page)
    shown = viewer(page)
    point(page, shown, 100.5, 100.5, LARGE)
    wheel(page, -160, -160, -160, -160)
    assert zoom_of(shown) > 3
    pixel = hovered(shown)
    traffic.clear()
    box = shown.locator(".marks").bounding_box()
    page.mouse.dblclick(box["x"] + 100.5 / 640 * box["width"], box["y"] + 100.5 / 480 * box["height"])
    expect_zoom(shown, 1)
    expect_chosen(shown, *pixel)
    expect_python(page, *pixel)
    assert len(traffic.sent) == 1


def test_motion_is_smooth_unless_somebody_wants_less_of_it(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    shown.evaluate("""root => {
      root.zooms = [];
      const watcher = new MutationObserver(() => root.zooms.push(Number(root.dataset.zoom)));
      watcher.observe(root, { attributeFilter: ["data-zoom"] });
    }""")
    zoom_in = shown.get_by_role("button", name="Zoom in")
    zoom_in.click()
    page.evaluate(TWO_FRAMES)
    assert {round(zoom, 6) for zoom in shown.evaluate("root => root.zooms")} == {1.6}
    page.emulate_media(reduced_motion="no-preference")
    shown.evaluate("root => { root.zooms = []; }")
    zoom_in.click()
    page.wait_for_function("root => Math.abs(root.dataset.zoom - 2.56) < 1e-6", arg=shown.element_handle())
    zooms = shown.evaluate("root => root.zooms")
    assert zooms == sorted(zooms)
    assert 1.6 <= zooms[0] < 2.56
    assert place_of(shown, 240.5, 320.5, LARGE) == pytest.approx((320.5 / 640, 240.5 / 480))


# --- panning -------------------------------------------------------------------------------------


def test_drag_pans_and_does_not_choose(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    box = shown.locator(".marks").bounding_box()
    x, y = box["x"] + 320.5 / 640 * box["width"], box["y"] + 240.5 / 480 * box["height"]

    def drag(dx: float, dy: float) -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=5)
        page.mouse.up()

    drag(60, 40)  # nothing to pan in the whole picture, and still no click
    assert viewport_of(shown) == (0, 0, 1)
    expect_chosen(shown, 240, 320)

    page.mouse.move(x, y)
    wheel(page, -160, -160, -160)
    pixel, before = hovered(shown), viewport_of(shown)
    drag(60, 40)
    assert hovered(shown) == pixel  # what was under the pointer has come along
    left, top, span = viewport_of(shown)
    assert (left, top) == pytest.approx(
        (before[0] - 60 / box["width"] * span, before[1] - 40 / box["height"] * span), abs=1e-9
    )
    for _ in range(4):
        drag(300, 300)
    assert viewport_of(shown)[:2] == (0, 0)  # and no further
    expect_chosen(shown, 240, 320)
    expect(page.get_by_text("chosen=(240, 320) clicked=None")).to_be_visible()

    page.mouse.move(x, y)  # a hand that trembles clicks
    page.mouse.down()
    page.mouse.move(x + 2, y + 1)
    page.mouse.up()
    expect_python(page, *hovered(shown))


def test_chosen_pixel_stays_in_sight_when_keys_move_it(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    shown.locator(".marks").focus()
    for _ in range(6):
        page.keyboard.press("+")
    zoom = zoom_of(shown)
    for key in ["Shift+ArrowRight"] * 4 + ["Shift+ArrowDown"] * 4 + ["ArrowLeft"] * 3 + ["Shift+ArrowUp"] * 9:
        page.keyboard.press(key)
        row, col = (int(shown.get_attribute(f"data-{name}") or -1) for name in ("row", "col"))
        x, y = place_of(shown, row + 0.5, col + 0.5, LARGE)
        assert 0.1 < x < 0.9
        assert 0.1 < y < 0.9
    assert zoom_of(shown) == zoom
    expect_python(page, 190, 357)
    # Python moves it too.
    page.get_by_role("button", name="To (3, 5)").click()
    expect_chosen(shown, 3, 5)
    assert min(place_of(shown, 3.5, 5.5, LARGE)) > 0.1
    assert zoom_of(shown) == zoom


def test_enter_chooses_what_is_pointed_at(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    shown.locator(".marks").focus()
    point(page, shown, 7.5, 9.5, SMALL)
    page.keyboard.press("Enter")
    expect_python(page, 7, 9)
    expect_chosen(shown, 7, 9)


def test_keyboard_is_not_trapped(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    shown.locator(".marks").focus()
    page.keyboard.press("Tab")
    expect(shown.locator(".legend .only").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(shown.locator(".marks")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(shown.get_by_role("button", name="Keys and gestures")).to_be_focused()


# --- fingers -------------------------------------------------------------------------------------


def fingers(session: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_two_fingers_zoom_and_pan_and_one_pans_a_zoomed_picture(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large", width=400, density=2, touch=True)
    shown = viewer(page)
    session = page.context.new_cdp_session(page)
    box = shown.locator(".marks").bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    top = shown.bounding_box()["y"]

    fingers(session, "touchStart", (x - 20, y))
    fingers(session, "touchStart", (x - 20, y), (x + 20, y))
    for spread in range(25, 81, 5):
        fingers(session, "touchMove", (x - spread, y), (x + spread, y))
    assert zoom_of(shown) == pytest.approx(4, rel=0.02)
    # Between the fingers is what was there, the picture's middle.
    assert place_of(shown, 240, 320, LARGE) == pytest.approx((0.5, 0.5), abs=0.01)
    for shift in range(5, 41, 5):
        fingers(session, "touchMove", (x - 80, y + shift), (x + 80, y + shift))
    assert zoom_of(shown) == pytest.approx(4, rel=0.02)
    assert place_of(shown, 240, 320, LARGE) == pytest.approx((0.5, 0.5 + 40 / box["height"]), abs=0.01)
    fingers(session, "touchEnd")

    before = viewport_of(shown)
    fingers(session, "touchStart", (x, y))
    for shift in range(5, 51, 5):
        fingers(session, "touchMove", (x - shift, y - shift))
    page.wait_for_timeout(
        200
    )  # the finger rests: lifted in motion, it would make Chromium drop the tap below
    fingers(session, "touchEnd")
    after = viewport_of(shown)
    assert after[0] - before[0] == pytest.approx(50 / box["width"] / 4, rel=0.05)
    assert after[1] - before[1] == pytest.approx(50 / box["height"] / 4, rel=0.05)
    assert shown.bounding_box()["y"] == top  # nor did the page scroll
    expect_chosen(shown, 240, 320)  # none of this chose a pixel

    # A tap still does.
    page.touchscreen.tap(x, y)
    expect(shown).not_to_have_attribute("data-row", "240")
    row, col = (int(shown.get_attribute(f"data-{name}") or -1) for name in ("row", "col"))
    assert place_of(shown, row + 0.5, col + 0.5, LARGE) == pytest.approx((0.5, 0.5), abs=4 / 640)
    expect_python(page, row, col)


def test_one_finger_on_the_whole_picture_scrolls_the_page(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large", width=400, height=500, touch=True)
    shown = viewer(page)
    session = page.context.new_cdp_session(page)
    box = shown.locator(".marks").bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"]
    top = shown.bounding_box()["y"]
    fingers(session, "touchStart", (x, y))
    for shift in range(10, 151, 10):
        fingers(session, "touchMove", (x, y - shift))
    fingers(session, "touchEnd")
    page.wait_for_function(
        "y => document.querySelector('.stBidiComponent').getBoundingClientRect().y < y - 50", arg=top
    )
    expect_chosen(shown, 240, 320)
    assert viewport_of(shown) == (0, 0, 1)


# --- another picture -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("swap", "kept"),
    [("large", True), ("squashed", False), ("shifted", True), ("shifted&photos=1", False)],
)
def test_zoom_is_kept_for_the_same_photo_and_aspect_ratio(
    open_viewer: OpenViewer, swap: str, *, kept: bool
) -> None:
    page = open_viewer(f"show=small&swap={swap}")
    shown = viewer(page)
    shown.get_by_role("button", name="Boundaries").click()
    shown.get_by_text("Mask", exact=True).first.click()
    shown.locator(".legend .only").nth(2).click()
    point(page, shown, 10.5, 12.5, SMALL)
    wheel(page, -160, -160)
    before = viewport_of(shown)
    shown.locator(".legend .eye").nth(1).click()
    page.get_by_text("Swap").click()
    expect(page.get_by_role("application", name="64 by 48")).to_have_count(int(swap.startswith("shifted")))
    shown = viewer(page)
    if swap == "shifted&photos=1":
        expect(shown).to_have_attribute("data-zoom", "1")
    if kept:
        assert viewport_of(shown) == before
    else:
        assert viewport_of(shown) == (0, 0, 1)
    expect(shown.locator(".legend .only[aria-pressed=true]")).to_have_count(1 if kept else 0)
    expect(shown.locator(".legend .eye[aria-pressed=true]")).to_have_count(1 if kept else 0)
    expect(shown.get_by_role("button", name="Boundaries")).to_have_attribute("aria-pressed", "true")
    expect(shown.get_by_role("radio", name="Mask")).to_be_checked()


# --- links ---------------------------------------------------------------------------------------


def test_linked_viewers_share_zoom_pan_and_what_is_pointed_at(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small,squashed&link=1")
    first, second = viewer(page, 0), viewer(page, 1)
    point(page, first, 11.5, 30.5, SMALL)
    assert hovered(second) == (15, 30)  # (11.5 / 48 * 64, 30.5 / 64 * 64)
    expect(second.locator(".readout.hovered .what")).to_contain_text(class_at(15, 30))
    wheel(page, -160, -160, -160)
    assert zoom_of(first) > 2
    assert viewport_of(second) == viewport_of(first)
    box = first.locator(".marks").bounding_box()
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
    page.mouse.up()
    assert viewport_of(second) == viewport_of(first)
    page.mouse.move(1, 1)
    assert second.get_attribute("data-hover-row") == ""
    second.get_by_role("button", name="Whole picture").click()
    assert viewport_of(first) == (0, 0, 1)
    # What they look like is each one's own.
    second.get_by_text("Mask", exact=True).first.click()
    expect(first.get_by_role("radio", name="Overlay")).to_be_checked()


def test_choice_in_a_linked_viewer_shows_in_both_at_once_and_is_told_once(
    open_viewer: OpenViewer, watch: Watch
) -> None:
    page = open_viewer("show=small,large&link=1&seconds=0.4")
    traffic = watch(page)
    first, second = viewer(page, 0), viewer(page, 1)
    for shown in (first, second):
        shown.evaluate("""root => {
          root.path = [];
          const watcher = new MutationObserver(() => root.path.push(root.dataset.col));
          watcher.observe(root, { attributeFilter: ["data-col"] });
        }""")
    settle(page)
    traffic.clear()
    for col in (10, 20, 30, 40):
        click(page, first, 5, col, SMALL)
        assert second.get_attribute("data-col") == str(10 * col + 5)
        page.wait_for_timeout(250)  # long enough for answers to arrive in between
    expect(page.get_by_text("viewer0: chosen=(5, 40) clicked=(5, 40)")).to_be_visible()
    expect(page.get_by_text("viewer1: chosen=(55, 405) clicked=None")).to_be_visible()
    click(page, second, 300, 12, LARGE)
    assert first.get_attribute("data-col") == "1"
    expect(page.get_by_text("viewer1: chosen=(300, 12) clicked=(300, 12)")).to_be_visible()
    expect_chosen(first, 30, 1)
    expect_chosen(second, 300, 12)
    # Never back to where they had been: no answer that was overtaken was followed.
    for shown, path in ((first, [10, 20, 30, 40, 1]), (second, [105, 205, 305, 405, 12])):
        assert [int(col) for col, _ in itertools.groupby(shown.evaluate("root => root.path"))] == path
    assert len(traffic.sent) == 5
