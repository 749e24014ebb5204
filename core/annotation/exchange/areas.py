"""Pixels of one class as run lengths, as several formats have them: off, on, off, on ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.annotation.runs import Mask
from core.annotation.strokes import Area
from core.errors import AnnotationError
from core.languages import sentence


@dataclass(frozen=True, eq=False)
class Cut:
    """The smallest rectangle of a mask that has all pixels of one class.

    area: (h, w) which of its pixels. left, top: where it lies.
    """

    number: int
    area: Area
    left: int
    top: int


def cuts(mask: Mask, classes: int) -> Iterator[Cut]:
    """Each class that occurs in a mask, by its number."""
    for number in np.bincount(mask.ravel(), minlength=256).nonzero()[0].tolist():
        if number < classes:
            area = mask == number
            rows, cols = area.any(axis=1).nonzero()[0], area.any(axis=0).nonzero()[0]
            inside = area[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
            yield Cut(number, inside, int(cols[0]), int(rows[0]))


def lay(mask: Mask, area: Area, number: int, left: int, top: int, name: str) -> None:
    """Paint an area into a mask, in place; AnnotationError if it lies outside. name: of the picture."""
    height, width = area.shape
    if left < 0 or top < 0 or top + height > mask.shape[0] or left + width > mask.shape[1]:
        raise AnnotationError(
            sentence(
                "{name} has labels of {width} x {height} pixels at ({left}, {top}), outside its {own_width} "
                "x {own_height} pixels.",
                name=name,
                width=width,
                height=height,
                left=left,
                top=top,
                own_width=mask.shape[1],
                own_height=mask.shape[0],
            )
        )
    mask[top : top + height, left : left + width][area] = number


def run_lengths(area: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(N,) how many pixels are off, then on, and so on, row by row; the first may be 0."""
    flat = area.ravel()
    changes = np.flatnonzero(np.diff(flat, prepend=False))
    return np.diff(changes, prepend=0, append=len(flat))


def of_run_lengths(lengths: NDArray[np.int64], height: int, width: int, name: str) -> Area:
    """(height, width) the pixels that run lengths switch on, row by row.

    AnnotationError if one is negative, or all together are not as many as the pixels. name: of the picture.
    """
    # One after the other could pass 64 bits; each alone is compared first.
    pixels = height * width
    if len(lengths) and (lengths.min() < 0 or lengths.max() > pixels or lengths.sum() != pixels):
        raise _bad(name)
    if not len(lengths) or len(lengths) > 2 * pixels + 2:
        raise _bad(name)
    on = np.zeros(len(lengths), np.bool_)
    on[1::2] = True
    return np.repeat(on, lengths).reshape(height, width)


def _bad(name: str) -> AnnotationError:
    return AnnotationError(
        sentence(
            "{name} has run lengths that do not add up to its pixels; export the annotations again.",
            name=name,
        )
    )
