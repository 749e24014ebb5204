"""A broker with a worker that a test plays itself: it answers when, and what, the test says."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from service.engine.answers import Answer
from service.topics import messages, streams
from service.topics.asking import Asker
from service.topics.messages import Letter

DEADLINE = 240.0


@dataclass(frozen=True)
class Hands:
    """Takes requests out of the queue of `asker`, and answers them."""

    asker: Asker
    client: Client
    taking: JetStreamContext.PullSubscription

    async def take(self) -> Msg:
        """The next request."""
        return (await self.taking.fetch(1, timeout=DEADLINE))[0]

    async def answer(self, message: Msg, answer: Answer) -> None:
        """Answer a request, as a worker does."""
        client = message.subject.removeprefix(f"{streams.REQUESTS}.")
        headers = message.headers or {}
        letter = await messages.answer_letter(self.client, client, headers[messages.ID], answer)
        await self._publish(streams.response_subject(client, headers[messages.ID]), letter)
        await message.ack_sync()

    async def _publish(self, subject: str, letter: Letter) -> None:
        js = self.client.jetstream()
        await js.publish(subject, letter.payload, stream=streams.RESPONSES, headers=dict(letter.headers))


@contextlib.asynccontextmanager
async def hands_at(url: str, seconds: float = DEADLINE) -> AsyncIterator[Hands]:
    """A worker by hand at this broker; asked whether it is there, it says so. seconds: for an answer."""
    await streams.prepare(url)
    asker, client = Asker(url, seconds), await nats.connect(url)
    await asker.connect()

    async def here(message: Msg) -> None:
        await message.respond(b"ready")

    await client.subscribe(streams.STATUS, cb=here)
    await client.request(streams.STATUS, b"", timeout=DEADLINE)  # from here on it is known to be there
    taking = await client.jetstream().pull_subscribe_bind(streams.CONSUMER, streams.REQUESTS)
    try:
        yield Hands(asker, client, taking)
    finally:
        await asker.close()
        await client.close()
