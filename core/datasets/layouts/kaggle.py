"""Kaggle's and Semantic-Segmentation-Suite's layout: `train/NAME.png`, `train_labels/NAME_L.png`.

`val` and `test` follow the same pattern. Label maps are in the colours of `class_dict.csv`.
"""

from __future__ import annotations

from pathlib import Path

from core.datasets.dataset import FrameSplit
from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, dataset_name, make_listing
from core.datasets.listing import Listing, join, pair, part

_SPLITS: tuple[tuple[str, FrameSplit], ...] = (("train", "train"), ("val", "valid"), ("test", "test"))


def _list_frames(root: Path) -> Listing:
    source = part(root, "class_dict.csv")
    class_list = lists.coloured_class_list(dataset_name(root), source, lists.read_class_dict(source))
    pairs = join(
        pair(root, folder, f"{folder}_labels", "_L.png", split)
        for folder, split in _SPLITS
        if (root / folder).is_dir() and (root / f"{folder}_labels").is_dir()
    )
    return make_listing(root, "kaggle", class_list, pairs, colour_labels=True)


LAYOUT = Layout("kaggle", "Kaggle's", ("train", "train_labels"), ("class_dict.csv",), _list_frames)
