"""What the client does when a service does not answer at once: with `async` and without, the same."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from service.problems import Kind, Problem
from streetscope import errors, steps
from streetscope.client import AsyncClient, Client
from streetscope.results import BatchItem

PHOTO = b"any bytes: nobody looks at them"
MODELS = json.dumps([]).encode()
READING = {"model": "m", "height": 2, "width": 2, "sentence": "It is Road.", "pixels": []}

Answer = tuple[int, dict[str, str], bytes]


def refusal(kind: Kind, **headers: str) -> Answer:
    named = {"content-type": "application/problem+json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return kind.status, named, Problem(kind, f"{kind.address}, in a sentence.").document()


DROPPED: Answer = (0, {}, b"")
"""The connection is closed without an answer."""


@dataclass
class Scripted:
    """A server that gives these answers in turn, the last one for ever; and what it was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [headers["idempotency-key"] for headers in self.asked]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setattr(steps, "_FIRST_PAUSE", 0.01)
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            script.asked.append({name.lower(): value for name, value in self.headers.items()})
            script.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
            status, headers, body = script.answers[0]
            if len(script.answers) > 1:
                script.answers.pop(0)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in ({"content-length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 (as the library names it)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        script.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield script
        http.shutdown()
        thread.join()


Ask = Callable[..., Any]


def ask(server: Scripted, what: str, *words: Any, deadline: float = 60.0, **options: Any) -> Any:
    with Client(server.url, "ss_key", deadline=deadline) as client:
        found = getattr(client, what)(*words, **options)
        return list(found) if what == "batch" else found


def ask_with_await(server: Scripted, what: str, *words: Any, deadline: float = 60.0, **options: Any) -> Any:
    async def asking() -> Any:
        async with AsyncClient(server.url, "ss_key", deadline=deadline) as client:
            found = getattr(client, what)(*words, **options)
            return [item async for item in found] if what == "batch" else await found

    return asyncio.run(asking())


@pytest.fixture(params=[ask, ask_with_await], ids=["sync", "async"])
def asked(request: pytest.FixtureRequest) -> Ask:
    found: Ask = request.param
    return found


def test_it_comes_again_with_the_same_id_until_there_is_an_answer(server, asked):
    server.answers = [
        DROPPED,
        refusal(Kind.NO_WORKER, retry_after="0"),
        refusal(Kind.QUEUE_FULL),
        (502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>"),
        refusal(Kind.LATE),
        (200, {}, json.dumps(READING).encode()),
    ]

    assert asked(server, "read", PHOTO, 1, 2).sentence == "It is Road."
    assert len(server.asked) == 6
    assert len(set(server.ids())) == 1
    assert set(server.bodies) == {PHOTO}
    assert {headers["authorization"] for headers in server.asked} == {"Bearer ss_key"}


def test_two_requests_have_two_ids_unless_they_are_given(server, asked):
    server.answers = [(200, {}, json.dumps(READING).encode())]

    for options in ({}, {}, {"request_id": "mine"}, {"request_id": "mine"}):
        asked(server, "read", PHOTO, 1, 2, **options)

    first, second, *given = server.ids()
    assert first != second
    assert given == ["mine", "mine"]


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind.status not in steps.AGAIN], ids=lambda kind: kind.address
)
def test_a_problem_that_stays_is_said_at_once(server, asked, kind):
    server.answers = [refusal(kind)]

    with pytest.raises(errors.ProblemError, match=f"{kind.address}, in a sentence") as refused:
        asked(server, "segment", PHOTO)

    assert type(refused.value) is errors.ProblemError.by_kind[kind.address]
    assert (refused.value.status, refused.value.title) == (kind.status, kind.title)
    assert len(server.asked) == 1


def test_every_kind_of_problem_has_an_error_of_its_own():
    assert {kind.address for kind in Kind} == set(errors.ProblemError.by_kind)
    named = {error.__name__ for error in errors.ProblemError.by_kind.values()}
    assert all(name in (errors.__doc__ or "") for name in named)


def test_it_is_given_up_after_so_many_tries(server, asked):
    server.answers = [refusal(Kind.NO_BROKER)]

    with pytest.raises(errors.NoBrokerError):
        asked(server, "models")

    assert len(server.asked) == 6


def test_who_is_told_to_come_back_too_late_is_not_kept_waiting(server, asked):
    server.answers = [refusal(Kind.TOO_OFTEN, retry_after="3000")]

    with pytest.raises(errors.TooOftenError) as refused:
        asked(server, "models")

    assert refused.value.retry_after == 3000
    assert len(server.asked) == 1


def test_retry_after_may_be_a_date(server, asked):
    server.answers = [refusal(Kind.TOO_OFTEN, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), (200, {}, MODELS)]

    assert asked(server, "models") == ()


def test_an_answer_that_does_not_end_is_not_waited_for(server, asked):
    server.answers = [(200, {"content-length": "100"}, b"some of it")]

    with pytest.raises(errors.DeadlineError):
        asked(server, "models", deadline=0.3)


def test_nobody_there_is_a_sentence(asked, monkeypatch):
    monkeypatch.setattr(steps, "_FIRST_PAUSE", 0.01)

    with pytest.raises(errors.NoConnectionError, match=r"Nobody answers at http://127\.0\.0\.1:1/v1/models "):
        asked(Scripted("http://127.0.0.1:1"), "models")
    assert asked(Scripted("http://127.0.0.1:1"), "ready") is False
    with pytest.raises(errors.NoConnectionError, match="give an address as http://localhost:8600"):
        asked(Scripted("127.0.0.1:1"), "models")


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"model": 1}', b"\xff"], ids=["HTML", "a list", "half", "no text"]
)
def test_what_is_no_answer_of_ours_is_said(server, asked, body):
    server.answers = [(200, {}, body)]

    with pytest.raises(errors.AnswerError):
        asked(server, "segment", PHOTO)


