"""One request to one checked IP address, whose answer may take only so long and have only so many bytes."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import certifi

from core.errors import FetchError
from core.languages import sentence
from core.photos.fetch.address import Address

_CHUNK = 64 * 1024
_SMALL = 16 * 1024
"""Packed bytes that are unpacked at a time: at most a thousandfold."""

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 47}


@dataclass(frozen=True)
class Answer:
    """What a server answered. location: where a redirect leads; empty if it is none."""

    status: int
    content_type: str
    location: str
    data: bytes


class _Deadline:
    """When all has to be there. Errors: TimeoutError once it has passed."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, above 0."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Raw(io.RawIOBase):
    """What a socket receives, within the time that is left: a byte now and then does not prolong it."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        super().__init__()
        self._socket, self._deadline = connected, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)


class _TimedSocket:
    """As much of a socket as `http.client` uses."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._socket, self._deadline = connected, deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(data)

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(_Raw(self._socket, self._deadline))

    def close(self) -> None:
        """Called as soon as nothing more is asked: the answer has still to be read, `ask` closes then."""


def ask(
    address: Address, ips: Sequence[str], headers: Mapping[str, str], seconds: float, most: int
) -> Answer:
    """Request an address from the first of these IP addresses that answers a connection.

    seconds: for all of it. most: bytes of the body, also of what it unpacks to. FetchError.
    """
    deadline = _Deadline(seconds)
    try:
        with _connected(address, ips, deadline) as connected:
            return _answer(address, connected, headers, deadline, most)
    except TimeoutError:
        raise FetchError(
            sentence("{host} took longer than {seconds:.0f} seconds.", host=address.host, seconds=seconds)
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise FetchError(
            sentence(
                "{host} cannot show that it is that host: {reason}.", host=address.host, reason=_reason(error)
            )
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(
            sentence("{host} does not answer as a web server does.", host=address.host)
        ) from error


@contextmanager
def _connected(address: Address, ips: Sequence[str], deadline: _Deadline) -> Iterator[socket.socket]:
    with contextlib.ExitStack() as stack:
        connected = stack.enter_context(_first_connection(address, ips, deadline))
        if address.scheme == "https":
            connected.settimeout(deadline.left())
            connected = stack.enter_context(_tls().wrap_socket(connected, server_hostname=address.host))
        yield connected


def _first_connection(address: Address, ips: Sequence[str], deadline: _Deadline) -> socket.socket:
    for number, ip in enumerate(ips, 1):
        # An IPv6 address may be out of reach from here: the others get their share of time.
        patience = deadline.left() / (len(ips) - number + 1)
        try:
            return socket.create_connection((ip, address.port), patience)
        except OSError:
            continue
    raise FetchError(sentence("{host} cannot be reached.", host=address.host))


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _reason(error: ssl.SSLCertVerificationError) -> str:
    said = error.verify_message or error.reason
    return said.rstrip(".") if said else sentence("its certificate is not valid")


def _answer(
    address: Address, connected: socket.socket, headers: Mapping[str, str], deadline: _Deadline, most: int
) -> Answer:
    connection = http.client.HTTPConnection(address.host, address.port)
    connection.sock = cast(socket.socket, _TimedSocket(connected, deadline))
    # "identity" asks for no packing; a server that packs all the same is unpacked within the same bounds.
    own = {"Host": address.netloc, "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", address.target, headers={**own, **headers})
    response = connection.getresponse()
    location = response.headers.get("Location", "") if 300 <= response.status < 400 else ""
    data = b"" if location or response.status >= 400 else _body(response, most, address.host)
    return Answer(response.status, response.headers.get_content_type(), location, data)


def _body(response: http.client.HTTPResponse, most: int, host: str) -> bytes:
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    too_long = FetchError(sentence("{host} sends more than {most:.0f} MB.", host=host, most=most / 2**20))
    if packing not in ("", "identity", *_WINDOW):
        raise FetchError(sentence("{host} packs what it sends in a way that was not asked for.", host=host))
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:15]) > most:
        raise too_long
    body = io.BytesIO()
    for piece in _unpacked(response, _WINDOW.get(packing)):
        if body.tell() + len(piece) > most:
            raise too_long
        body.write(piece)
    if response.length:  # fewer bytes than were announced
        raise FetchError(sentence("The connection to {host} was cut before all was there.", host=host))
    return body.getvalue()


def _unpacked(response: http.client.HTTPResponse, window: int | None) -> Iterator[bytes]:
    if window is None:
        while piece := response.read1(_CHUNK):
            yield piece
        return
    unpacker = zlib.decompressobj(window)
    try:
        while packed := response.read1(_SMALL):
            while packed:
                yield unpacker.decompress(packed, _CHUNK)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise ValueError(sentence("damaged packing")) from error
