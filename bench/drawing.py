"""Drawing on the Annotate page: frames under a wide brush, regions, saving, and the live suggestion."""

from __future__ import annotations

import io
import math
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Page

from bench.click import median_and_p95
from bench.hover import RECORD, SECONDS, STOP, late
from bench.report import Goal, Report, Row
from bench.serving import chromium, served
from core.toytown.writing import frame

SIZE = 1024, 768
BRUSH = 100
TIMES = 30
NEW_CLASS = "Becak"

SCRIPT = Path(__file__).with_suffix(".js")

METHOD = (
    f"A Toytown picture of {SIZE[0]} x {SIZE[1]} in Chromium on the server's machine. Frames: over "
    f"{SECONDS:.0f} seconds while the pointer wanders over it. Moves: from the browser's hearing of one "
    f"until the frame with its region is painted. {TIMES} clicks and {TIMES} short strokes each: from the "
    "mouse button until the frame is painted that shows the region in its class, the word Saved, or the "
    "suggestion. Opening: from choosing another photo in the list until its editor takes strokes, the "
    "network's prediction included."
)


def picture(number: int) -> FilePayload:
    """A photo of Toytown."""
    image, _ = frame(number, 2, SIZE)
    with io.BytesIO() as file:
        Image.fromarray(image).save(file, "PNG")
        return {"name": f"town{number}.png", "mimeType": "image/png", "buffer": file.getvalue()}


class Editor:
    """The editor on a page, and a hand that draws in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._chance = random.Random(0)  # noqa: S311 (places to draw)

    def wait(self, name: str) -> None:
        """Wait until it shows a photo."""
        self.page.wait_for_function("name => drawing.shows(name)", arg=name, timeout=120_000)

    def at(self, across: float, down: float) -> tuple[float, float]:
        """Where a place of the picture is on the page, both from 0 to 1."""
        box = self.page.locator(".editor .marks").bounding_box()
        if box is None:
            raise RuntimeError("The editor is not on the page.")
        return box["x"] + box["width"] * across, box["y"] + box["height"] * down

    def press(self, *keys: str) -> None:
        """Press keys with the pointer over the picture."""
        self.page.mouse.move(*self.at(0.5, 0.5))
        for key in keys:
            self.page.keyboard.press(key)

    def brush(self, width: int) -> None:
        """Set the brush's width."""
        output = self.page.locator(".editor .size output")
        while (now := int(output.inner_text().split()[0])) != width:
            self.press("[" if now > width else "]")

    def wander(self) -> list[float]:
        """Move over the picture for a while; the times between frames."""
        (left, top), (right, bottom) = self.at(0, 0), self.at(1, 1)
        self.page.evaluate(RECORD)
        start = time.monotonic()
        while (now := time.monotonic() - start) < SECONDS:
            across, down = 0.5 + 0.4 * math.cos(2.1 * now), 0.5 + 0.4 * math.sin(3.4 * now)
            self.page.mouse.move(left + (right - left) * across, top + (bottom - top) * down)
        frames: list[float] = self.page.evaluate(STOP)
        return frames

    def click(self) -> None:
        """Click somewhere."""
        self.page.mouse.move(*self.at(self._chance.uniform(0.05, 0.95), self._chance.uniform(0.05, 0.95)))
        self.page.wait_for_timeout(150)  # a hand rests before it clicks
        self.page.mouse.down()
        self.page.mouse.up()

    def stroke(self) -> None:
        """Draw a short line somewhere."""
        across, down = self._chance.uniform(0.05, 0.85), self._chance.uniform(0.05, 0.95)
        self.page.mouse.move(*self.at(across, down))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(across + 0.1, down), steps=6)
        self.page.mouse.up()

    def strokes(self, what: str, classes: Sequence[str]) -> list[float]:
        """Draw many, each after what follows the one before: "saved" or "suggested"; its milliseconds."""
        self.page.evaluate(f"drawing.take('{what}')")
        for number in range(TIMES):
            self.press(classes[number % len(classes)])
            self.stroke()
            self.page.wait_for_function(f"drawing.count('{what}') > {number}", timeout=30_000)
            self.page.locator(".editor[data-saved=true]").wait_for()
        times: list[float] = self.page.evaluate(f"drawing.take('{what}')")
        return times


