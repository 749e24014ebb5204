"""Layouts with `SUBSET/NAME.png` and `SUBSETannot/NAME.png`: the SegNet tutorial's and CVAT's CamVid export.

The tutorial has no class list: its label maps hold SegNet's 11 classes, and number 11 is Unlabelled. CVAT and
Datumaro write a class list, `label_colors.txt`, and label maps in its colours or with the numbers of its
lines; a subset may have any name, and the list may be left out for CamVid's own colours.
"""

from __future__ import annotations

import os
from pathlib import Path

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.label_kind import holds_colours
from core.datasets.layouts import lists
from core.datasets.layouts.layout import (
    Layout,
    list_by_classes,
    make_listing,
    split_pairs,
    subfolders,
    subset_split,
)
from core.datasets.listing import Listing, Pairs, join, pair, part

# Sky, Building, Pole, Road, Pavement, Tree, SignSymbol, Fence, Car, Pedestrian, Bicyclist, Unlabelled: the
# order of the tutorial's class weights (Kendall, Badrinarayanan, Cipolla), in CamVid's names.
CLASSES = CAMVID_32.select("CamVid-11 and Void", (*CAMVID_11.names, "Void"))

_CLASS_LISTS = (lists.LABEL_COLOURS, "class_dict.csv", "_classes.csv")
_ANNOTATED = "annot"


def _subsets(root: Path) -> list[str]:
    """The folders with a folder of label maps beside them: training, validation, test, then others."""
    folders = subfolders(root)
    found = [name for name in folders if f"{name}{_ANNOTATED}" in folders]
    order = ("train", "valid", "test", None)
    return sorted(found, key=lambda name: order.index(subset_split(name)))


def _class_list_file(root: Path) -> Path | None:
    """The class list beside the label maps; a folder or a pipe of that name too, which is refused later."""
    return next((part(root, name) for name in _CLASS_LISTS if os.path.lexists(root / name)), None)


def _list_subsets(root: Path) -> Pairs:
    subsets = _subsets(root)
    pairs = join(
        pair(root, name, f"{name}{_ANNOTATED}", ".png", subset_split(name) or "train") for name in subsets
    )
    return pairs if any(map(subset_split, subsets)) else split_pairs(pairs)


def _list_tutorial(root: Path) -> Listing:
    return make_listing(root, "segnet", CLASSES, _list_subsets(root))


def _list_export(root: Path) -> Listing:
    pairs = _list_subsets(root)
    if (source := _class_list_file(root)) is not None:
        return list_by_classes(root, "cvat", source, pairs)
    return make_listing(root, "cvat", CAMVID_32, pairs, colour_labels=True)


def _is_tutorial(root: Path) -> bool:
    return not TUTORIAL.missing(root) and not _is_export(root)


def _is_export(root: Path) -> bool:
    subsets = _subsets(root)
    return bool(subsets) and (_class_list_file(root) is not None or _is_coloured(root, subsets))


def _is_coloured(root: Path, subsets: list[str]) -> bool:
    """Whether label maps without a class list are in CamVid's colours."""
    maps = [path for name in subsets for path in sorted((root / f"{name}{_ANNOTATED}").glob("*.png"))]
    return holds_colours(maps, CLASSES)


TUTORIAL = Layout(
    "segnet", "the SegNet tutorial's", ("train", f"train{_ANNOTATED}"), (), _list_tutorial, _is_tutorial
)
EXPORT = Layout(
    "cvat", "CVAT's", ("train", f"train{_ANNOTATED}"), (lists.LABEL_COLOURS,), _list_export, _is_export
)
