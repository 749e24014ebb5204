"""Moving the pointer over a 1024 x 1024 photo: does the browser keep 60 frames a second?"""

from __future__ import annotations

import math
import statistics
import time

from playwright.sync_api import Page

from bench.click import READS, point_in_viewer
from bench.photos import open_photos, photo
from bench.report import Goal, Report, Row
from bench.serving import chromium, served

SECONDS = 5.0
LATE = 20.0  # ms; a frame takes 16.7 at 60 a second

RECORD = """() => {
  window.frames60 = [];
  let last = null;
  const note = (at) => {
    if (last !== null) window.frames60.push(at - last);
    last = at;
    window.frame60 = requestAnimationFrame(note);
  };
  window.frame60 = requestAnimationFrame(note);
}"""
STOP = "() => { cancelAnimationFrame(window.frame60); return window.frames60; }"


def wander(page: Page) -> tuple[list[float], float]:
    """Move the pointer over the photo; returns the times between frames, and the moves a second."""
    left, top = point_in_viewer(page, 0, 0)
    right, bottom = point_in_viewer(page, 1, 1)
    page.evaluate(RECORD)
    moves, start = 0, time.monotonic()
    while (now := time.monotonic() - start) < SECONDS:
        across, down = 0.5 + 0.4 * math.cos(2.1 * now), 0.5 + 0.4 * math.sin(3.4 * now)
        page.mouse.move(left + (right - left) * across, top + (bottom - top) * down)
        moves += 1
    return page.evaluate(STOP), moves / SECONDS


def measure() -> Report:
    with chromium() as browser, served("serve.py") as app, browser.new_page() as page:
        page.set_viewport_size({"width": 1280, "height": 1400})
        open_photos(page, app.url, [photo(0)])
        page.locator(READS).wait_for(timeout=120_000)
        page.wait_for_timeout(2000)  # the page has come to rest
        page.evaluate(RECORD)
        page.wait_for_timeout(SECONDS * 1000)
        resting = page.evaluate(STOP)
        hovering, moves = wander(page)
        page.keyboard.down("l")
        live, live_moves = wander(page)
        page.keyboard.up("l")
    rows = [
        row("resting", resting),
        row("pointing", hovering) | {"moves a second": moves},
        row("pointing, the reading live", live) | {"moves a second": live_moves},
    ]
    return Report(
        "Pointing",
        f"Time between frames in Chromium over {SECONDS:.0f} seconds while the pointer wanders over a "
        "1024 x 1024 photo.",
        rows,
        [
            Goal("hover: median time between frames", statistics.median(hovering), "ms", 17.5),
            Goal("hover: frames later than 20 ms", late(hovering), "", 0.05),
            Goal("hover, the reading live: median time between frames", statistics.median(live), "ms", 17.5),
            Goal("hover, the reading live: frames later than 20 ms", late(live), "", 0.05),
        ],
    )


def late(frames: list[float]) -> float:
    return sum(frame > LATE for frame in frames) / len(frames)


def row(what: str, frames: list[float]) -> Row:
    return {
        "pointer": what,
        "frames": len(frames),
        "median, ms": statistics.median(frames),
        "p95, ms": statistics.quantiles(frames, n=20, method="inclusive")[-1],
        "later than 20 ms": late(frames),
    }
