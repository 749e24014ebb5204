"""What a step shows of its photo, as pictures, for a page and a projector alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.lessons.keys.key import Parameters
from core.lessons.keys.look import Look, is_drawn, picture
from core.lessons.keys.table import HUNTS, KEYS
from core.lessons.keys.twin import untrained
from core.lessons.lesson import Question, Shows
from core.segmentation.painting import colour_mask, overlay
from core.segmentation.segmentation import Segmentation

ENLARGED = 192
"""Rows and columns of a piece on the screen: its pixels stay visible squares."""


MISTAKE = (220, 0, 0)
"""The colour of pixels that the network is sure of, and that it has wrong."""

_BITS = 16
"""Rows and columns of a fingerprint's squares: 256 bits."""

_BIT_COLOURS = np.array(((222, 235, 247), (8, 69, 148)), np.uint8)

_SURE_OF: dict[str, Parameters] = {
    "wrong_where_sure": KEYS["wrong_where_sure"].parameters,
    "sure_and_wrong": HUNTS["sure_and_wrong"].parameters,
}
"""The keys whose reveal marks mistakes, with what counts where a lesson says nothing."""


def painted(
    shows: Shows, photo: str, look: Look, question: Question | None, *, revealed: bool
) -> NDArray[np.uint8]:
    """A photo as a step shows it, (H, W, 3) at the size of lessons; a bare one until the answer is revealed.

    Then the mistakes that a question about them asks for are red. ModelError, LessonError, DatasetError.
    """
    found = _seen(shows, photo, look, revealed=revealed)
    if shows.view == "photo" and not revealed:
        return found.image
    if shows.view == "confidence":
        seen = np.repeat((255 * found.confidence).astype(np.uint8)[..., None], 3, axis=2)
    else:
        seen = colour_mask(found.labels, found.class_list) if shows.view == "mask" else overlay(found)
    if revealed and shows_mistakes(question, photo):
        seen = marked(seen, mistakes(question, photo, look))
    return seen


def shows_mistakes(question: Question | None, photo: str) -> bool:
    """Whether the reveal of a question marks pixels that the network is sure of, and has wrong."""
    return question is not None and question.key in _SURE_OF and is_drawn(photo)


def mistakes(question: Question | None, photo: str, look: Look) -> NDArray[np.bool_]:
    """(H, W) the pixels that the network is as sure of as the question says, and that it has wrong."""
    assert question is not None  # noqa: S101 (see `shows_mistakes`)
    return HUNTS["sure_and_wrong"].mark(look, photo, {**_SURE_OF[question.key], **question.parameters})


def marked(image: NDArray[np.uint8], hits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A picture with some of its pixels in red. image: (H, W, 3). hits: (H, W)."""
    red: NDArray[np.uint8] = np.where(hits[..., None], np.array(MISTAKE, np.uint8), image)
    return red


def fingerprint_picture(sha256: str) -> NDArray[np.uint8]:
    """A fingerprint as a pattern, (320, 320, 3): each of its 256 bits is a square, dark for 1.

    sha256: in hexadecimal. People see at once whether two patterns are the same; of 64 digits they do not.
    """
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(sha256), np.uint8)).reshape(_BITS, _BITS)
    squares: NDArray[np.uint8] = np.kron(bits, np.ones((20, 20), np.uint8))
    pattern: NDArray[np.uint8] = _BIT_COLOURS[squares]
    return pattern


def _seen(shows: Shows, photo: str, look: Look, *, revealed: bool) -> Segmentation:
    found = look.segment(photo)
    if shows.instead == "upside-down":
        return look.segmenter(look.model).segment(np.ascontiguousarray(found.image[::-1]))
    if shows.instead == "untrained" and revealed:
        return untrained(look.model).segment(found.image)
    return found


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
