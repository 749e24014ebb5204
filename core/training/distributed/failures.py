"""What can go wrong with a machine, as one sentence: memory or disk is full, another process is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from core.errors import OutOfMemoryError, PeerLostError, StreetScopeError
from core.languages import sentence
from core.training.distributed import processes
from core.training.recipes.recipe import Stage
from core.training.runs.folder import disk_full


@contextmanager
def translate_errors(stage: Stage | None = None) -> Iterator[None]:
    """Turn such errors into a sentence. stage: the one that is being trained, if any."""
    try:
        yield
    except StreetScopeError:
        raise
    except Exception as error:
        # fastai wraps what its callbacks raise, and may itself fail in doing so
        for cause in _chain(error):
            if is_out_of_memory(cause):
                raise _out_of_memory(stage) from error
            if (full := disk_full(cause)) is not None:
                raise full from error
            if _is_left_alone(cause):
                raise PeerLostError(_left_alone()) from error
        raise


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that the memory is full; torch's CPU allocator raises a RuntimeError."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
    )


def _is_left_alone(error: BaseException) -> bool:
    """Whether communication between processes failed under torchrun; gloo raises plain RuntimeErrors."""
    if not processes.is_distributed() or not isinstance(error, RuntimeError):
        return False
    return isinstance(error, torch.distributed.DistError) or "gloo" in str(error)


def _left_alone() -> str:
    if processes.is_elastic():
        return sentence(
            "Another process of this run has ended, or has not answered for {seconds} seconds; torchrun "
            "starts those that are left again.",
            seconds=processes.patience(),
        )
    return sentence(
        "Another process of this run has ended, or has not answered for {seconds} seconds, and this one "
        "cannot continue alone; see the other one's error, and resume the run.",
        seconds=processes.patience(),
    )


def _out_of_memory(stage: Stage | None) -> OutOfMemoryError:
    if stage is None:
        return OutOfMemoryError(
            sentence("The pictures of the data set do not fit into memory; give fewer or smaller ones.")
        )
    if stage.batch_size < 4:
        return OutOfMemoryError(
            sentence(
                "The memory is too small for a batch of {batch_size} pictures in the stage {name}; try "
                "smaller pictures or a smaller network.",
                batch_size=stage.batch_size,
                name=stage.name,
            )
        )
    return OutOfMemoryError(
        sentence(
            "The memory is too small for a batch of {batch_size} pictures in the stage {name}; try a "
            "batch size of {half}.",
            batch_size=stage.batch_size,
            name=stage.name,
            half=stage.batch_size // 2,
        )
    )
