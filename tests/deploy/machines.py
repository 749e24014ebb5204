"""Machines with cables between them, and containers on them: namespaces of this one.

Nothing has a name that would stay behind: a network namespace is there for as long as a process is in it, and
every process ends when the one that started it does, also by kill -9.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from core import children
from tests.deploy.described import DEPLOY, Container

_PROGRAMS = ("ip", "nsenter", "unshare", "setpriv", "chroot", "mount")
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/sys", "/etc/ld.so.cache")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_PATH = "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def may_be_had() -> bool:
    """Whether this process can make them: on Linux, as root, with util-linux and iproute2."""
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, _PROGRAMS)):
        return False
    return (
        subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False).returncode
        == 0
    )


class Machine:
    """A network namespace with its loopback."""

    def __init__(self) -> None:
        self._holder = children.start(["unshare", "--net", "sleep", "infinity"], {}, signal.SIGKILL)
        own = Path("/proc/self/ns/net").readlink()
        while self.network.readlink() == own:  # until unshare has done so
            assert self._holder.poll() is None
        self.run("ip", "link", "set", "lo", "up")

    @property
    def network(self) -> Path:
        return Path(f"/proc/{self._holder.pid}/ns/net")

    @property
    def pid(self) -> int:
        return self._holder.pid

    def within(self, *command: str) -> list[str]:
        """The command that runs a command on this machine."""
        return ["nsenter", f"--net={self.network}", "--", *command]

    def run(self, *command: str) -> None:
        done = subprocess.run(self.within(*command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"

    def remove(self) -> None:
        children.end(self._holder, 5)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread opens belongs to this machine's network."""
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open() as before, self.network.open() as wanted:
            assert libc.setns(wanted.fileno(), 0) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert libc.setns(before.fileno(), 0) == 0, os.strerror(ctypes.get_errno())


class Network:
    """A switch, itself a machine with the address 1, and the addresses of those that are plugged in."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name, self._prefix = name, prefix
        self.switch = Machine()
        self.addresses: dict[str, str] = {}
        self.switch.run("ip", "link", "add", "switch", "type", "bridge")
        self.switch.run("ip", "address", "add", f"{prefix}.1/24", "dev", "switch")
        self.switch.run("ip", "link", "set", "switch", "up")

    def plug_in(self, name: str, machine: Machine) -> str:
        """Lay a cable to a machine; returns its address."""
        address = self.addresses[name] = f"{self._prefix}.{len(self.addresses) + 2}"
        self.switch.run(
            *("ip", "link", "add", name, "type", "veth"),
            *("peer", "name", self.name, "netns", str(machine.pid)),
        )
        self.switch.run("ip", "link", "set", name, "master", "switch", "up")
        machine.run("ip", "address", "add", f"{address}/24", "dev", self.name)
        machine.run("ip", "link", "set", self.name, "up")
        return address

    def pull_out(self, name: str) -> None:
        """From now on nothing goes through this machine's cable."""
        self.switch.run("ip", "link", "set", name, "down")

    def plug_in_again(self, name: str) -> None:
        """The cable is there again."""
        self.switch.run("ip", "link", "set", name, "up")


