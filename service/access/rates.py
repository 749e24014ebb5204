"""How often a key may ask: requests of a moving window, counted in this process."""

from __future__ import annotations

import math
import time
from functools import cache

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.access.keys import Key


class Rates:
    """Counts the requests of every key."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, key: Key) -> int:
        """Count a request of this key; 0 if it may be answered, else after how many seconds the next may."""
        rate = _parsed(key.rate)
        if self._limiter.hit(rate, key.id):
            return 0
        return max(1, math.ceil(self._limiter.get_window_stats(rate, key.id).reset_time - time.time()))


@cache
def _parsed(rate: str) -> limits.RateLimitItem:
    return limits.parse(rate)
