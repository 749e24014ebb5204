"""Folders of data sets outside `data/` that somebody has opened: they are offered again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from core.files import write_text
from core.project import data_folder

MOST = 20
_FILE = ".folders.json"
_LOCK = ".folders.lock"
_PATIENCE = 2.0
"""Seconds to wait for somebody else's change, which takes a millisecond."""
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
    first = folder.absolute()
    _change(lambda known: [first, *(each for each in known if each != first)])


def remove_recent_folder(folder: Path) -> None:
    """Stop offering a folder; its contents stay."""
    _change(lambda known: [each for each in known if each != folder])


def _change(change: Callable[[list[Path]], list[Path]]) -> None:
    """Change the list, one at a time: of two changes at once, the later would undo the earlier."""
    with contextlib.suppress(OSError, Timeout):
        data_folder().mkdir(parents=True, exist_ok=True)
        with FileLock(data_folder() / _LOCK, timeout=_PATIENCE):
            folders = change(recent_folders())
            write_text(data_folder() / _FILE, json.dumps([str(folder) for folder in folders[:MOST]]))
