"""What the viewer shows of a picture, in a real Chromium: views, boundaries, legend, loupe, pins, help."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect
from streamlit.testing.v1 import AppTest

from pages.widgets.viewer.pixel_viewer import Look, look_by_user
from tests.browser.test_pixel_viewer import (
    APP,
    LARGE,
    SMALL,
    TWO_FRAMES,
    class_at,
    click,
    confidence_at,
    expect_chosen,
    expect_python,
    in_words,
    point,
    settle,
    viewer,
)
from tests.browser.test_pixel_viewer_zoom import place_of, wheel
from tests.browser.viewer_app import MARKS, NAMES, PALETTE, checker

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, OpenViewer, Screen, Screenshot, Serve, Watch

pytestmark = pytest.mark.browser

VIEWS = ["photo", "overlay", "mask", "confidence", "entropy"]


def radio(shown: Locator, view: str) -> Locator:
    return shown.get_by_role("radio", name=view.capitalize())


def pick(page: Page, shown: Locator, view: str) -> None:
    """Pick a view as a mouse does, by its label."""
    shown.locator(".views label").filter(has_text=view.capitalize()).click()
    expect(radio(shown, view)).to_be_checked()
    page.evaluate(TWO_FRAMES)


def painted(layer: Locator, row: float, col: float, size: tuple[int, int]) -> list[int]:
    """A layer's colour, red, green, blue, alpha, at a place of the whole picture."""
    return layer.evaluate(
        """(canvas, [x, y]) => {
          const [column, row] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
          return [...canvas.getContext("2d").getImageData(column, row, 1, 1).data];
        }""",
        [col / size[1], row / size[0]],
    )


# --- views ---------------------------------------------------------------------------------------


def test_views_show_what_they_say(open_viewer: OpenViewer, screen: Screen) -> None:
    page = open_viewer("show=small", width=screen.width, density=screen.density)
    shown = viewer(page)
    photo, mask = shown.locator(".photo"), shown.locator(".mask")
    for view in ("mask", "photo", "overlay", "confidence"):
        pick(page, shown, view)
        expect(photo).to_be_visible(visible=view in ("photo", "overlay"))
        expect(mask).to_be_visible(visible=view != "photo")
        expect(shown.get_by_role("slider")).to_be_visible(visible=view == "overlay")
        expect(shown.locator(".scale")).to_be_visible(visible=view == "confidence")
        expect(mask).to_have_css("opacity", "0.55" if view == "overlay" else "1")
    for row, col in [(0, 0), (7, 9), (47, 63), (20, 31)]:
        expected = np.array(mpl.colormaps["cividis"](confidence_at(row, col) / 100)[:3]) * 255
        *colour, alpha = painted(mask, row + 0.5, col + 0.5, SMALL)
        assert np.abs(colour - expected).max() < 12  # every sixteenth colour is exact, the rest lie between
        assert alpha == 255
    expect(shown.locator(".scale")).to_have_text("0%100%")


