"""The pixels that a class has chosen, over their picture: a heat map, and each pixel as right or wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from core.classroom.records import Click
from core.languages import all_of, mark, sentence

_WIDTH = 768
"""Pixels across: a projector's picture is as wide."""

_SPREAD = 0.02
"""Standard deviation of a click's heat, of the picture's width."""

_HEAT = np.array((255, 140, 0), np.float32)
_MOST = 0.75
_RADIUS = 12
_RIGHT, _WRONG, _PLAIN = "#1b7f3b", "#b3261e", "#1f4e9e"


def click_map(image: NDArray[np.uint8], clicks: Sequence[Click], *, revealed: bool) -> NDArray[np.uint8]:
    """Draw clicks over a picture.

    image: (H, W, 3). clicks: of pictures of any size; each is at the same place here. revealed: whether to
    say which are right: these get a dot, and wrong ones a cross, for who cannot tell the colours apart.
    Returns (H', 768, 3) uint8.
    """
    height = max(1, round(image.shape[0] * _WIDTH / image.shape[1]))
    scaled = np.asarray(Image.fromarray(image).resize((_WIDTH, height), Image.Resampling.BILINEAR))
    places = [_place(each, height) for each in clicks]
    picture = Image.fromarray(_heated(scaled, places))
    draw = ImageDraw.Draw(picture)
    for each, (x, y) in zip(clicks, places, strict=True):
        _mark(draw, x, y, each.correct if revealed else None)
    return np.asarray(picture)


def _place(each: Click, height: int) -> tuple[int, int]:
    """The middle of a clicked pixel, as (x, y) of the drawn picture; it is inside of it."""
    return int((each.col + 0.5) * _WIDTH / each.width), int((each.row + 0.5) * height / each.height)


def _heated(image: NDArray[np.uint8], places: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    if not places:
        return image
    heat: NDArray[np.float32] = np.zeros(image.shape[:2], np.float32)
    for x, y in places:
        heat[y, x] += 1
    spread: NDArray[np.float32] = gaussian_filter(heat, _SPREAD * _WIDTH)
    share = (_MOST * spread / spread.max())[..., None]
    heated: NDArray[np.uint8] = (image * (1 - share) + _HEAT * share).round().astype(np.uint8)
    return heated


def _mark(draw: ImageDraw.ImageDraw, x: int, y: int, correct: bool | None) -> None:
    box = (x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS)
    colour = _PLAIN if correct is None else _RIGHT if correct else _WRONG
    draw.ellipse(box, fill="white", outline=colour, width=4)
    if correct is None:
        return
    arm = _RADIUS // 2
    if correct:
        draw.ellipse((x - arm, y - arm, x + arm, y + arm), fill=colour)
    else:
        draw.line((x - arm, y - arm, x + arm, y + arm), fill=colour, width=4)
        draw.line((x - arm, y + arm, x + arm, y - arm), fill=colour, width=4)


_NINTHS = (
    *(mark("the upper left"), mark("the top"), mark("the upper right")),
    *(mark("the left edge"), mark("the middle"), mark("the right edge")),
    *(mark("the lower left"), mark("the bottom"), mark("the lower right")),
)
"""Thirds of a picture's height and width, row by row."""

_MOST_NAMED = 2


def where_most(clicks: Sequence[Click]) -> str:
    """Where in the picture most pixels were chosen, as a sentence for those who do not see the map.

    clicks: at least one.
    """
    ninths = Counter(3 * (3 * each.row // each.height) + 3 * each.col // each.width for each in clicks)
    most = max(ninths.values())
    named = [sentence(_NINTHS[number]) for number in sorted(ninths) if ninths[number] == most]
    if len(named) > _MOST_NAMED:
        return sentence("No part of the picture has more of them than the others.")
    return sentence("Most of them: {where}.", where=all_of(named))
