"""Training on frames as large as Cityscapes', in memory and on the disk: how long a step waits for pictures.

`python -m bench.loading FRAMES WIDTH HEIGHT` tries another data set and writes nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row, table
from core.classes import CAMVID_32
from core.toytown import frame

SIZE = (50, 2048, 1024)
"""Frames, and Cityscapes' width and height."""

WAYS = {"street": "in memory", "from-disk": "on the disk"}
BATCHES, RUNS = 6, 3
MOST_WAITING = 0.1
"""Share of a step."""


def measure(frames: int = SIZE[0], width: int = SIZE[1], height: int = SIZE[2]) -> Report:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        write_frames(Path(folder), frames, width, height)
        for _ in range(RUNS):
            for way, figures in found.items():
                figures.append(in_fresh_process("bench.trainers", way, folder, BATCHES))
    rows: list[Row] = [
        {"frames": WAYS[way]} | {key: statistics.median(each[key] for each in figures) for key in figures[0]}
        for way, figures in found.items()
    ]
    return Report(
        "Training on frames that do not fit into memory",
        f"{frames} Toytown frames of {width} x {height}, the recipe street's last stage, {BATCHES} batches; "
        f"medians of {RUNS} fresh processes, which alternate. Waiting: the share of a step until its batch "
        "is there, with all that is done to the pictures.",
        rows,
        [
            Goal(
                "share of a step spent waiting, frames on the disk",
                float(rows[1]["waiting"] or 0),
                "",
                MOST_WAITING,
            )
        ],
    )


def write_frames(folder: Path, frames: int, width: int, height: int) -> None:
    """Write a data set; a few frames are drawn at half the size, the others are the same moved sideways.

    With noise: doubled pixels alone would be decoded faster than a photo.
    """
    for name in ("images", "labels"):
        (folder / name).mkdir()
    (folder / "codes.txt").write_text("\n".join(CAMVID_32.names) + "\n")
    drawn = [frame(number, 0, (width // 2, height // 2)) for number in range(2)]
    chance = np.random.default_rng(0)
    for number in range(frames):
        image, label = (
            np.roll(part, 20 * number, axis=1).repeat(2, axis=0).repeat(2, axis=1)
            for part in drawn[number % len(drawn)]
        )
        image = np.clip(image + chance.normal(0, 4, image.shape), 0, 255).astype(np.uint8)
        Image.fromarray(image).save(folder / "images" / f"{number:03}.png", compress_level=1)
        Image.fromarray(label).save(folder / "labels" / f"{number:03}_P.png", compress_level=1)


if __name__ == "__main__":
    report = measure(*map(int, sys.argv[1:]))
    print(table(report.rows))
