"""A machine with its network cable out, where every packet that would leave it is counted.

    python -m bench.whole_lesson --folder DIR --cable-out

A network namespace of its own has loopback, and as its only way out an interface that leads nowhere. Whatever
is sent there (a request, a question to a name server) is counted and lost. Needs Linux, `ip` and root.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

_AWAY = "away"
_NOWHERE = ("198.51.100.7", 9)
"""An address that nobody has. Source: RFC 5737, for documentation."""

_SHUT_IN = f"""
set -e
ip link set lo up
ip link add {_AWAY} type veth peer name nowhere
echo 1 2>/dev/null > /proc/sys/net/ipv6/conf/{_AWAY}/disable_ipv6 || true
echo 1 2>/dev/null > /proc/sys/net/ipv6/conf/nowhere/disable_ipv6 || true
ip address add 192.0.2.1/24 dev {_AWAY}
ip link set nowhere up
ip link set {_AWAY} arp off up
ip route add default dev {_AWAY}
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
"""


def shut_in(arguments: Sequence[str]) -> int:
    """Run a Python module with its arguments in there; its exit status."""
    if missing := [tool for tool in ("ip", "unshare", "mount") if shutil.which(tool) is None]:
        raise click.ClickException(f"This needs Linux, root and {', '.join(missing)}.")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as names:
        names.write("nameserver 192.0.2.53\n")  # else names might be asked for over loopback, uncounted
        names.flush()
        command = ["unshare", "--net", "--mount", "sh", "-c", _SHUT_IN, "sh", names.name]
        return subprocess.run([*command, sys.executable, "-m", *arguments], check=False).returncode


def packets() -> int:
    """How many packets this machine has sent away so far."""
    counted = re.search(rf"^\s*{_AWAY}:(.*)$", Path("/proc/net/dev").read_text("utf-8"), re.MULTILINE)
    if counted is None:
        raise click.ClickException("This machine's cable is not out: there is no interface to count at.")
    return int(counted[1].split()[9])


def watched() -> int:
    """Send one packet away, to see that it is counted; the packets counted since then."""
    before = packets()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as away:
        away.sendto(b"?", _NOWHERE)
    if packets() != before + 1:
        raise click.ClickException("A packet that left was not counted.")
    return packets()
