"""Whether a photo shows a street at all, by what a network finds in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.photos.gather.checking import LOOKED_AT
from core.photos.gather.gathering import Shares
from core.segmentation.segmenter import Segmenter

_LEAST = 0.005
"""Smaller shares are left out: an entry is read by people too."""


def shares_by(segmenter: Segmenter) -> Shares:
    """What a network finds, as `gather` asks for it: shares from 0 to 1, the largest first."""

    def shares(image: NDArray[np.uint8]) -> dict[str, float]:
        found = segmenter.segment(image, LOOKED_AT).class_shares().tolist()
        pairs = sorted(zip(segmenter.class_list.names, found, strict=True), key=lambda pair: -pair[1])
        return {name: round(share, 3) for name, share in pairs if share >= _LEAST}

    return shares