def test_ready_asks_once(server, asked):
    server.answers = [refusal(Kind.NO_WORKER)]

    assert asked(server, "ready") is False
    assert len(server.asked) == 1


def line(number: int, status: int = 415, kind: Kind = Kind.NOT_A_PHOTO, **more: object) -> bytes:
    problem = json.loads(Problem(kind, "A sentence.").document())
    return json.dumps({"number": number, "status": status, "problem": problem} | more).encode() + b"\n"


def test_photos_of_a_batch_that_were_refused_for_the_moment_come_again_alone(server, asked):
    first = [line(0), line(1, 429, Kind.QUEUE_FULL, retry_after=0), line(2), line(3, 503, Kind.NO_WORKER)]
    server.answers = [
        (200, {}, b"".join(first)),
        (200, {}, line(0) + line(1)),
    ]

    items: list[BatchItem] = asked(server, "batch", [b"zero", b"one", b"two", b"three"])

    assert [item.number for item in items] == [0, 2, 1, 3]
    assert all(isinstance(item.problem, errors.NotAPhotoError) for item in items)
    assert len(set(server.ids())) == 1
    again = server.bodies[1]
    assert b"one" in again
    assert b"three" in again
    assert b"zero" not in again


def test_a_batch_goes_on_where_the_connection_broke(server, asked):
    server.answers = [
        (200, {"content-length": "9999", "connection": "close"}, line(0)),
        (200, {}, line(0) + line(1)),
    ]

    items = asked(server, "batch", [b"zero", b"one", b"two"])

    assert [item.number for item in items] == [0, 1, 2]
    assert b"zero" not in server.bodies[1]


def test_photos_that_are_refused_each_time_are_said_with_their_problem(server, asked):
    no_worker = line(0, 503, Kind.NO_WORKER)
    server.answers = [(200, {}, no_worker + line(1)), (200, {}, no_worker)]

    items = asked(server, "batch", [b"zero", b"one"])

    assert [(item.number, type(item.problem)) for item in items] == [
        (1, errors.NotAPhotoError),
        (0, errors.NoWorkerError),
    ]


def test_many_photos_are_sent_some_at_a_time(server, asked):
    server.answers = [(200, {}, b"".join(line(number) for number in range(count))) for count in (32, 32, 6)]

    assert [item.number for item in asked(server, "batch", (PHOTO for _ in range(70)))] == list(range(70))
    assert len(server.asked) == 3


def test_what_is_wrong_with_a_whole_batch_is_raised(server, asked):
    server.answers = [refusal(Kind.NO_KEY)]

    with pytest.raises(errors.NoKeyError):
        asked(server, "batch", [PHOTO])


def test_the_key_may_come_from_the_environment(server, monkeypatch):
    server.answers = [(200, {}, MODELS)]
    monkeypatch.setenv("STREETSCOPE_KEY", "ss_environment\n")

    with Client(server.url) as client:
        client.models()

    assert server.asked[0]["authorization"] == "Bearer ss_environment"


@pytest.mark.parametrize("key", ["ss_\xe9", "ss_a\r\nX-Evil: 1"])
def test_what_no_key_can_be_is_refused(key):
    with pytest.raises(errors.ClientError, match="This is no key"):
        Client(key=key)
