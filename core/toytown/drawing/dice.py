"""Random numbers that are the same on every machine, and noise made of them.

Only raw integers of PCG64 are used: NumPy guarantees their stream, but not what its higher
functions make of them. Sines are rounded, since the last bit of a sine differs between C libraries.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Dice:
    """A random stream for one purpose, independent of those for other purposes."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]))
        self._ready: list[int] = []

    def random(self) -> float:
        """A number in [0, 1)."""
        if not self._ready:
            self._ready = self._bits.random_raw(64).tolist()
        return (self._ready.pop() >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.random()

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.random() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.below(len(choices))]

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def array(self, height: int, width: int) -> NDArray[np.float64]:
        """(height, width) numbers in [-1, 1)."""
        raw: NDArray[np.uint64] = self._bits.random_raw(height * width).reshape(height, width)
        return (raw >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1


def smooth_noise(dice: Dice, height: int, width: int, cells: int, octaves: int = 4) -> NDArray[np.float64]:
    """(height, width) seamlessly repeating noise in [-1, 1].

    cells: lattice cells along the shorter side at the coarsest octave; height and width must be multiples
    of `cells << (octaves - 1)`.
    """
    side = min(height, width) // cells
    total, weight = np.zeros((height, width)), 0.0
    for octave in range(octaves):
        step = max(1, side >> octave)
        part = 0.5**octave
        total += part * _stretch(dice.array(height // step, width // step), step)
        weight += part
    return total / weight


def _stretch(lattice: NDArray[np.float64], step: int) -> NDArray[np.float64]:
    """Enlarge a repeating lattice `step` times with smooth transitions."""
    where = np.arange(step) / step
    ease = where * where * (3 - 2 * where)
    rows, cols = lattice.shape
    lower = np.roll(lattice, -1, axis=0)
    tall = lattice[:, None, :] * (1 - ease)[None, :, None] + lower[:, None, :] * ease[None, :, None]
    tall = tall.reshape(rows * step, cols)
    right = np.roll(tall, -1, axis=1)
    wide = tall[:, :, None] * (1 - ease) + right[:, :, None] * ease
    return wide.reshape(rows * step, cols * step)


def sine(turns: float) -> float:
    """The sine of an angle in turns, to six decimals."""
    return round(math.sin(turns * 2 * math.pi), 6)


def cosine(turns: float) -> float:
    """The cosine of an angle in turns, to six decimals."""
    return round(math.cos(turns * 2 * math.pi), 6)
