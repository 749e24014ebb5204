"""One request a second to a host, whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LONGEST = 30.0
"""Seconds between two requests that a host can wish for."""

Wait = Callable[[float], object]


class Pace:
    """Lets requests to a host follow each other no faster than every so many seconds. Threads may share it.

    clock, wait: the time and how it is spent; tests have their own.
    """

    def __init__(
        self, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic, wait: Wait = time.sleep
    ) -> None:
        self._seconds, self._clock, self._wait = seconds, clock, wait
        self._next: dict[str, float] = {}
        self._slower: dict[str, float] = {}
        self._lock = threading.Lock()

    def due(self, host: str) -> float:
        """How many seconds it takes until the host may be asked."""
        with self._lock:
            return max(0.0, self._next.get(host, 0.0) - self._clock())

    def slow_down(self, host: str, seconds: float) -> None:
        """Ask this host no faster than that, as it wishes, up to LONGEST."""
        with self._lock:
            self._slower[host] = min(seconds, LONGEST)

    def take_turn(self, host: str) -> None:
        """Wait until the host may be asked, and take that turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + max(self._seconds, self._slower.get(host, 0.0))
        if turn > now:
            self._wait(turn - now)
