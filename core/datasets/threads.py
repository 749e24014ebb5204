"""The same work on many files, in a few threads: reading and decoding let other threads run."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = min(4, os.cpu_count() or 1)


_PATIENCE = 1.0
"""Seconds that an item in the background waits, at most."""

_urgent = threading.Condition()
_waited_for: list[object] = []


@contextmanager
def urgently() -> Iterator[None]:
    """Somebody is waiting for what this block does: work in the background pauses for it."""
    token = object()
    with _urgent:
        _waited_for.append(token)
    try:
        yield
    finally:
        with _urgent:
            _waited_for.remove(token)
            _urgent.notify_all()


def give_way() -> None:
    """Pause while somebody is waiting for urgent work, but not for ever."""
    with _urgent:
        _urgent.wait_for(lambda: not _waited_for, timeout=_PATIENCE)


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, in_background: bool = False
) -> Generator[Result, None, None]:
    """`work(item)` for each item, in the items' order; only a few results are held at a time.

    The work ends at the first error, or when the caller stops iterating. in_background: before each item,
    wait for what is done `urgently`.
    """

    def done(item: Item) -> Result:
        if in_background:
            give_way()
        return work(item)

    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(done, item))
                if len(waiting) > 2 * WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
