"""What an engine does: from normalised pictures to logits."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
"""(N, H, W, 3), normalised; the network's multiple divides both sides."""


class Engine(Protocol):
    """Runs one network. Threads may share it: whoever does keeps them apart with a lock."""

    @property
    def name(self) -> str:
        """Its name and precision, for people and for caches: other engines round otherwise."""
        ...

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, C, h, w) logits at the network's stride. MemoryError, BrokenModelError."""
        ...

    def features(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, F, h, w) what the last layer computes the logits from. MemoryError, BrokenModelError."""
        ...

    def for_thread(self, threads: int) -> Engine:
        """Another one of the same network, for the calling thread alone, which computes with `threads`."""
        ...
