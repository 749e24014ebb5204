"""What a visitor has painted over a frame, with the steps to undo: in memory, and nowhere else."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.annotation.history import History
from core.annotation.journal import MAX_EDIT
from core.annotation.manifest import Picture
from core.annotation.runs import NOT_REVIEWED, Mask, between, unpacked
from core.classes import ClassList
from core.errors import AnnotationError
from core.grading.frames import CLASSES
from core.languages import gettext as _

_RUN_BYTES = 17
"""Of memory that one run of pixels takes: its start, its length and its value."""


class Painting:
    """A frame under the hand, an `EditedPicture`: a new one is empty, and nobody else's.

    key: identifies the frame. image: (H, W, 3) RGB, 0..255. mask: (H, W) numbers of CLASSES, and NOT_REVIEWED
    where nothing is painted; never changed in place. is_graded: whether the truth has been shown.
    """

    def __init__(self, key: str, image: NDArray[np.uint8]) -> None:
        self.key, self.image = key, image
        self.set_name = f"painting-{secrets.token_hex(16)}"
        self.start: Mask = np.full(image.shape[:2], NOT_REVIEWED, np.uint8)
        self.history, self.version = History(self.start), 0
        self.is_graded = False
        self._lock = threading.Lock()

    @property
    def mask(self) -> Mask:
        """(H, W) what is painted, and NOT_REVIEWED elsewhere."""
        return self.history.mask

    @property
    def class_list(self) -> ClassList:
        """The classes to paint with."""
        return CLASSES

    @property
    def others(self) -> tuple[Picture, ...]:
        """None: a painting is of no set."""
        return ()

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes beside the frame, which all share."""
        history = self.history
        runs = sum(map(len, (*history.done, *history.undone)))
        return self.start.nbytes + self.mask.nbytes + _RUN_BYTES * runs

    def edit(self, packed: bytes) -> bool:
        """Make one edit (`Runs.packed`); whether anything is different now.

        AnnotationError for bytes that are too many, damaged or of another picture: all is then as before.
        """
        if len(packed) > MAX_EDIT:
            raise AnnotationError(_("This stroke is too large to be kept; make it in several parts."))
        runs = unpacked(packed, self.start.size, len(CLASSES))
        return self._step(lambda history: history.edit(runs))

    def undo(self) -> bool:
        """Take the last edit back; False if there is none."""
        return self._step(History.undo)

    def redo(self) -> bool:
        """Do again what was undone last; False if there is none."""
        return self._step(History.redo)

    def clear(self) -> bool:
        """Take everything away, which can be undone, and hide the truth again; False if nothing is there."""
        self.is_graded = False
        return self._step(lambda history: history.edit(between(history.mask, self.start)))

    def add_class(self, name: str) -> int:
        """AnnotationError: the truth has no other classes."""
        words = _("There is no class {name} to paint with: the truth has those of the list alone.")
        raise AnnotationError(words.format(name=name[:60]))

    def _step(self, change: Callable[[History], bool]) -> bool:
        """Another history after each step: whoever reads it meanwhile has the whole of one."""
        with self._lock:
            changed = self.history.copy()
            if not change(changed):
                return False
            self.history, self.version = changed, self.version + 1
            return True
