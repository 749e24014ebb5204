"""A hostile server, another one that nobody may reach, and what fetches from the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from core.photos.fetch.fetcher import Fetcher, Limits
from core.photos.fetch.gate import Gate
from core.photos.fetch.pace import Pace
from tests.hostile_server import HostileServer, hostile_server

PUBLIC, PRIVATE = "127.0.0.1", "127.0.0.2"
"""The first is allowed, and stands for the internet."""

MakeFetcher = Callable[..., Fetcher]


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with hostile_server(PUBLIC) as server:
        yield server


@pytest.fixture(scope="module")
def private(server: HostileServer) -> Iterator[HostileServer]:
    """Somebody's printer: at the same port, in the private network."""
    with hostile_server(PRIVATE, server.port) as private:
        server.elsewhere = f"http://{PRIVATE}:{private.port}/printer"
        yield private
        assert private.connections == 0


@pytest.fixture
def make_fetcher(server: HostileServer, private: HostileServer) -> MakeFetcher:
    """A fetcher to which every name is the hostile server, unless `hosts` say otherwise."""
    server.asked.clear()
    server.robots.clear()

    def make(seconds: float = 5.0, pace: Pace | None = None, **hosts: Sequence[str]) -> Fetcher:
        def resolve(host: str, _: int) -> Sequence[str]:
            literal = host if host.replace(".", "").isdigit() or ":" in host else ""
            return [literal] if literal else hosts.get(host.partition(".")[0], [PUBLIC])

        gate = Gate(frozenset({80, server.port}), frozenset({(PUBLIC, server.port)}), resolve)
        return Fetcher(gate, pace or Pace(0), Limits(2 * 1024**2, seconds))

    return make
