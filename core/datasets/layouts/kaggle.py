"""Kaggle's and Semantic-Segmentation-Suite's layout: `train/NAME.png`, `train_labels/NAME_L.png`.

`val` and `test` follow the same pattern. Label maps are in the colours of `class_dict.csv`, or hold the
numbers of its lines.
"""

from __future__ import annotations

from pathlib import Path

from core.datasets.dataset import FrameSplit
from core.datasets.layouts.layout import Layout, list_by_classes
from core.datasets.listing import Listing, join, pair, part
from core.files import is_folder

_SPLITS: tuple[tuple[str, FrameSplit], ...] = (("train", "train"), ("val", "valid"), ("test", "test"))


def _list_frames(root: Path) -> Listing:
    source = part(root, "class_dict.csv")
    pairs = join(
        pair(root, folder, f"{folder}_labels", "_L.png", split)
        for folder, split in _SPLITS
        if is_folder(root / folder) and is_folder(root / f"{folder}_labels")
    )
    return list_by_classes(root, "kaggle", source, pairs, otherwise_colours=True)


LAYOUT = Layout("kaggle", "Kaggle's", ("train", "train_labels"), ("class_dict.csv",), _list_frames)
