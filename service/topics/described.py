"""The topics as FastStream sees them, and their AsyncAPI document: made from what a worker really does."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.specification import AsyncAPI

from core.models.paths import DEFAULT_MODEL
from core.project import own_version
from core.segmentation.sizes import TRAINED
from service import encodings
from service.engine.answers import JSON, PNG, Reading, Segmented
from service.engine.requests import FORMS, NAMED_SIZES, SHAPES
from service.problems import MEDIA_TYPE
from service.topics import messages, streams

Schema = dict[str, Any]

_BYTES: Schema = {"type": "string", "format": "binary"}
_WORD: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
_COORDINATE: Schema = {"type": "string", "pattern": "^[0-9]{1,9}$"}
_DESCRIPTION = """Every pixel of a street photo gets a class. A client publishes a photo to its own subject of
`request_message`, and its answer comes to a subject of its own below `response_message`. docs/topics.md tells
the rest, with a program that works."""

_CARRIED: Schema = {
    messages.ENCODING: {
        "enum": list(encodings.ENCODINGS),
        "description": "How the payload is compressed; without it, it is as it is.",
    },
    messages.CLAIM: {
        "type": "string",
        "description": "The object in the client's store that is the payload; the message's own is empty.",
    },
}
_PARAMETERS: Schema = {
    "model": {"type": "string", "default": DEFAULT_MODEL, "maxLength": 64},
    "size": {
        "type": "string",
        "default": TRAINED,
        "description": f"The longer side in pixels, or one of {', '.join(NAMED_SIZES)}.",
    },
}
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to send instead (RFC 9457)."},
    },
}


def _request(operation: str, parameters: Schema, *needed: str) -> Schema:
    return {
        "name": operation,
        "title": f"A request to {operation}",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": [messages.ID, messages.OPERATION, *needed],
            "properties": {
                messages.ID: _WORD
                | {"description": "The request's id, by chance; the same again counts once."},
                messages.OPERATION: {"const": operation},
                messages.TYPE: {
                    "type": "string",
                    "description": "Of the photo, if you like: what is in the file decides.",
                },
                **_CARRIED,
                **_PARAMETERS,
                **parameters,
            },
        },
        "payload": _BYTES | {"description": "A photo: JPEG, PNG, WebP, HEIC, BMP or GIF."},
        "correlationId": {"location": f"$message.header#/{messages.ID}"},
    }


def _answer(name: str, media_type: str, payload: Schema, status: Schema) -> Schema:
    return {
        "name": name,
        "title": f"An answer: {name}",
        "contentType": media_type,
        "headers": {
            "type": "object",
            "required": [messages.ID, messages.WITH_ID, messages.TYPE, messages.STATUS],
            "properties": {
                messages.ID: {"type": "string"},
                messages.WITH_ID: _WORD | {"description": "The request's id."},
                messages.TYPE: {"const": media_type},
                messages.STATUS: {"type": "string"} | status,
                **_CARRIED,
            },
        },
        "payload": payload,
        "correlationId": {"location": f"$message.header#/{messages.WITH_ID}"},
    }


def _messages() -> Mapping[str, Mapping[str, Schema]]:
    """What goes through each topic, by the topic's name."""
    fine: Schema = {"const": "200"}
    segment = _request("segment", {"answer": {"enum": list(FORMS), "default": FORMS[0]}})
    read = _request(
        "read",
        {"row": _COORDINATE, "col": _COORDINATE, "shape": {"enum": list(SHAPES), "default": SHAPES[0]}},
        "row",
        "col",
    )
    dead = segment | {
        "name": "dead",
        "title": "A request that was given up",
        "headers": {
            "type": "object",
            "required": ["reason"],
            "properties": {"reason": {"type": "string", "description": "Why nobody could answer it."}},
        },
    }
    status: Schema = {"name": "status", "title": "Whether a worker is there", "payload": {"type": "string"}}
    return {
        streams.REQUESTS: {"segment": segment, "read": read},
        streams.RESPONSES: {
            "segmented": _answer(
                "segmented", JSON, Segmented.model_json_schema(ref_template=_REFERENCE), fine
            ),
            "mask": _answer("mask", PNG, _BYTES, fine),
            "reading": _answer("reading", JSON, Reading.model_json_schema(ref_template=_REFERENCE), fine),
            "problem": _answer("problem", MEDIA_TYPE, _PROBLEM, {"pattern": "^[45][0-9]{2}$"}),
        },
        streams.DEAD: {"dead": dead},
        streams.STATUS: {"status": status},
    }


