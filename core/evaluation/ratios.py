"""Counts divided by counts, where the divisor may be 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def shares(part: NDArray[Any], whole: NDArray[Any]) -> FloatArray:
    """Each of `part` divided by its `whole`, of the same shape; NaN where that is 0."""
    divided: FloatArray = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return divided


def share(part: float, whole: float) -> float:
    """`part` divided by `whole`; NaN where that is 0."""
    return float(part / whole) if whole else float("nan")
