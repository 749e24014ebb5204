"""Folders of data sets outside `data/` that somebody has opened: they are offered again."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from core.files import write_text
from core.project import data_folder

MOST = 20
_FILE = ".folders.json"
_MAX_BYTES = 256 * 1024


def recent_folders() -> list[Path]:
    """The folders, the latest first; empty if there are none or the file makes no sense."""
    try:
        path = data_folder() / _FILE
        if path.stat().st_size > _MAX_BYTES:
            return []
        named = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    names = named if isinstance(named, list) else []
    return [Path(name) for name in names[:MOST] if isinstance(name, str) and Path(name).is_absolute()]


def add_recent_folder(folder: Path) -> None:
    """Put a folder first; at most MOST are kept. A full disk is no reason to stop."""
    _write([folder.absolute(), *(known for known in recent_folders() if known != folder.absolute())])


def remove_recent_folder(folder: Path) -> None:
    """Stop offering a folder; its contents stay."""
    _write([known for known in recent_folders() if known != folder])


def _write(folders: list[Path]) -> None:
    with contextlib.suppress(OSError):
        data_folder().mkdir(parents=True, exist_ok=True)
        write_text(data_folder() / _FILE, json.dumps([str(folder) for folder in folders[:MOST]]))
