"""Where models and runs are kept. Nothing here imports torch, so importing it is cheap."""

from __future__ import annotations

import os
from pathlib import Path

from core.project import home

DEFAULT_MODEL = "street-lite0"
"""The shipped model that is shown first."""

SHIPPED_MODELS = {DEFAULT_MODEL: "street", "street32-lite0": "street32-motorcycles"}
"""The models that are StreetScope's own, each with the recipe that alone may replace it."""

_INSTALLED = Path(__file__).parent / "shipped"
"""Where `pip install` puts the shipped model (setup.py); a checkout has it in its `models/`."""


def models_folder() -> Path:
    """The folder that holds the models: what STREETSCOPE_MODELS names, or `models/` of `home`."""
    return Path(os.environ.get("STREETSCOPE_MODELS") or home() / "models")


def model_stores() -> tuple[Path, ...]:
    """The folders that models are read from; only the first, `models_folder`, is ever written.

    An installed copy has the shipped model in a second one, which belongs to the installation.
    """
    own = models_folder()
    if os.environ.get("STREETSCOPE_MODELS") or not _INSTALLED.is_dir():
        return (own,)
    return own, _INSTALLED
