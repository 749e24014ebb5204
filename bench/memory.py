"""Memory of open photos: one photo, twenty sessions with five photos each, and after they have ended."""

from __future__ import annotations

import time
from contextlib import ExitStack

import numpy as np
from playwright.sync_api import Browser, expect

from bench.photos import SIZE, look_at, open_photos, photo
from bench.processes import resident_megabytes
from bench.report import Goal, Report, Row
from bench.serving import Server, chromium, served
from core.classes import CAMVID_11, CAMVID_31, ClassList
from core.photos import images
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter

SESSIONS, PHOTOS = 20, 5
# Streamlit keeps a session whose connection was lost for two minutes.
ENDING_SECONDS = 240
ENOUGH = 0.9
"""Stop waiting once this share has been given back."""


def kept_by_a_photo(classes: ClassList = CAMVID_11) -> float:
    """Megabytes of a segmentation, of what is sent to the viewer, and of what the browser reads pixels from.

    classes: as many as the network has; what more than 11 say is a copy.
    """
    from pages.widgets.segmentation.models import SegmentedPhoto, _viewer_picture
    from pages.widgets.viewer.logits import pack

    content = photo(0)["buffer"]
    result = load_segmenter("street-lite0").segment(images.decode(content, SIZE), SIZE)
    if len(classes) > len(result.logits):
        logits = result.logits[np.arange(len(classes)) % len(result.logits)]
        result = Segmentation.of_logits(result.image, logits, result.stride, classes, result.model_name)
    kept = SegmentedPhoto(result.without_confidence(), _viewer_picture(result)).nbytes
    return (kept + len(pack(result.logits))) / 2**20


def memory_of_sessions(browser: Browser, app: Server, idle: float) -> tuple[float, float]:
    """Megabytes of the server: the peak while the sessions are open, and after they have ended."""
    most = 0.0
    with ExitStack() as stack:
        for session in range(SESSIONS):
            photos = [photo(1 + session * PHOTOS + number) for number in range(PHOTOS)]
            page = stack.enter_context(
                browser.new_context(viewport={"width": 1280, "height": 1000})
            ).new_page()
            open_photos(page, app.url, photos)
            for each in photos[1:]:
                look_at(page, str(each["name"]))
            most = max(most, resident_megabytes(app.pid))
            print(f"{session + 1} sessions: {resident_megabytes(app.pid):.0f} MB", flush=True)
    ended = resident_megabytes(app.pid)
    deadline = time.monotonic() + ENDING_SECONDS
    while time.monotonic() < deadline:
        time.sleep(5)
        ended = min(ended, resident_megabytes(app.pid))
        if most - ended > ENOUGH * (most - idle):
            break
    return most, ended


def measure() -> Report:
    with chromium() as browser, served("serve.py") as app:
        with browser.new_page() as page:  # the network is loaded and has seen a photo of this size
            open_photos(page, app.url, [photo(0)])
            # The samples are segmented beside the page: until then the server is not idle.
            expect(page.locator(".bar .work")).to_be_hidden(timeout=120_000)
        idle = resident_megabytes(app.pid)
        most, ended = memory_of_sessions(browser, app, idle)
    one, many, photos = kept_by_a_photo(), kept_by_a_photo(CAMVID_31), SESSIONS * PHOTOS
    rows: list[Row] = [
        {"what": "a photo at 1024 x 1024 keeps, with all that the browser reads from", "MB": one},
        {"what": "the same with 31 classes", "MB": many},
        {"what": "idle server", "MB": idle},
        {"what": f"{SESSIONS} sessions with {PHOTOS} photos each, the most", "MB": most},
        {"what": "the same for each photo above the idle server", "MB": (most - idle) / photos},
        {"what": "after the sessions have ended", "MB": ended},
    ]
    return Report(
        "Memory",
        "Resident memory of the server process; photos of 1024 x 1024 pixels, each looked at in Chromium.",
        rows,
        [
            Goal("memory kept by an open photo at 1024 x 1024", one, "MB", 25),
            Goal("the same with 31 classes", many, "MB", 32),
            Goal("idle server after its first segmented picture", idle, "MB", 450),
            Goal(f"{SESSIONS} sessions with {PHOTOS} photos each, with the server", most, "MB", 1200),
            Goal(
                "share of that given back after the sessions ended",
                (most - ended) / (most - idle),
                "",
                0.5,
                True,
            ),
        ],
    )
