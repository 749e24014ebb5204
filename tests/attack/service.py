"""Workers of the service are killed with -9 under load: each request has exactly one answer."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from core.models.paths import DEFAULT_MODEL
from core.project import ROOT
from service.access.clients import ClientStore
from service.engine.requests import SegmentRequest
from service.topics import messages, streams, supervisor
from service.topics.broker import Broker
from tests.attack.tally import Tally

KILLS = 50
WORKERS = 2
REQUESTS = 4
"""For each kill."""

_LONGEST_WAIT = 1.5
"""Seconds to the next kill, at most: a request takes a part of a second."""

_PATIENCE = 600.0
_REQUEST = SegmentRequest(DEFAULT_MODEL, "trained", "index")


def attack(tally: Tally, folder: Path) -> None:
    """Kill workers, and count the answers of every request: one is right, none or two are a loss."""
    # They die young here, all of them: no reason to wait longer each time.
    supervisor._LATEST = supervisor._SOON
    broker = Broker(folder, ClientStore(folder))
    try:
        found = asyncio.run(_killed(broker.url))
    finally:
        broker.end()
    for number in range(KILLS * REQUESTS):
        answers = found[f"request-{number}"]
        tally.count("taken" if answers == 1 else "lost", f"request {number} has {answers} answers")


async def _killed(url: str) -> Counter[str]:
    chance = random.Random(18)
    photo = (ROOT / "core/photos/sample_pictures/toytown-noon.jpg").read_bytes()
    client = await nats.connect(url)
    js = client.jetstream()
    await streams.declare(js)
    workers = supervisor.Workers(WORKERS, url, None)
    keeping = asyncio.create_task(workers.keep_alive())
    try:
        for number in range(KILLS):
            for which in range(REQUESTS):
                await _publish(client, f"request-{number * REQUESTS + which}", photo)
            await asyncio.sleep(chance.random() * _LONGEST_WAIT)
            os.kill(chance.choice(await _alive(workers)), signal.SIGKILL)
            await _room(js)
        await _room(js, least=1)
    finally:
        keeping.cancel()
        workers.end()
    found = await _answers(js)
    await client.close()
    return found


async def _publish(client: Client, identity: str, photo: bytes) -> None:
    letter = await messages.request_letter(client, identity, _REQUEST, photo)
    subject = streams.request_subject("attack")
    await client.jetstream().publish(
        subject, letter.payload, stream=streams.REQUESTS, headers=dict(letter.headers)
    )


async def _alive(workers: supervisor.Workers) -> list[int]:
    """The workers that can be killed; there is one soon."""
    while not (pids := workers.pids()):
        await asyncio.sleep(0.05)
    return pids


async def _room(js: JetStreamContext, least: int = 4 * REQUESTS) -> None:
    """Wait until fewer than so many requests are left: each kill finds some, and none waits too long."""
    deadline = time.monotonic() + _PATIENCE
    while (await js.stream_info(streams.REQUESTS)).state.messages >= least and time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def _answers(js: JetStreamContext) -> Counter[str]:
    """How many right answers each request has: those that say that it was given up are none."""
    found: Counter[str] = Counter()
    state = (await js.stream_info(streams.RESPONSES)).state
    for number in range(state.first_seq, state.last_seq + 1):
        headers = (await js.get_msg(streams.RESPONSES, number)).headers or {}
        if headers.get(messages.STATUS) == "200":
            found[headers[messages.WITH_ID]] += 1
    return found
