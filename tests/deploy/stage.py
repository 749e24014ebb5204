"""The services of compose.yaml, each on a machine of its own, and somebody who asks from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from core import children
from service.topics import streams
from tests.deploy.described import containers
from tests.deploy.machines import Machine, Network, Running
from tests.service.conftest import PATIENCE

TOKEN = "t0k3n"  # noqa: S105 (of a broker that only the tests reach)
OWNER = 10001
"""Of the folders that the image makes for volumes."""


class Stage:
    """Two networks and volumes, as compose.yaml has them. models: what the volume of that name holds."""

    def __init__(self, folder: Path, models: Path) -> None:
        self._folder = folder
        self.inside, self.outside = Network("inside", "10.86.1"), Network("outside", "10.86.2")
        self._containers = containers({"NATS_TOKEN": TOKEN})
        self._processes: list[subprocess.Popen[bytes]] = []
        self._machines: list[Machine] = []
        self._volumes = {name: folder / f"volume-{name}" for name in ("broker", "service", "data")}
        for volume in self._volumes.values():
            volume.mkdir()
        self._volumes["models"] = models
        for name in ("service", "data", "models"):  # as they are in the image, and in a checkout
            for path in (self._volumes[name], *self._volumes[name].rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)
                os.chown(path, OWNER, OWNER)

    def machine(self, name: str, *networks: Network) -> Machine:
        """A new machine that is plugged into these networks."""
        machine = Machine()
        self._machines.append(machine)
        for network in networks:
            network.plug_in(name, machine)
        return machine

    def start(self, name: str, environment: Path) -> Running:
        """Start a service on a machine of the same name. environment: what is in the image's /opt/venv."""
        container = self._containers[name]
        networks = {"inside": self.inside, "outside": self.outside}
        machine = self.machine(name, *(networks[network] for network in container.networks))
        running = Running(container, machine, self._folder / name, environment)
        running.start(self.inside.addresses, self._volumes)
        self._processes.append(running.process)
        return running

    def run(
        self, machine: Machine, command: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a process on a machine, with all files that this one sees."""
        process = children.start(machine.within(*command), environment, signal.SIGKILL)
        self._processes.append(process)
        return process

    def end(self) -> None:
        """Nothing is left."""
        for process in self._processes:
            process.kill()
            process.wait()
        for machine in (*self._machines, self.inside.switch, self.outside.switch):
            machine.remove()

    def bytes_to(self, name: str) -> int:
        """How many bytes the broker has sent to a machine through the connections that it has now."""
        connections = self._broker_says("connz")["connections"]
        return sum(each["out_bytes"] for each in connections if each["ip"] == self.inside.addresses[name])

    def stored(self) -> tuple[int, int]:
        """How many answers are stored, and to how many requests."""
        (account,) = self._broker_says("jsz?accounts=true&streams=true")["account_details"]
        (state,) = (each["state"] for each in account["stream_detail"] if each["name"] == streams.RESPONSES)
        return state["messages"], state["num_subjects"]

    def lag(self) -> dict[str, Any]:
        """What KEDA asks for: the consumer of the requests, in the account and stream that it is given."""
        (account,) = self._broker_says("jsz?acc=$G&consumers=true&config=true")["account_details"]
        (stream,) = (each for each in account["stream_detail"] if each["name"] == streams.REQUESTS)
        (consumer,) = stream["consumer_detail"]
        return dict(consumer)

    def _broker_says(self, what: str) -> dict[str, Any]:
        with self.inside.switch.inside():
            return dict(httpx.get(f"http://{self.inside.addresses['broker']}:8222/{what}", timeout=30).json())


@dataclass(frozen=True)
class Client:
    """Somebody on the outside network who knows where the interface is. key: "" for none."""

    stage: Stage
    url: str
    key: str = ""

    def finds(self, address: str) -> bool:
        """Whether something is there."""
        with self.stage.outside.switch.inside():
            try:
                return httpx.get(self.url + address, timeout=5).status_code == 200
            except httpx.HTTPError:
                return False

    def send(self, address: str, photo: bytes) -> bytes:
        """The answer to a photo."""
        headers = {"Authorization": f"Bearer {self.key}"}
        with self.stage.outside.switch.inside():
            answer = httpx.post(self.url + address, content=photo, headers=headers, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.content


def until(true: Callable[[], bool]) -> None:
    """Wait for it, however busy the machine is."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)
