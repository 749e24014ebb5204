"""Two hosts that train together: network namespaces on a bridge, each with its own name and processes.

A third one, the head, is where the machines meet (torchrun's rendezvous): it trains nothing, and stays.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_STORE = """
import signal, sys
from torch.distributed import TCPStore
store = TCPStore(sys.argv[1], 0, is_master=True, wait_for_workers=False)
print(store.port, flush=True)
signal.pause()
"""
_SETTLE = "is_host=false,last_call_timeout=5,keep_alive_interval=2,keep_alive_max_attempt=8"
"""Of the rendezvous, for machines that come quickly: how long it waits for more, and when one is gone."""

END_SECONDS = 10
"""After which torchrun kills a process that it has asked to end; 30 by default."""


def torchrun(address: str, endpoint: str, name: str, least: int = 1) -> list[str]:
    """The start of a command line that trains on `least` to 2 machines, with one process on each.

    address: this machine's. endpoint: HOST:PORT where the machines meet. name: of that meeting.
    """
    return [
        *(sys.executable, "-m", "torch.distributed.run", f"--nnodes={least}:2", "--nproc-per-node=1"),
        *(
            "--rdzv-backend=c10d",
            f"--rdzv-endpoint={endpoint}",
            f"--rdzv-id={name}",
            f"--rdzv-conf={_SETTLE}",
        ),
        *(f"--local-addr={address}", "--max-restarts=20", "--monitor-interval=0.2"),
        f"--shutdown-timeout={END_SECONDS}",
    ]


@contextmanager
def rendezvous(address: str, inside: Sequence[str] = ()) -> Iterator[str]:
    """A store where machines meet, as HOST:PORT. inside: the words before a command in a namespace."""
    command = [*inside, sys.executable, "-c", _STORE, address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as store:
        try:
            assert store.stdout is not None
            yield f"{address}:{int(store.stdout.readline())}"
        finally:
            store.kill()


def why_not() -> str:
    """Why there can be no namespaces here, as a sentence; empty if there can."""
    if os.geteuid() != 0:
        return "Network namespaces need root; run this part as root."
    missing = [tool for tool in ("ip", "unshare") if shutil.which(tool) is None]
    return (
        f"Install {' and '.join(missing)} (iproute2, util-linux) for network namespaces." if missing else ""
    )


@dataclass
class Host:
    """A machine with a name, an address and processes of its own; it can lose its power and come back."""

    name: str
    address: str
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a command as the first process of the machine: when it ends, all others there end too."""
        inside = [
            *("ip", "netns", "exec", self.name, "unshare", "--uts", "--pid", "--fork", "--kill-child=KILL"),
            *("--mount-proc", "sh", "-c", 'hostname "$0" && "$@"', self.name, *command),
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(inside, env=dict(environment), stdout=log, stderr=log)
        self.running.append(process)
        return process

    def pids(self) -> list[int]:
        """The processes of the machine, by their numbers outside it."""
        return [int(pid) for pid in _ip("netns", "pids", self.name).split()]

    def workers(self) -> list[int]:
        """The processes that train."""
        return [pid for pid in self.pids() if _words(pid)[1:5] == [b"-u", b"-m", b"core", b"train"]]

    def power_off(self) -> None:
        """End everything there at once, and let nobody outside be told by the network."""
        _ip("-n", self.name, "link", "set", "eth0", "down")
        for process in self.running:
            process.kill()
            process.wait()
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self.running.clear()

    def power_on(self) -> None:
        """Connect it to the network again."""
        _ip("-n", self.name, "link", "set", "eth0", "up")


@contextmanager
def two_hosts(folder: Path) -> Iterator[tuple[str, list[Host]]]:
    """The rendezvous' HOST:PORT, and two machines; the namespaces are removed at the end, with all in them.

    folder: for what the processes print.
    """
    head = f"ss-{os.getpid()}-head"
    with ExitStack() as ending:
        for name in (head, *(f"ss-{os.getpid()}-{letter}" for letter in "ab")):
            _ip("netns", "add", name)
            ending.callback(_ip, "netns", "delete", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", head, "link", "add", "bridge", "type", "bridge")
        _ip("-n", head, "address", "add", "10.86.0.1/24", "dev", "bridge")
        _ip("-n", head, "link", "set", "bridge", "up")
        hosts = [_host(head, letter, number, folder) for number, letter in enumerate("ab", start=2)]
        for host in hosts:
            ending.callback(host.power_off)
        inside = ("ip", "netns", "exec", head)
        yield ending.enter_context(rendezvous("10.86.0.1", inside=inside)), hosts


def _host(head: str, letter: str, number: int, folder: Path) -> Host:
    host = Host(f"ss-{os.getpid()}-{letter}", f"10.86.0.{number}", folder / f"{letter}.log")
    link = ("link", "add", f"to-{letter}", "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _ip("-n", head, *link)
    _ip("-n", head, "link", "set", f"to-{letter}", "master", "bridge", "up")
    _ip("-n", host.name, "address", "add", f"{host.address}/24", "dev", "eth0")
    host.power_on()
    return host


def _words(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
    return done.stdout
