"""Pictures that are there before anybody gives one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

CHINA_CREDIT = "Photo: danielbuechele (Flickr), CC BY 2.0, from scikit-learn"


def china() -> Path:
    """scikit-learn's `china.jpg`: a Chinese temple, 640 x 427. Found without importing scikit-learn."""
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("scikit-learn is not installed: run `make setup`.")
    return Path(package.submodule_search_locations[0]) / "datasets" / "images" / "china.jpg"
