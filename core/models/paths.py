"""Where models and runs are kept. Nothing here imports torch, so importing it is cheap."""

from __future__ import annotations

import os
from pathlib import Path

from core.project import ROOT

DEFAULT_MODEL = "street-lite0"
"""The shipped model."""


def models_folder() -> Path:
    """The folder that holds the models: `models/` of the project, or what STREETSCOPE_MODELS names."""
    return Path(os.environ.get("STREETSCOPE_MODELS") or ROOT / "models")
