"""What the attacks on the queue share: requests that are sent until they are confirmed, and their answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from core.models.paths import DEFAULT_MODEL
from core.project import ROOT
from service.engine.requests import SegmentRequest
from service.topics import messages, streams, supervisor
from service.topics.broker import Broker
from service.topics.connections import connection
from tests.attack.tally import Tally

PATIENCE = 600.0
PHOTO = ROOT / "core/photos/sample_pictures/toytown-noon.jpg"
SMALL = SegmentRequest(DEFAULT_MODEL, "256", "index")
CLIENT = "attack"


@contextlib.asynccontextmanager
async def connected(broker: Broker) -> AsyncIterator[Client]:
    """A connection that comes back whenever the broker does, with the streams declared."""

    async def sweep() -> None:  # as the service does
        with contextlib.suppress(NatsError, TimeoutError):
            await streams.sweep(client.jetstream())

    async with connection(
        broker.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, reconnected_cb=sweep
    ) as client:
        await streams.declare(client.jetstream())
        yield client


@contextlib.asynccontextmanager
async def kept_alive(workers: supervisor.Workers) -> AsyncIterator[None]:
    """Meanwhile workers, and the broker if they know it, are started again when they die."""
    # They die young here, all of them: no reason to wait longer each time.
    supervisor._LATEST = supervisor._SOON
    keeping = asyncio.create_task(workers.keep_alive())
    try:
        yield
    finally:
        keeping.cancel()
        workers.end()


async def publish(client: Client, identity: str, photo: bytes, request: SegmentRequest = SMALL) -> None:
    """Put a request into the queue. NatsError or TimeoutError if the broker does not confirm it."""
    letter = await messages.request_letter(client, identity, request, photo)
    await client.jetstream(timeout=2).publish(
        streams.request_subject(CLIENT), letter.payload, stream=streams.REQUESTS, headers=dict(letter.headers)
    )


async def publish_surely(client: Client, identity: str, photo: bytes) -> None:
    """The same, again until the broker confirms it."""
    while True:
        with contextlib.suppress(NatsError, TimeoutError):
            return await publish(client, identity, photo)
        await asyncio.sleep(0.05)


async def waiting(js: JetStreamContext) -> int:
    """How many requests are left to answer; many, while nobody can say.

    Asked of the consumer: an old broker that was killed may count some in the stream that were answered.
    """
    with contextlib.suppress(NatsError, TimeoutError):
        consumer = await js.consumer_info(streams.REQUESTS, streams.CONSUMER)
        return (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
    return streams.QUEUE


async def until_left(js: JetStreamContext, most: int) -> None:
    """Wait until no more than so many requests are left."""
    deadline = time.monotonic() + PATIENCE
    while await waiting(js) > most and time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def answers(js: JetStreamContext) -> dict[str, list[str]]:
    """The status of every answer, by the id of its request."""
    found: dict[str, list[str]] = {}
    state = (await js.stream_info(streams.RESPONSES)).state
    for number in range(state.first_seq, state.last_seq + 1 if state.messages else 0):
        headers = (await js.get_msg(streams.RESPONSES, number)).headers or {}
        found.setdefault(headers[messages.WITH_ID], []).append(headers[messages.STATUS])
    return found


def count(tally: Tally, expected: dict[str, str], found: dict[str, list[str]]) -> None:
    """Every request has exactly one answer, and it has the status that was expected."""
    for identity, status in expected.items():
        statuses = found.get(identity, [])
        right = statuses == [status]
        tally.count("taken" if right else "lost", f"{identity} has the answers {statuses}, not {status}")


def all_right(identities: list[str]) -> dict[str, str]:
    """What is expected of requests with nothing wrong."""
    return dict.fromkeys(identities, "200")
