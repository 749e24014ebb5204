"""Fetching from a hostile server: what is taken, what is refused and why, and nothing private is reached."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from core.errors import FetchError
from core.photos.fetch.address import parse_address
from core.photos.fetch.fetcher import Fetcher, Limits, user_agent
from core.photos.fetch.gate import ALLOWED, Gate, gate_of_this_machine, is_public, system_resolve
from core.photos.fetch.pace import Pace
from tests.core.photos.fetch.conftest import PRIVATE, PUBLIC
from tests.hostile_server import HostileServer, street

if TYPE_CHECKING:
    from tests.core.photos.fetch.conftest import MakeFetcher


def fetch(fetcher: Fetcher, server: HostileServer, path: str, host: str = "streets.example") -> bytes:
    return fetcher.fetch(parse_address(f"http://{host}:{server.port}{path}")).data


@pytest.mark.parametrize(
    ("path", "seed"),
    [
        ("/street/3.jpg", 3),
        ("/street/3.jpg?w=2&url=http://x/y#part", 3),
        ("/hop/1", 7),
        ("/as-text", 21),
        ("/gzipped", 22),
        ("/jalan raya.jpg", 25),
        ("/jalan%20raya.jpg", 25),
        ("/道路.jpg", 26),
        ("/%E9%81%93%E8%B7%AF.jpg", 26),
    ],
)
def test_photos_arrive_whole(make_fetcher: MakeFetcher, server: HostileServer, path: str, seed: int) -> None:
    assert fetch(make_fetcher(), server, path) == street(seed)


def test_a_query_reaches_the_server_as_it_was_written(
    make_fetcher: MakeFetcher, server: HostileServer
) -> None:
    fetch(make_fetcher(), server, "/street/3.jpg?a=%26&b=ä c#part")

    assert server.asked[-1] == "streets.example/street/3.jpg?a=%26&b=%C3%A4%20c"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/to-private", "private network"),
        ("/to-mapped", "private network"),
        ("/to-file", "give http or https"),
        ("/loop", "redirects more than 3 times"),
        ("/endless", "sends more than 2 MB"),
        ("/large", "sends more than 2 MB"),
        ("/gzip-bomb", "sends more than 2 MB"),
        ("/brotli", "packs what it sends"),
        ("/cut", "was cut before all was there"),
        ("/no-http", "does not answer as a web server does"),
        ("/nothing-here", "nothing at this address any more (404)"),
        ("/forbidden", "does not give this to everybody (403)"),
        ("/trouble", "trouble of its own (503); try again later"),
        ("/often", "wants a pause (429); try again later"),
    ],
)
def test_a_refusal_says_why(make_fetcher: MakeFetcher, server: HostileServer, path: str, why: str) -> None:
    with pytest.raises(FetchError) as refused:
        fetch(make_fetcher(), server, path)

    assert why in str(refused.value)


@pytest.mark.parametrize("path", ["/slow", "/slow-head"])
def test_drops_do_not_keep_a_fetch_alive(make_fetcher: MakeFetcher, server: HostileServer, path: str) -> None:
    fetcher = make_fetcher(seconds=0.3)
    server.robots["streets.example"] = ""

    with pytest.raises(FetchError, match=r"took longer than|does not answer"):
        fetch(fetcher, server, path)


@pytest.mark.parametrize(
    "host",
    [
        "inside",
        PRIVATE,
        "0.0.0.0",  # noqa: S104
        "[::1]",
        "[::ffff:127.0.0.2]",
        "2130706434",
        "localhost",
    ],
)
def test_a_private_host_is_not_connected_to(
    make_fetcher: MakeFetcher, server: HostileServer, host: str
) -> None:
    names = {"inside": [PUBLIC, PRIVATE], "2130706434": [PRIVATE], "localhost": [PRIVATE, "::1"]}
    fetcher = make_fetcher()
    literal = fetcher.gate.resolve

    def resolve(name: str, port: int) -> Sequence[str]:
        return names.get(name) or literal(name, port)

    fetcher.gate = Gate(fetcher.gate.ports, fetcher.gate.allowed, resolve)
    with pytest.raises(FetchError, match="private network"):
        fetch(fetcher, server, "/street/1.jpg", host)
    assert server.asked == []


def test_a_name_that_changes_its_answer_is_looked_up_once_for_each_request(
    make_fetcher: MakeFetcher, server: HostileServer
) -> None:
    answers = iter([[PUBLIC], [PRIVATE]])
    fetcher = make_fetcher()
    fetcher.gate = Gate(fetcher.gate.ports, fetcher.gate.allowed, lambda *_: next(answers))

    with pytest.raises(FetchError, match="private network"):
        fetch(fetcher, server, "/street/1.jpg")
    assert server.asked == ["streets.example/robots.txt"]


def test_ports_are_few(server: HostileServer) -> None:
    fetcher = Fetcher(Gate(resolve=lambda *_: ["93.184.216.34"]))

    with pytest.raises(FetchError, match="only ports 80 and 443"):
        fetcher.fetch(parse_address("http://streets.example:22/"))


def test_a_look_up_that_nobody_answers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(60) and [])

    with pytest.raises(TimeoutError):
        system_resolve("streets.example", 80, patience=0.01)
    answered.set()
    assert system_resolve("streets.example", 80) == []


def test_robots_txt_is_kept_to_and_read_once(make_fetcher: MakeFetcher, server: HostileServer) -> None:
    server.robots["streets.example"] = "User-agent: *\nDisallow: /street/\nAllow: /street/4*.jpg$\n"
    fetcher = make_fetcher()

    assert fetch(fetcher, server, "/street/4.jpg") == street(4)
    with pytest.raises(FetchError, match=r"asks programs not to fetch this \(robots.txt\)"):
        fetch(fetcher, server, "/street/3.jpg")
    assert [path for path in server.asked if "robots" in path] == ["streets.example/robots.txt"]


def test_a_redirect_is_checked_against_the_robots_txt_of_where_it_leads(
    make_fetcher: MakeFetcher, server: HostileServer
) -> None:
    server.robots["streets.example"] = "User-agent: StreetScope\nDisallow: /hop/3\n"

    with pytest.raises(FetchError, match=r"robots\.txt"):
        fetch(make_fetcher(), server, "/hop/1")


def test_a_host_is_asked_once_a_second() -> None:
    now, waited = [100.0], []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    pace = Pace(1.0, lambda: now[0], wait)
    pace.slow_down("slow.example", 4)
    for host in ("a.example", "b.example", "a.example", "a.example", "slow.example", "slow.example"):
        pace.take_turn(host)

    assert waited == [1.0, 1.0, 4.0]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" HTTPS://Example.org:443/a b?c=d#e ", "https://example.org/a%20b?c=d"),
        ("http://example.org", "http://example.org/"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://example.org:8080/%7Ea", "http://example.org:8080/%7Ea"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_an_address_is_written_as_servers_expect(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "file:///etc/passwd",
        "ftp://example.org/a.jpg",
        "data:image/png;base64,AAAA",
        "http:///a.jpg",
        "http://user:word@example.org/",
        "http://example.org:99999/",
        "http://exa\nmple.org/",
        "http://example.org\\@10.0.0.1/",
        "http://" + "a" * 5000,
        "http://[::1",
        "http://a..b/",
    ],
)
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(FetchError):
        parse_address(text)


@pytest.mark.parametrize(
    "ip",
    [
        *("10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.0"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1", "192.88.99.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1"),
        *("64:ff9b::a00:1", "2002:a00:1::1", "2001:0:a00:1::1", "2001:db8::1", "fec0::1", "no address"),
    ],
)
def test_reserved_addresses_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_others_are_public(ip: str) -> None:
    assert is_public(ip)


def test_the_environment_allows_servers_by_address_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, "192.168.1.5:8000, [::1]:80,nonsense,:x")

    assert gate_of_this_machine().allowed == {("192.168.1.5", 8000), ("::1", 80)}


def test_it_says_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETSCOPE_CONTACT", "me@example.org")

    assert user_agent().startswith("StreetScope/")
    assert "me@example.org" in user_agent()
    assert Limits() == Limits(15 * 1024**2, 15.0)
