"""What every layout says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.classes import ClassList
from core.datasets.dataset import SegmentationDataset
from core.datasets.listing import Listing, Pairs, by_split


@dataclass(frozen=True)
class Layout:
    """A layout: its name, the folders and files (with an ending) it must have, and how it is read.

    list_frames: lists a folder that has all of them; DatasetError when it still makes no data set.
    """

    name: str
    owner: str
    folders: tuple[str, ...]
    files: tuple[str, ...]
    list_frames: Callable[[Path], Listing]

    def missing(self, root: Path) -> list[str]:
        """The parts that the folder `root` does not have."""
        folders = [name for name in self.folders if not (root / name).is_dir()]
        return folders + [name for name in self.files if not (root / name).is_file()]

    def recognise(self, root: Path) -> bool:
        """Whether the folder `root` has every part of the layout."""
        return not self.missing(root)


def make_listing(
    root: Path,
    layout: str,
    class_list: ClassList,
    pairs: Pairs,
    *,
    colour_labels: bool = False,
) -> Listing:
    """A listing of the frames `pairs`, whose data set is called as its folder is."""
    frames = by_split(pairs.frames)
    dataset = SegmentationDataset(
        name=dataset_name(root),
        class_list=class_list,
        train=frames["train"],
        valid=frames["valid"],
        test=frames["test"],
        root=root,
        layout=layout,
        colour_labels=colour_labels,
    )
    return Listing(dataset, pairs.problems, pairs.notes)


def dataset_name(root: Path) -> str:
    """What a data set is called: as its folder."""
    return root.resolve().name
