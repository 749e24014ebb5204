"""The editor in a real browser: every tool, a finger, a server that is killed, and a second window."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from core.annotation.regions import regions
from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.strokes import Point, brush, component, painted, polygon
from pages.widgets.annotate.editor.packing import checksum
from tests.browser.conftest import start_server, stop_servers
from tests.browser.house import APP, House
from tests.conftest import ROAD, SKY, TREE

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage, Screenshot

SIZE = (96, 128)
"""Of the frames of `street`: Sky, and Road from row 60."""

WHOLE = "The whole picture is reviewed"

QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"

STREET = np.full(SIZE, SKY, np.uint8)
STREET[60:] = ROAD


class Desk:
    """A server of our own, whose corrections nobody else finds."""

    def __init__(self, house: House, folder: Path) -> None:
        self.data = folder / "data"
        shutil.copytree(house.data / "street", self.data / "street")
        self._add_a_frame()
        self._env = {**house.settings, "STREETSCOPE_DATA": str(self.data)}
        self._log = folder / "log"
        self.app, self.process = start_server(APP, self._env, (), self._log)

    def _add_a_frame(self) -> None:
        """A third frame, of another picture than the others: a correction is known by its picture."""
        image = np.array(Image.open(self.data / "street/images/street_2.png").convert("RGB"))
        image[0, 0] = 99
        Image.fromarray(image).save(self.data / "street/images/street_3.png")
        Image.fromarray(STREET).save(self.data / "street/labels/street_3_P.png")

    def frame(self, name: str) -> str:
        """The address at which a frame of `street` is corrected."""
        return f"{self.app.url}/annotate?dataset=street&frame={name}"

    def kill(self) -> None:
        """As a power cut does, but for the disk."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> None:
        self.app, self.process = start_server(APP, self._env, (), self._log, urlsplit(self.app.url).port)

    def saved(self) -> list[Mask]:
        """The label maps on the disk, in the order in which they were begun."""
        labels = sorted(
            self.data.glob("corrections-mine/labels/*.png"), key=lambda path: path.stat().st_ctime
        )
        return [np.asarray(Image.open(path)) for path in labels]


@pytest.fixture(scope="module")
def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    mine = Desk(house, tmp_path_factory.mktemp("desk"))
    yield mine
    stop_servers(mine.process)
    assert "Traceback" not in mine.app.log, mine.app.log


def editor(page: Page) -> Locator:
    """The editor, once its picture is there."""
    shown = page.locator(".editor")
    expect(shown).to_have_attribute("data-ready", "true")
    return shown


def place(page: Page, row: float, col: float) -> tuple[float, float]:
    """Where a place of the whole picture is on the page, in CSS pixels."""
    box = page.locator(".editor .marks").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * col / SIZE[1], box["y"] + box["height"] * row / SIZE[0]


def drag(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*place(page, *places[0]))
    page.mouse.down()
    for each in places[1:]:
        page.mouse.move(*place(page, *each), steps=5)
    page.mouse.up()


def click(page: Page, row: float, col: float) -> None:
    page.mouse.click(*place(page, row, col))


def brush_width(page: Page, wanted: int) -> None:
    """Set the brush's width by its keys."""
    page.mouse.move(*place(page, 48, 64))
    output = page.locator(".editor .size output")
    for _ in range(60):
        width = int(output.inner_text().split()[0])
        if width == wanted:
            return
        page.keyboard.press("[" if width > wanted else "]")
    pytest.fail(f"The brush has no width of {wanted}.")


def middles(*pixels: Point) -> list[Point]:
    """The middles of pixels (row, col), as points of half pixels."""
    return [(2 * col + 1, 2 * row + 1) for row, col in pixels]


def expect_saved(page: Page, desk: Desk, wanted: Mask, number: int = -1) -> None:
    """The sign says so, and the label map on the disk is this one."""
    # While Streamlit draws the page anew, the editor that was there is on it, too.
    expect(page.locator(".editor").last).to_have_attribute("data-saved", "true")
    expect(page.locator(".editor .sign").last).to_contain_text("Saved")
    found = desk.saved()[number]
    assert (found == wanted).all(), f"{(found != wanted).sum()} pixels differ"


def words_of_change(before: Mask, taken: Mask) -> str:
    """How it begins what is said of a suggestion, by the mask before and after it was taken."""
    changed = ((before == NOT_REVIEWED) & (taken != STREET)).mean()
    if changed == 0:
        return "It agrees with all that is not reviewed"
    return f"Hatched: {100 * changed:.1f}" if changed >= 0.001 else "Hatched: <"


