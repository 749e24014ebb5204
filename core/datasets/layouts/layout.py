"""How every layout describes itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.classes import ClassList
from core.datasets.dataset import SegmentationDataset
from core.datasets.listing import Listing, Pairs, by_split
from core.datasets.splits import split_by_name


@dataclass(frozen=True)
class Layout:
    """A layout: its name, the folders and files (with a suffix) it must have, and how it is read.

    list_frames: lists a folder that has all of them; DatasetError if it is still not a data set.
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
    """A listing of the frames `pairs`; the data set is named after its folder."""
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
    return Listing(dataset, pairs.problems, pairs.notes, pairs.split_is_given)


def split_pairs(pairs: Pairs) -> Pairs:
    """Split the frames of a data set that does not say how (`split_by_name`), and note the rule.

    Frames that are already for the test stay there.
    """
    splits, rule = split_by_name([frame.name for frame in pairs.frames if frame.split != "test"])
    frames = tuple(replace(frame, split=splits.get(frame.name, frame.split)) for frame in pairs.frames)
    notes = (*pairs.notes, f"The data set does not say how it is split. {rule}")
    return Pairs(frames, pairs.problems, notes, split_is_given=False)


def dataset_name(root: Path) -> str:
    """A data set's name: its folder's."""
    return root.resolve().name
