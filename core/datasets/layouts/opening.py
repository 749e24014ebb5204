"""From a folder to a data set."""

from __future__ import annotations

import contextlib
from pathlib import Path

from core.datasets.dataset import SegmentationDataset
from core.datasets.layouts.recognition import recognise
from core.datasets.listing import LEAVES_OUT, Listing
from core.datasets.paths import data_folder
from core.errors import DatasetError


def list_dataset(root: Path) -> Listing:
    """Look at a folder, or the one data set in it, and list its frames and what is wrong with them.

    Only names are looked at; `check` also reads the files. DatasetError when it is no data set in a layout
    that we know, or has no frame.
    """
    layout, folder = recognise(root)
    listing = layout.list_frames(folder)
    if not listing.dataset.frames():
        left_out = next((p.message for p in listing.problems if p.kind in LEAVES_OUT), None)
        raise DatasetError(left_out or f"{folder} holds no pictures; give PNG or JPEG files.")
    return listing


def open_dataset(root: Path, *, strict: bool = True) -> SegmentationDataset:
    """Open a folder in any of the layouts, or a folder with one such folder in it.

    strict: DatasetError for the first picture that would have to be left out, such as one without label map;
    else it is left out.
    """
    listing = list_dataset(root)
    left_out = [problem for problem in listing.problems if problem.kind in LEAVES_OUT]
    if strict and left_out:
        raise DatasetError(left_out[0].message)
    return listing.dataset


def find_datasets(folder: Path | None = None) -> list[Path]:
    """The data sets in a folder (`data/` where none is given), by name; names with a dot are half made."""
    folder = folder or data_folder()
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and not path.name.startswith("."):
            with contextlib.suppress(DatasetError):
                found.append(recognise(path)[1])
    return found
