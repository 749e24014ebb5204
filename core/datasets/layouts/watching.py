"""Noticing that a data set has changed, at the price of a few files' times however many frames it has.

A folder's own time changes whenever a file in it comes, goes or is renamed, so frames need not be looked at.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

from core.datasets.layouts.layout import subset_split
from core.datasets.layouts.recognition import recognise_all
from core.datasets.layouts.roboflow import CLASSES
from core.errors import DatasetError
from core.files import signature
from core.photos.endings import is_picture_name

Stamps = tuple[tuple[str, str | None], ...]

_STEP = 3_000_000_000
"""Nanoseconds in which two changes may bear the same time, with room to spare: FAT counts in steps of 2 s."""


def dataset_stamp(root: Path) -> str:
    """What changes when a file of the data set in `root` comes, goes or is renamed, or a list is written."""
    folder = recognised(root)
    inner = _stamps(folder) if folder and folder != root else ()
    return repr((_stamps(root), inner))


def recognised(root: Path) -> Path | None:
    """The folder that `recognise` finds in `root`, or None; looked for again only after a change."""
    found = all_recognised(root)
    return found[0] if len(found) == 1 else None


def all_recognised(root: Path) -> tuple[Path, ...]:
    """`root` if it is a data set, or all data sets directly in it; looked for again only after a change."""
    return _recognised(root, _stamps(root))


@lru_cache(maxsize=256)
def _recognised(root: Path, stamps: Stamps) -> tuple[Path, ...]:
    try:
        return tuple(recognise_all(root))
    except DatasetError:
        return ()


def _stamps(folder: Path) -> Stamps:
    """The times of a folder and of the folders and lists directly in it.

    Hidden files and pictures are left out: a folder may hold ten thousand of them.
    """
    try:
        names = _names(folder)
    except OSError:
        names = ()
    # Roboflow's class lists lie one folder deeper; writing one again leaves that folder's time as it was.
    nested = (f"{name}/{CLASSES}" for name in names if subset_split(name))
    return tuple((name, signature(folder / name)) for name in (".", *names, *nested))


def _names(folder: Path) -> tuple[str, ...]:
    """What is watched in a folder; listed again only when the folder's own times say so. OSError."""
    status = folder.stat()
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if abs(time.time_ns() - changed) < _STEP:
        return _listed(folder)
    return _listed_at(folder, (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns))


@lru_cache(maxsize=256)
def _listed_at(folder: Path, times: tuple[int, ...]) -> tuple[str, ...]:
    return _listed(folder)


def _listed(folder: Path) -> tuple[str, ...]:
    with os.scandir(folder) as entries:
        return tuple(sorted(entry.name for entry in entries if _is_watched(entry.name)))


def _is_watched(name: str) -> bool:
    return not name.startswith(".") and not is_picture_name(name)
