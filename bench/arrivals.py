"""Requests to a server, as fast as it answers or at a rate of arrivals, in a process of its own.

Usage: python -m bench.arrivals URL SECONDS WAY NUMBER FIRST [HEADER ...]

WAY is `clients`, NUMBER of which each send their next photo when they have the answer; `pausing`, the same
with pauses by chance in between; or `rate`: NUMBER arrivals a second by chance, whether or not the server
keeps up. A time then counts from the moment at which
the request was due: a client that waits for a slow server before it sends the next one would leave out just
the requests that had to wait longest ("coordinated omission"). A photo is the field `photo` of a form; each
has the same pixels and other bytes, numbered from FIRST: no cache knows it. Prints JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import struct
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from core.photos.samples import SAMPLES

PHOTO = SAMPLES[1].path
"""640 x 480."""

_LONGEST_PAUSE = 0.3
_LOOK_SECONDS, _LATE_SECONDS = 0.02, 0.02
"""Who sleeps nearly always is woken on time even where cores are busy, unless the machine stands still."""

_START_OF_IMAGE = 2
_BOUNDARY = "photo-of-the-bench"
_BEFORE = (
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
    "Content-Type: image/jpeg\r\n\r\n"
).encode()
_AFTER = f"\r\n--{_BOUNDARY}--\r\n".encode()
_COMMENT = b"\xff\xfe"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Found:
    """What came of the requests. due, seconds: when each was due after the start, and how long it took.

    wall: seconds from the first request to the last answer. processor: seconds that this process computed
    for all requests together. stalls: when the machine stood still, from and until.
    statuses: how often each HTTP status came. bodies: how often each different body came, by its hash.
    """

    due: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    processor: float = 0.0
    stalls: list[tuple[float, float]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: Counter[str] = field(default_factory=Counter)


def numbered(photo: bytes, number: int) -> bytes:
    """A JPEG file of the same pixels with a number as its comment. Source: ITU-T T.81, section B.2.4.5."""
    text = str(number).encode()
    comment = _COMMENT + struct.pack(">H", 2 + len(text)) + text
    return photo[:_START_OF_IMAGE] + comment + photo[_START_OF_IMAGE:]


def arrival_times(rate: float, seconds: float) -> list[float]:
    """When requests are due: by chance, independent of each other, the same each time."""
    chance, now, found = random.Random(18), 0.0, []  # noqa: S311
    while (now := now + chance.expovariate(rate)) < seconds:
        found.append(now)
    return found


class Sender:
    """Sends photos to one address over connections that stay open."""

    def __init__(self, url: str, first: int, headers: list[str]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        kind = f"Content-Type: multipart/form-data; boundary={_BOUNDARY}"
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", kind, *headers]
        self._head = "\r\n".join(lines).encode()
        self._photo, self._next = PHOTO.read_bytes(), first
        self._free: list[Connection] = []
        self.found = Found()

    async def clients(self, number: int, seconds: float, longest_pause: float = 0.0) -> None:
        """So many clients for so long, each with one request at a time."""
        start, chance = time.perf_counter(), random.Random(18)  # noqa: S311

        async def client() -> None:
            while (due := time.perf_counter()) < start + seconds:
                await self._send(start, due)
                if longest_pause:
                    await asyncio.sleep(chance.uniform(0, longest_pause))

        async with self._watching(start):
            await asyncio.gather(*(client() for _ in range(number)))
        self.found.wall = time.perf_counter() - start

    async def arrivals(self, times: list[float]) -> None:
        """Requests at these times after the start."""
        start = time.perf_counter() + 0.1
        sent = []
        async with self._watching(start):
            for due in times:
                await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
                sent.append(asyncio.create_task(self._send(start, start + due)))
            await asyncio.gather(*sent)
        self.found.wall = time.perf_counter() - start

    @contextlib.asynccontextmanager
    async def _watching(self, start: float) -> AsyncIterator[None]:
        """Note meanwhile when this process is woken far too late."""

        async def watch() -> None:
            while True:
                due = time.perf_counter() + _LOOK_SECONDS
                await asyncio.sleep(_LOOK_SECONDS)
                if (now := time.perf_counter()) > due + _LATE_SECONDS:
                    self.found.stalls.append((due - start, now - start))

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _send(self, start: float, due: float) -> None:
        body = _BEFORE + numbered(self._photo, self._next) + _AFTER
        self._next += 1
        status, answer = await self._exchange(body)
        self.found.due.append(due - start)
        self.found.seconds.append(time.perf_counter() - due)
        self.found.statuses[status] += 1
        self.found.bodies[hashlib.sha256(answer).hexdigest()[:8]] += 1

    async def _exchange(self, body: bytes) -> tuple[int, bytes]:
        while self._free:
            # The server closes what was idle for some seconds, perhaps at the moment when it is used again.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                return await self._exchange_over(*self._free.pop(), body)
        return await self._exchange_over(*await asyncio.open_connection(self._host, self._port), body)

    async def _exchange_over(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes
    ) -> tuple[int, bytes]:
        writer.write(b"%s\r\nContent-Length: %d\r\n\r\n" % (self._head, len(body)))
        writer.write(body)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
        length = next(int(value) for name, _, value in lines if name == b"content-length")
        answer = await reader.readexactly(length)
        self._free.append((reader, writer))
        return status, answer


def main(url: str, seconds: str, way: str, number: str, first: str, *headers: str) -> None:
    """Send, and print what came."""
    sender = Sender(url, int(first), list(headers))
    before = time.process_time()
    if way in ("clients", "pausing"):
        pause = _LONGEST_PAUSE if way == "pausing" else 0.0
        asyncio.run(sender.clients(int(number), float(seconds), pause))
    else:
        asyncio.run(sender.arrivals(arrival_times(float(number), float(seconds))))
    sender.found.processor = time.process_time() - before
    print(json.dumps(vars(sender.found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
