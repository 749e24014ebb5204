"""Labelling pictures by brush, by regions and with suggestions, played by a script; how long those take.

Usage: python -m bench.annotating toytown|camvid prediction|nothing | python -m bench.annotating times
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

from bench.annotator import GOAL, IGNORED, Annotator, from_nothing
from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row, number
from bench.scenes import CAMVID, scenes

FRAMES = 20
WAYS = {"a": "brush", "b": "bucket and regions", "c": "regions and suggestions"}
SETS = {"toytown": "Toytown", "camvid": "CamVid"}
STARTS = ("prediction", "nothing")

CLICK_SECONDS = 2.5
"""Any action, to see what is wrong included: declared, not measured."""

PIXEL_SECONDS = 0.01
"""More for each pixel along a stroke or a drag: declared."""

CLASS_SECONDS = 1.0
"""To change the class: declared."""

METHOD = f"""\
A script labels pictures until 95 % of the pixels whose truth is known are right. It starts from the
prediction of street-lite0, or from nothing at all. Again and again it goes to the largest connected area that
is wrong, does there what puts right the most pixels, less those that it spoils, and looks at the result. What
it can do:

- a, the brush: a stroke along the middle of the area, or a dot at its widest place, each as wide as serves
  best, up to 200 pixels.
- b, the same with bucket and regions: also a click with the bucket, a click on a region of one of the three
  sizes, or a drag over regions along the way that a stroke would take.
- c, the same with suggestions: it has "live" on, so that a suggestion follows every action, and goes on from
  that if it is better than the start. It takes care to label nothing wrong that is still open, because it
  could not be suggested any more. Taking the suggestion at the end is an action, if the goal is not reached
  without it.

A stroke, a drag, a dot and a click are an action each. Choosing a class, a width or a size is none. Minutes
are by rule, not measured: {CLICK_SECONDS} s an action, {PIXEL_SECONDS} s more for each pixel along a stroke
or a drag, and {CLASS_SECONDS} s to change the class. The time to compute a suggestion is measured.

Frames: one of each of twenty Toytown drives, 320 x 240, a world that the network has never seen. Of CamVid's
`valid.txt`, 480 x 360, twenty of those whose prediction is not right enough from the start. The settings of
suggestions were chosen on other frames: other drives of Toytown, and frames of CamVid that are not in
`valid.txt`.

From CamVid's predictions, a third of the brush's actions is out of reach: the brush needs but two or three
for most of these frames, and each frame needs at least one.\
"""


def measure() -> Report:
    played = {part: in_fresh_process("bench.annotating", *part) for part in _parts()}
    times = in_fresh_process("bench.annotating", "times")
    rows: list[Row] = [
        {
            "data set": SETS[name],
            "start": start,
            "right at the start": found["before"],
            "with": f"{way}: {WAYS[way]}",
            "frames": int(found["frames"]),
            "reached 95 %": int(found[f"{way} reached"]),
            "actions": int(found[f"{way} actions"]),
            "of a's": found[f"{way} actions"] / found["a actions"],
            "minutes by rule": found[f"{way} seconds"] / 60,
            "computing a suggestion": _milliseconds(found["suggesting"]) if way == "c" else None,
        }
        for (name, start), found in played.items()
        for way in WAYS
    ]
    rows += [{"at 1024 x 768": what, "seconds": seconds} for what, seconds in times.items()]
    goals = [
        Goal(
            f"actions with suggestions, of the brush's, {SETS[name]} from {_from(start)}",
            found["c actions"] / found["a actions"],
            "",
            1 / 3,
        )
        for (name, start), found in played.items()
    ]
    goals += [
        Goal("suggestion at 1024 x 768: fit and predict", times["first suggestion"], "s", 1),
        Goal("suggestion at 1024 x 768: after another stroke", times["next suggestion"], "s", 0.3),
    ]
    return Report("Annotating", METHOD, rows, goals)


def _milliseconds(seconds: float) -> str:
    return f"{number(1e3 * seconds)} ms"


def _from(start: str) -> str:
    return "the prediction" if start == "prediction" else start


def _parts() -> Iterator[tuple[str, str]]:
    for name in SETS:
        if name != "camvid" or CAMVID.is_dir():
            yield from ((name, start) for start in STARTS)


def play(name: str, start: str) -> dict[str, float]:
    """Actions, seconds by rule and frames that reached the goal, by way; seconds to compute a suggestion."""
    found: Counter[str] = Counter()
    before, suggesting, suggestions = [], 0.0, 0
    for predicted, suggester in scenes(name, FRAMES):
        scene = predicted if start == "prediction" else from_nothing(predicted)
        before.append(float((scene.start == scene.truth)[scene.truth != IGNORED].mean()))
        players = Annotator(scene), Annotator(scene, True), Annotator(scene, True, suggester)
        for way, player in zip(WAYS, players, strict=True):
            played = player.play()
            found[f"{way} actions"] += played.count
            found[f"{way} reached"] += played.agreement >= GOAL
            found[f"{way} milliseconds"] += round(
                1e3 * _seconds(played.count, played.pixels, played.class_changes)
            )
            suggesting += played.suggesting
            suggestions += played.suggestions
    seconds = {f"{way} seconds": found.pop(f"{way} milliseconds") / 1e3 for way in WAYS}
    return {
        **found,
        **seconds,
        "frames": len(before),
        "before": sum(before) / len(before),
        "suggesting": suggesting / suggestions,
    }


def _seconds(actions: int, pixels: int, class_changes: int) -> float:
    return CLICK_SECONDS * actions + PIXEL_SECONDS * pixels + CLASS_SECONDS * class_changes


def times() -> dict[str, float]:
    """Median seconds of what comes before a suggestion, and of suggestions, for a picture of 1024 x 768."""
    import numpy as np

    from bench.engines import median_seconds
    from core.annotation.regions import segments
    from core.annotation.runs import NOT_REVIEWED
    from core.annotation.suggestions import read_suggester
    from core.segmentation.segmenter import load_segmenter
    from core.toytown.writing import frame

    segmenter = load_segmenter("street-lite0")
    image, _ = frame(3, 2, (1024, 768))
    segmentation = segmenter.segment(image)
    alike = segments(image, "small")
    suggester = read_suggester(segmenter, segmentation, alike, segmenter.class_list)
    mask = np.full(segmentation.labels.shape, NOT_REVIEWED, np.uint8)
    mask[300:340, 100:300] = 3
    more = mask.copy()
    more[500:540, 100:300] = 5
    return {
        "segments, once a picture": median_seconds(lambda: segments(image, "small"), 5, 1),
        "features, once a picture": median_seconds(
            lambda: read_suggester(segmenter, segmentation, alike, segmenter.class_list), 5, 1
        ),
        "first suggestion": median_seconds(lambda: suggester.suggest(mask)),
        "next suggestion": median_seconds(lambda: suggester.suggest(more)),
    }


def main(what: str, start: str = "") -> None:
    print(json.dumps(times() if what == "times" else play(what, start)))


if __name__ == "__main__":
    main(*sys.argv[1:])
