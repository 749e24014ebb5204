"""Bare forward passes of one photo that is decoded already, in so many processes at once; prints JSON.

Usage: python -m bench.bare SECONDS SIZE PROCESSES THREADS [kept]

`kept` lets them have large pages and keep the memory of the network's layers, as our workers do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from bench.arrivals import PHOTO
from core.hardware.allocator import HUGE_PAGES
from core.photos import images
from core.segmentation.engines.choice import EngineChoice
from core.segmentation.segmenter import load_segmenter, to_working_size
from service.engine.engine import KEPT_PIXELS


def alone(seconds: float, size: int, threads: int, kept_pixels: int) -> None:
    """Say that all is loaded, wait for a line, compute for so long, and print photos and seconds."""
    loaded = load_segmenter("street-lite0", EngineChoice.ONNX_RUNTIME, kept_pixels)
    segmenter = loaded.for_thread(threads)
    photo = to_working_size(images.decode(PHOTO.read_bytes()), size)
    segmenter.predictor.logits([photo])
    print("ready", flush=True)
    sys.stdin.readline()
    count, start = 0, time.perf_counter()
    while (now := time.perf_counter() - start) < seconds:
        segmenter.predictor.logits([photo])
        count += 1
    print(json.dumps({"photos": count, "seconds": now}))


def main(seconds: str, size: str, processes: str, threads: str, *kept: str) -> None:
    """Start them together, and print the sum of what they do in a second."""
    command = [sys.executable, "-m", "bench.bare", seconds, size, "0", threads, *kept]
    if processes == "0":
        alone(float(seconds), int(size), int(threads), KEPT_PIXELS if kept else 0)
        return
    pipe = subprocess.PIPE
    environment = os.environ | (HUGE_PAGES if kept else {})
    each = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        for _ in range(int(processes))
    ]
    for process in each:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        process.stdout.readline()
    for process in each:
        assert process.stdin is not None  # noqa: S101
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [json.loads(process.communicate()[0]) for process in each]
    print(json.dumps({"photos a second": sum(one["photos"] / one["seconds"] for one in found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
