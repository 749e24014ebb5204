"""What a step shows of its photo, as pictures: pieces of it, enlarged, for a page and a projector alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.lessons.keys.look import picture
from core.lessons.lesson import Shows

ENLARGED = 192
"""Rows and columns of a piece on the screen: its pixels stay visible squares."""


def pieces(shows: Shows) -> list[NDArray[np.uint8]]:
    """The pieces that a step shows, each (192, 192, 3), cut from the photo where it does not reach its edge.

    Empty for a step that shows none. LessonError, DatasetError.
    """
    if not shows.pieces or shows.side is None or shows.photo is None:
        return []
    image = picture(shows.photo)
    side = min(shows.side, *image.shape[:2])
    return [_piece(image, place, side) for place in shows.pieces]


def _piece(image: NDArray[np.uint8], place: tuple[float, float], side: int) -> NDArray[np.uint8]:
    top, left = (
        min(max(round(part * (length - 1)) - side // 2, 0), length - side)
        for part, length in zip(place, image.shape, strict=False)
    )
    seen = (np.arange(ENLARGED) * side) // ENLARGED
    enlarged: NDArray[np.uint8] = image[top + seen][:, left + seen]
    return enlarged
