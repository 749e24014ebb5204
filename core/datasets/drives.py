"""Films: the frames of one drive, in the order in which they were filmed."""

from __future__ import annotations

from collections.abc import Sequence

from core.datasets import Frame
from core.datasets.splits import drive_position
from core.file_names import natural_order


def film_of(frame: Frame, frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """The frames of the drive that `frame` belongs to, from all splits, ordered by number.

    Frames whose names do not end in a number are one film, in natural order.
    """
    here = drive_position(frame.image.stem)
    if here is None:
        others = (each for each in frames if drive_position(each.image.stem) is None)
        return tuple(sorted(others, key=lambda each: natural_order(each.image.stem)))
    placed = [(where, each) for each in frames if (where := drive_position(each.image.stem))]
    film = [(where.number, each) for where, each in placed if where.drive == here.drive]
    return tuple(each for _, each in sorted(film, key=lambda pair: pair[0]))
