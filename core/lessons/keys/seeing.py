"""Keys about what the network looks at: M2, it does not see objects as people do."""

from __future__ import annotations

import numpy as np

from core.classes import CAMVID_32
from core.evaluation.metrics import IGNORE
from core.lessons.keys.key import Answer, Named, Parameters, number, numbers
from core.lessons.keys.look import Look
from core.lessons.keys.ranges import LETTERS, by_letter, range_of

_TIED = 0.05
"""Two classes whose probabilities are closer than this: nobody can say which one is meant."""


def class_at(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which class the network gives one pixel, among the four most probable ones in alphabetical order.

    row, col: the pixel, as parts of the picture's height and width.
    """
    found = look.segment(photo)
    row, col = int(number(told, "row") * (found.height - 1)), int(number(told, "col") * (found.width - 1))
    probabilities = found.probabilities(np.array([row]), np.array([col]))[0]
    best = np.argsort(-probabilities, kind="stable")[: len(LETTERS)]
    truth = int(look.truth(photo, found)[row, col])
    if len(best) < len(LETTERS) or probabilities[best[0]] - probabilities[best[1]] < _TIED or truth == IGNORE:
        return None
    names = found.class_list.names
    listed = sorted(names[number] for number in best)
    values = by_letter(listed)
    values |= {
        "found": Named(names[best[0]]),
        "share": float(probabilities[best[0]]),
        "truth": Named(names[truth]),
    }
    return Answer(listed.index(names[best[0]]), {**values, "row": row, "col": col})


def truth_at(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which class one pixel really is, among the largest of the picture in alphabetical order.

    row, col: as for `class_at`. The model is not asked.
    """
    found = look.segment(photo)
    labels = look.named_truth(photo, found)
    row, col = int(number(told, "row") * (found.height - 1)), int(number(told, "col") * (found.width - 1))
    right = int(labels[row, col])
    counts = np.bincount(labels.ravel(), minlength=len(CAMVID_32))
    largest = [
        int(each) for each in np.argsort(-counts, kind="stable") if each not in (right, CAMVID_32.void)
    ]
    if right == CAMVID_32.void:
        return None
    listed = sorted(CAMVID_32.names[each] for each in (right, *largest[: len(LETTERS) - 1]))
    values = by_letter(listed)
    name = CAMVID_32.names[right]
    return Answer(listed.index(name), {**values, "truth": Named(name), "row": row, "col": col})


def kept_upside_down(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which share of the pixels keep their class when the picture stands on its head, as a range.

    edges: three shares between the four ranges.
    """
    found = look.segment(photo)
    turned = look.segmenter(look.model).segment(np.ascontiguousarray(found.image[::-1]))
    share = float((turned.labels[::-1] == found.labels).mean())
    place = range_of(share, numbers(told, "edges"))
    return None if place is None else Answer(place, {"share": share})


def kept_in_pieces(look: Look, photo: str, told: Parameters) -> Answer | None:
    """How often a small piece of the picture, seen alone, gets the same class in its middle, as a range.

    side: of a piece, in pixels. edges: three shares between the four ranges.
    """
    found = look.segment(photo)
    half = max(int(number(told, "side")) // 2, 16)
    rows = np.linspace(half, found.height - half, 6, dtype=int)
    cols = np.linspace(half, found.width - half, 6, dtype=int)
    middles = [(row, col) for row in rows for col in cols]
    pieces = [found.image[row - half : row + half, col - half : col + half] for row, col in middles]
    alone = look.segmenter(look.model).segment_batch(pieces)
    kept = sum(
        int(piece.labels[half, half] == found.labels[row, col])
        for piece, (row, col) in zip(alone, middles, strict=True)
    )
    share = kept / len(middles)
    place = range_of(share, numbers(told, "edges"))
    return (
        None
        if place is None
        else Answer(place, {"share": share, "kept": kept, "count": len(middles), "side": 2 * half})
    )
