"""A worker: takes one request after the other, computes, and confirms each once its answer is stored.

Killed at any moment, it loses nothing: what it had not confirmed goes to another worker, and an answer that
was stored already counts once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

import anyio.to_thread
from faststream import FastStream
from faststream.nats import NatsBroker, NatsMessage
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from service.engine.answers import Answer
from service.engine.engine import Engine
from service.problems import MEDIA_TYPE, Kind, Problem
from service.topics import described, messages, signs, streams
from service.topics.messages import Letter

_log = logging.getLogger("streetscope.worker")

_PUBLISH_SECONDS, _PATIENCE = 5.0, 600.0
_AGAIN_SECONDS = 1.0
_RECONNECT_SECONDS = 1
_DRAIN_SECONDS = 30.0


async def work(url: str, threads: int | None = None) -> None:
    """Answer requests until SIGTERM, which lets the one that has begun be answered.

    url: the broker's. threads: that compute; None for one on each core. ModelError if the usual model cannot
    be used: a worker without a network is none. ServiceError if no broker is there.
    """
    await streams.prepare(url)
    engine = Engine(threads)
    await anyio.to_thread.run_sync(engine.warm_up)
    broker = NatsBroker(
        url,
        name="streetscope-worker",
        max_reconnect_attempts=-1,
        reconnect_time_wait=_RECONNECT_SECONDS,
        graceful_timeout=_DRAIN_SECONDS,
        logger=None,
    )
    await broker.connect()
    worker = Worker(engine, broker)
    described.declare(broker, worker.take, _ready)
    living = asyncio.create_task(signs.give(broker.connection))
    try:
        await FastStream(broker, logger=None, on_shutdown=[worker.settle]).run()
    finally:
        living.cancel()


async def _ready() -> str:
    return "ready"


class Worker:
    """What is done with each request."""

    def __init__(self, engine: Engine, broker: NatsBroker) -> None:
        self._engine, self._broker = engine, broker
        self._last: asyncio.Task[None] | None = None
        self._ending = False

    @property
    def _js(self) -> JetStreamContext:
        return self._broker.connection.jetstream()

    async def take(self, message: NatsMessage) -> None:
        """Compute an answer. The next request is taken once the network is done with this one: it is fetched
        and decoded while this one's answer is made, stored and confirmed, or a core would have nothing to do.

        One that was delivered before is not computed beside another: if it ends this worker, no other request
        loses a delivery by that a second time.
        """
        alone = message.raw_message.metadata.num_delivered > 1
        before, computed = self._last, asyncio.Event()
        if before and alone:
            await before
        self._last = asyncio.create_task(self._answer_and_confirm(message, computed))
        await computed.wait()
        if before:
            await before
        if alone or self._ending:
            await self._last

    async def settle(self) -> None:
        """Wait until what was computed is stored; from now on `take` waits for that itself."""
        self._ending = True
        if self._last:
            await asyncio.wait([self._last], timeout=_DRAIN_SECONDS)

    async def _answer_and_confirm(self, message: NatsMessage, computed: asyncio.Event) -> None:
        """Answer a request, and confirm it; if that fails, it is tried again.

        computed: set in between, once the network is done with it.
        """
        raw = message.raw_message
        letter = Letter(raw.headers or {}, raw.data)
        client = raw.subject.removeprefix(f"{streams.REQUESTS}.")
        identity = letter.headers.get(messages.ID, "")
        try:
            if not (streams.is_token(client) and streams.is_token(identity)):
                await self._bury(
                    letter, messages.NOBODY, "The request has no id, or no client, to be answered to."
                )
                await message.reject()
                return
            given_up = raw.metadata.num_delivered > streams.DELIVERIES
            async with _heard_of(message):
                if given_up:
                    reason = f"{streams.DELIVERIES} workers began it, and none ended it."
                    await self._bury(letter, client, reason)
                answer = _given_up() if given_up else await self._answer(client, letter, computed)
                computed.set()
                await self._send(client, identity, answer)
            await message.ack_sync()
            if not given_up:
                await messages.forget_claim(self._js, client, letter)
        except (NatsError, TimeoutError) as error:  # the broker does not answer now
            _log.warning("The request %s is tried again: %r", identity[:64], error)
            with contextlib.suppress(NatsError):
                await message.nack(delay=_AGAIN_SECONDS)
        except Exception:  # whatever it is, the request is tried again, and given up after three times
            _log.exception("The request %s could not be answered; it is tried again", identity[:64])
            with contextlib.suppress(NatsError):
                await message.nack(delay=_AGAIN_SECONDS)
        finally:
            computed.set()

    async def _answer(self, client: str, letter: Letter, computed: asyncio.Event) -> Answer:
        loop = asyncio.get_running_loop()

        def done() -> None:
            loop.call_soon_threadsafe(computed.set)

        try:
            request, photo = await messages.request_in(self._js, client, letter)
        except Problem as refused:
            problem = refused
        else:
            return await anyio.to_thread.run_sync(self._engine.answer, request, photo, done)
        return Answer(problem.document(), MEDIA_TYPE, problem.kind.status)

    async def _send(self, client: str, identity: str, answer: Answer) -> None:
        letter = await messages.answer_letter(self._broker.connection, client, identity, answer)
        await self._publish(streams.response_subject(client, identity), streams.RESPONSES, letter)

    async def _bury(self, letter: Letter, client: str, reason: str) -> None:
        """Keep a request that nobody can answer, with the reason, for whoever runs the service."""
        identity = letter.headers.get(messages.ID, "")
        headers = messages.without_orders(letter.headers)
        headers |= {messages.ID: f"dead-{client}-{identity}", messages.REASON: reason}
        await self._publish(streams.dead_subject(client), streams.DEAD, Letter(headers, letter.payload))

    async def _publish(self, subject: str, stream: str, letter: Letter) -> None:
        """Store a message; again with the same id where the broker does not confirm it, as on a full disk."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                await self._js.publish(
                    subject,
                    letter.payload,
                    timeout=_PUBLISH_SECONDS,
                    stream=stream,
                    headers=dict(letter.headers),
                )
            except (NatsError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return


def _given_up() -> Answer:
    problem = Problem(
        Kind.GIVEN_UP,
        "This request was begun several times and never finished; send another photo, or save it anew.",
    )
    return Answer(problem.document(), MEDIA_TYPE, problem.kind.status)


@contextlib.asynccontextmanager
async def _heard_of(message: NatsMessage) -> AsyncIterator[None]:
    """Meanwhile the broker is told that the request is being answered: nobody else gets it."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(streams.ACK_SECONDS / 3)
            with contextlib.suppress(NatsError):
                await message.in_progress()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
