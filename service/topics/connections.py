"""Connections to a broker that leave nothing open, whatever becomes of them.

The library leaves its socket to the garbage collector where a greeting fails or is given up in its middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from nats.aio.client import Client

SECONDS = 10.0
"""Until a broker that does not answer is given up."""


@asynccontextmanager
async def connection(url: str, seconds: float = SECONDS, **how: Any) -> AsyncIterator[Client]:
    """A connection while the block runs. how: as `Client.connect` takes it.

    NatsError, OSError or TimeoutError if there is none within so many seconds.
    """
    client = Client()
    try:
        async with asyncio.timeout(seconds):
            await connect(client, url, connect_timeout=seconds, **how)
        yield client
    finally:
        await leave(client)


async def connect(client: Client, url: str, **how: Any) -> None:
    """Connect a client that `leave` closes. how: as `Client.connect` takes it."""

    async def failed(_: Exception) -> None:
        # What goes wrong is raised too; the library would print it, and try again with another socket.
        if not client.is_connected:
            _close_socket(client)

    await client.connect(url, error_cb=failed, **how)


async def leave(client: Client) -> None:
    """Leave the broker, if there is one."""
    try:
        await client.close()
    finally:  # also if this is cancelled, or the library is just closing the connection by itself
        _close_socket(client)


def _close_socket(client: Client) -> None:
    if client._transport is not None:
        client._transport.close()  # type: ignore[no-untyped-call]