def test_arrow_keys_choose_a_view(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    radio(shown, "overlay").focus()
    page.keyboard.press("ArrowRight")
    expect(radio(shown, "mask")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(radio(shown, "photo")).to_be_checked()
    expect_chosen(shown, 24, 32)


def test_entropy_is_made_when_somebody_wants_to_see_it(open_viewer: OpenViewer, watch: Watch) -> None:
    size = (36, 48)
    page = open_viewer("show=rare")  # a picture that no other test shows: its entropy is in no cache
    traffic = watch(page)
    shown = viewer(page)
    expect(page.get_by_text("Entropy maps made: 0")).to_be_visible()
    traffic.clear()
    pick(page, shown, "entropy")
    expect(page.get_by_text("Entropy maps made: 1")).to_be_visible()
    expect(shown.locator(".scale")).to_have_text("sureno idea, 2.8\N{NO-BREAK SPACE}bits")
    # (row + 2 col) % 141 fiftieths of a bit
    point(page, shown, 30.5, 20.5, size)
    bits = "1.4\N{NO-BREAK SPACE}bits"
    expect(shown.locator(".readout.hovered .what")).to_have_text(f"{in_words(30, 20)} · {bits}")
    bits = "1.3\N{NO-BREAK SPACE}bits"  # of (18, 24), 66 fiftieths
    expect(shown.locator(".readout.chosen .what")).to_have_text(f"{in_words(18, 24)} · {bits}")
    assert len(traffic.media) == 1
    page.evaluate(TWO_FRAMES)
    expected = np.array(mpl.colormaps["cividis"](70 / 50 / math.log2(7))[:3]) * 255
    *colour, alpha = painted(shown.locator(".mask"), 30.5, 20.5, size)
    assert np.abs(colour - expected).max() < 12
    assert alpha == 255

    pick(page, shown, "overlay")
    expect(shown.locator(".readout.chosen .what")).to_contain_text(bits)  # it is known now
    traffic.clear()
    pick(page, shown, "entropy")
    click(page, shown, 3, 4, size)
    expect_python(page, 3, 4)
    assert traffic.media == []  # it is here already
    page.reload()
    shown = viewer(page)
    pick(page, shown, "entropy")
    expect(shown.locator(".scale")).to_be_visible()
    expect(page.get_by_text("Entropy maps made: 1")).to_be_visible()


def test_page_is_told_of_a_view_once_and_can_change_it(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&view=photo&wired=1")
    shown = viewer(page)
    expect(radio(shown, "photo")).to_be_checked()
    pick(page, shown, "mask")
    expect(page.get_by_text("told=mask", exact=False)).to_be_visible()
    page.get_by_role("button", name="To (3, 5)").click()
    expect_chosen(shown, 3, 5)
    expect(page.get_by_text("viewer0: told=mask", exact=True)).to_be_visible()
    expect(radio(shown, "mask")).to_be_checked()
    page.get_by_role("button", name="Page shows confidence").click()
    expect(radio(shown, "confidence")).to_be_checked()
    pick(page, shown, "overlay")
    expect(page.get_by_text("viewer0: told=mask,overlay", exact=True)).to_be_visible()
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)
    expect(radio(shown, "overlay")).to_be_checked()


def test_view_picked_quickly_is_not_jumped_back(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&view=photo&wired=1&seconds=0.4")
    shown = viewer(page)
    shown.evaluate("""root => {
      root.path = [];
      const watcher = new MutationObserver(() => root.path.push(root.dataset.view));
      watcher.observe(root, { attributeFilter: ["data-view"] });
    }""")
    for view in ("overlay", "mask", "confidence", "photo"):
        pick(page, shown, view)
        page.wait_for_timeout(150)
    # A run that was overtaken before it began is not told of what was picked; of the last one, Python is.
    expect(page.get_by_text(re.compile("told=.*photo$"))).to_be_visible()
    path = list(dict.fromkeys(shown.evaluate("root => root.path")))
    assert path == ["overlay", "mask", "confidence", "photo"]
    assert shown.get_attribute("data-view") == "photo"


def test_page_that_does_not_ask_is_not_told_and_the_view_stays(open_viewer: OpenViewer, watch: Watch) -> None:
    page = open_viewer("show=small")
    traffic = watch(page)
    shown = viewer(page)
    settle(page)
    traffic.clear()
    pick(page, shown, "mask")
    shown.get_by_role("button", name="Boundaries").click()
    page.evaluate(TWO_FRAMES)
    assert (traffic.sent, traffic.received, traffic.requests) == ([], [], [])
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)
    assert len(traffic.sent) == 1  # the click: nothing of the view was only late
    expect(radio(shown, "mask")).to_be_checked()
    expect(shown.get_by_role("button", name="Boundaries")).to_have_attribute("aria-pressed", "true")


def test_picture_without_confidences_says_only_classes(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=difference")
    shown = viewer(page)
    assert [each.get_attribute("value") for each in shown.get_by_role("radio").all()] == [
        "photo",
        "overlay",
        "mask",
    ]
    point(page, shown, 7.5, 9.5, SMALL)
    expect(shown.locator(".readout.hovered .what")).to_have_text("Changed")
    point(page, shown, 7.5, 10.5, SMALL)
    expect(shown.locator(".readout.hovered .what")).to_have_text("The same in both")
    assert painted(shown.locator(".mask"), 7.5, 9.5, SMALL) == [200, 0, 0, 255]
    assert painted(shown.locator(".mask"), 7.5, 10.5, SMALL)[3] == 0
    expect(shown.locator(".legend .title")).to_have_text("Class · share of pixels")
    # 22 of 64 columns
    expect(shown.locator(".legend li").nth(1)).to_contain_text("34.4")
    expect(shown.locator(".legend .mean")).to_have_count(0)
    click(page, shown, 7, 9, SMALL)
    expect(shown.locator("[aria-live]")).to_have_text("Row 7, column 9: Changed")


def test_view_comes_back_with_a_picture_that_has_it(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=difference")
    shown = viewer(page)
    pick(page, shown, "confidence")
    page.get_by_text("Swap").click()
    expect(radio(shown, "confidence")).to_have_count(0)
    expect(radio(shown, "overlay")).to_be_checked()
    page.get_by_text("Swap").click()
    expect(radio(shown, "confidence")).to_be_checked()


def test_view_from_a_browser_is_not_believed() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["show"] = "small"
    app.query_params["wired"] = "1"
    for state in [
        {"view": {"view": "evil"}},
        {"view": {"view": ["mask"]}},
        {"view": {"view": "mask", "sequence": "x"}},
        {"view": {"view": "entropy", "sequence": True}},
        "no state at all",
    ]:
        app.session_state["viewer0"] = state
        app.run()
        assert not app.exception, state
        assert app.text[1].value == "viewer0: told=nothing", state


# --- the look that a page keeps ------------------------------------------------------------------


def test_a_page_is_told_of_the_look_once_it_rests_and_can_change_it(
    open_viewer: OpenViewer, watch: Watch
) -> None:
    page = open_viewer("show=small&looks=1")
    traffic = watch(page)
    shown = viewer(page)
    settle(page)
    traffic.clear()
    shown.locator(".marks").focus()
    page.keyboard.press("+")
    entry(shown, "Road").locator(".eye").click()
    entry(shown, "Car").locator(".only").click()
    expect(page.get_by_text("viewer0: look=")).to_contain_text("isolated=6, hidden=(3,)")
    expect(page.get_by_text("viewer0: look=")).to_contain_text("span=0.625,")
    assert len(traffic.sent) == 1

    page.get_by_role("button", name="Look at a part").click()
    expect(shown).to_have_attribute("data-zoom", "2")
    assert (shown.get_attribute("data-left"), shown.get_attribute("data-top")) == ("0.25", "0.5")
    expect(shown.locator(".legend .eye[aria-pressed=true]")).to_have_count(2)
    expect(shown.locator(".legend .only[aria-pressed=true]")).to_have_count(0)
    settle(page)
    traffic.clear()
    page.mouse.move(1, 1)
    entry(shown, "Road").hover()  # lights the class up, which is no news for the page
    x, y = place_of(shown, 26.5, 20.5, SMALL)
    box = shown.locator(".marks").bounding_box()
    shown.locator(".marks").click(position={"x": x * box["width"], "y": y * box["height"]})
    expect_python(page, 26, 20)
    expect(shown).to_have_attribute("data-zoom", "2")
    assert len(traffic.sent) == 1  # the click
    # Without the focus, Escape brings all classes back; and the page hears of that too.
    page.get_by_role("textbox", name="Visit").press("Escape")  # here the key is the field's
    expect(shown.locator(".legend .eye[aria-pressed=true]")).to_have_count(2)
    page.get_by_role("button", name="To (3, 5)").focus()
    page.keyboard.press("Escape")
    expect(shown.locator(".legend .eye[aria-pressed=true]")).to_have_count(0)
    expect(page.get_by_text("viewer0: look=")).to_contain_text("hidden=()")


def test_a_look_from_a_browser_is_not_believed() -> None:
    picture = checker(48, 64)
    whole = {"picture": picture.identity, "left": 0, "top": 0, "span": 1}
    assert look_by_user(whole, picture) == Look()
    for odd in [
        {"picture": "another"},
        {"span": "0.5"},
        {"left": float("nan")},
        {"top": float("inf")},
        {"top": None},
    ]:
        assert look_by_user(whole | odd, picture) is None, odd
    assert look_by_user({}, picture) is None


def test_a_look_stays_inside_the_picture_and_its_classes() -> None:
    picture = checker(48, 64)
    part = {"picture": picture.identity, "left": 5, "top": -3, "span": 1e-9}
    classes = {"isolated": 7, "hidden": [3, 3, -1, 99, "4", None, True, 0]}

    assert look_by_user(part | classes, picture) == Look(1 - 4 / 64, 0, 4 / 64, None, (0, 3))


# --- lines ---------------------------------------------------------------------------------------

LIT_COLUMNS = """(canvas, y) => {
  const row = Math.floor(y * canvas.height);
  const { data } = canvas.getContext("2d").getImageData(0, row, canvas.width, 1);
  return [...Array(canvas.width).keys()].filter((x) => data[4 * x + 3] > 0 && data[4 * x] > 200);
}"""


def test_boundaries_lie_between_classes_at_every_zoom(open_viewer: OpenViewer, screen: Screen) -> None:
    page = open_viewer("show=difference", width=screen.width, density=screen.density)
    shown = viewer(page)
    lines = shown.locator(".lines")
    toggle = shown.get_by_role("button", name="Boundaries")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    point(page, shown, 20.3, 30.3, SMALL)
    for _ in range(2):
        page.evaluate(TWO_FRAMES)
        width = lines.evaluate("canvas => canvas.width")
        # Every third column is of the other class: edges at columns 1, 3, 4, 6, 7 ... Each is a light line
        # of one CSS pixel, from the first device pixel whose middle is right of the edge.
        edges = [col for col in range(1, 64) if col % 3 != 2]
        places = [place_of(shown, 0, col, SMALL)[0] * width for col in edges]
        # 0.5 is not where the grid's horizontal lines are
        expected = {
            math.ceil(place - 0.5) + extra
            for place in places
            for extra in range(screen.density)
            if 0 < place < width
        }
        found = lines.evaluate(LIT_COLUMNS, (place_of(shown, 20.5, 0, SMALL)[1]))
        assert {x for x in expected if x < width} == set(found)
        wheel(page, -100)
    toggle.click()
    page.evaluate(TWO_FRAMES)
    assert lines.is_hidden() or lines.evaluate(LIT_COLUMNS, 0.5) == []


def test_grid_appears_once_pixels_are_large(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    lines = shown.locator(".lines")
    width = shown.locator(".marks").bounding_box()["width"]
    expect(lines).to_be_hidden()
    point(page, shown, 240.5, 320.5, LARGE)
    wheel(page, *[-160] * 5)  # to some two thirds of that
    assert width / 640 * float(shown.get_attribute("data-zoom") or "nan") < 12
    while width / 640 * float(shown.get_attribute("data-zoom") or "nan") < 16:
        expect(lines).to_be_hidden()
        wheel(page, -40)
    expect(lines).to_be_visible()
    canvas_width = lines.evaluate("canvas => canvas.width")
    alpha = lines.evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 3, canvas.width, 1);
          return [...data].filter((_, index) => index % 4 === 3);
        }"""
    )
    columns = [place_of(shown, 0, col, LARGE)[0] * canvas_width for col in range(641)]
    expected = {math.ceil(x - 0.5) for x in columns if 0 <= x < canvas_width - 0.5}
    assert {x for x, value in enumerate(alpha) if value} == expected


# --- legend --------------------------------------------------------------------------------------


def entry(shown: Locator, name: str) -> Locator:
    return shown.locator(".legend li").filter(has_text=name)


def test_legend_knows_shares_and_confidences(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large")
    shown = viewer(page)
    rows, cols = np.mgrid[:480, :640]
    labels, confidences = (3 * rows + cols) % 7, (7 * rows + 13 * cols) % 101
    for label, name in enumerate(NAMES):
        mean = math.floor(confidences[labels == label].mean() + 0.5)
        expect(entry(shown, name).locator(".share")).to_have_text(
            f"{(labels == label).mean():.1%}".replace("%", "%")
        )
        expect(entry(shown, name).locator(".mean")).to_have_text(f"{mean}%")


def test_many_classes_are_folded_by_group_found_by_a_search_and_marked(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=fine")
    legend = viewer(page).locator(".legend")
    groups, search = legend.locator(".fold"), legend.get_by_role("searchbox")
    assert [words.split(", ")[0] for words in labels_of(groups)] == [
        "Road",
        "Sky and ceiling",
        "Fixed objects",
        "Moving objects",
    ]
    moving = legend.get_by_role("button", name=re.compile("Moving objects, 12.5"))
    train = legend.get_by_role("button", name=re.compile("Only Train"))
    expect(moving).to_have_attribute("aria-expanded", "false")
    expect(train).to_be_hidden()
    expect(legend.locator(".marked")).to_have_text(MARKS["Train"])

    moving.press("Enter")
    expect(train).to_have_accessible_name(re.compile(re.escape(MARKS["Train"])))
    legend.get_by_role("button", name="Hide all of Moving objects").click()
    expect(legend.locator("li[data-label] .eye[aria-pressed=true]")).to_have_count(2)
    moving.press("Enter")
    expect(train).to_be_hidden()

    search.fill("lorry")
    expect(groups).to_have_count(4)
    expect(groups.filter(visible=True)).to_have_count(0)
    expect(legend.get_by_role("status")).to_have_text("Not in this picture: Truck_Bus")
    search.fill("train")
    expect(groups.filter(visible=True)).to_have_count(1)
    search.press("Enter")
    expect(train).to_have_attribute("aria-pressed", "true")
    search.press("Escape")
    expect(search).to_have_value("")
    expect(groups.filter(visible=True)).to_have_count(4)
    isolated = legend.locator(".only[aria-pressed=true]")
    expect(isolated).to_have_count(1)  # the first Escape ends only the search
    search.press("Escape")
    expect(isolated).to_have_count(0)


def labels_of(buttons: Locator) -> list[str]:
    return [button.get_attribute("aria-label") or "" for button in buttons.all()]


def test_legend_lights_up_isolates_and_hides_without_the_server(
    open_viewer: OpenViewer, watch: Watch
) -> None:
    page = open_viewer("show=small")
    traffic = watch(page)
    shown = viewer(page)
    veil, mask = shown.locator(".veil"), shown.locator(".mask")
    # (0, 3) is Road, (0, 4) is Sidewalk.
    road, sidewalk = (0.5, 3.5, SMALL), (0.5, 4.5, SMALL)
    settle(page)
    traffic.clear()
    only, eye = entry(shown, "Road").locator(".only"), entry(shown, "Road").locator(".eye")

    expect(veil).to_be_hidden()
    only.hover()
    expect(veil).to_be_visible()
    assert (painted(veil, *road)[3], painted(veil, *sidewalk)[3]) == (0, 255)
    page.mouse.move(1, 1)
    expect(veil).to_be_hidden()

    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    page.mouse.move(1, 1)
    page.evaluate(TWO_FRAMES)
    assert (painted(veil, *road)[3], painted(veil, *sidewalk)[3]) == (0, 255)
    page.keyboard.press("Escape")
    expect(veil).to_be_hidden()
    expect(only).to_have_attribute("aria-pressed", "false")
    only.click()
    only.click()
    page.mouse.move(1, 1)
    expect(veil).to_be_hidden()

    eye.click()
    expect(eye).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")  # brings hidden ones back as well
    expect(eye).to_have_attribute("aria-pressed", "false")
    eye.click()
    page.mouse.move(1, 1)
    page.evaluate(TWO_FRAMES)
    assert painted(mask, *road)[3] == 0
    assert painted(mask, *sidewalk) == [*PALETTE[4].tolist(), 255]
    pick(page, shown, "confidence")
    assert (painted(mask, *road)[3], painted(mask, *sidewalk)[3]) == (0, 255)
    assert (traffic.sent, traffic.received, traffic.requests) == ([], [], [])

    # All of it survives a run of the script.
    entry(shown, "Sidewalk").locator(".only").click()
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)
    assert len(traffic.sent) == 1  # the click: nothing of the legend's was only late
    expect(eye).to_have_attribute("aria-pressed", "true")
    expect(entry(shown, "Sidewalk").locator(".only")).to_have_attribute("aria-pressed", "true")


def test_keyboard_lights_up_the_class_in_focus(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    shown.locator(".marks").focus()
    page.keyboard.press("Tab")
    expect(shown.locator(".veil")).to_be_visible()
    page.keyboard.press("Space")
    expect(shown.locator(".legend .only").first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(shown.locator(".legend .only").first).to_have_attribute("aria-pressed", "false")


# --- loupe ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "pixels", "caption"),
    [
        ("row", [(24, col) for col in range(22, 43)], "row 24, columns 22 to 42"),
        ("column", [(row, 32) for row in range(14, 35)], "column 32, rows 14 to 34"),
        (
            "square",
            [
                (row, col)
                for row in range(22, 27)
                for col in range(30, 35)
                if not (row in (22, 26) and col in (30, 34))
            ],
            "rows 22 to 26, columns 30 to 34",
        ),
    ],
)
def test_loupe_magnifies_the_neighbourhood(
    open_viewer: OpenViewer, shape: str, pixels: list[tuple[int, int]], caption: str
) -> None:
    page = open_viewer(f"show=small&shape={shape}")
    shown = viewer(page)
    cells = shown.locator(".loupe .cell")
    expect(cells).to_have_count(21)
    expect(shown.locator(".loupe .caption")).to_contain_text(caption)
    colours = cells.evaluate_all("cells => cells.map((cell) => [cell.style.cssText])")
    for (row, col), [style] in zip(pixels, colours, strict=True):
        red, green, blue = PALETTE[(3 * row + col) % 7]
        assert f"--swatch: rgb({red} {green} {blue})" in style
        assert "--photo: rgb(160 160 160)" in style
    chosen = pixels.index((24, 32))
    expect(shown.locator(".loupe .cell.chosen")).to_have_attribute("data-index", str(chosen))
    for index in (0, 5, 20):
        cells.nth(index).hover()
        expect(shown.locator(".readout.hovered .what")).to_have_text(in_words(*pixels[index]))
        expect(cells.nth(index)).to_have_class("cell pointed" if index != chosen else "cell chosen pointed")
    # The words for those who do not see it: how often each class occurs.
    names = [class_at(*pixel) for pixel in pixels]
    said = shown.get_by_role("img", name="Neighbourhood magnified").get_attribute("aria-label") or ""
    assert said.startswith(f"Neighbourhood magnified, {caption}: ")
    counts = dict(reversed(part.split(" ")) for part in said.split(": ")[1].split(", "))
    assert counts == {name: str(names.count(name)) for name in set(names)}
    cells.nth(20).click()
    expect_python(page, *pixels[20])
    expect_chosen(shown, *pixels[20])


def test_square_loupe_puts_pixels_where_they_are(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&shape=square")
    shown = viewer(page)
    boxes = [cell.bounding_box() for cell in shown.locator(".loupe .cell").all()]
    assert len({round(box["x"]) for box in boxes}) == 5
    assert len({round(box["y"]) for box in boxes}) == 5
    first, second, fourth = boxes[0], boxes[1], boxes[3]  # (22, 31), (22, 32), (23, 30)
    assert first["y"] == second["y"] < fourth["y"]
    assert fourth["x"] < first["x"] < second["x"]


# --- pins ----------------------------------------------------------------------------------------


def test_pins_stand_on_their_pixels_and_say_their_names(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=large&pins=1")
    shown = viewer(page)
    pins = shown.locator(".pin")
    expect(pins).to_have_count(2)
    expect(pins.nth(0).locator(".number")).to_have_text("1")
    box = shown.locator(".marks").bounding_box()

    def foot(index: int) -> tuple[float, float]:
        where = pins.nth(index).evaluate(
            "pin => [pin.getBoundingClientRect().x, pin.getBoundingClientRect().y]"
        )
        return (where[0] - box["x"]) / box["width"], (where[1] - box["y"]) / box["height"]

    assert foot(0) == pytest.approx((6.5 / 640, 5.5 / 480), abs=1e-3)
    assert foot(1) == pytest.approx((637.5 / 640, 478.5 / 480), abs=1e-3)
    for index in (0, 1):  # wholly in sight, though at an edge
        flag = pins.nth(index).locator(".number").bounding_box()
        assert box["x"] <= flag["x"] <= flag["x"] + flag["width"] <= box["x"] + box["width"]
        assert box["y"] <= flag["y"] <= flag["y"] + flag["height"] <= box["y"] + box["height"]
    name = pins.nth(0).locator(".name")
    expect(name).to_be_hidden()
    point(page, shown, 8, 8, LARGE)
    expect(name).to_be_visible()
    expect(name).to_have_text(f"kerb: {in_words(5, 6)}")
    point(page, shown, 240, 320, LARGE)
    expect(name).to_be_hidden()

    point(page, shown, 10.5, 12.5, LARGE)
    wheel(page, -160, -160)
    assert foot(0) == pytest.approx(place_of(shown, 5.5, 6.5, LARGE), abs=1e-3)
    expect(pins.nth(1)).to_be_hidden()  # out of sight
    # A pin does not stand in the way.
    where = place_of(shown, 5.5, 6.5, LARGE)
    page.mouse.click(box["x"] + where[0] * box["width"], box["y"] + where[1] * box["height"])
    expect_python(page, 5, 6)


# --- help and what is read out -------------------------------------------------------------------


def test_question_mark_lists_keys_and_focus_returns(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    dialog = shown.get_by_role("dialog", name="Pointer and keys")
    expect(dialog).to_be_hidden()
    shown.locator(".marks").focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Shift + arrow")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(shown.locator(".marks")).to_be_focused()
    button = shown.get_by_role("button", name="Keys and gestures")
    button.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_pixel_that_python_moved_is_read_out(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small")
    shown = viewer(page)
    expect(shown.locator("[aria-live]")).to_have_text("")  # a page that opens does not chatter
    page.get_by_role("button", name="To (3, 5)").click()
    expect(shown.locator("[aria-live]")).to_have_text(
        f"Row 3, column 5: {class_at(3, 5)}, {confidence_at(3, 5)}%"
    )


# --- when something fails ------------------------------------------------------------------------


def test_photo_that_does_not_arrive_gets_a_sentence(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=nothing&swap=small")
    page.route("**/media/*.png", lambda route: route.fulfill(body="not a picture", content_type="image/png"))
    page.get_by_text("Swap").click()
    expect(page.locator(".viewer").get_by_role("alert")).to_have_text(
        "The picture could not be loaded. Reload the page to try again."
    )
    page.unroute("**/media/*.png")
    page.get_by_role("button", name="To (3, 5)").click()  # the next run tries again
    shown = viewer(page)
    expect_chosen(shown, 3, 5)
    expect(shown.get_by_role("alert")).to_have_count(0)


def test_code_that_does_not_arrive_gets_a_sentence(serve: Serve, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.route(
        re.compile(r"/media/[0-9a-f]+\.(es|js)\b"),
        lambda route: route.fulfill(body="export const nothing = 0;", content_type="text/javascript"),
    )
    page.goto(f"{serve(APP).url}/?show=small")
    expect(page.get_by_role("alert")).to_have_text(
        "The picture could not be loaded. Reload the page to try again."
    )


def test_lost_connection_comes_back(serve: Serve, open_page: OpenPage, watch: Watch) -> None:
    page = open_page("about:blank")
    sockets: list[WebSocketRoute] = []

    def relay(socket: WebSocketRoute) -> None:
        sockets.extend((socket.connect_to_server(), socket))

    page.route_web_socket(re.compile("_stcore/stream"), relay)
    traffic = watch(page)
    page.goto(f"{serve(APP).url}/?show=small")
    shown = viewer(page)
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)
    pick(page, shown, "mask")
    traffic.clear()
    expect(page.get_by_text("Full runs: 1")).to_be_visible()
    for end in sockets:
        end.close()
    expect(page.get_by_text("Full runs: 2")).to_be_visible()  # Streamlit's answer to who comes back
    expect_chosen(shown, 7, 9)
    click(page, shown, 11, 13, SMALL)
    expect_chosen(shown, 11, 13)
    expect_python(page, 11, 13)
    expect(radio(shown, "mask")).to_be_checked()
    assert traffic.media == []  # what is here already was not fetched again
    page.reload()
    shown = viewer(page)
    click(page, shown, 2, 3, SMALL)
    expect_python(page, 2, 3)


def test_picture_stays_until_the_next_one_of_its_kind_is_there(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=shifted")
    shown = viewer(page)
    held: list[Route] = []
    page.route("**/media/*.bin", lambda route: held.append(route))
    page.get_by_text("Swap").click()
    expect(shown).to_have_attribute("data-ready", "false")
    expect(page.get_by_text("clicked=None")).to_be_visible()
    settle(page)  # time to be wiped away, if somebody did
    assert painted(shown.locator(".mask"), 7.5, 9.5, SMALL) == [*PALETTE[(3 * 7 + 9) % 7].tolist(), 255]
    point(page, shown, 7.5, 9.5, SMALL)
    assert shown.get_attribute("data-hover-row") in (None, "")  # what is to be seen is not what is coming
    click(page, shown, 7, 9, SMALL)
    expect_chosen(shown, 24, 32)
    for route in held:
        route.continue_()
    viewer(page)
    page.evaluate(TWO_FRAMES)
    assert painted(shown.locator(".mask"), 7.5, 9.5, SMALL) == [*PALETTE[(3 * 7 + 9 + 2) % 7].tolist(), 255]
    click(page, shown, 7, 9, SMALL)
    expect_python(page, 7, 9)


def test_viewer_that_goes_gives_its_memory_back(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=nothing")
    shown = viewer(page)
    pick(page, shown, "mask")
    shown.locator(".legend .only").first.click()
    canvases = shown.locator(".stage").evaluate_handle("stage => [...stage.querySelectorAll('canvas')]")
    assert canvases.evaluate("all => all.some((canvas) => canvas.width > 0)")
    page.get_by_text("Swap").click()
    expect(page.locator(".viewer")).to_have_count(0)
    assert canvases.evaluate("all => all.every((canvas) => canvas.width === 0 && canvas.height === 0)")


def test_viewer_that_comes_back_looks_as_it_did(open_viewer: OpenViewer) -> None:
    page = open_viewer("show=small&swap=nothing")
    shown = viewer(page)
    pick(page, shown, "mask")
    shown.get_by_role("button", name="Boundaries").click()
    entry(shown, "Road").locator(".eye").click()
    shown.get_by_role("button", name="Zoom in").click()
    zoom = shown.get_attribute("data-zoom")
    page.get_by_text("Swap").click()
    expect(page.locator(".viewer")).to_have_count(0)
    page.get_by_text("Swap").click()
    shown = viewer(page)
    expect(radio(shown, "mask")).to_be_checked()
    expect(shown.get_by_role("button", name="Boundaries")).to_have_attribute("aria-pressed", "true")
    expect(entry(shown, "Road").locator(".eye")).to_have_attribute("aria-pressed", "true")
    expect(shown).to_have_attribute("data-zoom", zoom)


# --- to look at ----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_viewer_is_kept_as_pictures(
    open_viewer: OpenViewer, screenshot: Screenshot, width: int, theme: str
) -> None:
    page = open_viewer("show=street&shape=square&pins=1", width=width, height=1100, theme=theme)
    shown = viewer(page)
    click(page, shown, 268, 330, LARGE)
    point(page, shown, 268.5, 333.5, LARGE)
    wheel(page, -480, -480, -240)
    shown.get_by_role("button", name="Boundaries").click()
    screenshot(page, f"viewer-zoomed-{width}-{theme}")
    shown.get_by_role("button", name="Whole picture").click()
    shown.get_by_role("button", name="Boundaries").click()
    pick(page, shown, "confidence")
    screenshot(page, f"viewer-confidence-{width}-{theme}")
    pick(page, shown, "overlay")
    entry(shown, "Tree").locator(".only").hover()
    page.evaluate(TWO_FRAMES)
    screenshot(page, f"viewer-lit-{width}-{theme}")
    shown.get_by_role("button", name="Keys and gestures").click()
    screenshot(page, f"viewer-help-{width}-{theme}")
    box = shown.get_by_role("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    toolbar = shown.locator(".toolbar").bounding_box()
    assert toolbar["height"] < (50 if width == 1280 else 80)  # one line, or two
