"""`python -m bench.batches [ROUNDS]`: one or two threads, and one, two or four photos at once, in turns.

Prints milliseconds a photo, by the clock (the median, and the least, which other work disturbs least) and of
processor time. GLIBC_TUNABLES=glibc.malloc.hugetlb=1 before it gives it large pages, as workers have them.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from bench.report import Row, table
from core.models.graph import LOGITS, open_graph, run_graph
from core.project import ROOT

PHOTOS = 4
SHAPE = (3, 384, 512)
"""Channels, rows and columns: a photo of 640 x 480 at 512."""


def measure(rounds: int) -> list[Row]:
    """A row for each way to segment four photos."""
    graph = (ROOT / "models/street-lite0/model.onnx").read_bytes()
    one, two = open_graph(graph, 1), open_graph(graph, 2)
    chance = np.random.default_rng(0)
    photos = {size: chance.standard_normal((size, *SHAPE), np.float32) for size in (1, 2, 4)}
    pool = ThreadPoolExecutor(2)

    def passes(session: object, size: int, count: int) -> None:
        for _ in range(count):
            run_graph(session, LOGITS, photos[size])

    def side_by_side() -> None:
        list(pool.map(lambda _: passes(one, 1, PHOTOS // 2), range(2)))

    ways: dict[str, Callable[[], None]] = {
        f"{words}, {size} at once": partial(passes, session, size, PHOTOS // size)
        for words, session in (("two threads", two), ("one thread", one))
        for size in photos
    }
    ways["two side by side, one thread each"] = side_by_side
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, act in ways.items():
            found[name].append(_timed(act))
    return [_row(name, times) for name, times in found.items()]


def _timed(act: Callable[[], None]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


def _row(name: str, times: list[tuple[float, float]]) -> Row:
    wall, processor = ([1e3 * each / PHOTOS for each in column] for column in zip(*times, strict=True))
    return {
        "way": name,
        "median, ms": statistics.median(wall),
        "least, ms": min(wall),
        "processor, ms": statistics.median(processor),
    }


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 12)))
