"""Reading a pixel with its neighbours from a segmented photo.

Usage: python -m bench.read SIZE
"""

from __future__ import annotations

import json
import sys
import typing
from functools import partial

from bench.engines import median_seconds
from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row
from core.segmentation.reading import Shape


def measure() -> Report:
    rows: list[Row] = []
    for size in (512, 1024):
        seconds = in_fresh_process("bench.read", size)
        rows += [{"size": size, "shape": shape, "read, ms": s * 1e3} for shape, s in seconds.items()]
    slowest = max(row["read, ms"] for row in rows)  # type: ignore[type-var]
    return Report(
        "read()",
        "A pixel and its 20 neighbours with all their probabilities, from a segmented photo; medians of 200.",
        rows,
        [Goal("read() of 21 pixels", float(slowest), "ms", 5)],  # type: ignore[arg-type]
    )


def main(size: str) -> None:
    from core.photos import images
    from core.photos.samples import china
    from core.segmentation.segmenter import load_segmenter

    photo = images.decode(china().read_bytes())
    result = load_segmenter("street-lite0").segment(photo, int(size), square=True)
    seconds = {
        shape: median_seconds(partial(result.read_pixel, 100, 200, shape=shape), repeats=200)
        for shape in typing.get_args(Shape)
    }
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
