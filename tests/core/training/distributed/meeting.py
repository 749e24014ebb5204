"""Two processes that compute together, for the programs of this folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import torch


def in_two_processes(file: str, compare: Callable[[int], None]) -> None:
    """Run `compare` in this process and in a copy of it, each with its rank, joined by torch.distributed.

    file: where the two meet. Ends with the other's exit status, if that is not 0.
    """
    torch.set_num_threads(1)
    child = os.fork()
    rank = int(child == 0)
    os.environ |= {"WORLD_SIZE": "2", "RANK": str(rank)}
    torch.distributed.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2)
    compare(rank)
    torch.distributed.destroy_process_group()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)  # the threads that torch would wait for at its end are the parent's
