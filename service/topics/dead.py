"""Dead letters: requests that nobody could answer, to look at, remove or send again.

Whoever may do so is asked for in `service/rest/administration.py`. Each function raises what the broker does:
`service.topics.asking.Asker.streams` makes problems of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from service.problems import Kind, Problem
from service.topics import claims, messages, streams

MOST = 100
"""Letters in one list."""

_SIZE_HEADER = "Nats-Msg-Size"
_SECONDS = 2.0
_LONGEST = 200


@dataclass(frozen=True)
class DeadLetter:
    """A request that nobody could answer. number: its place in the stream. bytes: of its photo, compressed.

    sender, request: the ids of who sent it, and of itself. What a stranger left out is empty.
    """

    number: int
    when: datetime
    sender: str
    request: str
    operation: str
    model: str
    size: str
    bytes: int
    reason: str


async def count(js: JetStreamContext) -> int:
    """How many there are."""
    return (await js.stream_info(streams.DEAD)).state.messages


async def letters(js: JetStreamContext, after: int, most: int) -> list[DeadLetter]:
    """Those with a higher number than `after`, the oldest first; no more than `most`. No photo is read."""
    state = (await js.stream_info(streams.DEAD)).state
    if not state.messages or after >= state.last_seq:
        return []
    async with _heads(js, max(after + 1, state.first_seq)) as reading:
        found: list[Msg] = []
        with contextlib.suppress(NatsTimeoutError, asyncio.TimeoutError):
            while len(found) < most:
                found += await reading.fetch(most - len(found), timeout=_SECONDS)
                if found[-1].metadata.num_pending == 0:
                    break
        return [_letter(message) for message in found]


async def remove(js: JetStreamContext, number: int) -> None:
    """Remove one. Problem if there is none of that number."""
    try:
        await js.get_msg(streams.DEAD, seq=number)
    except NotFoundError as error:
        raise _gone() from error
    await js.delete_msg(streams.DEAD, number)


async def resend(js: JetStreamContext, number: int) -> str:
    """Put one into the queue again, and remove it. Returns the id that it has now.

    It is a new one: for ten minutes the queue takes an id only once. Problem if there is none of that number,
    or if nobody would get its answer, or its photo is gone.
    """
    try:
        message = await js.get_msg(streams.DEAD, seq=number)
    except NotFoundError as error:
        raise _gone() from error
    sender = (message.subject or "").removeprefix(f"{streams.DEAD}.")
    sent = messages.without_orders(message.headers or {})
    sent.pop(messages.REASON, None)
    if not await _can_be_answered(js, sender, sent):
        raise Problem(
            Kind.REFUSED,
            "This request cannot be sent again: it does not say who it is from, or its photo is not kept any "
            "more. It can only be removed.",
        )
    identity = f"again-{uuid.uuid4().hex}"
    await js.publish(
        streams.request_subject(sender),
        message.data or b"",
        stream=streams.REQUESTS,
        headers=sent | {messages.ID: identity},
    )
    with contextlib.suppress(NotFoundError):
        await js.delete_msg(streams.DEAD, number)
    return identity


async def _can_be_answered(js: JetStreamContext, sender: str, headers: dict[str, str]) -> bool:
    if not streams.is_token(sender) or sender == messages.NOBODY:
        return False
    return messages.CLAIM not in headers or await claims.is_there(js, sender, headers[messages.CLAIM])


@asynccontextmanager
async def _heads(js: JetStreamContext, first: int) -> AsyncIterator[JetStreamContext.PullSubscription]:
    """The stream from that number on, without the photos, which can be hundreds of megabytes."""
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=first,
        ack_policy=AckPolicy.NONE,
        headers_only=True,
        inactive_threshold=30.0,
    )
    reading = await js.pull_subscribe(f"{streams.DEAD}.>", stream=streams.DEAD, config=config)
    try:
        yield reading
    finally:
        consumer = (await reading.consumer_info()).name
        await reading.unsubscribe()
        await js.delete_consumer(streams.DEAD, consumer)


def _letter(message: Msg) -> DeadLetter:
    headers = message.headers or {}
    sender = message.subject.removeprefix(f"{streams.DEAD}.")
    size = headers.get(_SIZE_HEADER, "0")

    def word(name: str) -> str:
        return headers.get(name, "")[:_LONGEST]

    return DeadLetter(
        number=message.metadata.sequence.stream,
        when=message.metadata.timestamp,
        sender=sender,
        request=word(messages.ID).removeprefix(f"dead-{sender}-"),
        operation=word(messages.OPERATION),
        model=word("model"),
        size=word("size"),
        bytes=int(size) if size.isascii() and size.isdigit() else 0,
        reason=word(messages.REASON),
    )


def _gone() -> Problem:
    return Problem(
        Kind.NO_SUCH_LETTER,
        "There is no dead letter of this number, or not any more; GET /v1/admin/dead lists those there are.",
    )
