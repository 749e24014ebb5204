"""Who becomes the teacher: the PIN, compared in constant time and tried a few times a minute."""

from __future__ import annotations

import hmac
import threading
from collections import deque
from typing import Literal

from core.errors import ClassroomError
from core.languages import sentence

TRIES, SECONDS = 5, 60.0
"""Wrong PINs that are answered in so many seconds: a million PINs then last 139 days."""

From = Literal["here", "room"]
"""Whether somebody comes from the machine that StreetScope runs on, or from another one."""


class Entrance:
    """Counts wrong PINs, in memory alone: from this machine, and from all others together.

    No address is kept. They are counted apart, so that nobody in the room can keep a teacher out who sits at
    the machine itself.
    """

    def __init__(self) -> None:
        self._wrong: dict[From, deque[float]] = {"here": deque(), "room": deque()}
        self._lock = threading.Lock()

    def admits(self, given: str, pin: str, comes_from: From, now: float) -> bool:
        """Whether a PIN is right. ClassroomError: too many tries.

        now: seconds of a clock that never goes back.
        """
        with self._lock:
            wrong = self._wrong[comes_from]
            while wrong and now - wrong[0] >= SECONDS:
                wrong.popleft()
            if len(wrong) >= TRIES:
                wait = max(1, round(SECONDS - (now - wrong[0])))
                raise ClassroomError(
                    sentence(
                        "Too many wrong PINs: wait {wait} s, then type the one in the terminal.", wait=wait
                    )
                )
            if hmac.compare_digest(given.strip().encode(), pin.encode()):
                return True
            wrong.append(now)
            return False
