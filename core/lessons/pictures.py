"""What a step shows of its photo, as pictures, for a page and a projector alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from core.evaluation.metrics import IGNORE
from core.languages import mark
from core.lessons.keys.key import Mark, Parameters, number, word
from core.lessons.keys.look import Look, is_drawn, picture
from core.lessons.keys.table import HUNTS, KEYS
from core.lessons.keys.twin import untrained
from core.lessons.lesson import Question, Shows
from core.segmentation.painting import colour_mask, outlined, overlay
from core.segmentation.probabilities import temper
from core.segmentation.segmentation import Segmentation

ENLARGED = 192
"""Rows and columns of a piece on the screen: its pixels stay visible squares."""


MISTAKE = (220, 0, 0)
"""The colour of pixels that the network is sure of, and that it has wrong."""

_BITS = 16
"""Rows and columns of a fingerprint's squares: 256 bits."""

_BIT_COLOURS = np.array(((222, 235, 247), (8, 69, 148)), np.uint8)


def painted(
    shows: Shows, photo: str, look: Look, question: Question | None, *, revealed: bool
) -> NDArray[np.uint8]:
    """A photo as a step shows it, (H, W, 3) at the size of lessons; a bare one until the answer is revealed.

    Then the pixels that the question is about are red; see `colour_words`. ModelError, LessonError,
    DatasetError.
    """
    found = _seen(shows, photo, look, revealed=revealed)
    if shows.view == "photo" and not revealed:
        return found.image
    if shows.view == "confidence":
        sure = _tempered(found, question) if revealed and _tempers(question) else found.confidence
        seen = np.repeat((255 * sure).astype(np.uint8)[..., None], 3, axis=2)
    else:
        seen = colour_mask(found.labels, found.class_list) if shows.view == "mask" else overlay(found)
        if shows.instead != "untrained":  # who knows nothing has edges everywhere
            seen = outlined(seen, found.labels)
    if revealed and question is not None and (marking := _MARKINGS.get(question.key)) and is_drawn(photo):
        seen = marked(seen, marking[1](look, photo, {**_usual(question.key), **question.parameters}))
    return seen


def colour_words(shows: Shows, question: Question | None, photo: str, *, revealed: bool) -> str:
    """What the colours of `painted` mean where nothing else says so, marked for translation; else empty."""
    if revealed and shows.instead == "untrained":
        return mark("What its untrained twin says")
    if revealed and shows.instead == "upside-down":
        return mark("What the network says of it")
    if revealed and _tempers(question):
        return mark("How sure it is at this temperature. Bright: sure. Dark: unsure.")
    if revealed and question is not None and question.key in _MARKINGS and is_drawn(photo):
        return _MARKINGS[question.key][0]
    return mark("Bright: sure. Dark: unsure.") if shows.view == "confidence" else ""


def _void(look: Look, photo: str, told: Parameters) -> NDArray[np.bool_]:
    void: NDArray[np.bool_] = look.truth(photo, look.segment(photo)) == IGNORE
    return void


def _taken_for_another(look: Look, photo: str, told: Parameters) -> NDArray[np.bool_]:
    """(H, W) the pixels of a class that the network has missed, and those that it has made up."""
    found = look.segment(photo)
    truth, number = look.truth(photo, found), found.class_list.index(word(told, "target"))
    wrong: NDArray[np.bool_] = (truth != IGNORE) & ((truth == number) != (found.labels == number))
    return wrong


_MARKINGS: dict[str, tuple[str, Mark]] = {
    "wrong_where_sure": (mark("Red: sure and wrong"), HUNTS["sure_and_wrong"].mark),
    "sure_and_wrong": (mark("Red: sure and wrong"), HUNTS["sure_and_wrong"].mark),
    "unsure": (mark("Red: what was to be found"), HUNTS["unsure"].mark),
    "void_left_out": (mark("Red: Void"), _void),
    "iou_by_hand": (mark("Red: missed or false"), _taken_for_another),
}
"""The keys whose reveal marks pixels: what the red means, and which they are."""


def marks(question: Question | None) -> bool:
    """Whether the reveal of a question shows something in its picture that no view of it shows."""
    return question is not None and (question.key in _MARKINGS or _tempers(question))


def _usual(key: str) -> Parameters:
    return KEYS[key].parameters if key in KEYS else HUNTS[key].parameters


def _tempers(question: Question | None) -> bool:
    return question is not None and question.key == "changed_by_temperature"


def _tempered(found: Segmentation, question: Question | None) -> NDArray[np.float32]:
    """(H, W) the confidence at the temperature that a question is about."""
    assert question is not None  # noqa: S101 (see `_tempers`)
    told = {**_usual(question.key), **question.parameters}
    rows, cols = np.mgrid[0 : found.height, 0 : found.width]
    probabilities = temper(found.probabilities(rows.ravel(), cols.ravel()), number(told, "temperature"))
    sure: NDArray[np.float32] = probabilities.max(axis=1).reshape(found.height, found.width)
    return sure


def marked(image: NDArray[np.uint8], hits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A picture with some of its pixels in red, and white around them: red alone is dark to some eyes.

    image: (H, W, 3). hits: (H, W).
    """
    around = binary_dilation(hits)[..., None]
    red: NDArray[np.uint8] = np.where(
        hits[..., None], np.array(MISTAKE, np.uint8), np.where(around, 255, image)
    )
    return red.astype(np.uint8)


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
