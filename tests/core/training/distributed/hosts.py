"""Two hosts with a cable between them, on which torchrun trains: network namespaces of this machine.

Nothing stays behind: a namespace is there for as long as a process is in it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from service.topics import children
from tests.conftest import ROOT

CABLE, NETWORK, PORT = "cable", "10.86.50", 8650
FLOAT32 = str(ROOT / "tests/core/training/distributed/two_processes.py")
LOST_AFTER = 10
"""Seconds after which a process that does not answer is given up, in these tests."""
QUICK = f"last_call_timeout=1,keep_alive_interval=1,keep_alive_max_attempt=3,join_timeout={LOST_AFTER * 6}"
"""torchrun's own patience, shortened: half a minute for others to join, a quarter for one that is silent."""


def why_not() -> str:
    """Why such hosts cannot be had here; empty if they can."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        return "needs root, and unshare, nsenter and ip, to make network namespaces"
    made = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return "" if made.returncode == 0 else "network namespaces are not allowed here"


class Host:
    """One host: a namespace, and the torchrun that was started on it last."""

    def __init__(self, number: int, folder: Path, environment: Mapping[str, str]) -> None:
        self.number, self.folder, self.address = number, folder, f"{NETWORK}.{number + 1}"
        self._holder = children.start(["unshare", "--net", "sleep", "infinity"], {}, signal.SIGKILL)
        own = Path("/proc/self/ns/net").readlink()
        while Path(f"/proc/{self._holder.pid}/ns/net").readlink() == own:  # until unshare has done so
            assert self._holder.poll() is None
        self.environment = {
            **environment,
            "PYTHONPATH": str(ROOT),
            "GLOO_SOCKET_IFNAME": CABLE,
            "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",
            "STREETSCOPE_PEER_TIMEOUT": str(LOST_AFTER),
            "OMP_NUM_THREADS": "1",
        }
        self.torchrun: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._holder.pid

    def ip(self, *words: str) -> None:
        command = ["nsenter", f"--net=/proc/{self.pid}/ns/net", "ip", *words]
        subprocess.run(command, check=True, capture_output=True)

    def start(self, *arguments: str, restarts: int = 3, at_least: int = 1) -> None:
        """Start torchrun with this host's worker; host 0 keeps the rendezvous."""
        command = [
            *("nsenter", f"--net=/proc/{self.pid}/ns/net", sys.executable, "-m", "torch.distributed.run"),
            *(f"--nnodes={at_least}:2", "--nproc_per_node=1", f"--max-restarts={restarts}"),
            *("--rdzv-backend=c10d", "--rdzv-id=test", f"--rdzv-endpoint={NETWORK}.1:{PORT}"),
            *(f"--rdzv-conf=is_host={int(self.number == 0)},{QUICK}", f"--local-addr={self.address}"),
            *("--shutdown-timeout=5", FLOAT32, str(self.folder), *arguments),
        ]
        with (self.folder / f"host-{self.number}.log").open("ab") as log:
            self.torchrun = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def worker(self) -> psutil.Process | None:
        """The process that trains here, if there is one now."""
        if self.torchrun is None or self.torchrun.poll() is not None:
            return None
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.torchrun.pid).children(recursive=True):
                if FLOAT32 in child.cmdline():
                    return child
        return None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to torchrun and to its worker: what befalls a whole host."""
        worker = self.worker
        assert self.torchrun is not None
        self.torchrun.send_signal(number)
        if worker is not None:
            with contextlib.suppress(psutil.Error):
                worker.send_signal(number)

    def ended(self, seconds: float = 120) -> int:
        """Wait for torchrun; its exit status."""
        assert self.torchrun is not None
        return self.torchrun.wait(seconds)

    def remove(self) -> None:
        if self.torchrun is not None and self.torchrun.poll() is None:
            self.signal(signal.SIGKILL)
            self.torchrun.wait()
        self._holder.kill()
        self._holder.wait()

    def said(self) -> str:
        """What torchrun and its workers have printed here."""
        return (self.folder / f"host-{self.number}.log").read_text("utf-8", errors="replace")


@contextlib.contextmanager
def two_hosts(folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[Host, Host]]:
    """Two hosts that reach each other and nothing else."""
    with contextlib.ExitStack() as stack:
        hosts = []
        for number in range(2):
            hosts.append(Host(number, folder, environment))
            stack.callback(hosts[-1].remove)
        hosts[0].ip("link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", str(hosts[1].pid))
        for host in hosts:
            host.ip("address", "add", f"{host.address}/24", "dev", CABLE)
            for link in ("lo", CABLE):
                host.ip("link", "set", link, "up")
        yield hosts[0], hosts[1]


def gone(pids: set[int], seconds: float = 10) -> bool:
    """Whether all these processes have ended, at the latest after so long."""
    end = time.monotonic() + seconds
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(psutil.pid_exists, pids))
