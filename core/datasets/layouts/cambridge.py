"""The original Cambridge download: `701_StillsRaw_full/NAME.png` and `LabeledApproved_full/NAME_L.png`.

Label maps are in the colours of `label_colors.txt`. The data set does not say how it is split.
"""

from __future__ import annotations

from pathlib import Path

from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, list_by_classes, split_pairs
from core.datasets.listing import Listing, pair, part

_IMAGES, _LABELS = "701_StillsRaw_full", "LabeledApproved_full"


def _list_frames(root: Path) -> Listing:
    pairs = split_pairs(pair(root, _IMAGES, _LABELS, "_L.png"))
    return list_by_classes(root, "cambridge", part(root, lists.LABEL_COLOURS), pairs, otherwise_colours=True)


LAYOUT = Layout("cambridge", "Cambridge's", (_IMAGES, _LABELS), (lists.LABEL_COLOURS,), _list_frames)
