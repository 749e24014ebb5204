"""Whether this machine reaches the internet, found out without asking anybody there for anything."""

from __future__ import annotations

import threading

from core.photos.fetch.gate import Resolve, system_resolve


def is_online(patience: float = 1.5, resolve: Resolve = system_resolve) -> bool:
    """Whether the name of a service can be looked up within so many seconds."""
    found: list[str] = []

    def look_up() -> None:
        try:
            found.extend(resolve("commons.wikimedia.org", 443))
        except OSError:
            return

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(patience)
    return bool(found)
