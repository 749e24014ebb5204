"""What labels teach: the network's classes, or sets of them."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32, ClassList, SegmentationClass
from core.errors import RecipeError
from core.evaluation.metrics import IGNORE, truth_table
from core.training.mix.labels import Labels


@pytest.mark.parametrize("truth", [CAMVID_11, CAMVID_32])
def test_labels_of_one_class_each_are_the_networks_classes(truth):
    labels = Labels.of(truth, CAMVID_11)

    assert (labels.classes, labels.members) == (CAMVID_11, None)
    assert np.array_equal(labels.table, truth_table(truth, CAMVID_11))


def test_coarse_labels_keep_their_own_numbers_and_know_what_they_may_be():
    labels = Labels.of(CAMVID_11, CAMVID_31)

    assert labels.table[: len(CAMVID_11)].tolist() == [*range(11)]
    assert (labels.table[len(CAMVID_11) :] == IGNORE).all()
    assert labels.members is not None
    road = labels.members[CAMVID_11.index("Road")]
    assert [CAMVID_31.names[each] for each in road] == ["LaneMkgsDriv", "LaneMkgsNonDriv", "Road"]


def test_a_label_that_may_be_nothing_teaches_nothing_and_has_no_number():
    names = ("Void", "Road", "Boat", "Tree")
    truth = ClassList("mine", tuple(SegmentationClass(name, (0, 0, 0)) for name in names), 0)
    labels = Labels.of(truth, CAMVID_31)

    assert labels.table[:4].tolist() == [IGNORE, 0, IGNORE, 1]
    assert labels.classes.names == ("Road", "Tree")


def test_a_correction_is_the_class_that_somebody_chose():
    finer = CAMVID_32.select("mine", ("Road", "Building", "Wall"))
    labels = Labels.corrected(finer, CAMVID_31)

    assert labels.members is None
    assert labels.table[0] == CAMVID_31.index("Road")


def test_a_correction_among_segnets_classes_may_be_what_nobody_could_choose():
    labels = Labels.corrected(CAMVID_11, CAMVID_31)

    road, sky = CAMVID_31.index("Road"), CAMVID_31.index("Sky")
    assert labels.classes == CAMVID_31
    assert labels.table[CAMVID_11.index("Road")] == road
    assert labels.members is not None
    assert [CAMVID_31.names[each] for each in labels.members[road]] == [
        "LaneMkgsDriv",
        "LaneMkgsNonDriv",
        "Road",
    ]
    assert labels.members[sky] == (sky,)
    assert Labels.corrected(CAMVID_11, CAMVID_11).members is None


def test_a_recipe_says_what_a_label_may_be_and_the_figures_stay_those_of_the_data_set():
    labels = Labels.of(CAMVID_11, CAMVID_31, {"Building": ("Building", "Wall")})

    number = CAMVID_11.index("Building")
    assert labels.members is not None
    assert labels.measured == CAMVID_11.members(CAMVID_31)
    assert [CAMVID_31.names[each] for each in labels.members[number]] == ["Building", "Wall"]
    assert labels.members[:number] == CAMVID_11.members(CAMVID_31)[:number]


def test_a_data_set_with_fine_names_and_merged_labels_is_taken_as_the_recipe_says():
    labels = Labels.of(CAMVID_32, CAMVID_31, {"Road": ("LaneMkgsDriv", "LaneMkgsNonDriv", "Road")})

    road = labels.classes.index("Road")
    assert labels.table[CAMVID_32.index("Road")] == road
    assert labels.members is not None
    assert labels.measured is not None
    assert labels.measured[road] == labels.members[road]
    # where the network is sure of a lane marking, the label is Road
    assert labels.measured[labels.classes.index("LaneMkgsDriv")] == ()
    assert [CAMVID_31.names[each] for each in labels.members[road]] == [
        "LaneMkgsDriv",
        "LaneMkgsNonDriv",
        "Road",
    ]
    assert labels.members[labels.classes.index("Sky")] == (CAMVID_31.index("Sky"),)


@pytest.mark.parametrize(
    ("sets", "sentence"),
    [
        ({"House": ("Building",)}, "'House' may be, which is no class of CamVid-11"),
        ({"Building": ("Church",)}, "may be 'Church', which the network does not learn"),
        ({"Building": ("Void",)}, "may be 'Void', which the network does not learn"),
    ],
)
def test_sets_that_name_what_there_is_not_are_one_sentence(sets, sentence):
    with pytest.raises(RecipeError, match=sentence):
        Labels.of(CAMVID_11, CAMVID_32, sets)
