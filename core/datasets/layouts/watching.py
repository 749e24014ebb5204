"""Noticing that a data set has changed, at the price of a few files' times however many frames it has.

A folder's own time changes whenever a file in it comes, goes or is renamed, so frames need not be looked at.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from core.datasets.layouts.recognition import recognise
from core.datasets.pictures import SUFFIXES
from core.errors import DatasetError
from core.files import signature

Stamps = tuple[tuple[str, str | None], ...]


def dataset_stamp(root: Path) -> str:
    """What changes when a file of the data set in `root` comes, goes or is renamed, or a list is written."""
    folder = recognised(root)
    inner = _stamps(folder) if folder and folder != root else ()
    return repr((_stamps(root), inner))


def recognised(root: Path) -> Path | None:
    """The folder that `recognise` finds in `root`, or None; looked for again only after a change."""
    return _recognised(root, _stamps(root))


@lru_cache(maxsize=256)
def _recognised(root: Path, stamps: Stamps) -> Path | None:
    try:
        return recognise(root)[1]
    except DatasetError:
        return None


def _stamps(folder: Path) -> Stamps:
    """The times of a folder and of the folders and lists directly in it.

    Hidden files and pictures are left out: a folder may hold ten thousand of them.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _is_watched(entry.name))
    except OSError:
        names = []
    return tuple((name, signature(folder / name)) for name in (".", *names))


def _is_watched(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() not in SUFFIXES
