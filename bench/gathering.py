"""Gather: 500 addresses on 20 hosts, 500 files sorted, huge pictures, and the memory that each takes.

`python -m bench.gathering fetch`, `sort` or `huge` measures one of them here and prints it as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import psutil

from bench.processes import in_fresh_process
from bench.report import Goal, Report, Row
from core.hardware.allocator import return_free_memory, use_few_heaps
from core.photos import guarded, images
from core.photos.fetch.fetcher import Fetcher
from core.photos.fetch.gate import Gate
from core.photos.gather.files import add_files, files_in
from core.photos.gather.gathering import gather
from core.photos.gather.lists import read_list
from core.photos.gather.store import open_set
from core.photos.gather.street import shares_by
from core.segmentation.segmenter import load_segmenter
from core.toytown import frame

PHOTOS, HOSTS = 500, 20
SIZE = (1600, 1200)
HUGE, HUGE_SIZE = 6, (7000, 7000)
FETCH_SECONDS, SORT_SECONDS, MEGABYTES = 60, 90, 300
LOCAL = "127.0.0.1"


def measure() -> Report:
    fetch, sort, huge = (in_fresh_process("bench.gathering", way) for way in ("fetch", "sort", "huge"))
    rows: list[Row] = [
        {"what": f"{PHOTOS} addresses on {HOSTS} hosts", **fetch},
        {"what": f"{PHOTOS} files", **sort},
        {"what": f"{HUGE} PNG files of 49 megapixels", **huge},
    ]
    return Report(
        "Gathering photos",
        f"JPEGs of {SIZE[0]} x {SIZE[1]}, half a megabyte each, from a local server in the same process, "
        "at one request a second and host; then the same as files. All are decoded, kept, looked at by "
        "the network and compared with each other. Memory: what the process and those that decode have "
        "at most, above what they had when the network was loaded.",
        rows,
        [
            Goal(f"Gather: {PHOTOS} addresses on {HOSTS} hosts", fetch["seconds"], "s", FETCH_SECONDS),
            Goal(f"Gather: {PHOTOS} files sorted", sort["seconds"], "s", SORT_SECONDS),
            Goal("Gather: memory of either, the most", max(fetch["MB"], sort["MB"]), "MB", MEGABYTES),
            Goal(f"Gather: memory with {HUGE} huge files", huge["MB"], "MB", MEGABYTES),
        ],
    )


def main(way: str) -> None:
    use_few_heaps()  # as the server and the command do
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STREETSCOPE_DATA"] = folder
        pictures = _pictures()
        shares = shares_by(load_segmenter("street-lite0"))
        shares(images.decode(pictures[0], 256))
        guarded.decode_scaled(pictures[0], 256)
        photos, files = open_set("bench"), Path(folder) / "files"
        if way in ("sort", "huge"):
            files.mkdir()
            if way == "huge":
                pictures = [images.encode_png(images.resize(frame(0, 1, (700, 700))[0], *HUGE_SIZE))]
            for number in range(PHOTOS if way == "sort" else HUGE):
                (files / f"{number}.jpg").write_bytes(_photo(pictures, number))
            pictures.clear()
            return_free_memory()  # or what drawing them has left would count as the server's own
            begun = time.perf_counter()
            with _most_memory() as most:
                add_files(photos, files_in(files), shares)
            seconds = time.perf_counter() - begun
        else:
            with _server(pictures) as port:
                hosts = [f"host{number % HOSTS}.example:{port}" for number in range(PHOTOS)]
                lines = "\n".join(f"http://{host}/{number}.jpg" for number, host in enumerate(hosts))
                gate = Gate(frozenset({port}), frozenset({(LOCAL, port)}), lambda *_: [LOCAL])
                photos.add(read_list(lines).entries)
                begun = time.perf_counter()
                with _most_memory() as most:
                    gather(photos, Fetcher(gate), shares)
                seconds = time.perf_counter() - begun
        taken = sum(entry.state == "taken" for entry in photos.entries())
    print(json.dumps({"seconds": seconds, "MB": most[0], "taken": taken}))


def _pictures() -> list[bytes]:
    chance = np.random.default_rng(0)
    drawn = [frame(number, 1, (400, 300))[0] for number in range(4)]
    large = [images.resize(each, SIZE[1], SIZE[0]) for each in drawn]
    noisy = [np.clip(each + chance.normal(0, 6, each.shape), 0, 255).astype(np.uint8) for each in large]
    return [images.encode_jpeg(each, 80) for each in noisy]


def _photo(pictures: list[bytes], number: int) -> bytes:
    """One of the pictures, in a file that no other number has: what follows a JPEG's end is not read."""
    return pictures[number % len(pictures)] + str(number).encode()


@contextmanager
def _server(pictures: list[bytes]) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = self.path.strip("/").partition(".")[0]
            body = _photo(pictures, int(number)) if number.isdecimal() else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer((LOCAL, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def _most_memory() -> Iterator[list[float]]:
    """The most megabytes that this process and those that decode for it have had, above the beginning."""
    ended, before = threading.Event(), _megabytes()
    most = [0.0]

    def look() -> None:
        while not ended.wait(0.05):
            most[0] = max(most[0], _megabytes() - before)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        ended.set()
        thread.join()


def _megabytes() -> float:
    sizes = [psutil.Process().memory_info().rss]
    for pid in guarded.processes():
        try:
            sizes.append(psutil.Process(pid).memory_info().rss)
        except psutil.Error:
            continue
    return sum(sizes) / 2**20


if __name__ == "__main__":
    main(sys.argv[1])
