"""What is killed and starved of disk: publish, import, evaluate and download, on tiny data of its own."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.datasets.acquire.download import Source, download
from core.datasets.layouts.opening import open_dataset
from core.errors import StreetScopeError
from core.models.store import list_models
from core.models.weights import load_model
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.publish import publish_checkpoint
from core.training.workers.train import work
from tests.attack._attempt import command
from tests.conftest import COLOURS, Labels, save_colour_model, write_dataset
from tests.runs import make_recipe, make_stage

FRAMES = 12


@dataclass(frozen=True)
class Work:
    """One thing to do. product: the folder that it makes, if any; a replaced one is there before."""

    name: str
    action: Callable[[], int]
    product: Path | None
    replaces: bool = False


@contextmanager
def works(folder: Path) -> Iterator[list[Work]]:
    """The five works, in a house that `own_house` has made in `folder`."""
    save_colour_model("whole")
    data = write_dataset(folder / "data", labels(), valid=tuple(labels())[-3:])
    run = create_run(make_recipe(make_stage(epochs=1)), data, run="trained")
    enqueue(run_folder(run))
    work(run)
    models, copy = folder / "models", data.with_name("copy")
    publish = command("publish", run, "--name", "mine")
    replace = command("publish", run, "--name", "other", "--replace")
    publish_checkpoint(run, "best", "other")
    with _server(_archive(data)) as (address, source):
        yield [
            Work("publish", publish, models / "mine"),
            Work("publish --replace", replace, models / "other", replaces=True),
            Work("import", command("import", str(data), "--to", str(copy)), copy),
            Work("evaluate", command("evaluate", "--data", str(data), "--model", "whole", "--again"), None),
            Work("download", partial(_download, source, data.parent, address), data.parent / source.name),
        ]


def labels() -> dict[str, Labels]:
    """Small label maps by the names of their frames."""
    label = np.zeros((40, 48), dtype=np.uint8)
    label[20:] = 1
    return {f"frame{number:02d}": label for number in range(FRAMES)}


def _download(source: Source, folder: Path, address: str) -> int:
    try:
        download(source, folder, allowed=(address,), pause=0.0)
    except StreetScopeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _archive(data: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(data, "fetched")
        noise = np.random.default_rng(0).integers(0, 256, 500_000, dtype=np.uint8).tobytes()
        described = tarfile.TarInfo("fetched/noise.bin")
        described.size = len(noise)
        tar.addfile(described, io.BytesIO(noise))
    return packed.getvalue()


@contextmanager
def _server(body: bytes) -> Iterator[tuple[str, Source]]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "bytes=0-")
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if start else 200)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(body) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            self.wfile.write(body[start:])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that was killed is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    head = hashlib.md5(body[: 1024**2], usedforsecurity=False).hexdigest()
    yield address, Source("fetched", f"{address}fetched.tgz", len(body), head)
    server.shutdown()
    thread.join()
    server.server_close()


def contents(folder: Path) -> dict[str, str]:
    """The hash of each file that people have in the house: what is hidden is our own."""
    found = {}
    for top in ("models", "data"):
        for path in sorted((folder / top).rglob("*")):
            below = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in below.parts):
                found[str(below)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def leftovers(work: Work) -> list[str]:
    """What lies beside a product and is not it."""
    if work.product is None:
        return []
    return [path.name for path in work.product.parent.glob(f".{work.product.name}.*")]


def is_whole(work: Work) -> bool:
    """Whether a work's product is there, with all that belongs to it."""
    if work.product is None:
        return True
    if work.product.parent.name == "models":
        name = work.product.name
        return name in list_models() and "acc_camvid" in load_model(name).card.metrics
    dataset = open_dataset(work.product)
    return len(dataset.frames()) == FRAMES and dataset.class_list.names == COLOURS.names


def is_there(work: Work) -> bool:
    """Whether anything is to be seen of a product."""
    return work.product is not None and os.path.lexists(work.product)
