"""Workers and broker die at any moment, and every request has exactly one answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import nats
import numpy as np
import psutil
import pytest
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import APIError

from core.photos import images
from service.access.clients import ClientStore
from service.engine.answers import Answer
from service.engine.requests import SegmentRequest
from service.errors import ServiceError
from service.problems import Kind, Problem
from service.topics import messages, streams
from service.topics.asking import Asker
from service.topics.broker import Broker
from service.topics.supervisor import Workers
from tests.service.conftest import Running

DEADLINE = 240.0
REQUEST = SegmentRequest("street-lite0", "512", "index")
IDENTITIES = [f"request-{number}" for number in range(20)]


@pytest.fixture
def broker(tmp_path: Path):
    """A broker of the test's own, as the service starts it."""
    broker = Broker(tmp_path / "broker", ClientStore(tmp_path))
    yield broker
    broker.end()


@contextlib.asynccontextmanager
async def workers_beside(url: str, models: Path, count: int = 1) -> AsyncIterator[Workers]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(models))
        workers = Workers(count, url, None)
        keeping = asyncio.create_task(workers.keep_alive())
        try:
            yield workers
        finally:
            keeping.cancel()
            workers.end()


async def kept(js: JetStreamContext, stream: str) -> int:
    """How many messages a stream has; none while nobody can say."""
    try:
        return (await js.stream_info(stream)).state.messages
    except (NatsError, TimeoutError):
        return 0


async def all_headers(js: JetStreamContext, stream: str) -> list[dict[str, str]]:
    """The headers of each message of a stream."""
    state = (await js.stream_info(stream)).state
    numbers = range(state.first_seq, state.last_seq + 1) if state.messages else ()
    return [(await js.get_msg(stream, number)).headers or {} for number in numbers]


async def until(count: Callable[[], Awaitable[int]], least: int) -> None:
    """Wait until there are so many."""
    deadline = time.monotonic() + DEADLINE
    while (now := await count()) < least:
        assert time.monotonic() < deadline, f"after {DEADLINE:.0f} s there are {now} of {least}"
        await asyncio.sleep(0.02)


async def killed_and_back(broker: Broker) -> None:
    """Kill the broker, and start it again as the service would: it dies thread by thread."""
    killed = broker.pid
    os.kill(killed, signal.SIGKILL)
    while broker.pid == killed:
        broker.keep_alive()
        await asyncio.sleep(0.01)


async def ask(asker: Asker, photo: bytes) -> Answer:
    async with asker.published(REQUEST, photo, "test") as pending:
        return await pending.answer()


async def publish(client: nats.NATS, identity: str, photo: bytes) -> None:
    letter = await messages.request_letter(client, identity, REQUEST, photo)
    await client.jetstream().publish(
        streams.request_subject("test"), letter.payload, stream=streams.REQUESTS, headers=dict(letter.headers)
    )


@dataclass(frozen=True)
class Told:
    """What came of a story: the status of each answer by its request's id, and the dead letters' headers."""

    answers: dict[str, list[str]]
    dead: list[dict[str, str]]


