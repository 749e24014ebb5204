"""Which computers may be connected to: public ones, at the usual ports, and those that somebody allowed.

A name is resolved once. What is connected to is the address that was checked here, never the name again: it
might lead somewhere else the second time ("DNS rebinding").
"""

from __future__ import annotations

import ipaddress
import os
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import FetchError
from core.languages import all_of, sentence
from core.photos.fetch.address import Address

ALLOWED = "STREETSCOPE_FETCH_ALLOW"
"""In the environment: servers that may be fetched from although they are private, as 192.168.1.5:8000, with
commas between them. For a server in a classroom, and for tests."""

USUAL_PORTS = frozenset({80, 443})

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host; OSError if there are none."""

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks that Python's `is_global` lets through in some versions, and those that only carry another address.
_RESERVED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "240.0.0.0/4",
        "::/96",  # IPv4 written as IPv6, long given up
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other protocols
        "2002::/16",  # 6to4
        "5f00::/16",
        "fec0::/10",
    )
)


PATIENCE = 10.0
"""Seconds that a look-up may take: the system asks each of its servers several times, up to a minute."""


def system_resolve(host: str, port: int, patience: float = PATIENCE) -> Sequence[str]:
    """The IP addresses of a host, as this machine finds them. OSError, UnicodeError; TimeoutError."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=patience)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _look_up(
    host: str, port: int, answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError]
) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))
    except (OSError, UnicodeError) as error:
        answers.put(error)


@dataclass(frozen=True)
class Gate:
    """ports: those that may be connected to. allowed: (IP address, port) pairs that need not be public."""

    ports: frozenset[int] = USUAL_PORTS
    allowed: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolve = system_resolve

    def checked(self, address: Address) -> Sequence[str]:
        """The IP addresses that may be connected to for an address. FetchError says why there are none.

        One that is not public is reason enough to refuse the host: its owner must not choose among them.
        """
        if address.port not in self.ports and address.port not in {port for _, port in self.allowed}:
            raise FetchError(
                sentence(
                    "This address names port {port}; only ports {ports} are used.",
                    port=address.port,
                    ports=self._ports(),
                )
            )
        try:
            found = self.resolve(address.host, address.port)
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise FetchError(
                sentence("There is no host {host}, or its name cannot be looked up now.", host=address.host)
            )
        for ip in found:
            if (ip, address.port) in self.allowed:
                continue
            if not is_public(ip):
                raise FetchError(
                    sentence(
                        "This address leads to {ip}, in a private network; only public ones are fetched "
                        "from.",
                        ip=ip,
                    )
                )
            if address.port not in self.ports:
                raise FetchError(
                    sentence(
                        "Port {port} of {host} is not one that is used.", port=address.port, host=address.host
                    )
                )
        return found

    def _ports(self) -> str:
        return all_of([str(port) for port in sorted(self.ports)])


def gate_of_this_machine(ports: frozenset[int] = USUAL_PORTS) -> Gate:
    """The gate with what the environment allows besides; what is no such pair there is left out."""
    pairs = (each.strip().rpartition(":") for each in os.environ.get(ALLOWED, "").split(","))
    return Gate(
        ports, frozenset((host.strip("[]"), int(port)) for host, _, port in pairs if port.isdecimal())
    )


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet: none of this machine, its network, or reserved."""
    try:
        ip: _IP = ipaddress.ip_address(text)
    except ValueError:
        return False  # such as fe80::1%eth0
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == network.version and ip in network for network in _RESERVED):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local)
