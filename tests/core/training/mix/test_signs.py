"""Traffic lights and lettering are found by shape and place, in labels that call them signs."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32
from core.training.mix.labels import Labels
from core.training.mix.signs import SignRule

MERGED = {"SignSymbol": ("SignSymbol", "TrafficLight", "Misc_Text")}
LABELS = Labels.of(CAMVID_32, CAMVID_31, MERGED)
SIGN, HOUSE, SKY = (CAMVID_32.index(name) for name in ("SignSymbol", "Building", "Sky"))


def shown(around: int, height: int, width: int, colour: int | tuple[int, int, int]) -> str:
    """What the rule calls a sign of this size and colour, with that label all around it."""
    label = np.full((60, 80), around, np.uint8)
    label[20 : 20 + height, 30 : 30 + width] = SIGN
    image = np.full((60, 80, 3), 200, np.uint8)
    image[label == SIGN] = colour
    rule = SignRule.of(LABELS, CAMVID_31)
    assert rule is not None
    changed = rule(image, label)
    assert np.array_equal(changed[label != SIGN], label[label != SIGN])
    (found,) = np.unique(changed[label == SIGN])
    return LABELS.classes.names[found]


@pytest.mark.parametrize(
    ("around", "height", "width", "colour", "becomes"),
    [
        (SKY, 18, 7, 40, "TrafficLight"),
        (HOUSE, 18, 7, 40, "TrafficLight"),
        (SKY, 18, 7, 180, "SignSymbol"),
        (SKY, 18, 7, (20, 40, 120), "SignSymbol"),
        (SKY, 10, 10, 40, "SignSymbol"),
        (HOUSE, 8, 24, 180, "Misc_Text"),
        (HOUSE, 3, 3, 180, "SignSymbol"),
    ],
)
def test_a_slim_dark_grey_box_is_a_light_and_what_hangs_on_a_house_is_lettering(
    around, height, width, colour, becomes
):
    assert shown(around, height, width, colour) == becomes


def test_labels_that_tell_them_apart_need_no_rule():
    assert SignRule.of(Labels.of(CAMVID_32, CAMVID_31), CAMVID_31) is None
    assert SignRule.of(Labels.of(CAMVID_11, CAMVID_31), CAMVID_31) is None
