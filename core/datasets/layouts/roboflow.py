"""Roboflow's masks: pictures and `NAME_mask.png` side by side in `train`, `valid` and `test`, with
`_classes.csv`.

Label maps hold the numbers in the column Pixel Value of `_classes.csv`, which stands in each folder or beside
them.
"""

from __future__ import annotations

from pathlib import Path

from core.datasets.layouts import lists
from core.datasets.layouts.layout import Layout, list_by_classes, subfolders, subset_split
from core.datasets.listing import Listing, join, pair, part
from core.errors import DatasetError
from core.files import is_file
from core.languages import sentence

CLASSES = "_classes.csv"
_ENDING = "_mask.png"


def _class_files(root: Path) -> list[Path]:
    """The class lists of a data set, in the order of its splits."""
    folders = [name for name in subfolders(root) if subset_split(name)]
    order = ("train", "valid", "test")
    folders.sort(key=lambda name: order.index(subset_split(name) or "test"))
    paths = [root / CLASSES, *(root / name / CLASSES for name in folders)]
    return [path for path in paths if is_file(path)]


def _list_frames(root: Path) -> Listing:
    files = [part(root, path.relative_to(root).as_posix()) for path in _class_files(root)]
    classes = lists.read_classes(files[0])
    for other in files[1:]:
        if lists.read_classes(other) != classes:
            raise DatasetError(
                sentence(
                    "{files} and {other} list different classes; give one class list to all.",
                    files=files[0],
                    other=other,
                )
            )
    pairs = join(
        pair(root, name, name, _ENDING, split)
        for name in subfolders(root)
        if (split := subset_split(name)) and any((root / name).glob(f"*{_ENDING}"))
    )
    return list_by_classes(root, "roboflow", files[0], pairs)


def _fits(root: Path) -> bool:
    masks = (any((root / name).glob(f"*{_ENDING}")) for name in subfolders(root) if subset_split(name))
    return bool(_class_files(root)) and any(masks)


LAYOUT = Layout("roboflow", "Roboflow's", ("train",), (f"train/{CLASSES}",), _list_frames, _fits)