def test_every_tool_saves_what_it_shows(desk: Desk, open_page: OpenPage, screenshots: Screenshot) -> None:
    page = open_page(desk.frame("street_1"), density=2)
    shown = editor(page)
    expect(shown.locator(".reviewed")).to_have_text(WHOLE)
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("n")
    expect(shown.locator(".below .under")).to_have_text("All of this picture is reviewed.")
    expect(shown.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")

    brush_width(page, 7)
    page.keyboard.press(str(TREE + 1))
    drag(page, (30.5, 20.5), (30.5, 60.5))
    drawn = painted(STREET, brush(SIZE, middles((30, 20), (30, 60)), 7), TREE)
    expect_saved(page, desk, drawn)

    page.keyboard.press("q")  # square, and straight on from where the last one ended
    page.keyboard.down("Shift")
    click(page, 50.5, 60.5)
    page.keyboard.up("Shift")
    drawn = painted(drawn, brush(SIZE, middles((30, 60), (50, 60)), 7, "square"), TREE)
    expect_saved(page, desk, drawn)
    page.keyboard.press("q")

    page.keyboard.press("e")
    drag(page, (30.5, 10.5), (30.5, 30.5))
    erased = painted(drawn, brush(SIZE, middles((30, 10), (30, 30)), 7), NOT_REVIEWED)
    expect_saved(page, desk, erased)
    expect(shown.locator(".reviewed")).to_have_text(re.compile(r"^9\d\.\d% of the picture is reviewed$"))

    page.keyboard.press("i")
    click(page, 80.5, 5.5)
    expect(shown.locator("li.chosen")).to_contain_text("Road")
    page.keyboard.press("g")
    click(page, 5.5, 5.5)
    # The patch as it is shown: what was erased shows Sky, which the frame's label has there.
    seen = np.where(erased == NOT_REVIEWED, STREET, erased)
    filled = painted(erased, component(seen, 5, 5), ROAD)
    expect_saved(page, desk, filled)

    page.keyboard.press("p")
    page.keyboard.press(str(SKY + 1))
    for row, col in ((70, 10), (70, 50), (1, 1), (90, 30)):
        click(page, row, col)
        if row == 1:
            page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    cornered = painted(filled, polygon(SIZE, [(20, 140), (100, 140), (60, 180)]), SKY)
    expect_saved(page, desk, cornered)
    click(page, 20, 20)
    page.keyboard.press("Escape")

    for _ in range(5):
        page.keyboard.press("Control+z")
    expect_saved(page, desk, STREET)
    for _ in range(5):
        page.keyboard.press("Control+Shift+z")
    expect_saved(page, desk, cornered)

    page.keyboard.press("r")
    page.keyboard.press(str(TREE + 1))
    expect(shown).to_have_attribute("data-regions", "middle")
    click(page, 45, 100)
    pieces = regions(np.asarray(Image.open(desk.data / "street/images/street_1.png")), STREET, "middle")
    alike = (pieces == pieces[45, 100]) & (cornered == cornered[45, 100])
    assigned = painted(cornered, alike, TREE)
    expect_saved(page, desk, assigned)
    page.keyboard.press("Control+z")
    expect_saved(page, desk, cornered)

    page.keyboard.press("e")
    drag(page, (90.5, 5.5), (90.5, 60.5))
    less = painted(cornered, brush(SIZE, middles((90, 5), (90, 60)), 7), NOT_REVIEWED)
    expect_saved(page, desk, less)
    shown.get_by_role("button", name="Suggest the rest").click()
    shown.get_by_role("button", name="Take it").wait_for()
    said = shown.locator(".suggesting .changes").inner_text()
    shown.get_by_role("button", name="Take it").click()
    expect(shown.locator(".reviewed")).to_have_text(WHOLE)
    expect(shown).to_have_attribute("data-saved", "true")
    reviewed = less != NOT_REVIEWED
    assert (desk.saved()[-1][reviewed] == less[reviewed]).all()
    assert said.startswith(words_of_change(less, desk.saved()[-1]))
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("Control+z")
    expect_saved(page, desk, less)

    take, note = shown.get_by_role("button", name="Take it"), shown.locator(".suggesting .note[role=status]")
    page.keyboard.press("l")
    expect(note).to_contain_text("follows what you draw")
    drag(page, (80.5, 5.5), (80.5, 60.5))
    lesser = painted(less, brush(SIZE, middles((80, 5), (80, 60)), 7), NOT_REVIEWED)
    expect_saved(page, desk, lesser)
    # Each suggestion is of the very mask that is on the page.
    expect(shown).to_have_attribute("data-suggested", str(checksum(lesser)))
    take.click()
    expect(shown.locator(".reviewed")).to_have_text(WHOLE)
    expect(note).to_contain_text("nothing left to suggest")
    taken = desk.saved()[-1]
    reviewed = lesser != NOT_REVIEWED
    assert (taken[reviewed] == lesser[reviewed]).all()
    assert (taken != NOT_REVIEWED).all()
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("Control+z")
    expect_saved(page, desk, lesser)
    expect(shown).to_have_attribute("data-suggested", str(checksum(lesser)))
    page.keyboard.press("l")
    expect(take).to_be_hidden()
    expect(note).to_have_text("")
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect_saved(page, desk, cornered)

    page.keyboard.press("+")
    page.keyboard.down("Space")
    drag(page, (30.5, 5.5), (60.5, 70.5))
    page.keyboard.up("Space")
    page.keyboard.press("w")
    assert (desk.saved()[-1] == cornered).all()  # moving draws nothing
    page.keyboard.press("b")
    page.get_by_role("button", name="Keep Sky as it is").click()
    page.get_by_role("button", name="Only over not reviewed").click()
    page.keyboard.press(str(TREE + 1))
    drag(page, (30.5, 5.5), (30.5, 70.5))
    assert (desk.saved()[-1] == cornered).all()  # all of it is reviewed, or Sky
    screenshots(page, "annotate")

    page.reload()
    shown = editor(page)
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("Control+z")
    expect_saved(page, desk, filled)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tools and keys")).to_be_visible()
    page.keyboard.press("Escape")


class Fingers:
    """Fingers on the picture, by Chromium's own events."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._chromium = page.context.new_cdp_session(page)

    def send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip("xy", place(self._page, *each), strict=True)) for each in places]
        points = [{**point, "id": number} for number, point in enumerate(points)]
        self._chromium.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_one_finger_draws_and_two_move(desk: Desk, open_page: OpenPage, screenshots: Screenshot) -> None:
    page = open_page(desk.frame("street_2"), width=400, height=800, touch=True)
    shown = editor(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    search = page.get_by_role("searchbox", name="Find or add a class")
    search.fill("Becak")
    page.keyboard.press("Enter")
    expect(shown.locator("li.chosen")).to_contain_text("Becak")
    assert (desk.data / "corrections-mine/codes.txt").read_text().split()[-1] == "Becak"
    search.fill("tre")
    shown.get_by_role("button", name=re.compile("^Tree")).tap()
    fingers = Fingers(page)
    fingers.send("touchStart", (20, 20))
    fingers.send("touchMove", (20, 91))
    fingers.send("touchEnd")
    expect_saved(page, desk, painted(STREET, brush(SIZE, [(40, 40), (182, 40)], 20), TREE))
    before = desk.saved()[-1]

    fingers.send("touchStart", (70, 40))
    fingers.send("touchMove", (72, 44))
    fingers.send("touchStart", (70, 40), (70, 80))
    fingers.send("touchMove", (70, 20), (70, 100))
    fingers.send("touchEnd")
    expect(shown.get_by_role("button", name="Whole picture", exact=True)).to_have_attribute(
        "aria-disabled", "false"
    )
    assert (desk.saved()[-1] == before).all()  # the first finger had begun to draw
    screenshots(page, "annotate-phone")
    shown.get_by_role("button", name="Undo").tap()
    expect_saved(page, desk, STREET)


def on_canvas(page: Page, row: float, col: float) -> tuple[float, float]:
    """Where a place of the picture is on the canvas for shapes."""
    box = page.locator(".upper-canvas").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * col / SIZE[1], box["y"] + box["height"] * row / SIZE[0]


def drag_on_canvas(page: Page, first: tuple[float, float], last: tuple[float, float]) -> None:
    page.mouse.move(*on_canvas(page, *first))
    page.mouse.down()
    page.mouse.move(*on_canvas(page, *last), steps=3)
    page.mouse.up()


def wait_for_mask(desk: Desk, wanted: Mask) -> None:
    """The label map that was begun last becomes this one."""
    until = time.monotonic() + 60
    while not desk.saved() or (desk.saved()[-1] != wanted).any():
        assert time.monotonic() < until, f"{(desk.saved()[-1] != wanted).sum()} pixels differ"
        time.sleep(0.05)


def test_shapes_land_where_they_were_drawn(desk: Desk, open_page: OpenPage, screenshots: Screenshot) -> None:
    page = open_page(desk.frame("street_3"))
    editor(page)
    page.get_by_role("radio", name="Shapes").click()
    page.mouse.move(*on_canvas(page, 90, 5))  # its own tools make way
    page.get_by_text("Tree", exact=True).click()
    page.get_by_role("radio", name="Rectangle").click()
    expect(page.get_by_text("drag from one corner")).to_be_visible()
    page.locator(QUIET).wait_for()
    # One after the other, faster than the canvas sends them.
    drag_on_canvas(page, (10, 20), (40, 60))
    drag_on_canvas(page, (50, 90), (45, 70))
    mask = STREET.copy()
    mask[10:40, 20:60] = mask[45:50, 70:90] = TREE
    wait_for_mask(desk, mask)

    page.get_by_text("Sky", exact=True).click()
    page.get_by_role("radio", name="Polygon").click()
    expect(page.get_by_text("click each corner")).to_be_visible()
    page.locator(QUIET).wait_for()  # a canvas that is told of a class forgets the corners before
    corners = [(70, 10), (70, 60), (90, 30)]
    for row, col in (*corners, corners[0]):
        page.mouse.click(*on_canvas(page, row, col))
    cornered = painted(mask, polygon(SIZE, [(2 * col, 2 * row) for row, col in corners]), SKY)
    wait_for_mask(desk, cornered)
    screenshots(page, "annotate-shapes")
    page.get_by_role("button", name="Undo").first.click()
    wait_for_mask(desk, mask)

    page.get_by_role("radio", name="Editor").click()
    editor(page)
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("Control+Shift+z")
    expect_saved(page, desk, cornered)

    # In another set, the same frame is as it was.
    page.get_by_role("button", name="add icon").click()
    page.get_by_label("Name of the new set").fill("Mine")
    page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_text("There is a set called mine already")).to_be_visible()
    page.get_by_label("Name of the new set").fill("Trees of Medan")
    page.get_by_role("button", name="Begin it").click()
    page.wait_for_url("**corrections=Trees-of-Medan*")
    expect(editor(page).locator(".reviewed")).to_have_text(WHOLE)
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    page.reload()
    editor(page)
    chosen = page.get_by_role("combobox", name="Saved in the set")
    expect(chosen).to_have_value("Trees-of-Medan, no pictures")

    # The picture as the set has it is a frame like any other, and goes on as it was.
    (kept,) = desk.data.glob("corrections-mine/images/street-street_3-*.png")
    page.goto(f"{desk.app.url}/annotate?dataset=corrections-mine&frame={kept.stem}")
    editor(page)
    expect(chosen).to_have_value(re.compile("^mine, "))
    page.mouse.move(*place(page, 48, 64))
    page.keyboard.press("Control+z")
    expect_saved(page, desk, mask)


def draw_across(page: Page, mask: Mask, row: int) -> Mask:
    """Draw a line of Tree, 20 pixels wide; the mask after that."""
    drag(page, (row, 20), (row, 91))
    return painted(mask, brush(SIZE, [(40, 2 * row), (182, 2 * row)], 20), TREE)


def test_two_windows_and_a_killed_server_lose_nothing(
    desk: Desk, chromium: Browser, open_page: OpenPage
) -> None:
    first = chromium.new_page()  # not by `open_page`: Streamlit complains of a server that is gone
    first.goto(desk.frame("street_2"))
    editor(first)
    second = open_page(desk.frame("street_2"), apart=True)
    expect(editor(second).locator(".sign")).to_contain_text("Another window")
    mask = STREET
    pages = [second, first, second, first]
    for number, page in enumerate(pages):
        page.mouse.move(*place(page, 5, 5))
        page.keyboard.press(str(TREE + 1))
        mask = draw_across(page, mask, 10 + 20 * number)
        expect_saved(page, desk, mask)
        # The other window shows it, too, without a stroke of its own; the first one does not know of it yet.
        other = second if page is first else first
        if number == 0:
            other.wait_for_timeout(5100)  # of quiet
            other.mouse.move(*place(other, 5, 5))
        count = other.locator(f".editor li[data-label='{TREE}'] .count")
        expect(count).to_have_text(f"{(mask == TREE).sum():,}")
    second.close()
    desk.kill()
    mask = draw_across(first, mask, 90)
    expect(first.locator(".editor .sign")).to_contain_text(re.compile("Saving|Not saved"))
    desk.restart()
    expect_saved(first, desk, mask)
    first.reload()
    editor(first)
    expect_saved(first, desk, mask)
    first.close()
