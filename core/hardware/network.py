"""Where other machines in the room reach this one: its address in the local network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psutil

_NOWHERE = ("192.0.2.1", 9)
"""An address of nobody's (RFC 5737). Nothing is sent to it: the system only says which way it would go."""

# Beginnings of the names of interfaces that lead to a virtual machine, a container or a private network
# elsewhere, on Linux, macOS and Windows. Others in the room are not there.
_NOT_THE_ROOM = (
    *("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "lxd", "cni", "flannel", "podman", "kube"),
    *("tun", "tap", "wg", "utun", "zt", "tailscale", "ppp", "ipsec", "nordlynx", "proton"),
    *("vethernet", "vmware", "virtualbox", "hyper-v"),
)


@dataclass(frozen=True)
class Interface:
    """A way into a network: its name on this machine, and this machine's IPv4 address there."""

    name: str
    address: str


def lan_address() -> str | None:
    """This machine's address in the local network, for others in the room; None if it is in no network.

    Nothing is sent anywhere to find it.
    """
    return best_address(interfaces(), _address_outwards())


def best_address(found: Iterable[Interface], outwards: str | None) -> str | None:
    """The address by which people in the room most probably reach this machine.

    outwards: the address from which it would reach the internet. Real networks come before virtual ones and
    tunnels, then the network that leads to the internet, then private addresses before public ones.
    """
    reachable = [each for each in found if _is_for_others(each.address)]

    def rank(each: Interface) -> tuple[bool, bool, bool]:
        is_private = ipaddress.IPv4Address(each.address).is_private
        return each.name.lower().startswith(_NOT_THE_ROOM), each.address != outwards, not is_private

    return min(reachable, key=rank).address if reachable else None


def interfaces() -> Iterator[Interface]:
    """The interfaces that are up and have an IPv4 address, loopback too."""
    states = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        if name not in states or states[name].isup:
            yield from (Interface(name, each.address) for each in addresses if each.family == socket.AF_INET)


def _is_for_others(address: str) -> bool:
    """Whether another machine can have a connection to this address of ours."""
    try:
        parsed = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    # Link-local ones are what a machine gives itself when there is no network to ask.
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified or parsed.is_multicast)


def _address_outwards() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)  # of a datagram socket, this sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])
