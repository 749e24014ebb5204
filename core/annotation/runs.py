"""What an edit makes of a mask, as runs of pixels: short enough to be sent and kept at every stroke.

A mask is (H, W) uint8 class numbers; `NOT_REVIEWED` stands for a pixel that nobody has judged yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import AnnotationError
from core.languages import sentence

Mask = NDArray[np.uint8]

NOT_REVIEWED = 255
"""No class, and not Void either: it counts in no loss and in no figure."""

_LONGEST_NUMBER = 5
"""Bytes of seven bits: more than the pixels of any picture."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Pixels one after the other that get one value; a run may go on in the next row.

    starts, lengths: (N,) int64, by pixel number row * W + column; in order, and apart from each other.
    values: (N,) uint8, what the pixels become.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    values: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts)

    def applied_to(self, mask: Mask) -> Mask:
        """The mask after these changes; the one given stays as it is."""
        changed = mask.copy()
        pixels = changed.ravel()  # a view: a copy is contiguous
        for start, length, value in zip(self.starts, self.lengths, self.values, strict=True):
            pixels[start : start + length] = value
        return changed

    def packed(self) -> bytes:
        """As bytes: for each run the gap since the one before, its length and its value.

        Gap and length are numbers in groups of seven bits, the lowest first; the highest bit of a byte says
        that another one follows. The value is one byte.
        """
        packed, place = bytearray(), 0
        for start, length, value in zip(
            self.starts.tolist(), self.lengths.tolist(), self.values.tolist(), strict=True
        ):
            packed.extend(_number(start - place))
            packed.extend(_number(length))
            packed.append(value)
            place = start + length
        return bytes(packed)


def between(before: Mask, after: Mask) -> Runs:
    """What makes `after` of `before`, masks of one size; the fewest runs."""
    old, new = before.ravel(), after.ravel()
    changed = np.flatnonzero(old != new)
    if not len(changed):
        return Runs(changed, changed, np.empty(0, np.uint8))
    values = new[changed]
    begins = np.flatnonzero(
        (np.diff(changed, prepend=-2) != 1) | (np.diff(values.astype(int), prepend=-1) != 0)
    )
    lengths = np.diff(begins, append=len(changed))
    return Runs(changed[begins], lengths, values[begins])


def unpacked(packed: bytes, pixels: int, classes: int) -> Runs:
    """The runs of `Runs.packed`, which may come from anybody.

    pixels: of the mask. classes: how many there are. AnnotationError for damaged bytes, runs outside the mask
    and values that are neither a class nor `NOT_REVIEWED`.
    """
    starts, lengths, values, place = [], [], [], 0
    numbers = _Reader(packed)
    while numbers.left:
        start = place + numbers.number()
        length, value = numbers.number(), numbers.byte()
        place = start + length
        if not length or place > pixels or not (value < classes or value == NOT_REVIEWED):
            raise AnnotationError(
                sentence("This edit does not fit its picture; reload the page to go on from what is saved.")
            )
        starts.append(start)
        lengths.append(length)
        values.append(value)
    return Runs(np.array(starts, np.int64), np.array(lengths, np.int64), np.array(values, np.uint8))


def _number(value: int) -> Iterator[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


class _Reader:
    """Numbers and bytes, one after the other."""

    def __init__(self, packed: bytes) -> None:
        self._packed, self._place = packed, 0

    @property
    def left(self) -> bool:
        return self._place < len(self._packed)

    def byte(self) -> int:
        if not self.left:
            raise AnnotationError(
                sentence("This edit has arrived in part only; reload the page to go on from what is saved.")
            )
        self._place += 1
        return self._packed[self._place - 1]

    def number(self) -> int:
        value = 0
        for group in range(_LONGEST_NUMBER):
            byte = self.byte()
            value |= (byte & 0x7F) << 7 * group
            if byte <= 0x7F:
                return value
        raise AnnotationError(sentence("This edit is damaged; reload the page to go on from what is saved."))
