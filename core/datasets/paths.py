"""Where data sets are kept."""

from __future__ import annotations

import os
from pathlib import Path

from core.project import home


def data_folder() -> Path:
    """The folder that holds the data sets: what STREETSCOPE_DATA names, or `data/` of `core.project.home`."""
    return Path(os.environ.get("STREETSCOPE_DATA") or home() / "data")
