"""Pictures of label maps."""

from __future__ import annotations

import numpy as np

from core.segmentation.painting import outlined


def test_a_line_stands_where_one_class_ends_and_another_begins() -> None:
    labels = np.array([[0, 0, 1], [0, 0, 1], [2, 2, 2]], np.uint8)
    picture = np.zeros((3, 3, 3), np.uint8)
    lit = outlined(picture, labels).any(axis=2)
    assert lit.tolist() == [[False, False, True], [False, False, True], [True, True, True]]
    assert not outlined(picture, np.zeros_like(labels)).any()
