"""A request or an answer as a message: its parameters in headers, its body compressed where that pays.

A body above what the broker takes in one message lies in the object store, and the message names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio.to_thread
from nats.aio.client import Client
from nats.js import JetStreamContext

from service import encodings
from service.engine.answers import Answer
from service.engine.requests import (
    Request,
    SegmentRequest,
    read_request,
    segment_request,
    words_of,
)
from service.problems import Kind, Problem
from service.settings import Limits
from service.topics import claims

ID = "Nats-Msg-Id"
"""The header by which a stream knows a message again; a request's is its id."""

OPERATION, ENCODING, TYPE, CLAIM, STATUS = "operation", "content-encoding", "content-type", "claim", "status"
WITH_ID = "request-id"

REASON, NOBODY = "reason", "nobody"
"""Of a dead letter: the header that says why it is one, and whose it is if it does not say so itself."""

_IGNORED = {OPERATION, ENCODING, TYPE, CLAIM, STATUS, WITH_ID, "correlation_id"}
"""Headers that are no parameters; the last one is FastStream's own."""

_Parse = Callable[[Mapping[str, str]], Request]
_PARSERS: Mapping[str, _Parse] = {
    "segment": segment_request,
    "read": read_request,
}
_HEADER_BYTES = 16 * 1024
"""Of a message's room, left for its headers."""

_MOST_BYTES = Limits.body_bytes
_AT_ONCE = 256 * 1024
"""Bytes that are compressed right here, in half a millisecond: to have a thread do it costs as much."""


@dataclass(frozen=True)
class Letter:
    """A message's headers and its payload."""

    headers: Mapping[str, str]
    payload: bytes = field(repr=False)


async def request_letter(nats: Client, identity: str, request: Request, photo: bytes) -> Letter:
    """A request about a photo as a message. identity: its id; the same one again is the same request."""
    operation = "segment" if isinstance(request, SegmentRequest) else "read"
    headers = {ID: identity, OPERATION: operation} | words_of(request)
    return await _letter(nats, f"request-{identity}", headers, photo)


async def request_in(js: JetStreamContext, client: str, letter: Letter) -> tuple[Request, bytes]:
    """The request in a client's message, and its photo. Problem for what a stranger may have published."""
    parse = _PARSERS.get(letter.headers.get(OPERATION, ""))
    if parse is None:
        raise Problem(Kind.BAD_PARAMETER, f"The header {OPERATION} says what to do: segment or read.")
    words = {
        name: value for name, value in without_orders(letter.headers).items() if name.lower() not in _IGNORED
    }
    return parse(words), await _body(js, client, letter)


async def answer_letter(nats: Client, client: str, identity: str, answer: Answer) -> Letter:
    """An answer as a message: its id makes it count once, however often it is given."""
    headers = {
        ID: f"res-{client}-{identity}",
        WITH_ID: identity,
        TYPE: answer.media_type,
        STATUS: str(answer.status),
    }
    return await _letter(nats, f"response-{identity}", headers, answer.body, client)


async def answer_in(js: JetStreamContext, letter: Letter) -> Answer:
    """The answer in a message of `answer_letter` to a key."""
    return Answer(await _body(js, "", letter), letter.headers[TYPE], int(letter.headers[STATUS]))


def without_orders(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without those that tell the broker what to do with a message, such as its id."""
    return {name: value for name, value in headers.items() if not name.lower().startswith("nats-")}


async def forget_claim(js: JetStreamContext, client: str, letter: Letter) -> None:
    """Remove what a client's message had in the object store, if it had something there."""
    if CLAIM in letter.headers:
        await claims.forget(js, client, letter.headers[CLAIM])


async def _letter(nats: Client, name: str, headers: dict[str, str], body: bytes, client: str = "") -> Letter:
    if len(body) > _AT_ONCE:
        payload, encoding = await anyio.to_thread.run_sync(encodings.compressed, body)
    else:
        payload, encoding = encodings.compressed(body)
    if encoding:
        headers[ENCODING] = encoding
    if len(payload) > nats.max_payload - _HEADER_BYTES:
        await claims.put(nats.jetstream(), client, name, payload)
        return Letter(headers | {CLAIM: name}, b"")
    return Letter(headers, payload)


async def _body(js: JetStreamContext, client: str, letter: Letter) -> bytes:
    payload = letter.payload
    if CLAIM in letter.headers:
        payload = await claims.get(js, client, letter.headers[CLAIM], _MOST_BYTES)
    encoding = encodings.named(letter.headers.get(ENCODING, ""))
    return await encodings.expanded_beside(payload, encoding, _MOST_BYTES)
