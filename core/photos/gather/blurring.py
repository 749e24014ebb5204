"""Places of a photo made unreadable: faces, number plates, whatever nobody should be known by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import PhotoSetError
from core.languages import mark, sentence
from core.photos import images
from core.photos.gather.checking import as_small, as_stored, look
from core.photos.gather.entry import Entry, Faces
from core.photos.gather.store import PhotoSet

MOST = 100
"""Places of one photo that are blurred at a time."""

_CELLS = 4
"""Cells across and down that are left of a place: too few to know anybody by."""

Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom, as shares of the picture's width and height."""


def blur(
    photos: PhotoSet,
    entry: Entry,
    rectangles: Sequence[Rectangle],
    *,
    gone_over: bool = True,
    detector: str = "",
) -> int:
    """Blur places of a photo of a set, for good; returns how many. What was there is nowhere afterwards.

    rectangles: those without any area are left out; with none, somebody has found nothing to blur.
    gone_over: whether somebody has looked at the whole photo. detector: what has found places in it.
    PhotoSetError if there are too many, or the photo is gone.
    """
    if len(rectangles) > MOST:
        raise PhotoSetError(sentence("At most {most} places can be blurred at a time.", most=MOST))
    image = images.decode(photos.picture(entry))
    done = sum(_blur_one(image, rectangle) for rectangle in rectangles)
    changes: dict[str, Any] = {
        "gone_over": gone_over or entry.gone_over,
        "detector": detector or entry.detector,
    }
    if done:
        small = as_small(image)
        # The picture first: nobody who sees the new number may still find the old picture.
        photos.write_picture(entry.file, as_stored(image), as_stored(small, small=True))
        changes |= {"blurred": entry.blurred + done, "look": look(small)}
    photos.change({entry.number: changes})
    return done


_FACES: dict[Faces, str] = {"on": mark("on"), "off": mark("off"), "already blurred": mark("already blurred")}


def faces_in_words(photos: PhotoSet) -> str:
    """What was said of faces and number plates in a set, and in how many of its photos nobody has looked."""
    if photos.faces == "already blurred":
        return sentence("already blurred by the source")
    kept, waiting = len(photos.photos()), len(photos.to_go_over())
    if photos.faces == "off" or not kept:
        return sentence(_FACES[photos.faces])
    if waiting:
        return sentence("on, {waiting} of {kept} photos not gone over", waiting=waiting, kept=kept)
    return sentence("on, all {kept} photos gone over", kept=kept)


def _blur_one(image: NDArray[np.uint8], rectangle: Rectangle) -> bool:
    """Blur a place in the picture itself; whether there was anything to blur."""
    height, width = image.shape[:2]
    if not all(np.isfinite(rectangle)):
        return False
    left, right = (round(min(max(share, 0.0), 1.0) * width) for share in rectangle[::2])
    top, bottom = (round(min(max(share, 0.0), 1.0) * height) for share in rectangle[1::2])
    if right <= left or bottom <= top:
        return False
    place = np.ascontiguousarray(image[top:bottom, left:right])
    rows, cols = min(_CELLS, bottom - top), min(_CELLS, right - left)
    image[top:bottom, left:right] = images.resize(
        images.resize(place, rows, cols), bottom - top, right - left
    )
    return True