_REFERENCE = "#/components/schemas/{model}"


def addresses() -> dict[str, str]:
    """The subject of each topic, by the topic's name; what differs is in braces."""
    return {
        streams.REQUESTS: streams.request_subject("{client}"),
        streams.RESPONSES: streams.response_subject("{client}", "{request}"),
        streams.DEAD: streams.dead_subject("{client}"),
        streams.STATUS: streams.status_subject("{client}"),
    }


def declare(
    broker: NatsBroker,
    take: Callable[[NatsMessage], Awaitable[None]],
    ready: Callable[[], Awaitable[str]],
) -> None:
    """Say what a worker does on a broker: it takes requests, says that it is there, and publishes answers."""
    broker.subscriber(
        f"{streams.REQUESTS}.>",
        durable=streams.CONSUMER,
        stream=JStream(streams.REQUESTS, declare=False),
        pull_sub=PullSub(batch_size=1),
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        decoder=_as_it_is,
        title=streams.REQUESTS,
        description=f"Photos to segment or to read. Each waits until its answer is stored; {streams.QUEUE} "
        f"may wait, {streams.QUEUE_SHARE} of them from one client.",
    )(take)
    broker.subscriber(
        streams.status_subject("*"),
        title=streams.STATUS,
        description="Asked with an empty request. Without a worker nobody answers.",
    )(ready)
    broker.subscriber(streams.STATUS, include_in_schema=False)(ready)
    broker.publisher(
        streams.response_subject("*", "*"),
        title=streams.RESPONSES,
        description="One answer for each request, kept for an hour.",
        schema=bytes,
    )
    broker.publisher(
        streams.dead_subject("*"),
        title=streams.DEAD,
        description="For whoever runs the service: requests that nobody could answer. No client reads it.",
        schema=bytes,
    )


def document() -> Schema:
    """The AsyncAPI document, version 3.0.0."""
    broker = NatsBroker()
    declare(broker, _take, _ready)
    specification = AsyncAPI(
        broker, title="StreetScope", version=own_version(), description=_DESCRIPTION, schema_version="3.0.0"
    ).to_specification()
    made: Schema = json.loads(specification.to_json())
    return _completed(made)


def _completed(made: Schema) -> Schema:
    """What FastStream cannot know, since we read and write messages ourselves: headers, types, payloads."""
    components: Schema = {"messages": {}, "schemas": {}}
    found = _messages()
    for topic, address in addresses().items():
        channel = made["channels"][topic]
        channel["address"] = address
        del channel["bindings"]  # the standard has none for NATS
        channel["parameters"] = {
            name: {"description": _PARTS[name]} for name in _PARTS if f"{{{name}}}" in address
        }
        channel["messages"] = {name: {"$ref": f"#/components/messages/{name}"} for name in found[topic]}
        for name, message in found[topic].items():
            components["schemas"] |= message["payload"].pop("$defs", {})
            components["messages"][name] = message
    for operation in made["operations"].values():
        topic = operation["channel"]["$ref"].rpartition("/")[2]
        operation["messages"] = [{"$ref": f"#/channels/{topic}/messages/{name}"} for name in found[topic]]
    made["operations"] = {
        operation["channel"]["$ref"].rpartition("/")[2]: operation
        for operation in made["operations"].values()
    }
    asked = f"#/channels/{streams.STATUS}"
    made["operations"][streams.STATUS]["reply"] = {
        "address": {"location": "$message.header#/reply-to", "description": "The inbox of who asks."},
        "channel": {"$ref": asked},
        "messages": [{"$ref": f"{asked}/messages/status"}],
    }
    return made | {"defaultContentType": "application/octet-stream", "components": components}


_PARTS = {
    "client": "The client's id, as `clients add` said it.",
    "request": "The request's id, as its sender chose it.",
}


async def _as_it_is(message: NatsMessage) -> bytes:
    """A photo must not be taken for JSON or text."""
    return message.body


async def _take(message: NatsMessage) -> None: ...


async def _ready() -> str:
    return ""
