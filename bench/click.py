"""From a mouse click to its answer on the screen, in Chromium: the app, and its like on another component.

Usage: python -m bench.click
"""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from playwright.sync_api import Browser, Frame, Page

from bench.serving import OBSERVER, chromium, served

CLICKS, WARM_UP = 30, 5
VIEWER, COORDINATES = "the viewer", "streamlit-image-coordinates"
Times = dict[str, float]


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """A page of its own with the observer in it."""
    with browser.new_context(viewport={"width": 1280, "height": 1400}) as context:
        context.add_init_script(path=OBSERVER)
        page = context.new_page()
        page.goto(url)
        yield page


def wait_for_viewer(page: Page) -> None:
    page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)


def wait_for_coordinates(page: Page) -> None:
    page.frame_locator("iframe").locator("img").wait_for(timeout=120_000)


def picture_box(page: Page) -> dict[str, float]:
    """Where the picture is in the window."""
    frames: list[Frame] = [f for f in page.frames if f != page.main_frame and f.locator("img").count()]
    shown = frames[0].locator("img") if frames else page.locator(".viewer canvas.marks")
    box = shown.bounding_box()
    if box is None:
        raise RuntimeError("The picture is not on the page.")
    return box


def click(page: Page, chance: random.Random) -> Times:
    """Click somewhere in the picture; milliseconds from the click to each part of the answer."""
    page.evaluate("bench.watch()")
    box = picture_box(page)
    x = box["x"] + box["width"] * chance.uniform(0.05, 0.95)
    y = box["y"] + box["height"] * chance.uniform(0.05, 0.95)
    page.mouse.move(x, y)
    page.wait_for_timeout(100)  # a person's hand rests before it clicks
    page.mouse.click(x, y)
    seen = page.evaluate("bench.settled()")
    clicked = seen.pop("clicked")
    row, col = seen.pop("pixel")
    columns, cells = seen.pop("columns"), seen.pop("cells")
    if str(col) not in columns or str(col) not in cells:
        raise RuntimeError(f"Pixel ({row}, {col}): the chart shows {columns}, the table drew {cells}.")
    times = {part: at - clicked for part, at in seen.items() if part.endswith("Painted")}
    times["all"] = max(at for part, at in times.items() if part != "viewerPainted")
    return times


def measure() -> dict[str, list[Times]]:
    """The clicks of both pages, taking turns."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        pages: dict[str, Page] = {}
        app = stack.enter_context(served("app.py"))
        pages[VIEWER] = stack.enter_context(opened(browser, app.url))
        wait_for_viewer(pages[VIEWER])
        if find_spec("streamlit_image_coordinates"):
            other = stack.enter_context(served("bench/coordinates_app.py", OMP_WAIT_POLICY="PASSIVE"))
            pages[COORDINATES] = stack.enter_context(opened(browser, other.url))
            wait_for_coordinates(pages[COORDINATES])
        for page in pages.values():
            page.locator(".stDataFrame canvas").first.wait_for()
        chance = random.Random(0)  # noqa: S311 (places to click)
        clicks: dict[str, list[Times]] = {name: [] for name in pages}
        for turn in range(WARM_UP + CLICKS):
            for name, page in pages.items():
                times = click(page, chance)
                if turn >= WARM_UP:
                    clicks[name].append(times)
        return clicks


def median_and_p95(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    for name, clicks in measure().items():
        parts = sorted({part for times in clicks for part in times})
        print(name, json.dumps({p: [round(v) for v in median_and_p95([t[p] for t in clicks if p in t])] for p in parts}))


if __name__ == "__main__":
    main()
