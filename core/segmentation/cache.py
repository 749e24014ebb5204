"""A bounded cache for values that are slow to make and large to keep, shared by many sessions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    value: Value
    owners: set[str]


class SharedCache(Generic[Value]):
    """Values by key: made once, however many threads ask at the same time, and kept while somebody uses them.

    max_bytes: how much is kept in all; the least recently used values are dropped first.
    size_of: bytes of memory that a value takes.

    Each value is kept for its owners, the sessions that asked for it, and dropped when the last of them
    leaves (`release`). Thread-safe.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[Value], int]) -> None:
        self._entries: LRUCache[Hashable, _Entry[Value]] = LRUCache(
            max_bytes, getsizeof=lambda entry: size_of(entry.value)
        )
        self._lock = threading.Lock()
        self._being_made: dict[Hashable, threading.Lock] = {}

    def get(self, owner: str, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made by `make` if nobody asked before; `make`'s errors are passed on."""
        found = self._find(owner, key)
        if found is not None:
            return found.value
        with self._lock:
            making = self._being_made.setdefault(key, threading.Lock())
        with making:
            found = self._find(owner, key)  # another thread made it while this one waited
            if found is not None:
                return found.value
            try:
                value = make()
                self._keep(owner, key, value)
            finally:
                with self._lock:
                    self._being_made.pop(key, None)
        return value

    def release(self, owner: str) -> None:
        """Forget an owner, and drop what nobody else uses."""
        with self._lock:
            for key, entry in list(self._entries.items()):
                entry.owners.discard(owner)
                if not entry.owners:
                    del self._entries[key]

    @property
    def nbytes(self) -> int:
        """Bytes that are kept now."""
        return int(self._entries.currsize)

    def _find(self, owner: str, key: Hashable) -> _Entry[Value] | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                entry.owners.add(owner)
            return entry

    def _keep(self, owner: str, key: Hashable, value: Value) -> None:
        entry = _Entry(value, {owner})
        with self._lock:
            if self._entries.getsizeof(entry) <= self._entries.maxsize:
                self._entries[key] = entry
