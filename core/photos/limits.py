"""What a process that decodes strangers' files may use, where the system can say so."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

if sys.platform != "win32":  # which has no such limits; the time by the clock is bounded there too
    import resource


def limit_memory(more: int) -> None:
    """Let this process have no more than so many bytes beyond what it has now, and leave no core dump."""
    if sys.platform != "linux":
        return  # macOS takes the limit and does not keep it
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + more
    with contextlib.suppress(ValueError, OSError):  # a lower limit holds already
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_processor(seconds: int) -> None:
    """Let this process have so many seconds of processor from now; beyond them the system ends it."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def open_nothing() -> None:
    """Let this process open no file and no connection any more, and write into no file; pipes stay open."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
