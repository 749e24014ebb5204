"""Lane paint is found by its brightness, in labels that call it Road."""

from __future__ import annotations

import numpy as np

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32
from core.training.mix.labels import Labels
from core.training.mix.paint import PaintRule, bright_marks

MERGED = {"Road": ("LaneMkgsDriv", "LaneMkgsNonDriv", "Road")}


def grey_road():
    """A road of 60 x 96 pixels that grows brighter upwards, with a bright line down its middle."""
    image = np.repeat(np.linspace(140, 90, 60)[:, None], 96, axis=1)
    image[:, 46:50] += 60
    return np.repeat(image[..., None], 3, axis=2).astype(np.uint8)


def test_a_bright_line_on_the_road_is_paint_and_the_road_is_not():
    marks = bright_marks(grey_road(), np.ones((60, 96), bool))

    assert marks[:, 46:50].mean() > 0.95
    assert not marks[:, :44].any()
    assert not marks[:, 52:].any()


def test_only_the_road_has_paint_and_a_dot_is_noise():
    road = np.zeros((60, 96), bool)
    road[:, 60:] = True
    image = np.full((60, 96, 3), 90, np.uint8)
    image[:, 20:24] = 200
    image[30, 80] = 200

    assert not bright_marks(image, road).any()


def test_the_rule_changes_the_label_of_merged_labels_alone():
    labels = Labels.of(CAMVID_32, CAMVID_31, MERGED)
    rule = PaintRule.of(labels, CAMVID_31)
    assert rule is not None
    changed = rule(grey_road(), np.full((60, 96), rule.road, np.uint8))

    assert labels.members is not None
    assert labels.members[changed[30, 48]] == (CAMVID_31.index("LaneMkgsDriv"),)
    assert changed[30, 10] == rule.road
    assert PaintRule.of(Labels.of(CAMVID_32, CAMVID_31), CAMVID_31) is None
    assert PaintRule.of(Labels.of(CAMVID_11, CAMVID_31), CAMVID_31) is None