def opened(page: Page, url: str) -> float:
    """Give two photos to the page and go from one to the other; the seconds that takes."""
    page.goto(f"{url}/annotate?size={SIZE[0]}")
    page.locator(".editor[data-ready=true]").wait_for(timeout=120_000)
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files([picture(1), picture(2)])
    editor = Editor(page)
    editor.wait("town1")
    page.wait_for_timeout(3000)  # the page has come to rest
    page.get_by_role("combobox", name="Photo").click()
    option = page.get_by_role("option", name="town2.png")
    option.wait_for()
    start = time.monotonic()
    option.click()
    editor.wait("town2")
    return time.monotonic() - start


def measure() -> Report:
    with (
        tempfile.TemporaryDirectory() as data,
        chromium() as browser,
        served("serve.py", STREETSCOPE_DATA=data) as app,
        browser.new_page() as page,
    ):
        page.add_init_script(path=SCRIPT)
        page.set_viewport_size({"width": 1400, "height": 1000})
        opening = opened(page, app.url)
        editor = Editor(page)
        page.evaluate("drawing.watch()")
        page.locator(".editor .marks").focus()  # the list of photos has had the focus, and the keys
        page.wait_for_timeout(2000)
        editor.brush(BRUSH)
        editor.press("1")
        page.mouse.down()
        brushing = editor.wander()
        page.mouse.up()
        editor.press("Control+z", "r", "2")
        page.locator(".editor[data-regions]").wait_for(timeout=60_000)
        page.evaluate("drawing.take('move')")
        pointing, moves = editor.wander(), page.evaluate("drawing.take('move')")
        page.evaluate("drawing.take('press')")
        for number in range(TIMES):
            editor.press(str(number % 4 + 1))
            editor.click()
        page.wait_for_timeout(500)
        clicks = page.evaluate("drawing.take('press')")
        editor.press("b")
        editor.brush(20)
        saved = editor.strokes("saved", "1234")
        editor.press(*["Control+z"] * 70)
        page.locator(".editor[data-saved=true]").wait_for()
        for each in "12":
            editor.press(each)
            editor.stroke()
        editor.press("l")
        page.locator(".editor[data-suggested]").wait_for(timeout=60_000)
        suggested = editor.strokes("suggested", "1234")
        search = page.get_by_role("searchbox", name="Find or add a class")
        search.fill(NEW_CLASS)
        search.press("Enter")
        page.locator(".editor li.chosen", has_text=NEW_CLASS).wait_for()
        with_new = editor.strokes("suggested", ["=", "-"])
    return report(opening, brushing, pointing, moves, clicks, saved, suggested, with_new)


def report(
    opening: float,
    brushing: list[float],
    pointing: list[float],
    moves: list[float],
    clicks: list[float],
    saved: list[float],
    suggested: list[float],
    with_new: list[float],
) -> Report:
    """opening: seconds. All others: milliseconds."""
    rows: list[Row] = [
        row(f"between frames, a brush of {BRUSH} pixels", brushing) | {"later than 20 ms": late(brushing)},
        row("between frames, pointing at regions", pointing) | {"later than 20 ms": late(pointing)},
        row("from a move to the region's outline", moves),
        row("from a click on a region to its class", clicks),
        row("from a stroke's end to saved", saved),
        row("from a stroke's end to the live suggestion", suggested),
        row("the same with a class that was added", with_new),
        {"what": "from choosing a photo to the first stroke", "median, ms": 1000 * opening},
    ]
    goals = [
        Goal(
            f"drawing: median time between frames, brush of {BRUSH} px",
            statistics.median(brushing),
            "ms",
            17.5,
        ),
        Goal("drawing: frames later than 20 ms", late(brushing), "", 0.05),
        Goal("region hover: from a move to its outline, median", statistics.median(moves), "ms", 16),
        Goal("region hover: frames later than 20 ms", late(pointing), "", 0.05),
        Goal("region assigned, on the screen, median", statistics.median(clicks), "ms", 50),
        Goal("stroke to saved, median", statistics.median(saved), "ms", 300),
        Goal("stroke to live suggestion, median", statistics.median(suggested), "ms", 300),
        Goal("the same with a class that was added", statistics.median(with_new), "ms", 300),
        Goal("Annotate: from choosing a photo to the first stroke", opening, "s", 2),
    ]
    return Report("Drawing", METHOD, rows, goals)


def row(what: str, times: list[float]) -> Row:
    median, p95 = median_and_p95(times)
    return {"what": what, "times": len(times), "median, ms": median, "p95, ms": p95}
