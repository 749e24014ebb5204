"""Fetches a file by its address: checked, paced, within limits, and as the host's robots.txt allows."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from core.errors import FetchError
from core.languages import sentence
from core.photos.fetch.address import Address, parse_address
from core.photos.fetch.connection import Answer, ask
from core.photos.fetch.gate import Gate
from core.photos.fetch.pace import Pace
from core.project import own_version

NAME = "StreetScope"
"""What we are called in a robots.txt."""

CONTACT = "STREETSCOPE_CONTACT"
"""In the environment: an e-mail address or page of whoever gathers, sent along, as some servers ask."""

MAX_REDIRECTS = 3

_MAX_ROBOTS = 500 * 1024
"""Bytes of a robots.txt that have to be read. Source: RFC 9309, section 2.5."""


@dataclass(frozen=True)
class Limits:
    """most: bytes of a file. seconds: for all of it, redirects included, the waiting for a turn not."""

    most: int = 15 * 1024**2
    seconds: float = 15.0


@dataclass(frozen=True)
class Fetched:
    """A file, and the address that it came from in the end. content_type: what the server calls it."""

    data: bytes
    address: str
    content_type: str


def user_agent() -> str:
    """Who we say we are."""
    contact = os.environ.get(CONTACT, "").strip()
    words = "; ".join(
        filter(None, ("gathers photos for a private test set", contact if contact.isascii() else ""))
    )
    return f"{NAME}/{own_version()} ({words})"


class Fetcher:
    """Threads may share one: it knows when each host may be asked again, and its robots.txt."""

    def __init__(
        self,
        gate: Gate | None = None,
        pace: Pace | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gate, self.pace, self.limits = gate or Gate(), pace or Pace(), limits or Limits()
        self._clock = clock
        self._robots: dict[str, Protego | FetchError] = {}
        self._lock = threading.Lock()
        self._reading: dict[str, threading.Lock] = {}

    def fetch(self, address: Address) -> Fetched:
        """What is at an address. FetchError says why it is not fetched, or cannot be."""
        answer, last = self._follow(address, self.limits, robots=True)
        if answer.status != 200:
            raise FetchError(_status_sentence(last.host, answer.status))
        return Fetched(answer.data, str(last), answer.content_type)

    def ask_service(self, address: str, most: int = 4 * 1024**2) -> bytes:
        """The answer of a service that is meant for programs. FetchError; its robots.txt is for others."""
        limits = Limits(most, self.limits.seconds)
        answer, last = self._follow(parse_address(address), limits, robots=False)
        if answer.status != 200:
            raise FetchError(_status_sentence(last.host, answer.status))
        return answer.data

    def _follow(self, address: Address, limits: Limits, *, robots: bool) -> tuple[Answer, Address]:
        seconds = limits.seconds
        for _ in range(MAX_REDIRECTS + 1):
            if robots and not self._may_fetch(address):
                raise FetchError(
                    sentence("{host} asks programs not to fetch this (robots.txt).", host=address.host)
                )
            ips = self.gate.checked(address)
            self.pace.take_turn(address.host)
            begun = self._clock()
            answer = ask(address, ips, {"User-Agent": user_agent(), "Accept": "*/*"}, seconds, limits.most)
            seconds = max(0.0, seconds - (self._clock() - begun))
            if not answer.location:
                return answer, address
            address = address.joined(answer.location)
        raise FetchError(
            sentence("The address redirects more than {max_redirects} times.", max_redirects=MAX_REDIRECTS)
        )

    def _may_fetch(self, address: Address) -> bool:
        with self._lock:
            reading = self._reading.setdefault(address.origin, threading.Lock())
        with reading:  # one of several threads reads it, the others wait
            if address.origin not in self._robots:
                self._robots[address.origin] = self._read_robots(address)
        rules = self._robots[address.origin]
        if isinstance(rules, FetchError):
            raise rules
        return bool(rules.can_fetch(str(address), NAME))

    def _read_robots(self, address: Address) -> Protego | FetchError:
        """A host's rules. There are none where its server has no such file; an error of its counts as a no.

        Source: RFC 9309, section 2.3.1.
        """
        place = Address(address.scheme, address.host, address.port, "/robots.txt")
        try:
            answer, last = self._follow(place, Limits(_MAX_ROBOTS, self.limits.seconds), robots=False)
        except FetchError as error:
            return error
        if answer.status >= 500 or answer.status == 429:
            return FetchError(_status_sentence(last.host, answer.status))
        text = answer.data.decode("utf-8", "replace") if answer.status == 200 else ""
        rules = Protego.parse(text)
        self.pace.slow_down(address.host, float(rules.crawl_delay(NAME) or 0))
        return rules


def _status_sentence(host: str, status: int) -> str:
    if status in (404, 410):
        return sentence("{host} has nothing at this address any more ({status}).", host=host, status=status)
    if status in (401, 403):
        return sentence("{host} does not give this to everybody ({status}).", host=host, status=status)
    if status == 429:
        return sentence(
            "{host} has been asked too often and wants a pause ({status}); try again later.",
            host=host,
            status=status,
        )
    if status >= 500:
        return sentence(
            "{host} has trouble of its own ({status}); try again later.", host=host, status=status
        )
    return sentence("{host} answers with status {status} instead of a file.", host=host, status=status)
