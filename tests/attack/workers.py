"""Workers that stop, that die of a request, or that work for long: each request has one right answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
from nats.aio.client import Client
from nats.aio.msg import Msg

from core import children
from core.models.paths import DEFAULT_MODEL
from core.photos import images
from service.access.clients import ClientStore
from service.engine.requests import SegmentRequest
from service.topics import messages, streams, supervisor
from service.topics.broker import Broker
from tests.attack import _queue
from tests.attack.tally import Tally

STOPS, POISONS, LONG = 5, 3, 1
_LARGE = SegmentRequest(DEFAULT_MODEL, "full", "index")
_NEIGHBOURS = 4
_TIMES = 5
"""A long job takes so many times what a worker may be silent for."""

_HOGS = 5


def attack(tally: Tally, folder: Path) -> None:
    """Stop workers, poison them, and give them a long job; count answers and deliveries."""
    for story in (_stops, _poisons, _long):
        broker = Broker(folder / story.__name__, ClientStore(folder))
        try:
            asyncio.run(story(tally, broker))
        finally:
            broker.end()


def _photo(side: int) -> bytes:
    """A photo of so many pixels squared: a larger one takes longer."""
    chance = np.random.default_rng(side)
    return images.encode_png(
        np.repeat(chance.integers(0, 256, (side, 1, 3), np.uint8), side, 1), quickly=True
    )


async def _stops(tally: Tally, broker: Broker) -> None:
    """SIGSTOP of the worker that computes: another one answers; SIGCONT: its own answer counts no more."""
    photo = _photo(1024)
    async with _queue.connected(broker) as client:
        js, begun = client.jetstream(), await _watched(client)
        for number in range(STOPS):
            identity = f"stopped-{number}"
            stopped = _worker(broker)
            try:
                await _queue.publish(client, identity, photo, _LARGE)
                await begun.until(identity, 1)
                stopped.send_signal(signal.SIGSTOP)
                async with _worker_beside(broker):
                    await _queue.until_left(js, 0)
                stopped.send_signal(signal.SIGCONT)
                stopped.terminate()  # it answers what it had begun, and ends
                await asyncio.to_thread(stopped.wait, _queue.PATIENCE)
            finally:
                children.end(stopped, 0)
            _begun(tally, begun, identity, 2)
        wanted = _queue.all_right([f"stopped-{number}" for number in range(STOPS)])
        _queue.count(tally, wanted, await _queue.answers(js))


async def _poisons(tally: Tally, broker: Broker) -> None:
    """Whoever takes such a request is killed: after three, it is answered with an error; others are fine."""
    expected: dict[str, str] = {}
    async with _queue.connected(broker) as client:
        js, begun = client.jetstream(), await _watched(client)
        async with _queue.kept_alive(workers := supervisor.Workers(1, broker.url, None)):
            for number in range(POISONS):
                poison = f"poison-{number}"
                await _queue.publish(client, poison, _photo(1024), _LARGE)
                for each in range(_NEIGHBOURS):
                    await _queue.publish(client, f"neighbour-{number}-{each}", _queue.PHOTO.read_bytes())
                for death in range(streams.DELIVERIES):
                    await begun.until(poison, death + 1)
                    for pid in workers.pids():
                        os.kill(pid, signal.SIGKILL)
                await _queue.until_left(js, 0)
                _begun(tally, begun, poison, streams.DELIVERIES + 1)  # the last one only says that it ends
                expected |= {poison: "500"}
                expected |= _queue.all_right([f"neighbour-{number}-{each}" for each in range(_NEIGHBOURS)])
        _queue.count(tally, expected, await _queue.answers(js))
        dead = (await js.stream_info(streams.DEAD)).state.messages
        tally.count("taken" if dead == POISONS else "lost", f"{dead} dead letters, not {POISONS}")


async def _long(tally: Tally, broker: Broker) -> None:
    """A job of many times what a worker may be silent for is begun once."""
    async with _queue.connected(broker) as client, _worker_beside(broker, slowly=True):
        js, begun = client.jetstream(), await _watched(client)
        for number in range(LONG):
            identity = f"long-{number}"
            await _queue.publish(client, identity, _photo(2048), _LARGE)
            await begun.until(identity, 1)
            start = time.monotonic()
            await _queue.until_left(js, 0)
            seconds = time.monotonic() - start
            enough = seconds >= _TIMES * streams.ACK_SECONDS
            tally.count("taken" if enough else "lost", f"{identity} took {seconds:.1f} s: it is no long one")
            _begun(tally, begun, identity, 1)
        wanted = _queue.all_right([f"long-{number}" for number in range(LONG)])
        _queue.count(tally, wanted, await _queue.answers(js))


class _Begun:
    """How often each request was given to a worker."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()

    async def see(self, message: Msg) -> None:
        headers = message.headers or {}
        if messages.OPERATION in headers and "$JS.ACK" in message.reply:
            self.times[headers[messages.ID]] += 1

    async def until(self, identity: str, times: int) -> None:
        """Wait until a request was given so often."""
        deadline = time.monotonic() + _queue.PATIENCE
        while self.times[identity] < times and time.monotonic() < deadline:
            await asyncio.sleep(0.01)


async def _watched(client: Client) -> _Begun:
    """Look at all that is delivered: the account's inboxes are open to the service's own user."""
    begun = _Begun()
    await client.subscribe("_INBOX.>", cb=begun.see)
    await client.flush()
    return begun


def _begun(tally: Tally, begun: _Begun, identity: str, times: int) -> None:
    found = begun.times[identity]
    tally.count("taken" if found == times else "lost", f"{identity} was begun {found} times, not {times}")


def _worker(broker: Broker) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service", "worker", "--threads", "1"]
    return children.start(command, {"NATS_URL": broker.url, "OMP_WAIT_POLICY": "PASSIVE"}, signal.SIGKILL)


@contextlib.asynccontextmanager
async def _worker_beside(broker: Broker, *, slowly: bool = False) -> AsyncIterator[None]:
    """Meanwhile another worker works. slowly: it shares one core with programs that take most of it."""
    worker = _worker(broker)
    # Each in a session of its own: Linux gives all of one session together the share of one worker.
    hog = [sys.executable, "-c", "while True: pass"]
    hogs = [children.start(hog, {}, signal.SIGKILL) for _ in range(_HOGS * slowly)]
    if slowly:
        for process in (worker, *hogs):
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    try:
        yield
    finally:
        for each in hogs:
            children.end(each, 0)
        children.end(worker, _queue.PATIENCE)
