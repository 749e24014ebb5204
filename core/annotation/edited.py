"""What the editor draws on: a picture with its mask, wherever that is kept.

A correction is kept in a set on the disk (`core.annotation.store.OpenCorrection`), what a visitor paints to
be graded in their session alone (`core.grading.painting.Painting`). The editor and what it answers ask for
no more than this.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.annotation.history import History
from core.annotation.manifest import Picture
from core.annotation.runs import Mask
from core.classes import ClassList


class EditedPicture(Protocol):
    """A picture under the hand; shapes, ranges and errors as for `core.annotation.store.OpenCorrection`."""

    @property
    def set_name(self) -> str:
        """With `key` it names the picture and its mask, and nobody else's."""

    @property
    def key(self) -> str:
        """It names the picture: two with the same key have the same image."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB, 0..255."""

    @property
    def start(self) -> Mask:
        """(H, W) what is shown where nothing is drawn; NOT_REVIEWED where that is nothing."""

    @property
    def mask(self) -> Mask:
        """(H, W) what is drawn: class numbers, and NOT_REVIEWED elsewhere."""

    @property
    def history(self) -> History:
        """Its last edits, a new one after each step."""

    @property
    def version(self) -> int:
        """Edits, undos and redos since it began."""

    @property
    def class_list(self) -> ClassList:
        """The classes to draw with."""

    @property
    def others(self) -> tuple[Picture, ...]:
        """The other pictures of its set in which something is reviewed."""

    def edit(self, packed: bytes) -> bool:
        """Make one edit; whether anything is different now."""

    def undo(self) -> bool:
        """Take the last edit back; False if there is none."""

    def redo(self) -> bool:
        """Do again what was undone last; False if there is none."""

    def add_class(self, name: str) -> int:
        """The number of the class called `name`, which is added if there is none."""
