"""What the C library does with memory that this process has freed: glibc can be told, others cannot."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""For the environment of a process, before it starts: glibc then asks Linux for pages of 2 MB.

A network's layers are new memory for each photo, which the system clears page by page as it is first touched:
12,700 pages of 4 KB, and a sixth of a photo's processor time at 512 x 384.
"""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -3, -4, -8
"""Parameters of glibc's `mallopt(3)`."""


def return_free_memory() -> None:
    """Return this process's freed memory to the system.

    Arrays of some megabytes leave holes that the C library keeps: it held on to half the memory of 16 unused
    photos.
    """
    if (trim := _of_glibc("malloc_trim")) is not None:
        trim(0)


def keep_free_memory() -> None:
    """Let this process keep the memory that it frees, to reuse it.

    For a process that only trains. Each step allocates gigabytes and frees them. If they went back to the
    system in between, they would return page by page, each one cleared, for a third of a step's time. At its
    peak, the process holds a fifth more than without this.
    """
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, -1)


def keep_some_free_memory(most: int) -> None:
    """As `keep_free_memory`, but so many bytes at most, and only arrays that are not larger than that.

    For a process that makes something small again and again.
    """
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_MMAP_THRESHOLD, most)
        mallopt(_TRIM_THRESHOLD, most)


def use_few_heaps() -> None:
    """Let all threads of this process share two heaps; to be called before it has several.

    By default each thread gets a heap of its own, up to eight for a core, and every heap keeps its holes. A
    server that runs each visitor's page in a new thread has them all: after eight visitors with five photos
    each had left, it held 534 MB with them and 488 MB with two, of 350 MB before they came.
    """
    if (mallopt := _of_glibc("mallopt")) is not None:
        mallopt(_ARENA_MAX, 2)


def _of_glibc(name: str) -> Any:
    """A function of the C library; None if it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
