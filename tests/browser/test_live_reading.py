"""The reading beside the picture: it follows the pointer, and the server is not waited for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from streamlit.testing.v1 import AppTest

from core.segmentation.reading import PixelReading, Shape
from tests.browser.test_pixel_viewer import (
    TWO_FRAMES,
    click,
    expect_chosen,
    expect_python,
    point,
    settle,
    viewer,
)
from tests.browser.viewer_app import segmentation_of, segmented

if TYPE_CHECKING:
    from tests.browser.conftest import OpenViewer, Screenshot, Watch

VIEWER_APP = Path(__file__).parent / "viewer_app.py"
SIZE = (96, 130)
SHOWN = segmentation_of(*SIZE, 4, 7)  # `blended` of viewer_app.py


def reading_viewer(page: Page) -> Locator:
    """The viewer, once it reads by itself."""
    shown = viewer(page)
    expect(shown).to_have_attribute("data-logits", "ready")
    return shown


def pick_shape(shown: Locator, words: str) -> None:
    """Click the label, as people do: the radio button itself is not to be seen."""
    shown.locator(".shapes label").filter(has_text=words).click()
    expect(shown.get_by_role("radio", name=words, exact=True)).to_be_checked()


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def read(row: int, col: int, shape: Shape = "row") -> PixelReading:
    return SHOWN.read_pixel(row, col, shape=shape)


def expect_sentence(shown: Locator, reading: PixelReading) -> None:
    # A regular expression's space stands for one that does not break lines, too.
    expect(shown.locator(".sentence")).to_have_text(spaced(reading.sentence()))


def spaced(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}$".replace(r"\ ", r"\s"))


def rows_of(reading: PixelReading) -> list[list[str]]:
    """The table's texts, as the server's numbers make them."""
    return [
        [
            str(pixel.row),
            str(pixel.col),
            pixel.label,
            f"{100 * pixel.probability:.1f}%",
            pixel.top[1].name,
            f"{100 * (pixel.probability - pixel.top[1].probability):.1f}%",
        ]
        for pixel in reading.pixels
    ]


TEXTS = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"


def shown_rows(shown: Locator) -> list[list[str]]:
    rows = shown.locator(".pixels tbody tr").evaluate_all(TEXTS)
    return [[plain(text) for text in row] for row in rows]


def expect_whole_reading(shown: Locator, reading: PixelReading) -> None:
    """Sentence, certainty, bars, table and chart are of this reading."""
    expect_sentence(shown, reading)
    chosen = reading.chosen
    certainty = f"The network is {chosen.certainty} here: {chosen.entropy:.2f} bits of entropy"
    expect(shown.locator(".certainty")).to_have_text(spaced(certainty))
    seen = [best for best in chosen.top if best.probability >= 0.0005]
    names = shown.locator(".bars dt:not(.absent)").all_inner_texts()
    assert names == [best.name for best in seen]
    figures = shown.locator(".bars dd:not(.absent) .figure").all_inner_texts()
    assert [plain(each) for each in figures] == [f"{100 * best.probability:.1f}%" for best in seen]
    assert shown_rows(shown) == rows_of(reading)
    expect(shown.locator(".pixels tr.chosen td").nth(1)).to_have_text(str(chosen.col))
    expect(shown.get_by_role("img", name=re.compile("21 pixels, stacked"))).to_be_visible()


# --- live ----------------------------------------------------------------------------------------


def test_reading_follows_the_pointer_and_a_click_fixes_it(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=blended&reads=1")
    shown = reading_viewer(page)
    expect_whole_reading(shown, read(48, 65))
    point(page, shown, 20.5, 30.5, SIZE)
    expect_sentence(shown, read(48, 65))  # pointing alone does not change it

    page.keyboard.down("l")
    for row, col in ((20, 30), (0, 0), (95, 129), (50, 3)):
        point(page, shown, row + 0.5, col + 0.5, SIZE)
        expect_whole_reading(shown, read(row, col))
    expect_chosen(shown, 48, 65)
    assert shown.locator(".spoken").inner_text() == ""  # nothing is read out of a reading that moves
    page.keyboard.up("l")
    expect_whole_reading(shown, read(48, 65))

    live = shown.get_by_role("button", name="Live", exact=True)
    live.click()
    point(page, shown, 70.5, 90.5, SIZE)
    expect_whole_reading(shown, read(70, 90))
    click(page, shown, 71, 91, SIZE)
    expect(live).to_have_attribute("aria-pressed", "false")
    point(page, shown, 10.5, 10.5, SIZE)
    expect_whole_reading(shown, read(71, 91))
    assert plain(shown.locator(".spoken").inner_text()) == read(71, 91).sentence()
    expect_python(page, 71, 91)


def test_clicks_and_neighbours_are_read_while_the_server_sleeps(
    open_viewer: OpenViewer, watch: Watch
) -> None:
    page = open_viewer("show=blended&reads=1&seconds=1.5")
    traffic = watch(page)
    shown = reading_viewer(page)
    settle(page)
    traffic.clear()
    click(page, shown, 40, 100, SIZE)
    page.evaluate(TWO_FRAMES)
    assert plain(shown.locator(".sentence").inner_text()) == read(40, 100).sentence()
    assert page.get_by_text("chosen=(40, 100)").count() == 0  # Python is still asleep
    pick_shape(shown, "Square")
    page.evaluate(TWO_FRAMES)
    assert shown_rows(shown) == rows_of(read(40, 100, "square"))
    expect_python(page, 40, 100)
    settle(page)
    expect_whole_reading(shown, read(40, 100, "square"))  # and so it stays
    assert traffic.media == []  # nothing is fetched for it


def test_logits_are_fetched_once_the_picture_is_there(open_viewer: OpenViewer, watch: Watch) -> None:
    page = open_viewer("show=nothing")
    traffic = watch(page)
    page = open_viewer("show=blended&reads=1")
    shown = reading_viewer(page)
    fetched = [url for url in traffic.media if url.endswith((".png", ".bin"))]
    assert len(fetched) == len(set(fetched)) == 3  # the photo; its maps; the logits, last
    expect_whole_reading(shown, read(48, 65))


def test_logits_that_do_not_arrive_are_read_by_the_server(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=nothing&swap=blended&reads=1")
    maps: list[str] = []

    def only_maps(route: Route) -> None:
        """The first file is the maps; the next one, which the logits are, is gone."""
        maps.append(route.request.url)
        if route.request.url == maps[0]:
            route.continue_()
        else:
            route.fulfill(body=b"no logits")

    page.route("**/*.bin", only_maps)
    page.get_by_text("Swap").click()
    shown = viewer(page)
    expect(shown).to_have_attribute("data-logits", "served")
    expect_whole_reading(shown, read(48, 65))
    click(page, shown, 10, 20, SIZE)
    expect_sentence(shown, read(10, 20))
    expect(shown.locator(".pixels tr.chosen td").nth(4)).to_have_text(read(10, 20).chosen.top[1].name)
    expect_whole_reading(shown, read(10, 20))


def test_more_numbers_than_a_browser_keeps_are_read_by_the_server(open_viewer: OpenViewer) -> None:
    size = (224, 320)
    page = open_viewer("show=many&reads=1")
    shown = viewer(page)
    expect(shown.get_by_text("29 MB, too many for the browser")).to_be_visible()
    click(page, shown, 30, 40, size)
    expect(shown.locator(".sentence")).to_contain_text("Pixel (30, 40) is")
    expect(shown.locator(".certainty")).to_contain_text("bits of entropy")
    expect(shown.locator(".pixels tr.chosen td").nth(4)).not_to_have_text("…")
    expect_python(page, 30, 40)
    # What the maps know is shown at once, also live.
    page.keyboard.down("l")
    point(page, shown, 60.5, 70.5, size)
    expect(shown.locator(".sentence")).to_contain_text("Pixel (60, 70) is")
    page.keyboard.up("l")


def test_browser_can_say_anything_and_is_not_believed() -> None:
    app = AppTest.from_file(VIEWER_APP, default_timeout=60)
    app.query_params["show"] = "blended"
    app.query_params["reads"] = "1"
    identity = segmented(SHOWN).identity
    for state in [
        {"unread": {"picture": ["x"]}},
        {"unread": 7},
        {"unread": {"picture": identity}},
        {"shape": {"shape": ["row"], "sequence": -1}},
        {"shape": {"shape": "circle"}},
        {"pinned": {"row": 1e9, "col": "x", "picture": identity}},
    ]:
        app.session_state["viewer0"] = state
        app.run()
        assert not app.exception, state
        assert app.text[0].value == "viewer0: chosen=(48, 65) clicked=None", state


# --- what it means -------------------------------------------------------------------------------


def test_entropy_is_worked_out_with_the_pixels_numbers(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=blended&reads=1")
    shown = reading_viewer(page)
    proof = shown.locator(".proof")
    expect(proof).to_be_hidden()
    point(page, shown, 20.5, 30.5, SIZE)
    page.keyboard.down("e")
    expect(proof).to_be_visible()
    entropy = read(48, 65).chosen.entropy
    expect(proof.locator("tr:not([hidden])").last).to_have_text(spaced(f"Together1.000{entropy:.2f} bits"))
    parts = proof.locator("tbody tr:not([hidden]) td:last-child").all_inner_texts()[:-1]
    assert sum(map(float, parts)) == pytest.approx(entropy, abs=0.005 * len(parts) + 0.005)
    page.keyboard.up("e")
    expect(proof).to_be_hidden()
    button = shown.get_by_role("button", name="bits of entropy")
    button.click()
    expect(proof).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(proof).to_be_hidden()
    # A letter typed into a field is not a key held.
    shown.get_by_role("spinbutton", name="Row").focus()
    page.keyboard.down("e")
    expect(proof).to_be_hidden()
    page.keyboard.up("e")


def test_window_is_moved_along_the_row_and_comes_back(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=blended&reads=1")
    shown = reading_viewer(page)
    point(page, shown, 20.5, 100.5, SIZE)
    page.keyboard.down("n")
    expect(shown.get_by_text("Move the pointer along the row, or press the arrow keys")).to_be_visible()
    point(page, shown, 20.5, 105.5, SIZE)
    expect(shown.get_by_text("40 columns right of the chosen pixel")).to_be_visible()
    assert shown_rows(shown) == rows_of(read(48, 105))
    expect(shown.locator(".pixels tr.chosen")).to_have_count(0)
    expect_sentence(shown, read(48, 65))  # which is still the chosen pixel's
    page.mouse.wheel(0, 100)
    expect(shown.get_by_text("41 columns right of the chosen pixel")).to_be_visible()
    assert shown.get_attribute("data-zoom") in (None, "1")
    page.keyboard.up("n")
    expect(shown.locator(".pixels tr.chosen")).to_have_count(1)

    pick_shape(shown, "Column")
    shown.get_by_role("button", name="Window one pixel back").click()
    expect(shown.get_by_text("1 row above the chosen pixel")).to_be_visible()
    assert shown_rows(shown) == rows_of(read(47, 65, "column"))
    shown.get_by_role("button", name="Back to the chosen pixel").click()
    expect(shown.get_by_text("above the chosen pixel")).to_have_count(0)
    assert shown_rows(shown) == rows_of(read(48, 65, "column"))


def test_temperature_changes_the_bars_and_nothing_else(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=blended&reads=1")
    shown = reading_viewer(page)
    slider = shown.get_by_role("slider", name="Temperature T")
    slider.fill("5")
    first = read(48, 65).chosen.probability
    expect(shown.locator(".bars .figure").first).to_contain_text("→")
    assert plain(shown.locator(".bars .figure").first.inner_text()).startswith(f"{100 * first:.1f}% → ")
    assert shown_rows(shown) == rows_of(read(48, 65))
    shown.get_by_role("button", name="Back to 1").click()
    expect_whole_reading(shown, read(48, 65))


# --- fingers and small screens -------------------------------------------------------------------


def test_finger_leads_the_reading_while_live(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=blended&reads=1", width=400, height=800, touch=True)
    shown = reading_viewer(page)
    shown.get_by_role("button", name="Live", exact=True).tap()
    box = shown.locator(".marks").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)

    def touch(kind: str, row: float, col: float) -> None:
        points = (
            []
            if kind == "touchEnd"
            else [
                {"x": box["x"] + col * box["width"] / SIZE[1], "y": box["y"] + row * box["height"] / SIZE[0]}
            ]
        )
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 20.5, 30.5)
    expect_sentence(shown, read(20, 30))
    touch("touchMove", 60.5, 90.5)
    expect_sentence(shown, read(60, 90))
    expect_chosen(shown, 48, 65)
    touch("touchEnd", 60.5, 90.5)
    expect_chosen(shown, 60, 90)
    expect_python(page, 60, 90)
    expect_whole_reading(shown, read(60, 90))
    assert shown.get_attribute("data-zoom") in (None, "1")


@pytest.mark.parametrize("width", [360, 400, 768, 1280])
@pytest.mark.parametrize("show", ["lying", "upright"])
def test_picture_and_reading_are_seen_together(
    open_viewer: OpenViewer, screenshots: Screenshot, width: int, show: str
) -> None:
    page = open_viewer(f"show={show}&reads=1", width=width, height=800)
    shown = reading_viewer(page)
    tools, bars = shown.locator(".toolbar").bounding_box(), shown.locator(".bars").bounding_box()
    assert tools is not None
    assert bars is not None
    assert bars["y"] + bars["height"] - tools["y"] <= 600  # a bar of 200 pixels stands above
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    legend, table = shown.locator(".legend").bounding_box(), shown.locator(".pixels").bounding_box()
    assert legend is not None
    assert table is not None
    assert legend["y"] >= table["y"] + table["height"]
    screenshots(page, f"reading-{show}-{width}")
