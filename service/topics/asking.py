"""Has requests answered by workers: publishes each, and waits for what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from service.engine.answers import Answer
from service.engine.requests import Request
from service.problems import Kind, Problem
from service.topics import messages, streams
from service.topics.connections import connect, leave
from service.topics.messages import Letter
from service.topics.signs import Signs

_FULL = 10077
"""The broker's number for a stream that takes no more."""

_STATUS_SECONDS = 1.0
_ALIVE_SECONDS = 0.25
"""For which a worker that has answered is taken to be still there: of many requests, not each asks again."""

_PUBLISH_SECONDS, _TRIES = 5.0, 3
_RECONNECT_SECONDS = 0.25
_PAUSE_SECONDS = 0.1
_LOOK_SECONDS = 2.0
"""Between two looks into the stream, where an answer lies that came while the connection was gone."""


@dataclass(frozen=True)
class Pending:
    """A request that waits for its answer, or is being answered. seconds: how long that may take.

    kept: the answer, if it was there already. published: of a request that nobody asks for again.
    """

    _js: JetStreamContext
    _answers: Subscription
    _subject: str
    _kept: Letter | None
    _published: PubAck | None
    _seconds: float

    async def answer(self) -> Answer:
        """What a worker answers. Problem if none does so in time: then the request is taken back.

        One that may come again is not: its answer is there by then.
        """
        if self._kept is not None:
            return await messages.answer_in(self._js, self._kept)
        deadline = time.monotonic() + self._seconds
        while (left := deadline - time.monotonic()) > 0:
            letter = await self._next(min(left, _LOOK_SECONDS))
            if letter is not None:
                return await messages.answer_in(self._js, letter)
        if self._published is not None:
            with contextlib.suppress(NatsError, TimeoutError):
                await self._js.delete_msg(streams.REQUESTS, self._published.seq)
        raise Problem(
            Kind.LATE,
            f"The photo was not segmented within {self._seconds:g} seconds; send it again later, or at a "
            "smaller size.",
            {"Retry-After": "10"},
        )

    async def _next(self, seconds: float) -> Letter | None:
        """The answer, if it comes in so many seconds, or came while nobody listened."""
        try:
            message = await self._answers.next_msg(timeout=seconds)
        except (NatsError, TimeoutError):
            await asyncio.sleep(_PAUSE_SECONDS)  # without a connection neither takes any time
            with contextlib.suppress(NatsError, TimeoutError):
                return await _kept_answer(self._js, self._subject)
            return None
        return Letter(message.headers or {}, message.data)


