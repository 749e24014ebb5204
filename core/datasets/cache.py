"""Where what was computed from a data set is kept: `.streetscope/` in the data set itself.

Where that cannot be written, in `~/.cache/streetscope`; where STREETSCOPE_CACHE names a folder, there.
Nothing of it is needed: it can be deleted at any time, and what does not fit the data set is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from pathlib import Path

NAME = ".streetscope"


def folder(root: Path, part: str = "") -> Path | None:
    """The folder for what is kept of the data set `root`, made if need be; None where nothing can be kept.

    part: the name of a folder in it.
    """
    for base in _candidates(root):
        wanted = base / part
        # An administrator could write everywhere; what nobody may write is still left alone.
        if base.parent.exists() and not base.parent.stat().st_mode & 0o222:
            continue
        # A data set may bring a `.streetscope` of its own that leads to somewhere else.
        if base.is_symlink() or wanted.is_symlink():
            continue
        try:
            wanted.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(wanted, os.W_OK | os.X_OK):
            return wanted
    return None


def write(path: Path, data: bytes) -> None:
    """Put a file into a cache folder, all of it or nothing; a full disk is no reason to stop."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def is_kept(path: Path) -> bool:
    """Whether a file of the cache is there; a link or a pipe that a data set brought along is not."""
    return path.is_file() and not path.is_symlink()


def signature(path: Path) -> str | None:
    """What changes when a file is written again: its size and its time; None when it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return f"{status.st_size} {status.st_mtime_ns}"


def _candidates(root: Path) -> list[Path]:
    resolved = root.resolve()
    own = f"{resolved.name}-{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:16]}"
    if named := os.environ.get("STREETSCOPE_CACHE"):
        return [Path(named) / own]
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return [root / NAME, home / "streetscope" / own]
