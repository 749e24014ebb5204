"""What compose.yaml says, run on machines of their own: namespaces instead of containers.

Commands, environment, users, files and networks are those of the file and of the Dockerfile.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.photos import images
from tests.conftest import COLOURS, ROOT
from tests.deploy.machines import Running, may_be_had
from tests.deploy.stage import TOKEN, Client, Stage, until
from tests.environments import make_environment
from tests.service.conftest import PATIENCE
from tests.service.conftest import Running as Service

SIDE = 160
ADDRESS = f"/v1/segment?answer=index&size={SIDE}"
AT_ONCE = 4

pytestmark = pytest.mark.skipif(not may_be_had(), reason="network namespaces need Linux, iproute2 and root")


@dataclass(frozen=True)
class Deployed:
    """Broker, interface and one worker."""

    stage: Stage
    api: Running
    client: Client


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image of the service has in /opt/venv: no PyTorch."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    make_environment(folder, "requirements-service.txt")
    return folder


@pytest.fixture(scope="module")
def stage(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"), models)
    yield stage
    stage.end()


@pytest.fixture(scope="module")
def deployed(stage: Stage, environment: Path) -> Deployed:
    broker = stage.start("broker", environment)
    until(broker.is_healthy)
    api, _ = stage.start("api", environment), stage.start("worker", environment)
    url = f"http://{stage.outside.addresses['api']}:8600"
    until(lambda: Client(stage, url).finds("/healthz"))
    made = api.execute("python", "-m", "service", "keys", "make", "--name", "test", "--rate", "1000/second")
    client = Client(stage, url, made.stdout.strip())
    until(lambda: client.finds("/readyz"))
    return Deployed(stage, api, client)


class Photos:
    """Photos whose every pixel's class is known, each another one; noise, which nothing makes smaller."""

    def __init__(self, client: Client) -> None:
        self._client, self._chance = client, np.random.default_rng(0)
        self.sent = 0

    def batch(self, count: int) -> list[tuple[NDArray[np.uint8], bytes]]:
        self.sent += count
        labels = self._chance.integers(0, len(COLOURS), (count, SIDE, SIDE), np.uint8)
        return [(each, images.encode_png(COLOURS.palette[each], quickly=True)) for each in labels]

    def send(self, count: int, pool: ThreadPoolExecutor) -> int:
        """Send so many at once, and check what comes back; returns the bytes of one."""
        batch = self.batch(count)
        answers = pool.map(lambda photo: self._client.send(ADDRESS, photo), [photo for _, photo in batch])
        for (labels, _), answer in zip(batch, answers, strict=True):
            assert (np.asarray(Image.open(io.BytesIO(answer))) == labels).all()
        return len(batch[0][1])


def test_answers_are_those_of_a_service_in_one_process(
    deployed: Deployed, service: Service, photo: bytes
) -> None:
    with service.client(service.key()) as alone:
        for address in ("/v1/segment", "/v1/segment?answer=colour", "/v1/read?row=9&col=9"):
            assert deployed.client.send(address, photo) == alone.post(address, content=photo).content


def test_nothing_can_be_written_but_volumes_and_by_nobody_with_power(deployed: Deployed) -> None:
    assert deployed.api.is_healthy()
    run = deployed.api.execute
    for place in ("/app/core", "/app/models", "/usr", "/data", "/opt/venv"):
        assert "Read-only" in run("touch", f"{place}/x").stderr
    for place in ("/data/.service", "/tmp"):  # noqa: S108
        assert run("touch", f"{place}/x").returncode == 0
    powers = run("cat", "/proc/self/status").stdout
    for line in (
        "Uid:\t10001\t10001",
        "CapBnd:\t0000000000000000",
        "CapEff:\t0000000000000000",
        "NoNewPrivs:\t1",
    ):
        assert line in powers


def test_only_the_interface_is_reached_from_outside(deployed: Deployed) -> None:
    assert set(deployed.stage.outside.addresses) - {"app"} == {"api"}


def test_a_machine_is_added_and_another_lost_while_requests_go_on(
    deployed: Deployed, environment: Path
) -> None:
    stage, photos = deployed.stage, Photos(deployed.client)
    before, _ = stage.stored()
    # As docs/deploy.md says, on a machine that reaches the broker and nothing else.
    command = [str(environment / "bin/python"), "-m", "service", "worker"]
    url = f"nats://{TOKEN}@{stage.inside.addresses['broker']}:4222"
    added = stage.run(stage.machine("second", stage.inside), command, {"NATS_URL": url})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        size = photos.send(1, pool)
        while stage.bytes_to("second") < 3 * size:  # a share
            photos.send(AT_ONCE, pool)

        going_on = pool.submit(photos.send, AT_ONCE, pool)
        stage.inside.pull_out("worker")
        going_on.result()
        photos.send(2 * AT_ONCE, pool)

        # It comes back, with answers that it could not send: they count once.
        stage.inside.plug_in_again("worker")
        so_far = stage.bytes_to("worker")
        while stage.bytes_to("worker") < so_far + size:
            photos.send(AT_ONCE, pool)
    added.terminate()
    assert added.wait(PATIENCE) == 0
    answers, requests = stage.stored()
    assert answers == requests == before + photos.sent
    assert stage.lag()["name"] == "engine"


def test_the_app_runs_where_only_its_volumes_can_be_written(stage: Stage) -> None:
    app = stage.start("app", (ROOT / ".venv").resolve())

    client = Client(stage, f"http://{stage.outside.addresses['app']}:8501")
    until(lambda: client.finds("/_stcore/health"))
    assert app.is_healthy()
    assert "Read-only" in app.execute("touch", "/app/pages/x").stderr
    assert app.execute("touch", "/app/models/x", "/data/x").returncode == 0
