"""What a network sees in a photo: whether it shows a street at all, and how sure the network is of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.photos.gather.checking import LOOKED_AT
from core.photos.gather.gathering import Seen, Shares
from core.segmentation.segmenter import Segmenter

_LEAST = 0.005
"""Smaller shares are left out: an entry is read by people too."""


def shares_by(segmenter: Segmenter) -> Shares:
    """What a network sees, as `gather` asks for it: the largest share first."""

    def shares(image: NDArray[np.uint8]) -> Seen:
        found = segmenter.segment(image, LOOKED_AT)
        names = segmenter.class_list.names
        pairs = sorted(zip(names, found.class_shares().tolist(), strict=True), key=lambda pair: -pair[1])
        large = {name: round(share, 3) for name, share in pairs if share >= _LEAST}
        return Seen(large, round(float(found.confidence.mean()), 4))

    return shares
