"""Evaluating a split, compared with the bare forward passes of the same pictures, as JSON.

Usage: python -m bench.evaluating FOLDER
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import torch

from core.datasets.layouts.opening import open_dataset
from core.evaluation.evaluate import evaluate
from core.segmentation.segmenter import load_segmenter

REPEATS = 3


def main(folder: str) -> None:
    dataset = open_dataset(Path(folder))
    segmenter = load_segmenter("street-lite0")
    frames = [torch.from_numpy(dataset.read(frame)[0]) for frame in dataset.frames("valid")]
    multiple = segmenter.model.multiple
    height, width = (-(-side // multiple) * multiple for side in frames[0].shape[:2])
    batch = torch.randn(1, height, width, 3).permute(0, 3, 1, 2)

    def bare() -> None:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=segmenter.bfloat16):
            for _ in frames:
                segmenter.predictor.network(batch)

    times: dict[str, list[float]] = {"bare": [], "evaluate": []}
    for _ in range(1 + REPEATS):
        for name, act in (("bare", bare), ("evaluate", lambda: evaluate(segmenter, dataset, "valid"))):
            start = time.perf_counter()
            act()
            times[name].append(time.perf_counter() - start)
    print(json.dumps({name: statistics.median(values[1:]) for name, values in times.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
