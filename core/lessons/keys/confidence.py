"""Keys about how sure the network is: M1, confidence is not correctness."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from core.evaluation.metrics import IGNORE
from core.lessons.keys.key import Answer, Parameters, number, numbers
from core.lessons.keys.look import Look

NEAR_AN_EDGE = 0.1
"""A share this close to the edge of a range, as a part of the edge, is no question: rounding decides."""


def range_of(share: float, edges: list[float]) -> int | None:
    """In which of the ranges between the edges a share lies; None where it is too close to an edge."""
    if any(abs(share - edge) < NEAR_AN_EDGE * edge for edge in edges):
        return None
    return bisect_left(edges, share)


def wrong_where_sure(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which share of the pixels that the network is sure of are wrong, as one of four ranges.

    sure: whole per cent from which it is. edges: where one range ends and the next begins, three shares.
    """
    sure, wrong = _sure(look, photo, told)
    share = float(wrong.sum() / sure.sum()) if sure.any() else 0.0
    place = range_of(share, numbers(told, "edges"))
    if share == 0 or place is None:
        return None
    values = {"share": share, "wrong": int(wrong.sum()), "count": int(sure.sum())}
    return Answer(place, {**values, "sure": int(number(told, "sure"))})


def sure_and_wrong(look: Look, photo: str, told: Parameters) -> NDArray[np.bool_]:
    """(H, W) the pixels that the network is sure of, and that it has wrong."""
    return _sure(look, photo, told)[1]


def _sure(look: Look, photo: str, told: Parameters) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(H, W) the counted pixels that the network is sure of, and those of them that it has wrong."""
    found = look.segment(photo)
    truth = look.truth(photo, found)
    sure = (found.confidence >= number(told, "sure") / 100) & (truth != IGNORE)
    return sure, sure & (truth != found.labels)
