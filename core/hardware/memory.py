"""How much memory this process may count on, and how much it holds."""

from __future__ import annotations

from pathlib import Path

import psutil

_LIMIT_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where Linux says what a container may use, in its newer and its older way."""


def machine_memory() -> int:
    """The memory of this machine in bytes, or of this container if it may use less."""
    total = psutil.virtual_memory().total
    return min([total, *(limit for file in _LIMIT_FILES if (limit := _limit(file)) is not None)])


def resident_memory() -> int:
    """The memory that this process holds now, in bytes."""
    return int(psutil.Process().memory_info().rss)


def _limit(file: Path) -> int | None:
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):  # no such file, or "max"
        return None
