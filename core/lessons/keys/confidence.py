"""Keys about how sure the network is: M1, confidence is not correctness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluation.metrics import IGNORE
from core.lessons.keys.key import Answer, Number, Parameters, number, numbers
from core.lessons.keys.look import Look
from core.lessons.keys.ranges import range_of
from core.segmentation.probabilities import temper

_EVERY = 8
"""Rows and columns from one looked-at pixel to the next, where a part of a picture stands for all of it."""


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


def unsure(look: Look, photo: str, told: Parameters) -> NDArray[np.bool_]:
    """(H, W) the pixels whose class is less probable than so many per cent. sure: these."""
    return look.segment(photo).confidence < number(told, "sure") / 100


def _sure(look: Look, photo: str, told: Parameters) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(H, W) the counted pixels that the network is sure of, and those of them that it has wrong."""
    found = look.segment(photo)
    truth = look.truth(photo, found)
    sure = (found.confidence >= number(told, "sure") / 100) & (truth != IGNORE)
    return sure, sure & (truth != found.labels)


def changed_by_temperature(look: Look, photo: str, told: Parameters) -> Answer | None:
    """Which share of the pixels get another class at another temperature: none, as the order stays.

    temperature: the other one. edges: two shares, after "none at all". before, after: the mean confidence.
    """
    found = look.segment(photo)
    rows, cols = np.mgrid[0 : found.height : _EVERY, 0 : found.width : _EVERY]
    usual = found.probabilities(rows.ravel(), cols.ravel())
    tempered = temper(usual, number(told, "temperature"))
    share = float((usual.argmax(axis=1) != tempered.argmax(axis=1)).mean())
    place = 0 if share == 0 else range_of(share, numbers(told, "edges"))
    if place is None:
        return None
    values = {"before": float(usual.max(axis=1).mean()), "after": float(tempered.max(axis=1).mean())}
    temperature = Number(number(told, "temperature"), 1)
    return Answer(place if share == 0 else place + 1, {**values, "share": share, "temperature": temperature})
