"""SegNet's merged labels under the names of all 32 classes are found by what the label maps hold."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32
from core.datasets.layouts.merged import NOTE
from core.datasets.layouts.opening import list_dataset
from core.evaluation.own_classes import measured_classes

PLAIN = [CAMVID_32.index(name) for name in CAMVID_11.names]
ROAD, PAINT, VOID = (CAMVID_32.index(name) for name in ("Road", "LaneMkgsDriv", "Void"))


def listed(make_dataset, maps):
    labels = {f"f{number:02}": np.array([each], np.uint8) for number, each in enumerate(maps)}
    return list_dataset(make_dataset(labels, codes=CAMVID_32.names))


def may_be(listing, name):
    classes = listing.dataset.class_list
    return [CAMVID_31.names[each] for each in classes.members(CAMVID_31)[classes.index(name)]]


def test_streets_in_which_only_the_plain_classes_occur_are_merged(make_dataset):
    listing = listed(make_dataset, [[*PLAIN, VOID]] * 10)

    assert may_be(listing, "Road") == ["LaneMkgsDriv", "LaneMkgsNonDriv", "Road"]
    assert may_be(listing, "Sky") == ["Sky"]
    assert listing.notes[-1] == NOTE


@pytest.mark.parametrize(
    "maps",
    [
        [[*PLAIN, VOID]] * 9 + [[*PLAIN, PAINT]],
        [[*PLAIN, VOID]] * 7,
        [[ROAD, VOID]] * 10,
    ],
    ids=["one with lane paint", "too few to tell", "too few classes"],
)
def test_other_labels_are_taken_at_their_word(make_dataset, maps):
    listing = listed(make_dataset, maps)

    assert may_be(listing, "Road") == ["Road"]
    assert NOTE not in listing.notes


def test_what_the_data_set_says_itself_counts(make_dataset):
    labels = {f"f{number:02}": np.array([PLAIN], np.uint8) for number in range(10)}
    root = make_dataset(labels, codes=CAMVID_32.names)
    (root / "label_sets.toml").write_text('Car = ["Car", "Truck_Bus"]', encoding="utf-8")

    assert may_be(list_dataset(root), "Road") == ["Road"]


def test_a_finer_network_is_measured_in_the_classes_that_occur(make_dataset):
    classes = listed(make_dataset, [[*PLAIN, VOID]] * 10).dataset.class_list
    measured, members = measured_classes(classes, CAMVID_31)

    assert {*measured.names} == {*CAMVID_11.names}
    assert members is not None
    assert sum(len(each) for each in members) == 25  # six of the 31 became Void


def test_a_network_of_the_data_sets_own_classes_learns_each_as_itself(make_dataset):
    classes = listed(make_dataset, [[*PLAIN, VOID]] * 10).dataset.class_list

    assert classes.members(classes)[ROAD] == (ROAD,)
    assert classes.translation(classes)[ROAD] == ROAD
    assert classes.translation(CAMVID_11)[ROAD] == CAMVID_11.index("Road")


@pytest.mark.camvid
def test_camvids_copy_by_segnet_is_found_to_be_merged(camvid):
    assert NOTE in list_dataset(camvid).notes
