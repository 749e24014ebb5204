"""What tests of looking inside share: a street painted in a model's colours, which it finds again exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.segmentation.segmenter import Segmenter, load_segmenter
from tests.conftest import Labels


@pytest.fixture
def segmenter(colour_model: str) -> Segmenter:
    """A network that sees one pixel at a time."""
    return load_segmenter(colour_model)


@pytest.fixture
def picture(paint: Callable[[Labels], NDArray[np.uint8]], street: Labels) -> NDArray[np.uint8]:
    """The street as a picture."""
    return paint(street)
