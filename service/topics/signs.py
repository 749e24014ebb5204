"""Signs of life: each worker says every second that it is there, and one that is stopped or stuck is missed.

The broker does not miss it: its connection stays open, and what is asked of it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time

from cachetools import LRUCache
from nats.aio.client import Client
from nats.errors import Error as NatsError

from service.topics import streams

EVERY = 1.0
SILENT = 5.0
"""Seconds without a sign after which a worker counts as silent; on a busy machine a few signs come late."""

_MOST = 4096


def name_of(pid: int) -> str:
    """How a worker of this machine calls itself."""
    return f"{socket.gethostname()}:{pid}"


async def give(client: Client) -> None:
    """Say that this process is there, for as long as this task runs."""
    name = name_of(os.getpid()).encode()
    while True:
        if client.is_connected:
            with contextlib.suppress(NatsError):
                await client.publish(streams.SIGNS, name)
        await asyncio.sleep(EVERY)


class Signs:
    """When each worker was heard last."""

    def __init__(self) -> None:
        self._heard: LRUCache[str, float] = LRUCache(_MOST)

    def note(self, name: str) -> None:
        """A worker has said that it is there."""
        self._heard[name] = time.monotonic()

    def forget(self) -> None:
        """Nobody could be heard for a while, which says nothing about the workers."""
        self._heard.clear()

    def is_silent(self, name: str) -> bool:
        """Whether a worker that was heard is heard no more. One that is still starting is not silent."""
        return name in self._heard and not _recent(self._heard[name])

    @property
    def any_recent(self) -> bool:
        """Whether a worker was heard just now."""
        return any(map(_recent, self._heard.values()))

    @property
    def all_silent(self) -> bool:
        """Whether workers were heard, and none is any more."""
        return bool(self._heard) and not self.any_recent


def _recent(moment: float) -> bool:
    return time.monotonic() - moment < SILENT
