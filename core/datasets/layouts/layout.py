"""How every layout describes itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.classes import ClassList
from core.datasets.dataset import FrameSplit, SegmentationDataset
from core.datasets.label_kind import holds_colours
from core.datasets.layouts import lists
from core.datasets.listing import Listing, Pairs, by_split
from core.datasets.splits import split_by_name
from core.errors import DatasetError
from core.files import is_file, is_folder
from core.languages import sentence


@dataclass(frozen=True)
class Layout:
    """A layout: its name, the folders and files (with a suffix) it must have, and how it is read.

    list_frames: lists a folder that has all of them; DatasetError if it is still not a data set.
    fits: whether a folder has the layout, where the parts alone do not say so: they are then an example.
    """

    name: str
    owner: str
    folders: tuple[str, ...]
    files: tuple[str, ...]
    list_frames: Callable[[Path], Listing]
    fits: Callable[[Path], bool] | None = None

    def missing(self, root: Path) -> list[str]:
        """The parts that the folder `root` does not have."""
        folders = [name for name in self.folders if not is_folder(root / name)]
        return folders + [name for name in self.files if not is_file(root / name)]

    def recognise(self, root: Path) -> bool:
        """Whether the folder `root` has the layout."""
        return self.fits(root) if self.fits else not self.missing(root)


def make_listing(
    root: Path,
    layout: str,
    class_list: ClassList,
    pairs: Pairs,
    *,
    colour_labels: bool = False,
    values: tuple[int, ...] = (),
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
        values=values,
    )
    return Listing(dataset, pairs.problems, pairs.notes, pairs.split_is_given)


def list_by_classes(
    root: Path, layout: str, source: Path, pairs: Pairs, *, otherwise_colours: bool = False
) -> Listing:
    """A listing of the frames `pairs` with the classes of the list `source`, whose label maps are looked at.

    They hold the list's colours or its numbers. otherwise_colours: what they hold where they do not tell.
    """
    entries = lists.read_classes(source)
    name, names = dataset_name(root), [entry.name for entry in entries]
    colours = [entry.colour for entry in entries if entry.colour]
    values = [entry.value for entry in entries if entry.value is not None]
    numbered = lists.class_list(name, source, names, colours or None)
    paths = [frame.label for frame in pairs.frames]
    if colours and holds_colours(paths, numbered, values=values, otherwise=otherwise_colours):
        coloured = lists.coloured_class_list(name, source, list(zip(names, colours, strict=True)))
        return make_listing(root, layout, coloured, pairs, colour_labels=True)
    if len(set(values)) < len(values):
        raise DatasetError(
            sentence("{source} gives one number to several classes; each class needs its own.", source=source)
        )
    own = tuple(values) if values != list(range(len(values))) else ()
    return make_listing(root, layout, numbered, pairs, values=own)


def subset_split(name: str) -> FrameSplit | None:
    """The split that a folder's name stands for; None for any other name, as CVAT's `default`."""
    return _SPLITS.get(name.casefold())


_SPLITS: dict[str, FrameSplit] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "valid"),
    **dict.fromkeys(("test", "testing"), "test"),
}


def subfolders(root: Path) -> list[str]:
    """The names of the folders in a folder, sorted; none that is hidden, and none if it cannot be read."""
    try:
        with os.scandir(root) as entries:
            return sorted(
                entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")
            )
    except OSError:
        return []


def split_pairs(pairs: Pairs) -> Pairs:
    """Split the frames of a data set that does not say how (`split_by_name`), and note the rule.

    Frames that are already for the test stay there.
    """
    splits, rule = split_by_name([frame.name for frame in pairs.frames if frame.split != "test"])
    frames = tuple(replace(frame, split=splits.get(frame.name, frame.split)) for frame in pairs.frames)
    notes = (*pairs.notes, sentence("The data set does not say how it is split. {rule}", rule=rule))
    return Pairs(frames, pairs.problems, notes, split_is_given=False)


def dataset_name(root: Path) -> str:
    """A data set's name: its folder's."""
    return root.resolve().name
