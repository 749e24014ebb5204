"""What the tests of corrections share: a data folder of the test's own, and small pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.store import OpenCorrection, Source, open_correction
from tests.conftest import COLOURS, Labels

SET = "trial"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, which the test has for itself, and a cache."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "data"


def picture(number: int = 0, size: tuple[int, int] = (40, 48)) -> NDArray[np.uint8]:
    """An image of noise; other numbers are other images."""
    return np.random.default_rng(number).integers(0, 256, (*size, 3), dtype=np.uint8)


def painted(correction: OpenCorrection, rows: slice, cols: slice, value: int) -> bytes:
    """The packed edit that paints a rectangle."""
    mask = correction.mask.copy()
    mask[rows, cols] = value
    return between(correction.mask, mask).packed()


@pytest.fixture
def begin(data: Path, street: Labels) -> Callable[..., OpenCorrection]:
    """Open the correction of a picture in the set `SET`, by default from the street's label map."""

    def make(number: int = 0, start: Mask = street, reviewed: bool = False) -> OpenCorrection:
        source = Source("photo", f"photo {number}.jpg", "street-lite0", "Somebody, CC BY 4.0")
        return open_correction(SET, picture(number, start.shape), start, COLOURS, source, reviewed)

    return make


def blank(size: tuple[int, int] = (40, 48)) -> Mask:
    """A mask in which nothing is reviewed."""
    return np.full(size, NOT_REVIEWED, np.uint8)
