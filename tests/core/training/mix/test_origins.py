"""What a card says of how each class was learnt."""

from __future__ import annotations

import numpy as np

from core.classes import CAMVID_11, CAMVID_31
from core.datasets.layouts.opening import open_dataset
from core.training.mix.origins import learnt_from

LABELS = np.array([[0, 1]], np.uint8)


def test_a_name_in_photos_counts_more_than_a_coarser_one_and_that_more_than_a_drawing(make_dataset):
    photos = open_dataset(make_dataset({"a": LABELS}, codes=("Road", "Sky", "Car"), name="photos"))
    three = np.array([[0, 1, 2]], np.uint8)
    drawn = open_dataset(make_dataset({"b": three}, codes=("Wall", "Train", "Sky"), name="jakarta"))

    assert learnt_from(CAMVID_31, [(photos, {"Road": ("Road", "LaneMkgsDriv")}), (drawn, {})]) == {
        "LaneMkgsDriv": "merged",
        "Road": "real",
        "Sky": "real",
        "Train": "drawn",
        "Wall": "drawn",
    }


def test_a_label_that_has_no_pixel_taught_nothing(make_dataset):
    photos = open_dataset(make_dataset({"a": LABELS}, codes=("Road", "Sky", "Car"), name="photos"))

    assert learnt_from(CAMVID_11, [(photos, {})]) == {"Sky": "real", "Road": "real"}


def test_a_label_that_may_be_nearly_everything_teaches_no_class(make_dataset):
    photos = open_dataset(make_dataset({"a": LABELS}, codes=("Sky", "Else"), name="photos"))
    others = tuple(name for name in CAMVID_31.names if name != "Sky")

    assert learnt_from(CAMVID_31, [(photos, {"Else": others})]) == {"Sky": "real"}
