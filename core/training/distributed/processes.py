"""Several processes, one run: `torchrun --nproc_per_node=N -m core train ...` through fastai.distributed.

The recipe's batch size is that of all processes together: each takes its part of every batch that a single
process would take, so the steps and the result are the same, up to rounding and randomness, and their number
may change from one start of a run to the next. `core.training.distributed.elastic` is about such changes.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import RecipeError
from core.languages import sentence
from core.training.recipes.recipe import Stage

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

# torch is imported where it is needed, so that a run that waits in the queue takes no memory.

_PATIENCE = 300
"""Seconds without an answer after which another process counts as lost; the variable below changes it."""
PATIENCE = "STREETSCOPE_PEER_SECONDS"


def world_size() -> int:
    """How many processes train together; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """This process's number, from 0; process 0 writes the run's folder."""
    return int(os.environ.get("RANK", "0"))


def is_distributed() -> bool:
    """Whether this process is one of several."""
    return world_size() > 1


def is_elastic() -> bool:
    """Whether torchrun starts the processes again when one is lost or others come: with --max-restarts."""
    return int(os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0")) > 0


def on_this_machine() -> int:
    """How many of the processes share this machine's memory."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", str(world_size())))


def patience() -> int:
    """Seconds without an answer after which another process counts as lost; 300, or what PATIENCE says."""
    wanted = os.environ.get(PATIENCE, "")
    return max(1, int(wanted)) if wanted.isdecimal() else _PATIENCE


def device() -> torch.device:
    """The device that this process trains on: its own GPU, or the CPU."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")


def join() -> None:
    """Connect to the other processes; does nothing if there are none."""
    if not is_distributed():
        return
    import torch
    import torch.distributed as dist

    if dist.is_initialized():
        return
    if device().type == "cuda":
        torch.cuda.set_device(device())
    bound = timedelta(seconds=patience())
    dist.init_process_group("nccl" if device().type == "cuda" else "gloo", timeout=bound)


def leave() -> None:
    """Disconnect from the other processes."""
    if not is_distributed():
        return
    import torch.distributed as dist

    if dist.is_initialized():
        dist.destroy_process_group()


def broadcast(word: str) -> str:
    """The first process's `word`, in every process."""
    if not is_distributed():
        return word
    import torch.distributed as dist

    words = [word]
    dist.broadcast_object_list(words, src=0)
    return words[0]


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
    """How many pictures of a batch this process takes; RecipeError if there is not one for each."""
    processes = world_size()
    if stage.batch_size < processes:
        raise RecipeError(
            sentence(
                "The stage {name} has a batch size of {batch_size}, too small for {processes} processes; "
                "give {processes} or more, or start fewer processes.",
                name=stage.name,
                batch_size=stage.batch_size,
                processes=processes,
            )
        )
    return len(batch_part(stage.batch_size))


def batch_part(batch_size: int) -> range:
    """Which pictures of a batch this process takes: as many as the others, or one more than some."""
    each, over = divmod(batch_size, world_size())
    start = rank() * each + min(rank(), over)
    return range(start, start + each + (rank() < over))
