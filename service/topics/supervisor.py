"""Keeps alive what belongs to a service: its broker, if that is its own, its workers, its clients' places."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from nats.errors import Error as NatsError

from core import children
from core.hardware.allocator import HUGE_PAGES
from core.hardware.processor import usable_cores
from service.access.clients import ClientStore
from service.errors import ServiceError
from service.topics import streams
from service.topics.broker import Broker
from service.topics.connections import connection

_log = logging.getLogger("uvicorn.error")

_LOOK_SECONDS = 0.2
_DRAIN_SECONDS = 35.0
_SOON, _LATEST = 0.5, 10.0
"""Seconds after which a worker is started again: twice as many each time it dies young."""

_YOUNG = 10.0
_HEALTH_SECONDS = 2.0
_FAILED_SECONDS = 2.0


class Workers:
    """So many workers on this machine, each with its share of the cores."""

    def __init__(self, count: int, url: str, broker: Broker | None) -> None:
        self._url, self._broker = url, broker
        # Two workers with a thread each answer as many photos as one with two threads, which answers each in
        # half the time (docs/scaling.md): cores are shared out, and one worker alone has them all.
        self._threads = max(1, usable_cores() // max(1, count))
        self._places = [_Place() for _ in range(count)]

    async def keep_alive(self) -> None:
        """Start what is not running, for as long as this task runs."""
        while True:
            if self._broker is not None:
                self._broker.keep_alive()
            for place in self._places:
                place.fill(self._start)
            await asyncio.sleep(_LOOK_SECONDS)

    @property
    def wanted(self) -> int:
        """How many there should be."""
        return len(self._places)

    def pids(self) -> list[int]:
        """The ids of the workers that live now."""
        processes = [place.process for place in self._places]
        return [each.pid for each in processes if each is not None and each.poll() is None]

    def end(self) -> None:
        """Let each finish the request that it has begun; then all are gone."""
        running = [place.process for place in self._places if place.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _DRAIN_SECONDS
        for process in running:
            children.end(process, max(0.0, deadline - time.monotonic()))

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "service", "worker", "--threads", str(self._threads)]
        # Threads that spin while they wait would starve a training run beside them, and be starved by it.
        environment = {**HUGE_PAGES, **os.environ, "NATS_URL": self._url, "OMP_WAIT_POLICY": "PASSIVE"}
        return children.start(command, environment, signal.SIGKILL)


class _Place:
    """Where one worker runs, the next one after it has died."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._started, self._pause, self._not_before = 0.0, _SOON, 0.0

    def fill(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            self.process = None
            self._pause = min(2 * self._pause, _LATEST) if now - self._started < _YOUNG else _SOON
            self._not_before = now + self._pause
        if now >= self._not_before:
            self.process, self._started = start(), now


class Remedy:
    """Starts our own broker again once its disk, which was full, has room: by itself it stores nothing more.

    complaint: asks the broker why it cannot store what it is given; "" if it can.
    """

    def __init__(self, broker: Broker, complaint: Callable[[], Awaitable[str]]) -> None:
        self._broker, self._complaint = broker, complaint

    async def keep_working(self) -> None:
        """Look now and then, for as long as this task runs."""
        while True:
            await asyncio.sleep(_HEALTH_SECONDS)
            if (why := await self._complaint()) and self._broker.has_room():
                _log.warning("The broker is started again: %s", why)
                self._broker.restart()


class Places:
    """What clients of the topics have of their own on the broker at this address."""

    def __init__(self, clients: ClientStore, url: str) -> None:
        self._clients, self._url = clients, url

    async def keep_current(self) -> None:
        """Make them for clients that come, and remove those of clients that went, while this task runs."""
        seen, pause = None, _LOOK_SECONDS
        while True:
            now = self._clients.version()
            if now != seen:
                try:
                    await self._declare()
                    seen, pause = now, _LOOK_SECONDS
                except (NatsError, OSError, TimeoutError, ServiceError) as error:
                    _log.warning("The clients' places cannot be made; that is tried again: %r", error)
                    pause = _FAILED_SECONDS
            await asyncio.sleep(pause)

    async def _declare(self) -> None:
        async with connection(self._url, allow_reconnect=False) as broker:
            for client in self._clients.all():
                change = streams.declare_client if client.removed is None else streams.forget_client
                await change(broker.jetstream(), client.id)
