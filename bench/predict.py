"""One measurement of prediction in a process of its own; prints JSON. `python -m bench` starts these.

Usage: python -m bench.predict THREADS float32|bfloat16 SIZE
(OMP_WAIT_POLICY counts only if it is set before torch is imported, hence the process.)
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import torch

from core import images
from core.samples import china
from core.segmentation import load_segmenter

REPEATS, WARM_UP = 12, 3


def median_seconds(act: Callable[[], object]) -> float:
    """Median of REPEATS timings after WARM_UP ones."""
    times = []
    for _ in range(WARM_UP + REPEATS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times[WARM_UP:])


def main(threads: str, precision: str, size: str) -> None:
    torch.set_num_threads(int(threads))
    segmenter = load_segmenter("street-lite0", bfloat16=precision == "bfloat16")
    photo = images.decode(china().read_bytes())
    result = segmenter.segment(photo, int(size), square=True)
    figures = {
        "segment": median_seconds(lambda: segmenter.segment(photo, int(size), square=True)),
        "network": median_seconds(lambda: segmenter._logits(result.image)),
        "read": median_seconds(lambda: result.read(100, 200)),
        "megabytes": result.nbytes / 2**20,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
