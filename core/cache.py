"""Our own cache folder: what was computed once and can be computed again.

It is `.cache` below the data folder, or what STREETSCOPE_CACHE names. It can be deleted at any time. Nothing
is ever kept in a folder that somebody opened. What cannot be kept is computed each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from core.errors import FileKindError
from core.files import read_plain, write_bytes
from core.project import data_folder


def cache_folder() -> Path:
    """Where the cache lies, whether it is there yet or not."""
    return Path(os.environ.get("STREETSCOPE_CACHE") or data_folder() / ".cache")


def cache_key(*parts: object) -> str:
    """64 hexadecimal digits that change with any of the parts, which are told apart by their `repr`."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


class Cache:
    """One kind of results, each a file called after its key.

    name: the kind's folder. max_bytes: of all its files; the least recently used go first. A process looks
    for what has to go after every eighth of max_bytes that it has written, so there may be an eighth more.
    """

    def __init__(self, name: str, max_bytes: int) -> None:
        self.name, self.max_bytes = name, max_bytes
        self._unchecked = max_bytes  # so the first write of a process looks at what earlier ones have left
        self._lock = threading.Lock()

    def read(self, key: str) -> bytes | None:
        """What is kept under a key of `cache_key`; None if nothing is."""
        path = self._folder() / key
        try:
            data = read_plain(path, self.max_bytes, inside=cache_folder())
        except (OSError, FileKindError):
            return None
        with contextlib.suppress(OSError):  # a cache that may only be read is still one
            os.utime(path)  # used now: it goes last
        return data

    def write(self, key: str, data: bytes) -> None:
        """Keep data under a key of `cache_key`; if the disk is full or cannot be written, do without."""
        with contextlib.suppress(OSError):
            self._folder().mkdir(parents=True, exist_ok=True)
            write_bytes(self._folder() / key, data)
            self._prune_after(len(data))

    def is_empty(self) -> bool:
        """Whether nothing of this kind is kept."""
        try:
            return next(self._folder().iterdir(), None) is None
        except OSError:
            return True

    def can_keep(self) -> bool:
        """Whether there is a folder that can be written."""
        with contextlib.suppress(OSError):
            self._folder().mkdir(parents=True, exist_ok=True)
        return os.access(self._folder(), os.W_OK | os.X_OK)

    def _folder(self) -> Path:
        return cache_folder() / self.name

    def _prune_after(self, written: int) -> None:
        with self._lock:
            self._unchecked += written
            if self._unchecked < self.max_bytes // 8:
                return
            self._unchecked = 0
        files = []
        for path in self._folder().iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process may prune as well
                status = path.stat()
                files.append((status.st_mtime_ns, status.st_size, path))
        excess = sum(size for _, size, _ in files) - self.max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            excess -= size
