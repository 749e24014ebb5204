"""Whoever sends slowly, or nothing, is not waited for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest
import uvicorn
from starlette.requests import Request

from service.problems import Kind, Problem
from service.rest.bodies import Uploads
from service.rest.connections import Connection
from service.settings import Limits

QUICK = Limits(body_bytes=1000, body_seconds=0.5, stall_seconds=0.2, uploads=1)


def request_of(*parts: tuple[float, bytes]) -> Request:
    """A request whose body comes in these parts, each after so many seconds."""
    left = list(parts)

    async def receive() -> dict[str, object]:
        pause, part = left.pop(0)
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def refusal(request: Request, uploads: Uploads) -> Problem:
    with pytest.raises(Problem) as refused:
        asyncio.run(uploads.receive(request))
    return refused.value


@pytest.mark.parametrize(
    "parts", [[(0, b"a"), (30, b"b")], [(0.1, b"a")] * 20], ids=["a pause", "many small parts"]
)
def test_a_slow_body_is_not_waited_for(parts):
    assert refusal(request_of(*parts), Uploads(QUICK)).kind is Kind.TOO_SLOW


def test_bodies_are_taken_in_so_many_at_a_time():
    async def two() -> list[object]:
        uploads = Uploads(Limits(uploads=1))
        slow, other = request_of((0.1, b"no photo")), request_of((0, b"no photo"))
        return await asyncio.gather(uploads.receive(slow), uploads.receive(other), return_exceptions=True)

    first, second = asyncio.run(two())

    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert (first.kind, second.kind) == (Kind.NOT_A_PHOTO, Kind.BUSY)


class Hasty(Connection):
    head_seconds = 1.0


class Unread(Connection):
    unread_seconds = 0.1
    lost: ClassVar = threading.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


class Crowded(Connection):
    head_seconds, most_idle = 600.0, 3
    _idle: ClassVar = {}


LARGE = 32 * 1024**2


async def _hello(scope, _: object, send) -> None:
    body = bytes(LARGE) if scope["path"] == "/large" else b"hello"
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[str, int]]:
    """Where a server with hasty connections listens."""
    with served(Hasty) as where:
        yield where


@contextlib.contextmanager
def served(http: type[Connection]) -> Iterator[tuple[str, int]]:
    """Where a server with such connections listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            _hello,
            http=http,
            lifespan="off",
            log_level="critical",
            ws="none",
            h11_max_incomplete_event_size=4096,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


def said(place: tuple[str, int], *parts: bytes) -> bytes:
    """All that a server says until it closes the connection, given parts with pauses between them."""
    with socket.create_connection(place, timeout=30) as connection:
        for part in parts:
            with contextlib.suppress(OSError):
                connection.sendall(part)
            time.sleep(0.05)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while more := connection.recv(4096):
                answer += more
        return answer


def test_a_connection_that_says_nothing_is_closed(place):
    assert said(place) == b""


def test_a_head_that_comes_a_letter_at_a_time_is_not_waited_for(place):
    answer = said(place, *[b"G", b"E", b"T", b" ", b"/", b" "])

    assert answer.startswith(b"HTTP/1.1 408 Request Timeout")
    assert b"application/problem+json" in answer


def test_the_second_request_of_a_connection_is_not_waited_for_either(place):
    whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = said(place, whole, whole, whole[:9])

    assert answer.count(b"hello") == 2
    assert b"HTTP/1.1 408 " in answer


def test_a_head_that_comes_at_once_has_a_limit_too(place):
    head = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"b" * 6000 + b"\r\n\r\n"

    assert said(place, head).startswith(b"HTTP/1.1 400 ")


def test_what_is_no_http_is_answered_with_a_problem(place):
    answer = said(place, b"\0" * 100)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"application/problem+json" in answer


def test_who_does_not_read_an_answer_is_cut_off():
    with served(Unread) as where, socket.create_connection(where, timeout=60) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")

        assert Unread.lost.wait(60)


def test_of_many_who_ask_nothing_the_oldest_makes_room():
    with served(Crowded) as where, contextlib.ExitStack() as open_ones:
        first, *others = (
            open_ones.enter_context(socket.create_connection(where, timeout=60)) for _ in range(3)
        )
        first.sendall(b"GET / HT")
        another = open_ones.enter_context(socket.create_connection(where, timeout=60))

        assert b" 200 " not in first.recv(4096)  # refused, or closed if its letters come later
        for connection in (*others, another):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_still_comes_after_its_refusal_is_not_waited_for(place):
    begun = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this"

    assert said(place, begun, b"and this").count(b"HTTP/1.1") == 1
