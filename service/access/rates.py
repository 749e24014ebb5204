"""How often a key may ask: requests of a moving window, counted in this process."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from functools import cache

import limits

from service.access.keys import Key


class Rates:
    """Counts the requests of every key.

    The library's own counter would start a thread for each request, to forget old ones: that took as long as
    all of HTTP.
    """

    def __init__(self) -> None:
        self._let_in: defaultdict[str, deque[float]] = defaultdict(deque)

    def seconds_to_wait(self, key: Key) -> int:
        """Count a request of this key; 0 if it may be answered, else after how many seconds the next may."""
        rate, now, times = _parsed(key.rate), time.monotonic(), self._let_in[key.id]
        window = rate.get_expiry()
        while times and times[0] <= now - window:
            times.popleft()
        if len(times) < rate.amount:
            times.append(now)
            return 0
        return max(1, math.ceil(times[0] + window - now))


@cache
def _parsed(rate: str) -> limits.RateLimitItem:
    return limits.parse(rate)
