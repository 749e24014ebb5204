"""Evaluating a split, compared with the bare forward passes of the same pictures, as JSON.

Usage: python -m bench.evaluating FOLDER
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from core.datasets.layouts.opening import open_dataset
from core.evaluation.evaluate import evaluate
from core.segmentation.segmenter import load_segmenter

REPEATS = 3


def main(folder: str) -> None:
    dataset = open_dataset(Path(folder))
    segmenter = load_segmenter("street-lite0")
    frames = dataset.frames("valid")
    multiple = segmenter.predictor.multiple
    height, width = (-(-side // multiple) * multiple for side in dataset.read(frames[0])[0].shape[:2])
    batch = np.random.default_rng(0).standard_normal((1, height, width, 3), np.float32)

    def bare() -> None:
        for _ in frames:
            segmenter.predictor.engine.logits(batch)

    times: dict[str, list[float]] = {"bare": [], "evaluate": []}
    for _ in range(1 + REPEATS):
        for name, act in (("bare", bare), ("evaluate", lambda: evaluate(segmenter, dataset, "valid"))):
            start = time.perf_counter()
            act()
            times[name].append(time.perf_counter() - start)
    print(json.dumps({name: statistics.median(values[1:]) for name, values in times.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
