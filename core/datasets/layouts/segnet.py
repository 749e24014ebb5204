"""The SegNet tutorial's layout: `train/NAME.png` and `trainannot/NAME.png`, likewise `val` and `test`.

Label maps hold SegNet's 11 classes; number 11 is Unlabelled.
"""

from __future__ import annotations

from pathlib import Path

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.dataset import FrameSplit
from core.datasets.layouts.layout import Layout, make_listing
from core.datasets.listing import Listing, join, pair

# Sky, Building, Pole, Road, Pavement, Tree, SignSymbol, Fence, Car, Pedestrian, Bicyclist, Unlabelled: the
# order of the tutorial's class weights (Kendall, Badrinarayanan, Cipolla), in CamVid's names.
CLASSES = CAMVID_32.select("CamVid-11 and Void", (*CAMVID_11.names, "Void"))

_SPLITS: tuple[tuple[str, FrameSplit], ...] = (("train", "train"), ("val", "valid"), ("test", "test"))


def _list_frames(root: Path) -> Listing:
    pairs = join(
        pair(root, folder, f"{folder}annot", ".png", split)
        for folder, split in _SPLITS
        if (root / folder).is_dir() and (root / f"{folder}annot").is_dir()
    )
    return make_listing(root, "segnet", CLASSES, pairs)


LAYOUT = Layout("segnet", "the SegNet tutorial's", ("train", "trainannot"), (), _list_frames)
