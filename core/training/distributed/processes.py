"""Several processes, one run: `torchrun ... -m core train ...`, on one machine or on several.

The recipe's batch size is that of all processes together: each takes its part of every batch that a single
process would take, so the steps and the result are the same, up to rounding, however many there are. When one
is lost, torchrun starts the others again, and they continue from the run's last resume point
(docs/training-on-several-machines.md).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import RecipeError, StoppedError, TrainingError
from core.training.recipes.recipe import Stage

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

# torch is imported where it is needed, so that a run that waits in the queue takes no memory.

_LOST = 120
"""Seconds after which a process that does not answer is given up; gloo's own limit is half an hour."""
_MEETING = timedelta(minutes=5)
"""How long the processes wait for the first one to be there at all: some machines load torch slowly."""
_POLL = 0.5
"""Seconds between two looks whether it is the run's turn."""
_RUN = "run"
"""The key under which the first process tells the others the run, once it is its turn."""
_CALLED_OFF = "-"
"""In the run's place when the first process was stopped before it was its turn; no run has that name."""
_PR_SET_PDEATHSIG = 1
"""Of prctl(2)."""


def world_size() -> int:
    """How many processes train together; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """This process's number, from 0; process 0 writes the run's folder."""
    return int(os.environ.get("RANK", "0"))


def is_distributed() -> bool:
    """Whether this process is one of several."""
    return world_size() > 1


def under_torchrun() -> bool:
    """Whether torchrun started this process, perhaps as the only one that is left."""
    return "WORLD_SIZE" in os.environ


def may_be_restarted() -> bool:
    """Whether torchrun starts the processes again when one is lost (`--max-restarts`)."""
    return int(os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0")) > 0


def is_restarted() -> bool:
    """Whether torchrun has started this process again after one was lost."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


def lost_after() -> timedelta:
    """How long a process may be silent until the others give it up: STREETSCOPE_PEER_TIMEOUT, in seconds."""
    wanted = os.environ.get("STREETSCOPE_PEER_TIMEOUT", "")
    return timedelta(seconds=int(wanted) if wanted.isdecimal() and int(wanted) else _LOST)


def device() -> torch.device:
    """The device that this process trains on: its own GPU, or the CPU."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")


def end_with_torchrun() -> None:
    """Have the system end this process when torchrun is killed, so that nobody trains on unsupervised."""
    if under_torchrun() and sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            sys.exit(1)


class Meeting:
    """Where the processes of a run wait until it is the run's turn, and then connect.

    TrainingError if the first process has ended.
    """

    def __init__(self) -> None:
        self._waiting = is_distributed()
        with _first_has_ended():
            self._store = _store() if is_distributed() else None

    def lead(self, run: str) -> None:
        """To be called by the first process when it is the run's turn."""
        if self._store is not None:
            self._waiting = False
            self._store.set(_RUN, run)
            _connect(self._store)

    def call_off(self) -> None:
        """To be called by the first process if it stops: those that still wait then stop as well."""
        if self._store is not None and self._waiting and rank() == 0:
            self._store.set(_RUN, _CALLED_OFF)
            time.sleep(4 * _POLL)  # the store may end with this process

    def follow(self) -> str:
        """Wait for the first process, however long that takes; return its run. StoppedError if called off."""
        if self._store is None:
            raise TrainingError("A single process has nobody to follow.")
        with _first_has_ended():
            while not self._store.check([_RUN]):
                time.sleep(_POLL)  # not store.wait: a signal could not end that
            run = self._store.get(_RUN).decode()
            if run == _CALLED_OFF:
                raise StoppedError("Stopped while waiting in the queue.")
            _connect(self._store)
        return run


@contextmanager
def _first_has_ended() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # torch's DistError is one
        raise TrainingError("The first process of this run has ended; see its error.") from error


def _store() -> torch.distributed.Store:
    """Where the processes find each other: torchrun's, or where it has none for them, the first process's."""
    import torch.distributed as dist

    kept_by_torchrun = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
    store = dist.TCPStore(
        os.environ["MASTER_ADDR"],
        int(os.environ["MASTER_PORT"]),
        is_master=rank() == 0 and not kept_by_torchrun,
        wait_for_workers=False,
        timeout=_MEETING,
    )
    # torchrun's outlives a restart. Where it has none, the count is each machine's own, and the store is new.
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") if kept_by_torchrun else ""
    return dist.PrefixStore(f"streetscope/{attempt}", store)


def _connect(store: torch.distributed.Store) -> None:
    import torch
    import torch.distributed as dist

    if device().type == "cuda":
        torch.cuda.set_device(device())
    dist.init_process_group(
        "nccl" if device().type == "cuda" else "gloo",
        store=store,
        rank=rank(),
        world_size=world_size(),
        timeout=lost_after(),
    )


def has_met() -> bool:
    """Whether this process is connected to others."""
    import torch.distributed as dist

    return dist.is_initialized()


def leave() -> None:
    """Disconnect from the other processes."""
    if not is_distributed():
        return
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()


def any_of(flag: bool) -> bool:
    """Whether the flag is true in any process; every process must call this."""
    if not is_distributed():
        return flag
    import torch
    import torch.distributed as dist

    flags = torch.tensor([int(flag)], device=device())
    dist.all_reduce(flags, dist.ReduceOp.MAX)
    return bool(flags.item())


def summed(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum of all processes' counts; every process must call this with its own."""
    if not is_distributed():
        return counts
    import torch
    import torch.distributed as dist

    total = torch.from_numpy(counts).to(device())
    dist.all_reduce(total)
    result: NDArray[np.int64] = total.cpu().numpy()
    return result


def batch_share(stage: Stage) -> int:
    """How many pictures of a batch this process takes; RecipeError if some process would have none."""
    if stage.batch_size < world_size():
        raise RecipeError(
            f"The stage {stage.name} has a batch size of {stage.batch_size}, too few for {world_size()} "
            f"processes; start at most {stage.batch_size}."
        )
    share = part_of(stage.batch_size)
    return share.stop - share.start


def part_of(batch: int) -> slice:
    """Which places of a batch of so many pictures are this process's; shares differ by at most one."""
    return slice(batch * rank() // world_size(), batch * (rank() + 1) // world_size())
