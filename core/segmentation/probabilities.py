"""The probabilities of one pixel: as per cent, in bits, in words, and at another temperature."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import TemperatureError
from core.languages import sentence

SURE, FAIRLY_SURE = 90, 70
"""Whole per cent of the most probable class from which a network is called sure, or fairly sure."""

CLOSE = 20
"""A class at most this many per cent behind the first one is its rival."""

MOST = 60
"""Whole per cent that two rivals have together, at least, if a network is torn between them."""

LEANING = 40
"""Whole per cent from which a network leans towards the most probable class, if that has no rival."""

HIGHEST_TEMPERATURE = 100.0


def percent(probability: float) -> str:
    """A probability as whole per cent, as every page and the viewer show it."""
    return f"{percent_number(probability)}%"


def percent_number(probability: float) -> int:
    """A probability in [0, 1] as whole per cent, halves up."""
    return math.floor(probability * 100 + 0.5)


def entropy_bits(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Entropy of each distribution.

    probabilities: (..., C) in [0, 1], each row summing to 1. Returns (...) bits: 0 is certain, log2(C)
    knows nothing. Source: Shannon, "A Mathematical Theory of Communication", 1948, section 6.
    """
    exact = probabilities.astype(np.float64)
    # A class of probability 0 adds nothing, and its logarithm must not be taken.
    logs = np.log2(exact, out=np.zeros_like(exact), where=exact > 0)
    # rounding may leave a sum a little above 1, which would make the entropy negative
    bits: NDArray[np.float64] = np.maximum(-(exact * logs).sum(axis=-1), 0.0)
    return bits


def certainty(names: Sequence[str], probabilities: Sequence[float]) -> str:
    """How sure a network is, in words that complete "The network is ...".

    names, probabilities: classes and their probabilities, the most probable first; at least one.

    It uses the whole per cent that people see, so that words and figures agree:
    - "sure": the first class has 90 % or more;
    - "fairly sure": 70 % or more;
    - "torn between A and B": the second is at most 20 points behind the first, the third is further behind,
      and the two hold 60 % or more together;
    - "leaning towards A": no class is within 20 points of the first, which has 40 % or more;
    - "undecided": anything else, when three or more classes are close or none has much.
    """
    first, second, third = ([percent_number(p) for p in probabilities[:3]] + [0, 0])[:3]
    if first >= SURE:
        return sentence("sure")
    if first >= FAIRLY_SURE:
        return sentence("fairly sure")
    rivals = [behind for behind in (first - second, first - third) if behind <= CLOSE]
    if len(rivals) == 1 and first + second >= MOST:
        return sentence("torn between {first} and {second}", first=names[0], second=names[1])
    if not rivals and first >= LEANING:
        return sentence("leaning towards {first}", first=names[0])
    return sentence("undecided")


def temper(probabilities: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """The probabilities if the logits had been divided by `temperature` before the softmax.

    probabilities: (..., C) in [0, 1]. temperature: above 0, at most 100; below 1 sharpens, 1 changes
    nothing, above 1 flattens. Returns (..., C); each row sums to 1, and the order of the classes stays.
    A probability that was rounded to 0 stays 0. TemperatureError for any other temperature.

    softmax(z / T) needs no logits: they are log(p) plus a constant for all classes, which the softmax
    cancels. Source: Guo et al., "On Calibration of Modern Neural Networks", 2017, 4.2.
    """
    if not 0 < temperature <= HIGHEST_TEMPERATURE:
        raise TemperatureError(
            sentence(
                "The temperature is {temperature:g}; choose one above 0 and at most {highest_temperature:g}.",
                temperature=temperature,
                highest_temperature=HIGHEST_TEMPERATURE,
            )
        )
    exact = probabilities.astype(np.float64)
    with np.errstate(divide="ignore", over="ignore"):  # log(0), and a difference over a tiny temperature
        logs = np.log(exact)
        weights = np.exp((logs - logs.max(axis=-1, keepdims=True)) / temperature)
    tempered: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return tempered