@pytest.fixture(scope="module")
def told(models: Path, photo: bytes, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """20 requests and a poisonous one; two workers are killed, and so is the broker."""
    folder = tmp_path_factory.mktemp("story")
    broker = Broker(folder, ClientStore(folder))
    try:
        return asyncio.run(_story(broker, models, photo))
    finally:
        broker.end()


async def _story(broker: Broker, models: Path, photo: bytes) -> Told:
    chance = random.Random(0)  # noqa: S311
    client = await nats.connect(broker.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    js = client.jetstream()
    await streams.declare(js)
    await publish(client, "poison", photo)
    await _ends_three_workers(js)

    async def answers() -> int:
        return await kept(js, streams.RESPONSES)

    async def living() -> int:
        return len(workers.pids())

    async with workers_beside(broker.url, models) as workers:
        for done in (0, 7, 14):
            # A fast worker is through before anybody counts: each death has work of its own.
            for identity in IDENTITIES[done : done + 7]:
                await publish(client, identity, photo)
            await until(answers, 1 + done + 1)  # the poisonous one has an answer, too
            await asyncio.sleep(chance.random() * 0.02)
            if done == 14:
                await killed_and_back(broker)
            else:
                await until(living, 1)
                os.kill(workers.pids()[0], signal.SIGKILL)
        await until(answers, 1 + len(IDENTITIES))
        # The same request again, as from a client that did not see it confirmed: it counts once.
        await publish(client, IDENTITIES[0], photo)
        await publish(client, "last", photo)
        await until(answers, 2 + len(IDENTITIES))
    answered: dict[str, list[str]] = defaultdict(list)
    for headers in await all_headers(js, streams.RESPONSES):
        answered[headers[messages.WITH_ID]].append(headers[messages.STATUS])
    dead = await all_headers(js, streams.DEAD)
    await client.close()
    return Told(dict(answered), dead)


async def _ends_three_workers(js: JetStreamContext) -> None:
    """Take the first request three times, and never confirm it."""
    taking = await js.pull_subscribe_bind(streams.CONSUMER, streams.REQUESTS)
    for _ in range(streams.DELIVERIES):
        (message,) = await taking.fetch(1, timeout=DEADLINE)
        await message.nak()
    await taking.unsubscribe()


def test_each_request_has_one_answer_though_workers_and_the_broker_are_killed(told: Told):
    asked = (*IDENTITIES, "last")
    assert [told.answers[name] for name in asked] == [["200"] for _ in asked]


def test_a_request_that_ends_every_worker_is_answered_and_kept_with_the_reason(told: Told):
    assert told.answers["poison"] == ["500"]
    assert [headers["reason"] for headers in told.dead] == ["3 workers began it, and none ended it."]


def test_without_a_worker_a_request_is_refused_at_once(broker: Broker, photo: bytes):
    async def story() -> Problem:
        asker = Asker(broker.url, DEADLINE)
        await streams.prepare(broker.url)
        await asker.connect()
        with pytest.raises(Problem) as refused:
            await asyncio.wait_for(ask(asker, photo), 60)
        assert await asker.waiting() == 0
        await asker.close()
        return refused.value

    problem = asyncio.run(story())

    assert problem.kind is Kind.NO_WORKER
    assert problem.headers["Retry-After"]


def test_a_full_queue_is_said_and_an_answer_that_does_not_come_is_late(broker: Broker, photo: bytes):
    async def story() -> list[Problem]:
        asker = Asker(broker.url, 0.5)
        await streams.prepare(broker.url)
        await asker.connect()
        client = await nats.connect(broker.url)
        await streams.declare(client.jetstream(), queue=2)

        async def alive_but_idle(message: nats.aio.msg.Msg) -> None:
            await message.respond(b"ready")

        await client.subscribe(streams.STATUS, cb=alive_but_idle)
        await client.request(streams.STATUS, b"", timeout=DEADLINE)  # from here on it is known to be there
        problems = []
        with pytest.raises(Problem) as late:
            await ask(asker, photo)
        problems.append(late.value)
        assert await asker.waiting() == 0  # it was taken back
        for identity in ("a", "b"):
            await publish(client, identity, photo)
        with pytest.raises(APIError):
            await publish(client, "c", photo)
        with pytest.raises(Problem) as full:
            await ask(asker, photo)
        problems.append(full.value)
        await asker.close()
        await client.close()
        return problems

    late, full = asyncio.run(story())

    assert late.kind is Kind.LATE
    assert full.kind is Kind.QUEUE_FULL
    assert full.headers["Retry-After"]


def test_a_broker_that_is_not_there_is_said_in_a_sentence():
    with pytest.raises(ServiceError, match=r"No broker with JetStream answers at 127\.0\.0\.1:1 "):
        asyncio.run(streams.prepare("nats://secret@127.0.0.1:1"))


def test_a_store_is_never_shared(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.topics.broker._PATIENCE", 0.2)

    with pytest.raises(ServiceError, match="Another service uses"):
        Broker(tmp_path / "broker", ClientStore(tmp_path))


def test_a_broker_that_is_killed_comes_back_with_all_that_was_confirmed(broker: Broker, photo: bytes):
    async def story() -> int:
        client = await nats.connect(broker.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
        await streams.declare(client.jetstream())
        await publish(client, "a", photo)
        await killed_and_back(broker)
        while not client.is_connected:
            await asyncio.sleep(0.01)
        await publish(client, "b", photo)
        await publish(client, "a", photo)  # again, with the same id
        waiting = (await client.jetstream().stream_info(streams.REQUESTS)).state.messages
        await client.close()
        return waiting

    assert asyncio.run(story()) == 2


def _children(running: Running) -> list[psutil.Process]:
    return psutil.Process(running.process.pid).children(recursive=True)


def test_sigterm_answers_what_has_begun_and_leaves_nothing_behind(
    start: Callable[..., Running], tmp_path: Path
):
    running = start(tmp_path)
    children = _children(running)
    noise = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), np.uint8)
    key, photo = running.key(), tmp_path / "photo.png"
    photo.write_bytes(images.encode_png(noise, quickly=True))
    assert photo.stat().st_size > 8 * 1024**2  # above one message: by way of the object store

    address = f"{running.url}/v1/segment?answer=index&size=2000"
    command = ["curl", "-s", "-H", f"Authorization: Bearer {key}", "--data-binary", f"@{photo}", address]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE)
    deadline = time.monotonic() + DEADLINE
    while _waiting(running, key) == 0:
        assert time.monotonic() < deadline
    running.process.terminate()

    assert asking.communicate(timeout=DEADLINE)[0].startswith(b"\x89PNG")
    assert running.process.wait(DEADLINE) == 0
    assert not [child for child in children if child.is_running()]


def _waiting(running: Running, key: str) -> float:
    with running.client(key) as client:
        text = client.get("/metrics").text
    return float(text.split("\nstreetscope_requests_waiting ")[1].split("\n")[0])


def test_a_service_that_is_killed_takes_all_its_processes_along(
    start: Callable[..., Running], tmp_path: Path
):
    running = start(tmp_path)
    children = _children(running)
    assert len(children) >= 2

    running.process.kill()
    running.process.wait()

    psutil.wait_procs(children, timeout=DEADLINE)
    assert not [child for child in children if child.is_running()]
    # Nothing holds the store: another one begins on it.
    Broker(tmp_path / "broker", ClientStore(tmp_path)).end()
