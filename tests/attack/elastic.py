"""Training on two machines of which one goes and comes: figures against those of an unbroken run.

Needs root, for network namespaces, and takes minutes: most of them pass until a machine that is gone is
missed, and until torchrun has started its processes again. So three pairs of machines train side by side.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from core.toytown import toytown
from core.training.control.launch import request_stop
from core.training.distributed import processes
from core.training.recipes.recipe import to_toml
from core.training.runs.folder import HISTORY, LOG, run_folder
from core.training.runs.records import read_batches, read_history
from tests.attack._attempt import own_house
from tests.attack.tally import Tally
from tests.conftest import ROOT
from tests.hosts import Host, torchrun, two_hosts, why_not
from tests.runs import make_recipe, make_stage, state_of, status_of

EPOCHS = 60
BATCHES = 3
"""Of an epoch: twelve frames, four at a time."""
PEER_SECONDS = 30
"""After which a process that does not answer counts as lost; 300 by default."""
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "GLOO_SOCKET_IFNAME": "eth0",
    processes.PATIENCE: str(PEER_SECONDS),
    # Without it, torchrun sends a machine to the first process of an earlier round.
    "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",
    "PYTHONPATH": str(ROOT),
}
_STEEP = 8
"""The epoch in which a machine goes: about there the accuracy begins to rise."""

_NOW = "Processes now: "
DEADLINE = 600.0
CLOSE = 0.005
"""How far the pixel accuracy may be from that of the unbroken run."""


@dataclass(frozen=True)
class _Run:
    """What came of a run. accuracy: of pixels, at its end. lost: what is not as it should be."""

    name: str
    accuracy: float
    lost: tuple[str, ...]


def attack(tally: Tally, folder: Path) -> None:
    """Train unbroken, then with a machine that goes and comes; beside that, with processes that end."""
    if reason := why_not():
        print(f"elastic: {reason}")
        return
    with ProcessPoolExecutor(len(PAIRS), get_context("spawn")) as processes:
        pairs = [processes.submit(_of_a_pair, folder / str(number)) for number in range(len(PAIRS))]
        runs = [run for pair in pairs for run in pair.result()]
    for run in runs:
        off = abs(run.accuracy - runs[0].accuracy)
        print(f"{run.name}: pixel accuracy {run.accuracy:.2%}, {off:.2%} from unbroken", flush=True)
        tally.count("taken" if off <= CLOSE else "lost", f"{run.name}: {off:.2%} from unbroken")
        for what in run.lost:
            tally.count("lost", f"{run.name}: {what}")


def _of_a_pair(folder: Path) -> list[_Run]:
    """The runs of two machines, one after the other. folder: of their own; its name is the pair's number."""
    folder.mkdir()
    with own_house(folder), two_hosts(folder) as (endpoint, hosts):
        toytown(folder / "town", count=24, size=(96, 64))
        stage = make_stage("a", EPOCHS, size=1.0, lr=1e-3, batch_size=4, augmentation=0)
        recipe = make_recipe(stage, network="unet_tiny", classes="CamVid-11", ema_decay=0.98)
        (folder / "recipe.toml").write_text(to_toml(recipe), "utf-8")
        cluster = _Cluster(folder, endpoint, hosts)
        return [_run(cluster, way) for way in PAIRS[int(folder.name)]]


@dataclass
class _Cluster:
    """Two machines, and the run that they train.

    starts: how often all of them were started, which makes the name of their meeting. least: how many
    machines must be there.
    """

    folder: Path
    endpoint: str
    hosts: Sequence[Host]
    run: str = ""
    starts: int = 0
    least: int = 1

    def begin(self) -> None:
        """Start torchrun on both, and wait until they train together."""
        self.starts += 1
        together = f"{_NOW}{len(self.hosts)}"
        before = self.log.count(together)
        for host in self.hosts:
            self.start(host)
        _wait_for(lambda: self.log.count(together) > before, "both machines")

    def start(self, host: Host) -> None:
        """Start torchrun on one."""
        host.power_on()
        program = [*torchrun(host.address, self.endpoint, f"{self.run}-{self.starts}", self.least)]
        program += ["-m", "core", "train"]
        recipe, data = str(self.folder / "recipe.toml"), str(self.folder / "town")
        words = [*program, "--data", data, "--recipe", recipe, "--name", self.run, "--quiet"]
        host.start(words, os.environ | ENVIRONMENT)

    @property
    def log(self) -> str:
        """What the run says of itself."""
        path = run_folder(self.run) / LOG
        return path.read_text("utf-8") if path.exists() else ""

    def epochs(self) -> int:
        """How many epochs are done."""
        path = run_folder(self.run) / HISTORY
        return len(read_history(self.run)) if path.exists() else 0

    def in_epoch(self, number: int) -> None:
        """Wait for the first batch of an epoch."""
        _wait_for(lambda: self.epochs() >= number - 1, f"{number - 1} epochs")
        _wait_for(lambda: len(read_batches(self.run).rows) > BATCHES * (number - 1), "a batch")

    def in_next_epoch(self) -> int:
        """Wait for the first batch of the epoch that comes next; its number."""
        number = self.epochs() + 2
        self.in_epoch(number)
        return number

    def further(self, processes: int, epochs: int = 2) -> None:
        """Wait until the run is taken over by so many processes, and these have completed some epochs."""
        begun = self.log.count(_NOW)
        _wait_for(lambda: self.log.count(_NOW) > begun, "another start")
        _wait_for(lambda: self.log.rpartition(_NOW)[2].startswith(str(processes)), f"{processes} processes")
        _wait_for(lambda: self.log.rpartition(_NOW)[2].count("pixel accuracy") >= epochs, "epochs")

    def first(self) -> Host:
        """The machine with the first process, which writes the run's folder."""
        return next(host for host in self.hosts if host.name == status_of(self.run).host)

    def other(self) -> Host:
        """The machine with the second process."""
        return next(host for host in self.hosts if host.name != status_of(self.run).host)

    def end(self) -> None:
        """Wait until torchrun has ended everywhere."""
        for host in self.hosts:
            for process in host.running:
                process.wait(timeout=DEADLINE)


