"""The process that decodes strangers' pictures, one after the other: `python -m core.photos.worker`.

Started by `core.photos.guarded`, and beside the workers of `core.workers`: those do one long work and tell of
it in lines of JSON, this one answers many short requests with pixels. It ends when its input does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from pathlib import Path

from core.errors import ImageError
from core.hardware.allocator import keep_some_free_memory
from core.languages import sentence_of
from core.photos import images, wire
from core.photos.limits import limit_memory, limit_processor

MAX_SECONDS = 10
"""Seconds of processor that one picture may take; the dearest that we know of takes 2."""

MAX_BYTES = 1024**3
"""Memory that a picture may take beyond what this process has when it starts; the greediest takes 500 MB."""

_SPARE_BYTES = 8 * 1024**2
"""That it may hold for the next picture: a small photo's pages would be cleared again for each, for a tenth
of the time, and a third where pages are small."""


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started this
    # The broken metadata of strangers' pictures is no news.
    warnings.simplefilter("ignore")
    keep_some_free_memory(_SPARE_BYTES)
    limit_memory(MAX_BYTES)
    # Bare descriptors: what a library prints must not get among the pixels.
    with os.fdopen(os.dup(0), "rb", buffering=0) as source, os.fdopen(os.dup(1), "wb", buffering=0) as sink:
        # What went wrong until here is in the log of whoever started this; decoders have no say there.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        wire.send_ready(sink)
        # No more requests, or nobody who reads the answer.
        with contextlib.suppress(EOFError, BrokenPipeError):
            while True:
                request = wire.receive_request(source)
                limit_processor(MAX_SECONDS)
                wire.send_answer(sink, _answer(request))


def _answer(request: wire.Request) -> wire.Answer | wire.Refusal:
    try:
        return wire.Answer(*images.decode_scaled(request.data, request.longest_side, request.square))
    except ImageError as error:
        return wire.Refusal(type(error).__name__, sentence_of(error))


if __name__ == "__main__":
    main()
