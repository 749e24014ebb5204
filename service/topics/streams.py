"""The topics by name: what each keeps, how long, and how much of it."""

from __future__ import annotations

import contextlib
import re

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError, NotFoundError

from service.access.clients import PREFIX
from service.errors import ServiceError
from service.topics.connections import connection

REQUESTS, RESPONSES, DEAD, CLAIMS = "request_message", "response_message", "dead_message", "claims"
STATUS = "worker_status"
"""Asked without a stream: only a worker that lives answers. Clients ask a subject of their own below it."""

SIGNS = "worker_signs"
"""Where each worker says that it lives; see `service.topics.signs`."""

HEALTH = "broker_health"
"""Asked without a stream: the broker says whether its streams can be written, if its accounts let us ask."""

CONSUMER = "engine"
ACK_SECONDS = 2.0
"""Until a request goes to another worker, if its own says nothing. Workers do so three times as often."""

DELIVERIES = 3
"""A request that ended so many workers is given to no other."""

QUEUE = 256
"""Requests that may wait; the next one is refused, and its sender told to come back."""

QUEUE_SHARE = 64
"""Of these, from one key or one client: nobody fills the queue alone."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MEGABYTE = 1024**2
_HOUR = 3600.0
_CLAIMS_BYTES, _CLIENTS_BYTES = 512 * _MEGABYTE, 64 * _MEGABYTE
"""Of the object store for all keys, and of a client's own."""

_READ_SECONDS = 60.0
"""Until an answer that a client took and did not confirm is given to it again."""

_DUPLICATES = 600.0
"""Seconds for which an id is remembered: a message sent again with the same id counts once."""


async def prepare(url: str) -> None:
    """Make the streams on a broker. ServiceError if none with JetStream is there."""
    try:
        # By itself it would try sixty times, with pauses between.
        async with connection(url, max_reconnect_attempts=1, reconnect_time_wait=0.1) as client:
            await declare(client.jetstream())
    except (NatsError, OSError, TimeoutError) as error:
        where = url.rpartition("@")[2]  # without what is secret
        raise ServiceError(
            f"No broker with JetStream answers at {where} ({str(error) or type(error).__name__}); start it, "
            "or let NATS_URL name another."
        ) from error


async def declare(js: JetStreamContext, queue: int = QUEUE, ack_seconds: float = ACK_SECONDS) -> None:
    """Make the streams as they should be, whatever is there of them."""
    for stream in _streams(queue):
        await _declare_stream(js, stream)
    consumer = ConsumerConfig(
        durable_name=CONSUMER,
        filter_subject=f"{REQUESTS}.>",
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_seconds,
        max_deliver=-1,  # with a limit, a request at it would stay in the stream and get no answer
    )
    await js.add_consumer(REQUESTS, consumer)
    await sweep(js)
    await _declare_bucket(js, CLAIMS, _CLAIMS_BYTES)


async def sweep(js: JetStreamContext) -> None:
    """Remove requests that were answered: a broker of version 2.9 that was killed has some of them back.

    Nobody gets those again, but they would take up the queue.
    """
    floor = (await js.consumer_info(REQUESTS, CONSUMER)).ack_floor
    if floor is not None and floor.stream_seq:
        await js.purge_stream(REQUESTS, seq=floor.stream_seq + 1)


async def declare_client(js: JetStreamContext, client: str) -> None:
    """Make what a client has of its own: a place among the answers, and an object store."""
    reading = ConsumerConfig(
        durable_name=client,
        filter_subject=response_subject(client, "*"),
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=_READ_SECONDS,
    )
    await js.add_consumer(RESPONSES, reading)
    await _declare_bucket(js, bucket_of(client), _CLIENTS_BYTES)


async def forget_client(js: JetStreamContext, client: str) -> None:
    """Remove what `declare_client` made."""
    with contextlib.suppress(NotFoundError):
        await js.delete_consumer(RESPONSES, client)
    with contextlib.suppress(NotFoundError):
        await js.delete_object_store(bucket_of(client))


def dead_subject(client: str) -> str:
    """Where a client's request is kept that nobody could answer."""
    return f"{DEAD}.{client}"


def bucket_of(client: str) -> str:
    """The object store for what a client, or a key, sends and gets: no client can name another's things."""
    return f"{CLAIMS}_{client}" if client.startswith(PREFIX) else CLAIMS


def status_subject(client: str) -> str:
    """Where a client asks whether a worker is there."""
    return f"{STATUS}.{client}"


def request_subject(client: str) -> str:
    """Where a client publishes."""
    return f"{REQUESTS}.{client}"


def response_subject(client: str, identity: str) -> str:
    """Where a client's request is answered."""
    return f"{RESPONSES}.{client}.{identity}"


def is_token(word: str) -> bool:
    """Whether a word can be an id: one part of a topic, without signs that mean something there."""
    return _TOKEN.fullmatch(word) is not None


def _streams(queue: int) -> tuple[StreamConfig, ...]:
    return (
        StreamConfig(
            name=REQUESTS,
            subjects=[f"{REQUESTS}.>"],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_msgs=queue,
            max_msgs_per_subject=min(queue, QUEUE_SHARE),
            discard_new_per_subject=True,
            max_bytes=512 * _MEGABYTE,
            duplicate_window=_DUPLICATES,
        ),
        StreamConfig(
            name=RESPONSES,
            subjects=[f"{RESPONSES}.>"],
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=_HOUR,
            max_bytes=256 * _MEGABYTE,
            duplicate_window=_DUPLICATES,
            allow_direct=True,
        ),
        StreamConfig(
            name=DEAD,
            subjects=[f"{DEAD}.>"],
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_bytes=128 * _MEGABYTE,
            duplicate_window=_DUPLICATES,
        ),
    )


async def _declare_stream(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.add_stream(config)
    except BadRequestError:  # it is there, and was made otherwise
        await js.update_stream(config)


async def _declare_bucket(js: JetStreamContext, bucket: str, most: int) -> None:
    try:
        await js.object_store(bucket)
    except NotFoundError:
        await js.create_object_store(bucket, ttl=_HOUR, max_bytes=most, storage=StorageType.FILE)
