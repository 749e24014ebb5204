"""Correcting pictures by brush, by regions and with suggestions, played by a script; how long those take.

Usage: python -m bench.annotating FRAMES | python -m bench.annotating times
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

from bench.annotator import GOAL, Annotator
from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row
from bench.scenes import CAMVID, scenes

FRAMES = 20
WAYS = {"a": "brush", "b": "bucket and regions", "c": "regions and suggestions"}
SETS = {"toytown": "Toytown", "camvid": "CamVid"}

CLICK_SECONDS = 2.5
"""Any action, to see what is wrong included: declared, not measured."""

PIXEL_SECONDS = 0.01
"""More for each pixel along a stroke or a drag: declared."""

CLASS_SECONDS = 1.0
"""To change the class: declared."""

METHOD = (
    "A script corrects street-lite0's prediction until 95 % of the labelled pixels are right: it goes to the "
    "largest connected error and does there what gains most. An action is a stroke along the middle of an "
    "error (the best of four widths) or a dot, a click with the bucket or on a region of one of three sizes, "
    "a drag over regions along the same way as a stroke, or taking the suggestion, which is looked at after "
    "every action. All ways have the brush. Choosing a class or a width counts as no action. Seconds are "
    f"declared, not measured: {CLICK_SECONDS} s an action, {PIXEL_SECONDS} s for each pixel along a "
    f"stroke or drag, {CLASS_SECONDS} s for another class. Frames: one of each of twenty Toytown drives, "
    "320 x 240; of CamVid's valid.txt, 480 x 360, twenty of those that are not right enough from the start. "
    "The network has seen CamVid's other drives, and never Toytown."
)


def measure() -> Report:
    played = {name: in_fresh_process("bench.annotating", name) for name in _available()}
    times = in_fresh_process("bench.annotating", "times")
    rows: list[Row] = [
        {
            "data set": SETS[name],
            "with": WAYS[way],
            "frames": int(found["frames"]),
            "right before": found["before"],
            "reached": int(found[f"{way} reached"]),
            "actions": int(found[f"{way} actions"]),
            "of the brush's": found[f"{way} actions"] / found["a actions"],
            "modelled minutes": found[f"{way} seconds"] / 60,
        }
        for name, found in played.items()
        for way in WAYS
    ]
    rows += [{"at 1024 x 768": what, "seconds": seconds} for what, seconds in times.items()]
    goals = [
        Goal(
            f"actions with suggestions, of the brush's, {SETS[name]}",
            found["c actions"] / found["a actions"],
            "",
            1 / 3,
        )
        for name, found in played.items()
    ]
    goals += [
        Goal("suggestion at 1024 x 768: fit and predict", times["first suggestion"], "s", 1),
        Goal("suggestion at 1024 x 768: after another stroke", times["next suggestion"], "s", 0.3),
    ]
    return Report("Annotating", METHOD, rows, goals)


def _available() -> Iterator[str]:
    yield "toytown"
    if CAMVID.is_dir():
        yield "camvid"


def play(name: str) -> dict[str, float]:
    """Actions, modelled seconds and frames that reached the goal, by way."""
    found: Counter[str] = Counter()
    before = []
    for scene, suggester in scenes(name, FRAMES):
        before.append(float((scene.start == scene.truth)[scene.truth != 255].mean()))
        players = Annotator(scene), Annotator(scene, True), Annotator(scene, True, suggester)
        for way, player in zip(WAYS, players, strict=True):
            played = player.play()
            found[f"{way} actions"] += played.count
            found[f"{way} reached"] += played.agreement >= GOAL
            found[f"{way} milliseconds"] += round(
                1e3 * _seconds(played.count, played.pixels, played.class_changes)
            )
    seconds = {f"{way} seconds": found.pop(f"{way} milliseconds") / 1e3 for way in WAYS}
    return {**found, **seconds, "frames": len(before), "before": sum(before) / len(before)}


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


def main(what: str) -> None:
    print(json.dumps(times() if what == "times" else play(what)))


if __name__ == "__main__":
    main(*sys.argv[1:])
