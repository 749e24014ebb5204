"""Workers of the service are killed with -9 under load: each request has exactly one answer."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

from core.models.paths import DEFAULT_MODEL
from service.access.clients import ClientStore
from service.engine.requests import SegmentRequest
from service.topics import supervisor
from service.topics.broker import Broker
from tests.attack import _queue
from tests.attack.tally import Tally

KILLS = 50
WORKERS = 2
REQUESTS = 4
"""For each kill."""

_LONGEST_WAIT = 1.5
"""Seconds to the next kill, at most: a request takes a part of a second."""

_MOST_WAITING = 4 * REQUESTS - 1
"""Each kill finds some, and none waits too long."""

_REQUEST = SegmentRequest(DEFAULT_MODEL, "trained", "index")


def attack(tally: Tally, folder: Path) -> None:
    """Kill workers, and count the answers of every request: one is right, none or two are a loss."""
    broker = Broker(folder / "broker", ClientStore(folder))
    try:
        found = asyncio.run(_killed(broker))
    finally:
        broker.end()
    _queue.count(tally, _queue.all_right([f"request-{number}" for number in range(KILLS * REQUESTS)]), found)


async def _killed(broker: Broker) -> dict[str, list[str]]:
    chance, photo = random.Random(18), _queue.PHOTO.read_bytes()
    workers = supervisor.Workers(WORKERS, broker.url, None)
    async with _queue.connected(broker) as client:
        js = client.jetstream()
        async with _queue.kept_alive(workers):
            for number in range(KILLS):
                for which in range(REQUESTS):
                    await _queue.publish(client, f"request-{number * REQUESTS + which}", photo, _REQUEST)
                await asyncio.sleep(chance.random() * _LONGEST_WAIT)
                os.kill(chance.choice(await _alive(workers)), signal.SIGKILL)
                await _queue.until_left(js, _MOST_WAITING)
            await _queue.until_left(js, 0)
        return await _queue.answers(js)


async def _alive(workers: supervisor.Workers) -> list[int]:
    """The workers that can be killed; there is one soon."""
    while not (pids := workers.pids()):
        await asyncio.sleep(0.05)
    return pids
