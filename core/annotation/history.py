"""A mask with its last edits, which can be undone and done again exactly."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from core.annotation.runs import Mask, Runs, between

MAX_STEPS = 100
"""Edits that can be undone."""

MAX_RUNS = 4_000_000
"""Runs that are kept for it, some 70 MB: of noise, which nobody draws by hand, fewer edits can be undone."""


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit: what makes the mask after it of the one before, and the other way round."""

    forward: Runs
    back: Runs

    def __len__(self) -> int:
        """How many runs it takes."""
        return len(self.forward) + len(self.back)


class History:
    """The browser keeps another one, of the same edits: both masks agree to the pixel.

    mask: (H, W) uint8 after all edits that are done; never changed in place.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self._done: deque[Edit] = deque(maxlen=MAX_STEPS)
        self._undone: list[Edit] = []

    @property
    def done(self) -> tuple[Edit, ...]:
        """What can be undone, the oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Edit, ...]:
        """What can be done again, the next one last."""
        return tuple(self._undone)

    def copy(self) -> History:
        """Another history of the same edits: a step can be tried on it, and saved before it counts."""
        other = History(self.mask)
        other._done, other._undone = self._done.copy(), self._undone.copy()
        return other

    def edit(self, runs: Runs) -> bool:
        """Change the mask; whatever was undone is gone. Whether anything is different now: only then."""
        changed = runs.applied_to(self.mask)
        forward = between(self.mask, changed)
        if not len(forward):
            return False
        self._done.append(Edit(forward, between(changed, self.mask)))
        while len(self._done) > 1 and sum(map(len, self._done)) > MAX_RUNS:
            self._done.popleft()
        self._undone.clear()
        self.mask = changed
        return True

    def undo(self) -> bool:
        """Take the last edit back; False if there is none."""
        if not self._done:
            return False
        edit = self._done.pop()
        self.mask = edit.back.applied_to(self.mask)
        self._undone.append(edit)
        return True

    def redo(self) -> bool:
        """Do again what was undone last; False if there is none."""
        if not self._undone:
            return False
        edit = self._undone.pop()
        self.mask = edit.forward.applied_to(self.mask)
        self._done.append(edit)
        return True