class Asker:
    """A connection to the broker, for those who want an answer at once. seconds: how long one may take."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url, self._seconds = url, seconds
        self._nats, self.signs = Client(), Signs()
        self._alive_at = -_ALIVE_SECONDS

    async def connect(self) -> None:
        """Connect, as soon as the broker is there; `streams.prepare` has said if there is none."""
        await connect(
            self._nats,
            self._url,
            name="streetscope",
            max_reconnect_attempts=-1,
            reconnect_time_wait=_RECONNECT_SECONDS,
            reconnected_cb=self._back,
        )
        await self._nats.subscribe(streams.SIGNS, cb=self._hear)

    async def close(self) -> None:
        """Leave the broker."""
        await leave(self._nats)

    @asynccontextmanager
    async def published(
        self, request: Request, photo: bytes, client: str, identity: str | None = None
    ) -> AsyncIterator[Pending]:
        """A request of a client in the queue: inside, its answer can be awaited, and the photo let go.

        identity: of a request that may come again: while it waits, is answered or has an answer that is kept,
        it is the same one. None for one that does not. Problem if nobody could answer it, or if the queue
        does not take it.
        """
        subject = streams.response_subject(client, own := identity or uuid.uuid4().hex)
        with _in_reach():
            answers = await self._nats.subscribe(subject)
        try:
            # Looked for after the subscription: an answer is either found there, or comes here.
            with _in_reach():
                kept = await _kept_answer(self._js, subject) if identity else None
            published = None if kept else await self._queued(request, photo, client, own)
            del photo  # megabytes, which the broker has now
            once = None if identity else published
            yield Pending(self._js, answers, subject, kept, once, self._seconds)
        finally:
            with contextlib.suppress(NatsError):
                await answers.unsubscribe()

    async def _queued(self, request: Request, photo: bytes, client: str, identity: str) -> PubAck:
        if not await self._a_worker_answers():
            raise _unavailable(Kind.NO_WORKER, "Nobody is there to segment photos now")
        with _in_reach():
            letter = await messages.request_letter(self._nats, identity, request, photo)
            return await self._publish(streams.request_subject(client), letter)

    async def check(self) -> None:
        """Problem if a request could not be answered now: JetStream, its disk and a worker are asked."""
        await self.waiting()
        if await self.complaint():
            raise _unavailable(Kind.NO_BROKER, "The queue cannot store requests now")
        if not await self._a_worker_answers(now=True):
            raise _unavailable(Kind.NO_WORKER, "Nobody is there to segment photos now")

    async def waiting(self) -> int:
        """How many requests wait or are being answered. Problem if the broker does not say."""
        with self.streams() as js:
            return (await js.stream_info(streams.REQUESTS)).state.messages

    async def _hear(self, sign: Msg) -> None:
        self.signs.note(sign.data.decode("utf-8", "replace"))

    async def _back(self) -> None:
        """The broker is there again; what it said meanwhile was not heard."""
        self.signs.forget()
        with contextlib.suppress(NatsError, TimeoutError):
            await streams.sweep(self._js)

    @contextmanager
    def streams(self) -> Iterator[JetStreamContext]:
        """The streams, for who looks after them. Problem if the broker refuses something, or is gone: then at
        once, for only whoever has a photo waits until it is back.
        """
        if not self._nats.is_connected:
            raise _away()
        with _in_reach():
            yield self._js

    async def complaint(self) -> str:
        """Why the broker cannot store anything, such as a full disk; "" if it can, or does not say."""
        try:
            reply = await self._nats.request(streams.HEALTH, b"", timeout=_STATUS_SECONDS)
            said = json.loads(reply.data)["data"]
            return "" if said["status"] == "ok" else str(said.get("error") or said["status"])
        except (NatsError, TimeoutError, ValueError, KeyError, TypeError):
            return ""

    @property
    def _js(self) -> JetStreamContext:
        return self._nats.jetstream(timeout=_PUBLISH_SECONDS)

    async def _a_worker_answers(self, now: bool = False) -> bool:
        """now: also if one has answered just before.

        One that has ended is known at once, for the broker says that nobody is there; one that is stopped,
        once it is silent. On a very busy machine one that gives signs may not answer in time.
        """
        if self._nats.is_connected and self.signs.all_silent:
            return False
        if not now and time.monotonic() - self._alive_at < _ALIVE_SECONDS:
            return True
        try:
            await self._nats.request(streams.STATUS, b"", timeout=_STATUS_SECONDS)
        except NoRespondersError:
            return False
        except (NatsError, TimeoutError):
            return self.signs.any_recent
        self._alive_at = time.monotonic()
        return True

    async def _publish(self, subject: str, letter: Letter) -> PubAck:
        """Put a request into the queue; again with the same id where the broker does not confirm it."""
        for _ in range(_TRIES):
            with contextlib.suppress(NoStreamResponseError, TimeoutError):
                return await self._js.publish(
                    subject,
                    letter.payload,
                    timeout=_PUBLISH_SECONDS,
                    stream=streams.REQUESTS,
                    headers=dict(letter.headers),
                )
            await asyncio.sleep(_PAUSE_SECONDS)
        raise _unavailable(Kind.NO_BROKER, "The queue does not confirm the request")


async def _kept_answer(js: JetStreamContext, subject: str) -> Letter | None:
    """The answer that the stream has for a request, if there is one."""
    with contextlib.suppress(NotFoundError):
        kept = await js.get_last_msg(streams.RESPONSES, subject)
        return Letter(kept.headers or {}, kept.data or b"")
    return None


@contextmanager
def _in_reach() -> Iterator[None]:
    """What the broker refuses, or does not answer to, is a Problem."""
    try:
        yield
    except APIError as error:
        if error.err_code == _FULL:
            raise _full() from error
        raise _unavailable(Kind.NO_BROKER, "The queue takes no request now") from error
    except (NatsError, TimeoutError) as error:
        raise _away() from error


def _away() -> Problem:
    return _unavailable(Kind.NO_BROKER, "The queue of requests cannot be reached now")


def _unavailable(kind: Kind, what: str) -> Problem:
    return Problem(kind, f"{what}; send the photo again in a moment.", {"Retry-After": "2"})


def _full() -> Problem:
    return Problem(
        Kind.QUEUE_FULL,
        "Too many photos wait already; send this one again in a moment.",
        {"Retry-After": "5"},
    )