class Running:
    """A container that runs on a machine: with its own root, where only what is said can be written."""

    def __init__(self, container: Container, machine: Machine, folder: Path, environment: Path) -> None:
        """folder: an empty one, for the root's place and the log. environment: what is in /opt/venv."""
        self._container, self._machine = container, machine
        self._root = folder / "root"
        self._root.mkdir(parents=True)
        self.log = folder / "log"
        self._mounts = list(_mounts(container, environment))

    def start(self, hosts: Mapping[str, str], volumes: Mapping[str, Path]) -> None:
        """hosts: addresses by name. volumes: folders by the names that compose.yaml has."""
        names = self._root.with_name("hosts")
        names.write_text("".join(f"{address} {name}\n" for name, address in hosts.items()))
        lines = [
            "set -e",
            f"exec >{self.log} 2>&1",
            f"mount -t tmpfs tmpfs {self._root}",
            *(
                self._bound(source, inside, False)
                for source, inside in [*self._mounts, (names, "/etc/hosts")]
            ),
            *(
                self._bound(_source(name, volumes), inside, writable)
                for inside, name, writable in self._volumes()
            ),
            *(self._scratch(inside) for inside in self._container.scratch),
            f"mkdir -p {self._root}/proc && mount -t proc proc {self._root}/proc",
            f"mount -o remount,ro {self._root}",
            # The first process of its own: it ends with us, and with it all others.
            f"{shlex.join(self._command(self._container.command))} &",
            'trap "kill -TERM $!" TERM; wait $! || wait $!',
        ]
        command = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--",
            "sh",
            "-c",
            "\n".join(lines),
        ]
        self.process = children.start(self._machine.within(*command), {}, signal.SIGKILL)

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one more command in the container, as the health check is."""
        (first,) = psutil.Process(self.process.pid).children()
        within = [
            "nsenter",
            f"--target={first.pid}",
            "--mount",
            "--net",
            "--pid",
            "--",
            *self._command(command),
        ]
        return subprocess.run(within, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def is_healthy(self) -> bool:
        """What its health check says."""
        assert self.process.poll() is None, self.log.read_text()
        return (
            bool(psutil.Process(self.process.pid).children())
            and self.execute(*self._container.health).returncode == 0
        )

    def _command(self, command: Sequence[str]) -> list[str]:
        """A command with the container's root, user and environment, and no capabilities."""
        user, group = self._container.user.split(":")
        values = {name: value.replace("$PATH", _PATH) for name, value in self._container.environment.items()}
        image = self._container.image
        folder = image.folder if image else "/"
        entering = f"cd {folder} && exec " + shlex.join(
            [
                *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"),
                *("--inh-caps=-all", "--bounding-set=-all"),
                *("env", "-i", *(f"{name}={value}" for name, value in ({"PATH": _PATH} | values).items())),
                *command,
            ]
        )
        return ["chroot", str(self._root), "sh", "-c", entering]

    def _volumes(self) -> list[tuple[str, str, bool]]:
        return sorted((inside, *volume) for inside, volume in self._container.volumes.items())

    def _bound(self, source: Path, inside: str, writable: bool) -> str:
        target = shlex.quote(f"{self._root}{inside}")
        if source.is_symlink():  # such as /bin
            return f"ln -s {source.readlink()} {target}"
        make = f"mkdir -p {target}" if source.is_dir() else f"mkdir -p $(dirname {target}); touch {target}"
        bound = f"{make}; mount --bind {shlex.quote(str(source))} {target}"
        return bound if writable else f"{bound}; mount -o remount,bind,ro {target}"

    def _scratch(self, inside: str) -> str:
        return f"mkdir -p {self._root}{inside}; mount -t tmpfs -o mode=1777 tmpfs {self._root}{inside}"


def _mounts(container: Container, environment: Path) -> Iterator[tuple[Path, str]]:
    """What is in the image: the system, Python, its packages, and our own files."""
    yield from ((Path(name), name) for name in _SYSTEM if Path(name).exists())
    yield from ((Path("/dev", name), f"/dev/{name}") for name in _DEVICES)
    if container.image is None:
        yield Path(sysconfig.get_path("scripts"), "nats-server").resolve(), "/opt/bin/nats-server"
        return
    for place in {sys.base_prefix, str(Path(sysconfig.get_path("purelib")).resolve())}:
        yield Path(place), place
    yield environment, "/opt/venv"
    volumes = tuple(container.volumes)
    yield from ((source, place) for place, source in container.image.files.items() if place not in volumes)


def _source(name: str, volumes: Mapping[str, Path]) -> Path:
    return DEPLOY / name if name.startswith("./") else volumes[name]
