"""Whether the label maps of a data set hold numbers or colours: the files say so, not the folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.classes import UNLABELLED, ClassList
from core.datasets.labels import as_numbers, numbers_in, open_label
from core.datasets.palettes import changed_places, colour_in, picture_palette
from core.errors import DatasetError

_LOOKED_AT = 6
"""Label maps of a data set that are looked at: one may hold a single class, and tell nothing."""


def holds_colours(
    paths: Sequence[Path], classes: ClassList, *, values: Sequence[int] = (), otherwise: bool = False
) -> bool:
    """Whether label maps hold the classes' colours; if not, they hold their numbers.

    values: the number that stands for each class in the files; by default its position in the list.
    otherwise: what to take for granted where no file tells, as one that is all black.
    """
    known = frozenset(values or range(len(classes))) | {UNLABELLED}
    step = max(1, len(paths) // _LOOKED_AT)
    for path in paths[::step][:_LOOKED_AT]:
        found = _is_coloured(path, classes, known)
        if found is not None:
            return found
    return otherwise


def _is_coloured(path: Path, classes: ClassList, known: frozenset[int]) -> bool | None:
    """Whether one file holds colours; None where it does not tell, or cannot be read."""
    try:
        picture = open_label(path)
        numbers = as_numbers(path, picture)
    except DatasetError:
        return None
    if numbers is None:
        return True  # not only grey
    palette = picture_palette(picture)
    used = sorted(numbers_in(numbers))
    colours = {colour_in(palette, number) if len(palette) else (number, number, number) for number in used}
    by_number, by_colour = known.issuperset(used), colours <= {found.colour for found in classes.classes}
    if by_number and by_colour:
        return True if changed_places(palette, used, classes) else None
    return by_colour if by_number or by_colour else None
