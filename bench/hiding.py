"""Look inside: from a patch's new place until the probabilities without it are on the screen."""

from __future__ import annotations

import statistics

from bench.drawing import row
from bench.report import Goal, Report
from bench.serving import own_page

TIMES = 40
PLACE = "photo=china&row=171&col=256&size=512"

METHOD = (
    f"china.jpg at 512 x 342 in Chromium on the server's machine. {TIMES} places of the patch, none of them "
    "twice, by its keys: from the key until the page has the network's answer to the photo without it."
)

ANSWERED = """
(stage) => new Promise((done) => {
  const look = () => {
    if ("asking" in stage.dataset) requestAnimationFrame(look);
    else done(+stage.dataset.answeredMs);
  };
  look();
})
"""


def measure() -> Report:
    found: list[float] = []
    with own_page(f"inside?{PLACE}") as page:
        patch = page.locator(".patch")
        patch.wait_for(timeout=120_000)
        page.wait_for_timeout(4000)  # the page has come to rest
        for number in range(TIMES + 2):
            patch.press("ArrowDown" if number % 8 == 0 else "ArrowRight" if number % 16 < 8 else "ArrowLeft")
            found.append(float(page.locator(".stage").evaluate(ANSWERED)))
    return report(found[2:])  # the first two start what answers


def report(found: list[float]) -> Report:
    """found: milliseconds of each place."""
    goal = Goal(
        "Look inside: from a patch's place to the probabilities, median", statistics.median(found), "ms", 300
    )
    return Report("Hiding a patch", METHOD, [row("from a patch's place to the probabilities", found)], [goal])
