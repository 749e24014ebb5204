"""Processes that come and go while a run trains, with `torchrun --nnodes=MIN:MAX --max-restarts=K`.

When a process is lost or a machine comes, torchrun ends all processes and starts them again with new numbers;
the first of them then takes the run over from its resume point. It must not begin before the earlier first
process is gone, of which the lock in the run's folder is the proof, on whichever machine that was.
"""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Self

from core.errors import PeerLostError, StoppedError
from core.languages import sentence
from core.training.distributed import processes
from core.training.distributed.failures import translate_errors

TAKE_OVER = 150.0
"""Seconds that a new first process waits for the lock of the earlier one. torchrun kills a process that does
not end within 30 seconds, and an NFS server forgets the locks of a machine that is gone after 90."""

_WAIT, _BEGIN, _STOP, _END = "wait", "begin", "stop", "end"


def meet(run: str) -> str:
    """Connect to the other processes, and return the first one's `run`. PeerLostError."""
    if not processes.is_distributed():
        return run
    with translate_errors():
        processes.join()
    return _broadcast(run)


class Gate:
    """Holds the other processes back until the first one may train; as a context manager in that one.

    The others are told to wait again and again, so that they notice a first process that hangs.
    stops_all: whether the others are to end too, as they are asked to, if the first one is stopped meanwhile.
    """

    def __init__(self) -> None:
        self._open, self.stops_all = False, not processes.is_elastic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if not self._open and not isinstance(error, PeerLostError):
            with contextlib.suppress(PeerLostError):  # the error that ends this process is the one to show
                _broadcast(_STOP if isinstance(error, StoppedError) and self.stops_all else _END)

    def hold(self) -> None:
        """Tell the others that they are to wait longer; called at least every few seconds."""
        _broadcast(_WAIT)

    def release(self) -> None:
        """Let all processes begin."""
        _broadcast(_BEGIN)
        self._open = True


def wait_for_first() -> None:
    """In all processes but the first: wait until that one begins.

    StoppedError if it was stopped before, PeerLostError if it failed.
    """
    while (word := _broadcast("")) == _WAIT:
        pass
    if word == _STOP:
        raise StoppedError(sentence("Stopped while waiting in the queue."))
    if word != _BEGIN:
        raise PeerLostError(sentence("The first process of this run did not begin; see its error."))


def check_stop(asked_here: bool, of_all: bool = False) -> None:
    """Called by every process that has stopped at a batch because any of them was asked to.

    A signal to the processes of one machine, which torchrun also sends when another machine comes, is no
    wish that the others end: PeerLostError in these, so that torchrun starts them again.
    asked_here: whether this process was asked. of_all: in the first process, whether the run was.
    """
    if not (processes.is_elastic() and processes.is_distributed()):
        return
    if _broadcast(_STOP if of_all else _END) != _STOP and not asked_here:
        raise PeerLostError(
            sentence("Processes of this run are leaving or joining; those that stay start again.")
        )


def _broadcast(word: str) -> str:
    """As `processes.broadcast`; PeerLostError where a process is gone or does not answer."""
    if not processes.is_distributed():
        return word
    with translate_errors():
        return processes.broadcast(word)
