"""The Evaluate page in a real Chromium: it shows the figures of pixels that are counted here by hand."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.charts import choose_mark
from tests.browser.house import BADLY, HARDLY, HORIZON, STREET_SIZE
from tests.browser.test_data_page import choose, tab
from tests.browser.test_pixel_viewer import viewer

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, RunningApp, Screenshot


ROWS, COLS = STREET_SIZE

SKY_PIXELS, ROAD_PIXELS = HORIZON * COLS, (ROWS - HORIZON - 4) * COLS
"""Of the truth of each frame of `avenue`."""


def measured(page: Page) -> Locator:
    """Measure if need be, wait for the figures, and return them."""
    figures = page.locator("[data-testid=stMetricValue]")
    start = page.get_by_role("button", name=re.compile("^Evaluate .+ on "))
    expect(figures.or_(start).first).to_be_visible()
    if start.is_visible():
        start.click()
    expect(page.get_by_role("tab", name="Classes")).to_be_visible()
    return figures


def plot(page: Page) -> Locator:
    shown = page.locator(".js-plotly-plot .main-svg").first
    expect(shown).to_be_visible()
    return page.locator(".js-plotly-plot").first


def choose_cell(page: Page, cell: Locator, label: str) -> None:
    """Choose a marker of the matrix, once the chart has the width of its place. label: part of its words."""
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot .main-svg').clientWidth"
        " <= document.querySelector('[data-testid=stPlotlyChart]').clientWidth"
    )
    choose_mark(page, cell, label)


def test_the_figures_are_those_counted_by_hand_and_are_kept(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=avenue")
    expect(page.get_by_role("button", name="Evaluate street-lite0 on 6 frames")).to_be_visible()
    figures = measured(page)
    sky, road, wrong = 6 * SKY_PIXELS, 6 * ROAD_PIXELS, BADLY + HARDLY
    iou = ((sky - wrong) / sky + road / (road + wrong)) / 2
    expect(figures.nth(0)).to_have_text(f"{1 - wrong / (sky + road):.1%}")
    expect(figures.nth(1)).to_have_text(f"{iou:.1%}")
    expect(
        page.get_by_text("avenue, 6 validation frames, 128 x 96, 4 classes", exact=False).first
    ).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert started.value.suggested_filename == "street-lite0-avenue-valid-classes.csv"
    rows = {row["class"]: row for row in csv.DictReader(io.StringIO(started.value.path().read_text()))}
    assert float(rows["Sky"]["recall"]) == pytest.approx((sky - wrong) / sky)
    assert float(rows["Road"]["precision"]) == pytest.approx(road / (road + wrong))
    assert (rows["Sky"]["data set"], rows["Sky"]["pictures"]) == ("avenue", "6")

    again = open_page(f"{app.url}/evaluate?set=avenue", apart=True)
    expect(again.locator("[data-testid=stMetricValue]").first).to_have_text(f"{1 - wrong / (sky + road):.1%}")
    expect(again.get_by_role("button", name=re.compile("^Evaluate .+ on "))).to_have_count(0)


def test_a_cell_of_the_matrix_leads_to_its_frames(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=avenue&results=Confusion", height=800)
    measured(page)
    expect(page.get_by_role("heading", name="Sky taken for Road")).to_be_visible()
    cells = plot(page).locator(".scatterlayer .points path")
    expect(cells).to_have_count(3)  # Sky as Sky, Sky as Road, Road as Road
    choose_cell(page, cells.nth(0), "Sky found")
    expect(page.get_by_role("heading", name="Sky predicted as Sky")).to_be_in_viewport(ratio=1)
    expect(cells.nth(0)).to_be_in_viewport()  # beside it
    expect(page).to_have_url(re.compile("said=Sky"))
    choose_cell(page, cells.nth(1), "Sky taken for Road")
    expect(page.get_by_role("heading", name="Sky taken for Road")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text(f"{BADLY + HARDLY:,} pixels in 2 of 6 frames", exact=False)).to_be_visible()
    expect(plot(page).locator(".shapelayer path")).to_have_count(1)  # frames the chosen cell
    shown = viewer(page)
    expect(page.get_by_role("application", name=re.compile("^street_5: In street_5"))).to_be_visible()
    expect(shown.locator(".readout.chosen .what")).to_have_text("Sky taken for Road")
    page.get_by_role("button", name=f"{HARDLY} px").click()
    opened = page.get_by_role("application", name=re.compile("^street_2: In street_2"))
    expect(opened).to_be_in_viewport(ratio=0.9)
    page.set_viewport_size({"width": 400, "height": 800})
    choose_cell(page, cells.nth(0), "Sky found")
    expect(page.get_by_role("heading", name="Sky predicted as Sky")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("group", name="Sky predicted as Sky")).to_be_focused()


def test_classes_are_also_chosen_by_hand(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=avenue&results=Confusion&true=Road", height=1800)
    measured(page)
    expect(page.get_by_text("This happens in no frame.")).to_be_visible()
    choose(page, "True class", "Sky")
    expect(page.get_by_role("heading", name="Sky taken for Road")).to_be_visible()


def test_the_worst_frame_comes_first_and_opens_in_the_viewer(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=avenue&results=Worst+frames", height=800)
    measured(page)
    buttons = page.get_by_role("button", name=re.compile(r"^Open street_\d"))
    expect(buttons).to_have_count(5)
    assert [text.split()[-1] for text in buttons.all_inner_texts()][:2] == ["street_5", "street_2"]
    for title in ("photo", "truth", "prediction", "errors"):
        expect(page.get_by_role("img", name=f"street_5: {title}")).to_be_visible()
    expect(page.get_by_text(f"{BADLY} of {SKY_PIXELS + ROAD_PIXELS:,} pixels wrong")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(buttons).to_have_count(1)
    last = buttons.first.inner_text().split()[-1]
    page.get_by_role("button", name=f"Open {last}").click()
    expect(page.get_by_role("button", name="All frames")).to_be_in_viewport()
    page.get_by_role("button", name="All frames").click()
    expect(page.get_by_role("button", name=f"Open {last}")).to_be_in_viewport()  # on the same page
    page.get_by_role("button", name="Previous page").click()
    page.get_by_role("button", name="Open street_5").click()
    for number in range(3):
        viewer(page, number)
    expect(page).to_have_url(re.compile("frame=street_5"))
    here = page.url
    page.get_by_role("link", name="street_5 on the Data page").click()
    expect(page.locator(".film .where")).to_contain_text("frame 6 of 7")
    page.goto(here)
    expect(page.get_by_role("heading", name="Where it is wrong")).to_be_visible()
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Errors (PNG)").click()
    assert started.value.suggested_filename == "street-lite0-avenue-valid-street_5-errors.png"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All frames").click()
    expect(buttons).to_have_count(5)


def test_two_models_stand_side_by_side(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=avenue", height=1800)
    measured(page)
    choose(page, "Compare with", "swapped")
    page.get_by_role("button", name="Evaluate swapped on 6 frames").click()
    tab(page, "Compare")
    expect(plot(page).locator(".legendtext")).to_have_text(["street-lite0", "swapped"])
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(started.value.path().read_text()))}
    sky, road, wrong = 6 * SKY_PIXELS, 6 * ROAD_PIXELS, BADLY + HARDLY
    accuracies = (sky + road - wrong) / (sky + road), (sky - wrong) / (sky + road)
    found = rows["acc_camvid"]
    assert float(found["street-lite0"]) == pytest.approx(accuracies[0])
    assert float(found["swapped"]) == pytest.approx(accuracies[1])
    assert float(found["difference"]) == pytest.approx(accuracies[1] - accuracies[0])


def test_a_model_that_does_not_know_the_classes_gets_a_sentence(app: RunningApp, open_page: OpenPage) -> None:
    page = open_page(f"{app.url}/evaluate?set=boats&model=sunk")
    expect(page.get_by_text("The model sunk no longer exists; these are the figures of")).to_be_visible()
    expect(page.get_by_text("knows none of the classes of boats (Boat, Ship", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Evaluate .+ on "))).to_have_count(0)


def test_all_tabs_on_a_phone_in_the_dark_are_kept_as_pictures(
    app: RunningApp, open_page: OpenPage, screenshot: Screenshot
) -> None:
    seen = {
        "Classes": ".js-plotly-plot .bars",
        "Confusion": ".viewer[data-ready=true]",
        "Worst frames": "img[alt='street_5: errors']",
        "Calibration": ".js-plotly-plot .bars",
        "Boundaries": ".js-plotly-plot .bars",
    }
    page = open_page(f"{app.url}/evaluate?set=avenue", width=400, theme="dark", height=1600)
    measured(page)
    for name, sign in seen.items():
        tab(page, name)
        expect(page.locator(sign).first).to_be_visible()
        screenshot(page, f"evaluate-{name.lower().replace(' ', '-')}-400-dark")
