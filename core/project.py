"""Where the project is on this machine, and where people's data sets and models are."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_data_path

ROOT = Path(__file__).parents[1]
"""The folder that holds `core`; our own processes start there."""


def home() -> Path:
    """The folder that holds `data` and `models` unless the environment names others.

    In a checkout it is the checkout. For an installed copy it is the user's own folder for data, such as
    ~/.local/share/streetscope: an update or an uninstall would remove what lies beside the installed code.
    """
    if (ROOT / "pyproject.toml").is_file():
        return ROOT
    return user_data_path("streetscope", appauthor=False)


@cache
def own_version() -> str:
    """StreetScope's version."""
    file = ROOT / "pyproject.toml"
    if file.is_file():
        return str(tomllib.loads(file.read_text("utf-8"))["project"]["version"])
    return version("streetscope")


def data_folder() -> Path:
    """The folder that holds the data sets: what STREETSCOPE_DATA names, or `data/` of `home`."""
    return Path(os.environ.get("STREETSCOPE_DATA") or home() / "data")
