"""Where data sets are kept."""

from __future__ import annotations

import os
from pathlib import Path

from core.project import ROOT


def data_folder() -> Path:
    """The folder that holds the data sets: `data/` of the project, or what STREETSCOPE_DATA names."""
    return Path(os.environ.get("STREETSCOPE_DATA") or ROOT / "data")
