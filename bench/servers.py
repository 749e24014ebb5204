"""Our service and similar servers with the same network, each with two workers of one thread, to be asked."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.serving import ROOT, free_port, running
from core.hardware.allocator import HUGE_PAGES
from service.access.keys import KeyStore
from service.settings import VARIABLE

WORKERS, SIZE = 2, 512
OURS = "StreetScope"
PEERS = LITSERVE, BENTOML = "LitServe", "BentoML"
_ENVIRONMENTS = {name: ROOT / ".venv" / name.lower() for name in PEERS}
"""Their requirements do not go with ours: `make servers` gives each an environment of its own."""

_PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE"}
_FIRST = count(0, 1_000_000)
"""Each measurement sends photos that nobody has seen before."""


@dataclass(frozen=True)
class Answered:
    """What requests came to. due, seconds: of each, in order of its answer; wall: of all together.

    processor: seconds that the client computed, for all of them. stalls: when the machine stood still
    meanwhile, from and until.
    """

    due: list[float]
    seconds: list[float]
    wall: float
    processor: float
    stalls: list[tuple[float, float]]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall

    @property
    def moving(self) -> float:
        """Answers a second of those in which the machine did not stand still."""
        return len(self.seconds) / (self.wall - sum(until - since for since, until in self.stalls))

    @property
    def unstalled(self) -> list[float]:
        """The seconds of requests during which the machine did not stand still."""
        return [
            took
            for due, took in zip(self.due, self.seconds, strict=True)
            if not any(since < due + took and until > due for since, until in self.stalls)
        ]


class Target:
    """An address that segments. All answers to its photos are the same bytes: `mask`, by its hash.

    pid: of the process that serves.
    """

    def __init__(self, url: str, pid: int, headers: tuple[str, ...] = ()) -> None:
        self._url, self.pid, self._headers, self.mask = url, pid, headers, ""

    def clients(self, number: int, seconds: float) -> Answered:
        """What so many clients get who each wait for their answer before they ask again."""
        return self._ask("clients", number, seconds)

    def pausing(self, seconds: float) -> Answered:
        """What one client gets who pauses by chance: each photo comes to a service that was idle."""
        return self._ask("pausing", 1, seconds)

    def arrivals(self, rate: float, seconds: float) -> Answered:
        """What comes of so many arrivals a second."""
        return self._ask("rate", rate, seconds)

    def _ask(self, way: str, number: float, seconds: float) -> Answered:
        command = [sys.executable, "-m", "bench.arrivals", self._url, str(seconds), way, str(number)]
        command += [str(next(_FIRST)), *self._headers]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        if set(found["statuses"]) != {"200"} or len(found["bodies"]) != 1:
            raise RuntimeError(f"{self._url} answers {found['statuses']} with {len(found['bodies'])} masks.")
        (self.mask,) = found["bodies"]
        stalls = [(since, until) for since, until in found["stalls"]]
        return Answered(found["due"], found["seconds"], found["wall"], found["processor"], stalls)


@contextmanager
def all_servers() -> Iterator[dict[str, Target]]:
    """Ours, and of the others those that are installed, while the block runs."""
    with ExitStack() as stack:
        targets = {OURS: stack.enter_context(_ours())}
        for name, start in ((LITSERVE, _litserve), (BENTOML, _bentoml)):
            if (_ENVIRONMENTS[name] / "stamp").exists():
                python = str(_ENVIRONMENTS[name] / "bin/python")
                targets[name] = stack.enter_context(start(python))
        yield targets


@contextmanager
def _ours() -> Iterator[Target]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "service", "--port", str(port), "--workers", str(WORKERS)]
    with tempfile.TemporaryDirectory() as folder:
        key = KeyStore(Path(folder)).make("bench", ("segment",), "1000000/minute")[1]
        with running(command, url, "/readyz", {VARIABLE: folder, "NATS_URL": ""}) as server:
            address = f"{url}/v1/segment?answer=index&size={SIZE}"
            yield Target(address, server.pid, (f"Authorization: Bearer {key}",))


@contextmanager
def _litserve(python: str) -> Iterator[Target]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [python, "-P", str(ROOT / "bench/peers/litserve_app.py"), str(port), str(WORKERS), str(SIZE)]
    with running(command, url, "/health", {**HUGE_PAGES, **_PASSIVE}) as server:
        yield Target(f"{url}/segment", server.pid)


@contextmanager
def _bentoml(python: str) -> Iterator[Target]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [python, "-m", "bentoml", "serve", "bench.peers.bentoml_app:Segmentation"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    of_app = {"WORKERS": str(WORKERS), "SIZE": str(SIZE), "BENTOML_DO_NOT_TRACK": "True"}
    with running(command, url, "/readyz", {**HUGE_PAGES, **_PASSIVE, **of_app}) as server:
        yield Target(f"{url}/segment", server.pid)
