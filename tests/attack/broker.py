"""The broker is killed with -9 ten times under load: what it has confirmed is answered, once each."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

from service.access.clients import ClientStore
from service.topics import supervisor
from service.topics.broker import Broker
from tests.attack import _queue
from tests.attack.tally import Tally

KILLS = 10
_SENDERS = 4
_LONGEST_WAIT = 2.0
"""Seconds to the next kill, at most."""

_MOST_WAITING = 12


def attack(tally: Tally, folder: Path) -> None:
    """Kill the broker that comes with the service."""
    killed(tally, Broker(folder / "broker", ClientStore(folder)))


def killed(tally: Tally, broker: Broker) -> None:
    """Kill this one, while requests are sent and answered, and count the answers."""
    try:
        confirmed, found = asyncio.run(_story(broker))
    finally:
        broker.end()
    _queue.count(tally, _queue.all_right(confirmed), found)


async def _story(broker: Broker) -> tuple[list[str], dict[str, list[str]]]:
    photo, chance = _queue.PHOTO.read_bytes(), random.Random(10)
    confirmed: list[str] = []
    async with _queue.connected(broker) as client:
        js = client.jetstream()

        async def send(sender: int) -> None:
            for number in range(10_000):
                identity = f"request-{sender}-{number}"
                await _queue.publish_surely(client, identity, photo)
                confirmed.append(identity)
                await _queue.until_left(js, _MOST_WAITING)

        async with _queue.kept_alive(supervisor.Workers(1, broker.url, broker)):
            senders = [asyncio.create_task(send(number)) for number in range(_SENDERS)]
            for _ in range(KILLS):
                before = len(confirmed)
                while len(confirmed) == before:  # it is there, and has something to lose
                    await asyncio.sleep(0.05)
                await asyncio.sleep(chance.random() * _LONGEST_WAIT)
                dead = broker.pid
                os.kill(dead, signal.SIGKILL)
                while broker.pid == dead:
                    await asyncio.sleep(0.02)
            for sender in senders:
                sender.cancel()
            await asyncio.gather(*senders, return_exceptions=True)
            await _queue.until_left(js, 0)
        return confirmed, await _queue.answers(js)
