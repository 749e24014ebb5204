"""The broker's disk is full: not ready, nothing confirmed is lost, and with room it goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path

from nats.errors import Error as NatsError

from service.access.clients import ClientStore
from service.problems import Problem
from service.topics import supervisor
from service.topics.asking import Asker
from service.topics.broker import Broker
from tests.attack import _queue
from tests.attack.disk_full import only, small_disk
from tests.attack.tally import Tally

ROUNDS = 3
_BEFORE, _DISK_MB, _LEFT_KIB = 4, 96, 300
_PATIENCE = 300.0


def attack(tally: Tally, folder: Path) -> None:
    """Fill the disk, for those who may mount one, in the middle of work; make room again; count."""
    disk = folder / "disk"
    with small_disk(disk, _DISK_MB) as mounted:
        if not mounted:
            return
        broker = Broker(disk / "broker", ClientStore(disk))
        try:
            asyncio.run(_story(tally, broker, disk))
        finally:
            broker.end()


async def _story(tally: Tally, broker: Broker, disk: Path) -> None:
    asker, confirmed = Asker(broker.url, 60), []
    workers = supervisor.Workers(1, broker.url, broker)
    async with _queue.connected(broker) as client, _queue.kept_alive(workers):
        await asker.connect()
        remedy = asyncio.create_task(supervisor.Remedy(broker, asker.complaint).keep_working())
        for number in range(ROUNDS):
            tally.count("taken" if await _becomes(asker, ready=True) else "lost", f"ready, round {number}")
            for each in range(_BEFORE):
                identity = f"request-{number}-{each}"
                await _queue.publish_surely(client, identity, _photo())
                confirmed.append(identity)
            with only(disk, _LEFT_KIB):
                for each in range(_BEFORE, 10 * _BEFORE):
                    identity = f"request-{number}-{each}"
                    with contextlib.suppress(NatsError, TimeoutError):
                        await _queue.publish(client, identity, _photo())
                        confirmed.append(identity)
                        continue
                    break
                refused = await _becomes(asker, ready=False)
                tally.count("refused" if refused else "lost", f"not ready on a full disk, round {number}")
            tally.count("taken" if await _becomes(asker, ready=True) else "lost", f"ready again, {number}")
            await _queue.until_left(client.jetstream(), 0)
        remedy.cancel()
        await asker.close()
        _queue.count(tally, _queue.all_right(confirmed), await _queue.answers(client.jetstream()))


def _photo() -> bytes:
    """A photo that takes room, whatever is done to make it smaller: what follows a JPEG's end is not read."""
    return _queue.PHOTO.read_bytes() + os.urandom(100_000)


async def _becomes(asker: Asker, *, ready: bool) -> bool:
    """Whether what /readyz says becomes so in time."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            await asker.check()
            found = True
        except Problem:
            found = False
        if found is ready:
            return True
        await asyncio.sleep(0.2)
    return False
