"""The Data page on a data set as large as CamVid: 701 frames of 960 x 720, made from Toytown frames.

`python -m bench.data FRAMES WIDTH HEIGHT` tries another size and writes nothing.

Measured in Chromium: the first gallery page with an empty cache, every next page while the classes are still
being counted, the same pages once everything is cached, and a filter. In a separate process: the class
statistics. In the server: its memory after the first page, and after all pages.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench.processes import resident_megabytes
from bench.report import Goal, Report, Row, table
from bench.serving import chromium, served
from core.classes import CAMVID_32
from core.toytown import frame

SIZE = (701, 960, 720)
"""Frames, width, height: CamVid's."""

PAGE = 24
SORTED_BY = ("Sky", "Road", "Building", "Tree", "Car", "Sidewalk", "Pedestrian")
DRAWN = 36
"""Frames that are drawn; the others are the same moved sideways, so that no two files are equal."""

LOOK_SECONDS = 1.0
"""How long somebody looks at a page before the next one."""

LIMITS = {"first page": 3.0, "next page, median": 0.5, "filter": 0.3, "statistics": 60.0}
"""Seconds."""

MEMORY_LIMIT = 300
"""Megabytes: the set's pictures would take 1.4 GB."""

COUNT = """
import sys, time
from pathlib import Path
from core.datasets.layouts.opening import open_dataset
from core.datasets.contents.statistics import measure
start = time.perf_counter()
measure(open_dataset(Path(sys.argv[1])))
print(time.perf_counter() - start)
"""

# Resolves with the milliseconds until the gallery begins with this frame, with all pictures painted.
SHOWN = """
([name, start]) => new Promise((resolve) => {
  const hosts = () => [...document.querySelectorAll(".stBidiComponent, .stBidiComponent *")];
  const tell = () => resolve(performance.timeOrigin + performance.now() - start);
  const look = () => {
    const gallery = hosts().map(({ shadowRoot }) => shadowRoot?.querySelector(".gallery")).find(Boolean);
    const pictures = [...(gallery?.querySelectorAll("img") ?? [])];
    const isNew = gallery?.querySelector(".name")?.textContent === name && pictures.length > 0;
    if (!isNew || !pictures.every((p) => p.complete && p.naturalWidth)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(tell, 0));
  };
  look();
})
"""


def make_set(root: Path, frames: int, width: int, height: int) -> list[str]:
    """Write the data set; returns its names in order."""
    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    drawn = [frame(number // 12, number % 12, (width, height)) for number in range(min(DRAWN, frames))]
    names = []
    for number in range(frames):
        image, label = (np.roll(part, 7 * (number // DRAWN), axis=1) for part in drawn[number % len(drawn)])
        names.append(f"bench{number // 100:02d}_{number % 100:02d}")
        Image.fromarray(image).save(root / "images" / f"{names[-1]}.png", compress_level=1)
        Image.fromarray(label).save(root / "labels" / f"{names[-1]}_P.png", compress_level=1)
    (root / "codes.txt").write_text("\n".join(CAMVID_32.names) + "\n")
    (root / "valid.txt").write_text(f"{names[-1]}.png\n")
    return names


def seconds_until_shown(page: Page, name: str, start: float) -> float:
    return float(page.evaluate(SHOWN, [name, start])) / 1000


def now(page: Page) -> float:
    return float(page.evaluate("performance.timeOrigin + performance.now()"))


def look_through(page: Page, names: list[str], rest: float = 0.0) -> list[float]:
    """Go from the first page to the last; returns the seconds for each. rest: seconds to look at each."""
    times = []
    for first in range(PAGE, len(names), PAGE):
        page.wait_for_timeout(1000 * rest)
        start = now(page)
        # The last one: while the counts arrive, the page is redrawn and the old button fades.
        page.get_by_role("button", name="Next page").last.click()
        times.append(seconds_until_shown(page, names[first], start))
    return times


def seconds_to_filter(page: Page, counts: np.ndarray, names: list[str]) -> float:
    """Sort by the share of one class after another; each time a different frame comes first.

    counts: (N, C) pixels of each class in each frame. Returns the median.
    """
    times, before = [], -1
    for name in SORTED_BY:
        first = int(counts[:, CAMVID_32.index(name)].argmax())
        if first == before:
            continue
        page.get_by_label("Largest share first of").last.click()
        page.keyboard.type(name)
        option = page.get_by_role("option", name=name, exact=True)
        option.wait_for()
        start = now(page)
        option.click()
        times.append(seconds_until_shown(page, names[first], start))
        before = first
    return statistics.median(times)


def class_pixels(root: Path, names: list[str]) -> np.ndarray:
    """(N, C) pixels of each class in each frame."""
    labels = (np.array(Image.open(root / "labels" / f"{name}_P.png")) for name in names)
    return np.array([np.bincount(label.ravel(), minlength=len(CAMVID_32)) for label in labels])


def measured(frames: int, width: int, height: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = make_set(folder / "data" / "bench", frames, width, height)
        command = [sys.executable, "-W", "ignore", "-c", COUNT, str(folder / "data" / "bench")]
        environment = os.environ | {"STREETSCOPE_CACHE": str(folder / "counted")}
        counted = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        found = {"statistics": float(counted.stdout)}
        setting = {"STREETSCOPE_DATA": str(folder / "data"), "STREETSCOPE_CACHE": str(folder / "cache")}
        with chromium() as browser, served("serve.py", **setting) as app:
            page = browser.new_page(viewport={"width": 1280, "height": 2400})
            # The server's very first page would measure the imports, which the part on starting does.
            page.goto(f"{app.url}/explore")
            page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
            start = now(page)
            page.goto(f"{app.url}/data?set=bench")
            found["first page"] = seconds_until_shown(page, names[0], start)
            found["memory after the first page"] = resident_megabytes(app.pid)
            times = look_through(page, names, LOOK_SECONDS)
            found |= {"next page, median": statistics.median(times), "next page, longest": max(times)}
            page.get_by_text("Frames with").wait_for(timeout=180_000)
            found["filter"] = seconds_to_filter(page, class_pixels(folder / "data" / "bench", names), names)
            page.goto(f"{app.url}/data?set=bench")
            seconds_until_shown(page, names[0], now(page))
            again = look_through(page, names)
            found["next page again, median"] = statistics.median(again)
            found["memory after all pages twice"] = resident_megabytes(app.pid)
        return found


def report(found: dict[str, float], frames: int, width: int, height: int) -> Report:
    rows: list[Row] = [
        {"what": what} | ({"MB": value} if "memory" in what else {"seconds": value})
        for what, value in found.items()
    ]
    return Report(
        "The Data page",
        f"{frames} frames of {width} x {height}, {DRAWN} drawn by Toytown and the rest moved sideways. "
        f"Gallery pages of {PAGE} frames in Chromium, from the click until the last picture was painted, "
        f"with {LOOK_SECONDS:g} s to look at each: first while the classes are still being counted, then "
        "again, without a rest, once everything is cached. The class statistics in a separate process.",
        rows,
        [Goal(f"Data: {what} of {frames} frames", found[what], "s", limit) for what, limit in LIMITS.items()]
        + [
            Goal(
                "Data: memory added by all pages after the first",
                found["memory after all pages twice"] - found["memory after the first page"],
                "MB",
                MEMORY_LIMIT,
            )
        ],
    )


def measure() -> Report:
    return report(measured(*SIZE), *SIZE)


if __name__ == "__main__":
    size = tuple(map(int, sys.argv[1:4])) if len(sys.argv) > 3 else SIZE
    print(table(report(measured(*size), *size).rows))
