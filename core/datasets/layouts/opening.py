"""From a folder to a data set."""

from __future__ import annotations

import os
from pathlib import Path

from core.datasets.dataset import SegmentationDataset
from core.datasets.layouts.absence import no_pictures
from core.datasets.layouts.label_sets import with_label_sets
from core.datasets.layouts.merged import with_merged_labels
from core.datasets.layouts.recognition import recognise
from core.datasets.layouts.watching import all_recognised
from core.datasets.listing import LEAVES_OUT, STOPS, Listing
from core.errors import DatasetError
from core.file_names import is_litter, natural_order
from core.project import data_folder


def list_dataset(root: Path) -> Listing:
    """List the frames of a folder, or of the one data set in it, and what is wrong with them.

    Looks only at names, and at a few label maps to learn what they hold; `check` reads all files. What its
    labels may be is taken from LABEL_SETS if it has that file. DatasetError if it is
    not a data set in a known layout, has no frames, or if that file is wrong.
    """
    layout, folder = recognise(root)
    listing = with_merged_labels(with_label_sets(layout.list_frames(folder), folder))
    if not listing.dataset.frames():
        left_out = next((p.message for p in listing.problems if p.kind in LEAVES_OUT), None)
        raise DatasetError(left_out or no_pictures(folder))
    return listing


def open_dataset(root: Path, *, strict: bool = True) -> SegmentationDataset:
    """Open a folder in any of the layouts, or a folder with one such folder in it.

    strict: DatasetError for the first unusable picture, such as one without a label map, and for lists that
    leave the split in doubt; otherwise such pictures are left out, and such lines.
    """
    listing = list_dataset(root)
    refused = [problem for problem in listing.problems if problem.kind in LEAVES_OUT | STOPS]
    if strict and refused:
        raise DatasetError(refused[0].message)
    return listing.dataset


def find_datasets(folder: Path | None = None) -> list[Path]:
    """The data sets in a folder (`data/` if none is given) and in the folders in it, by name.

    A leading dot marks unfinished ones.
    """
    folder = folder or data_folder()
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_dir() and not is_litter(entry.name)]
    except OSError:
        return []
    return [path for name in sorted(names, key=natural_order) for path in all_recognised(folder / name)]
