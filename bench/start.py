"""From starting the server to the first segmented picture in the browser, and what is imported for it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from playwright.sync_api import Browser

from bench.report import Goal, Report, Row
from bench.serving import ROOT, chromium, served

REPEATS, WARM_UP = 5, 1
IMPORTS = (
    "numpy",
    "pandas",
    "streamlit",
    "torch",
    "onnxruntime",
    "core.segmentation.segmenter",
    "plotly.graph_objects",
)


def seconds_to_picture(browser: Browser) -> float:
    start = time.perf_counter()
    with served("serve.py") as app, browser.new_page() as page:
        page.goto(app.url)
        page.locator(".viewer[data-ready=true]").wait_for(timeout=120_000)
        return time.perf_counter() - start


def seconds_to_import(module: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", f"import {module}"], cwd=ROOT, check=True)
    return time.perf_counter() - start


def measure() -> Report:
    with chromium() as browser:
        pictures = [seconds_to_picture(browser) for _ in range(WARM_UP + REPEATS)][WARM_UP:]
    median = statistics.median(pictures)
    rows: list[Row] = [{"what": "server started to first segmented picture", "seconds": median}]
    for module in IMPORTS:
        times = [seconds_to_import(module) for _ in range(WARM_UP + REPEATS)][WARM_UP:]
        rows.append({"what": f"python -c 'import {module}'", "seconds": statistics.median(times)})
    return Report(
        "Start",
        f"Medians of {REPEATS} with a warm disk. Chromium was open already.",
        rows,
        [Goal("start of the server to the first segmented picture", median, "s", 4)],
    )
