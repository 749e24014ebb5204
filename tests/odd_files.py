"""What stands where a plain file should, in a folder that a stranger has filled."""

from __future__ import annotations

import os
from pathlib import Path

ODD_FILES = ("link", "pipe", "folder", "5 GB")


def put_odd_file(path: Path, kind: str, target: Path) -> None:
    """Put one of ODD_FILES at `path`, where nothing is. target: of a link."""
    match kind:
        case "link":
            path.symlink_to(target)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "5 GB":
            with path.open("wb") as file:
                file.truncate(5 * 10**9)
        case _:
            raise ValueError(kind)
