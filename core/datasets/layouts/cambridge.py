"""The original Cambridge download: `701_StillsRaw_full/NAME.png` and `LabeledApproved_full/NAME_L.png`.

Label maps are in the colours of `label_colors.txt`. The data set does not say how it is split.
"""

from __future__ import annotations

from pathlib import Path

from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, dataset_name, make_listing, split_pairs
from core.datasets.listing import Listing, pair, part

_IMAGES, _LABELS = "701_StillsRaw_full", "LabeledApproved_full"


def _list_frames(root: Path) -> Listing:
    source = part(root, lists.LABEL_COLOURS)
    class_list = lists.coloured_class_list(dataset_name(root), source, lists.read_label_colours(source))
    pairs = split_pairs(pair(root, _IMAGES, _LABELS, "_L.png"))
    return make_listing(root, "cambridge", class_list, pairs, colour_labels=True)


LAYOUT = Layout("cambridge", "Cambridge's", (_IMAGES, _LABELS), (lists.LABEL_COLOURS,), _list_frames)
