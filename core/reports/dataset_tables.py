"""A data set's figures as rows of plain values, for tables and CSV."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.classes import CAMVID_11, ClassList
from core.datasets import SPLITS, Split
from core.datasets.contents.check import Report
from core.datasets.contents.statistics import Statistics


def group_of(class_list: ClassList, number: int) -> str:
    """The class of CamVid-11 that a class counts as; empty if it counts as none."""
    found = class_list.classes[number]
    return next((name for name in (found.name, found.group) if name in CAMVID_11.names), "")


def class_rows(statistics: Statistics) -> list[dict[str, Any]]:
    """A row for each class of the list, whether it occurs or not; shares in [0, 1], also by split."""
    splits: list[Split] = [split for split in SPLITS if statistics.within(split).any()]
    pixels, frames, shares = (
        statistics.pixels(),
        statistics.frames_with_class(),
        statistics.class_shares(),
    )
    by_split = {
        split: (statistics.class_shares(split), statistics.frames_with_class(split)) for split in splits
    }
    return [
        {
            "number": number,
            "class": found.name,
            "red": found.colour[0],
            "green": found.colour[1],
            "blue": found.colour[2],
            "in CamVid-11": group_of(statistics.class_list, number),
            "pixels": int(pixels[number]),
            "share": float(shares[number]),
            "frames": int(frames[number]),
        }
        | {f"share {split}": float(by_split[split][0][number]) for split in splits}
        | {f"frames {split}": int(by_split[split][1][number]) for split in splits}
        for number, found in enumerate(statistics.class_list.classes)
    ]


def frame_rows(statistics: Statistics) -> list[dict[str, Any]]:
    """A row for each frame: its split, how many classes it has, and the pixels of every class."""
    classes = statistics.classes_per_frame()
    return [
        {"frame": name, "split": SPLITS[statistics.splits[number]], "classes": int(classes[number])}
        | dict(zip(statistics.class_list.names, statistics.counts[number].tolist(), strict=True))
        for number, name in enumerate(statistics.names)
    ]


def place_rows(statistics: Statistics, number: int, split: Split = "all") -> list[dict[str, Any]]:
    """A row for each cell of the picture in which a class occurs: where it is, and the class's mean share.

    `from the top` and `from the left` are the cell's centre as a share of the picture's side, in [0, 1].
    """
    heat = statistics.heat_map(number, split)
    rows, cols = heat.shape
    return [
        {
            "from the top": (row + 0.5) / rows,
            "from the left": (col + 0.5) / cols,
            "share": float(heat[row, col]),
        }
        for row, col in np.argwhere(heat > 0).tolist()
    ]


def problem_rows(report: Report) -> list[dict[str, Any]]:
    """A row for each problem: its kind, its frame, and the sentence."""
    return [
        {"kind": problem.kind, "frame": problem.frame or "", "problem": problem.message}
        for problem in report.problems
    ]
