"""Paint: from the end of a stroke until its score is on the screen."""

from __future__ import annotations

import statistics

from bench.drawing import Editor, row
from bench.report import Goal, Report, Row
from bench.serving import own_page

TIMES = 30

METHOD = (
    f"A drawn street of 480 x 360 in Chromium on the server's machine. {TIMES} short strokes each: from the "
    "mouse button until the frame is painted in which the score is another; first with the truth hidden, "
    "then with the network's grade and the four pictures on the page."
)

# A stroke that covers another one alone changes no figure: each is of the next of four classes.
WATCH = """
(() => {
  window.scores = [];
  let ended = 0;
  addEventListener("pointerup", () => { ended = performance.now(); }, { capture: true });
  let before = "";
  const figures = () => [...document.querySelectorAll("[data-testid=stMetricValue]")];
  new MutationObserver(() => {
    const now = figures().map((each) => each.textContent).join();
    if (now === before) return;
    before = now;
    if (!ended) return;
    const since = ended;
    ended = 0;
    requestAnimationFrame(() => setTimeout(() => scores.push(performance.now() - since)));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
})()
"""


def strokes(editor: Editor) -> list[float]:
    """Draw short lines that the score follows; the milliseconds of each."""
    page = editor.page
    page.evaluate("scores.length = 0")
    for number in range(4 * TIMES):
        if page.evaluate("scores.length") >= TIMES:
            break
        editor.press("1234"[number % 4])
        editor.stroke()
        page.locator(".editor[data-saved=true]").wait_for()
        page.wait_for_timeout(400)  # a stroke over its own class alone changes no figure
    found: list[float] = page.evaluate("scores")
    return found


def measure() -> Report:
    with own_page("paint") as page:
        page.locator(".editor[data-ready=true]").wait_for(timeout=120_000)
        page.wait_for_timeout(2000)  # the page has come to rest
        page.evaluate(WATCH)
        editor = Editor(page)
        hidden = strokes(editor)
        page.get_by_role("button", name="Grade the network too").click()
        page.locator(".st-key-graded img").nth(3).wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        shown = strokes(editor)
    return report(hidden, shown)


def report(hidden: list[float], shown: list[float]) -> Report:
    """hidden, shown: milliseconds of each stroke, before and after the network is graded."""
    rows: list[Row] = [
        row("from a stroke's end to its score", hidden),
        row("the same with the network graded beside it", shown),
    ]
    goals = [
        Goal("Paint: from a stroke's end to its score, median", statistics.median(hidden), "ms", 300),
        Goal("Paint: the same with the network graded", statistics.median(shown), "ms", 300),
    ]
    return Report("Painting", METHOD, rows, goals)
