"""Who may do what on the broker: an account for the service, and one for each client with a few subjects.

Subjects of one account are nothing to another, inboxes and the subjects of replies included. What passes
between two is exported by the one and imported by the other, each subject by its name: the topics of one
client, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.access.clients import Client
from service.topics import streams

SERVICE = "streetscope"
"""The account that has the streams, and the user in it that has all rights."""

API = "streetscope.API"
"""Where a client finds the calls to JetStream that it may make; its own account, with `$JS.API`, has none."""

SECRET = "$STREETSCOPE_SECRET"  # noqa: S105 (a variable's name)
"""In a configuration for another broker: it takes the password from its own environment."""

_SYSTEM, _HEALTH = "$SYS", "$SYS.REQ.SERVER.PING.HEALTHZ"
"""The broker's own account, and where it says whether it can store what it is given."""

_LIMITS = {"max_connections": 16, "max_subscriptions": 256}
"""Of a client's account."""


@dataclass(frozen=True)
class Passage:
    """A subject that a client may publish to. local: what it is called there. many: it has many replies."""

    subject: str
    local: str
    many: bool = False


def passages(client: str) -> tuple[Passage, ...]:
    """All that a client may publish to."""
    answers, bucket = streams.RESPONSES, streams.bucket_of(client)
    store = f"OBJ_{bucket}"
    calls = (
        ("DIRECT.GET", f"{answers}.{streams.response_subject(client, '*')}"),
        ("CONSUMER.MSG.NEXT", f"{answers}.{client}"),
        ("STREAM.INFO", store),
        ("STREAM.MSG.GET", store),
    )
    return (
        _same(streams.request_subject(client)),
        _same(streams.status_subject(client)),
        _same(f"$JS.ACK.{answers}.{client}.>"),
        _same(f"$O.{bucket}.>"),
        *(
            Passage(f"$JS.API.{call}.{what}", f"{API}.{call}.{what}", call == "CONSUMER.MSG.NEXT")
            for call, what in calls
        ),
    )


def configuration(clients: Iterable[Client], secret: str) -> dict[str, object]:
    """The broker's accounts. secret: the service's password, or SECRET."""
    valid = [client for client in clients if client.removed is None]
    exports = [export for client in valid for export in _exports(client.id)]
    health = {"service": {"account": _SYSTEM, "subject": _HEALTH}, "to": streams.HEALTH}
    service = {
        "jetstream": "enabled",
        "users": [{"user": SERVICE, "password": secret}],
        "exports": exports,
        "imports": [health],
    }
    system = {"exports": [{"service": _HEALTH, "accounts": [SERVICE]}]}
    return {_SYSTEM: system, SERVICE: service} | {client.id: _account(client) for client in valid}


def block(clients: Iterable[Client]) -> str:
    """The accounts for the configuration of another broker, in its own language."""
    text = json.dumps({"accounts": configuration(clients, SECRET)}, indent=1)
    # In quotation marks it would be a password; without them it is a variable. One object without its outer
    # braces can be included, or pasted, anywhere.
    return text.replace(f'"{SECRET}"', SECRET).removeprefix("{").removesuffix("}").strip("\n") + "\n"


def _same(subject: str) -> Passage:
    return Passage(subject, subject)


def _exports(client: str) -> list[Mapping[str, object]]:
    only = {"accounts": [client]}
    services = [
        {"service": each.subject, **only, **({"response_type": "stream"} if each.many else {})}
        for each in passages(client)
    ]
    return [*services, {"stream": streams.response_subject(client, "*"), **only}]


def _account(client: Client) -> dict[str, object]:
    services = [
        {"service": {"account": SERVICE, "subject": each.subject}, "to": each.local}
        for each in passages(client.id)
    ]
    answers = {"stream": {"account": SERVICE, "subject": streams.response_subject(client.id, "*")}}
    return {
        "users": [{"nkey": client.public_key}],
        "imports": [*services, answers],
        "limits": _LIMITS,
    }
