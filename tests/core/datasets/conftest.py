"""What the tests of data sets share: small data sets, a cache of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.classes import ClassList
from tests.conftest import Labels
from tests.layouts import STREET, Frames, write_layout


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The cache folder: each test has its own."""
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def make_layout(tmp_path: Path) -> Callable[..., Path]:
    """Write a data set in a layout; see `tests.layouts.write_layout`."""

    def make(layout: str, frames: Frames, name: str = "toy", class_list: ClassList = STREET) -> Path:
        write_layout(tmp_path / name, layout, frames, class_list)
        return tmp_path / name

    return make


@pytest.fixture
def street_frames(street: Labels) -> Frames:
    """Two frames for training, one for validation and one for the test, with CamVid's names."""
    return {
        "train": {"0006R0_f00930": street, "0016E5_00390": np.fliplr(street).copy()},
        "valid": {"0016E5_07959": np.where(street == 2, 0, street).astype(np.uint8)},
        "test": {"Seq05VD_f00000": np.where(street == 0, 2, street).astype(np.uint8)},
    }
