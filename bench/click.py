"""From a mouse click to its answer on the screen, in Chromium: the app, and similar pages."""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from playwright.sync_api import Browser, FloatRect, Page

from bench.photos import open_photos, photo
from bench.processes import APP_POLICY, POLICIES
from bench.report import Goal, Report, Row
from bench.serving import OBSERVER, chromium, served, served_by_itself

CLICKS, WARM_UP = 30, 5
APP = "StreetScope"
GRADIO_PYTHON = "GRADIO_PYTHON"
"""Names the interpreter of an environment that has Gradio: its requirements do not go with ours."""

COORDINATES = "a similar page on streamlit-image-coordinates"
GRADIO = "a similar page on Gradio's Image.select"
PARTS = {"viewer": "the viewer names the class", "sentence": "sentence", "charts": "chart", "table": "table"}
WHOLE = "the whole reading"
CHART = "[data-testid=stEChartsChart] canvas"
READS = ".viewer[data-logits=ready]"
"""The viewer, once it has the logits."""
Times = dict[str, float]
Point = tuple[float, float]


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """A new page with the observer in it."""
    with browser.new_context(viewport={"width": 1280, "height": 1400}) as context:
        context.add_init_script(path=OBSERVER)
        page = context.new_page()
        page.goto(url)
        yield page


def point_in_viewer(page: Page, across: float, down: float) -> Point:
    """A point in the window, from its place in the picture, both in 0 ... 1."""
    return _point_in(page.locator(".viewer canvas.marks").bounding_box(), across, down)


def point_in_frame(page: Page, across: float, down: float) -> Point:
    """The same for a picture inside a component's frame."""
    return _point_in(page.frame_locator("iframe").locator("img").bounding_box(), across, down)


def point_in_gradio(page: Page, across: float, down: float) -> Point:
    """The same for Gradio's picture."""
    return _point_in(page.locator(".image-container img").first.bounding_box(), across, down)


def _point_in(box: FloatRect | None, across: float, down: float) -> Point:
    if box is None:
        raise RuntimeError("The picture is not on the page.")
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def click(page: Page, place: Point) -> Times:
    """Click there; returns the milliseconds until each part of the answer was on the screen."""
    page.evaluate("bench.watch()")
    page.mouse.move(*place)
    page.wait_for_timeout(100)  # a hand rests before it clicks
    page.mouse.click(*place)
    seen = page.evaluate("bench.settled()")
    times = {part: seen[f"{part}Painted"] - seen["clicked"] for part in PARTS if f"{part}Painted" in seen}
    return times | {WHOLE: max(at for part, at in times.items() if part != "viewer")}


def clicks() -> dict[str, list[Times]]:
    """Clicks on all pages in turn, of similar ones those whose libraries are installed."""
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        pages: dict[str, tuple[Page, Callable[[Page, float, float], Point]]] = {}
        app = stack.enter_context(served("serve.py"))
        page = stack.enter_context(opened(browser, "about:blank"))
        open_photos(page, app.url, [photo(0)])
        page.locator(READS).wait_for(timeout=120_000)
        pages[APP] = page, point_in_viewer
        if find_spec("streamlit_image_coordinates"):
            other = stack.enter_context(served("bench/coordinates_app.py", **POLICIES[APP_POLICY]))
            page = stack.enter_context(opened(browser, other.url))
            page.frame_locator("iframe").locator("img").wait_for(timeout=120_000)
            page.locator(".stDataFrame canvas").first.wait_for()
            page.locator(CHART).first.wait_for()
            pages[COORDINATES] = page, point_in_frame
        if python := os.environ.get(GRADIO_PYTHON):
            script = "bench/gradio_app.py"
            gradio = stack.enter_context(served_by_itself(python, script, **POLICIES[APP_POLICY]))
            page = stack.enter_context(opened(browser, gradio.url))
            page.locator("#chart .plot-container").wait_for(timeout=120_000)
            pages[GRADIO] = page, point_in_gradio
        chance = random.Random(0)  # noqa: S311 (places to click)
        found: dict[str, list[Times]] = {name: [] for name in pages}
        for turn in range(WARM_UP + CLICKS):
            across, down = chance.uniform(0.05, 0.95), chance.uniform(0.05, 0.95)
            for name, (page, point_in) in pages.items():
                page.bring_to_front()
                times = click(page, point_in(page, across, down))
                if turn >= WARM_UP:
                    found[name].append(times)
        return found


def median_and_p95(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]


def rows_of(found: dict[str, list[Times]]) -> list[Row]:
    """A row for each page and part of the answer."""
    rows: list[Row] = []
    for name, times in found.items():
        for part, words in (PARTS | {WHOLE: WHOLE}).items():
            values = [each[part] for each in times if part in each]
            if values:
                median, p95 = median_and_p95(values)
                rows.append({"page": name, "until": words, "median, ms": median, "p95, ms": p95})
    missing = [name for name in (COORDINATES, GRADIO) if name not in found]
    rows += [{"page": name, "until": "not installed"} for name in missing]
    return rows


def measure() -> Report:
    found = clicks()
    viewer, _ = median_and_p95([times["viewer"] for times in found[APP]])
    whole, whole_p95 = median_and_p95([times[WHOLE] for times in found[APP]])
    return Report(
        "A click in the browser",
        f"{CLICKS} clicks at the same places of all pages in turn, after {WARM_UP} to warm up, Chromium on "
        "the server's machine; our photo has 1024 x 1024 pixels. From the mouse button going up until the "
        "frame after the change was painted, seen from inside the page.",
        rows_of(found),
        [
            Goal("click: the viewer names the class, median", viewer, "ms", 33),
            Goal("click: the whole reading, median", whole, "ms", 33),
            Goal("click: the whole reading, 95th percentile", whole_p95, "ms", 50),
        ],
    )