def _unbroken(cluster: _Cluster) -> Iterator[str]:
    """Both machines, from start to end."""
    cluster.least = 2
    cluster.begin()
    yield "two machines train"


def _goes_and_comes(cluster: _Cluster) -> Iterator[str]:
    """The machine without the first process loses its power in an epoch, and comes back."""
    cluster.begin()
    yield from _off_and_on(cluster, cluster.other())


def _first_goes(cluster: _Cluster) -> Iterator[str]:
    """The machine with the first process does."""
    cluster.begin()
    yield from _off_and_on(cluster, cluster.first())


def _processes_end(cluster: _Cluster) -> Iterator[str]:
    """Processes are killed, hang, and are stopped, in one run: each of these takes few of its epochs."""
    cluster.begin()
    yield from _processes_die(cluster)
    yield from _processes_hang(cluster)
    yield from _is_stopped(cluster)


def _off_and_on(cluster: _Cluster, host: Host) -> Iterator[str]:
    cluster.in_epoch(_STEEP)
    off = time.monotonic()
    host.power_off()
    cluster.further(1, epochs=1)
    alone, epochs = time.monotonic() - off, cluster.epochs()
    cluster.start(host)
    cluster.further(2)
    yield (
        f"power off in epoch {_STEEP}; {alone:.0f} s later epoch {epochs} was done by one, later ones by both"
    )


def _processes_die(cluster: _Cluster) -> Iterator[str]:
    """A process is killed, of each machine in turn; torchrun stays."""
    for number, host in enumerate(cluster.hosts, start=1):
        epoch = cluster.in_next_epoch()
        for pid in host.workers():
            os.kill(pid, signal.SIGKILL)
        cluster.further(2)
        yield f"a process of machine {number} killed in epoch {epoch}"


def _processes_hang(cluster: _Cluster) -> Iterator[str]:
    """A process is stopped by SIGSTOP, of each machine in turn."""
    for number, host in enumerate(cluster.hosts, start=1):
        epoch, began = cluster.in_next_epoch(), time.monotonic()
        for pid in host.workers():
            os.kill(pid, signal.SIGSTOP)
        said = cluster.hosts[2 - number].log
        heard = partial(_says, said, said.stat().st_size)
        _wait_for(heard, "the other to notice")
        noticed = time.monotonic() - began
        cluster.further(2)
        yield (
            f"a process of machine {number} hung in epoch {epoch}; noticed after {noticed:.0f} s, "
            f"bound {PEER_SECONDS} s"
        )


def _says(log: Path, size: int) -> bool:
    """Whether a machine has said since then that the other does not answer."""
    return b"has not answered" in log.read_bytes()[size:]


def _is_stopped(cluster: _Cluster) -> Iterator[str]:
    """The run is stopped, and started again."""
    epoch = cluster.in_next_epoch()
    request_stop(cluster.run)
    cluster.end()
    yield f"asked to stop in epoch {epoch}, the run is {state_of(cluster.run)}"
    cluster.begin()


PAIRS: tuple[tuple[Callable[[_Cluster], Iterator[str]], ...], ...] = (
    (_unbroken, _goes_and_comes),
    (_first_goes,),
    (_processes_end,),
)


def _run(cluster: _Cluster, way: Callable[[_Cluster], Iterator[str]]) -> _Run:
    cluster.least = 1
    cluster.run = way.__name__.strip("_").replace("_", "-")
    for sentence in way(cluster):
        print(f"{cluster.run}: {sentence}", flush=True)
    cluster.end()
    lost = []
    for host in cluster.hosts:
        if left := host.pids():
            lost.append(f"{len(left)} processes are left on {host.name}")
        host.running.clear()
    found = read_history(cluster.run)
    batches = [(row.epoch, row.batch) for row in read_batches(cluster.run).rows]
    wanted = [(epoch, batch) for epoch in range(1, EPOCHS + 1) for batch in range(1, BATCHES + 1)]
    if state_of(cluster.run) != "finished" or len(found) != EPOCHS or batches != wanted:
        lost.append(f"{state_of(cluster.run)}, {len(found)} epochs, {len(batches)} batches")
    return _Run(cluster.run, found[-1].acc_camvid, tuple(lost))


def _wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {DEADLINE:.0f} s for {what}")
        time.sleep(0.1)
