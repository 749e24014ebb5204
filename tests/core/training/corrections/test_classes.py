"""Which classes corrections add to a model's."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.runs import between
from core.annotation.store import Source, open_correction, set_folder
from core.classes import CAMVID_11, CAMVID_32, UNLABELLED, ClassList, SegmentationClass
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.training.corrections.classes import extended_classes, known_truth, what_labels_may_be
from core.training.corrections.photos import corrected_photos, reviewed_pixels
from tests.conftest import COLOURS

MODEL = COLOURS.select("Model", ("Sky", "Road", "Tree"))


def a_set(make_dataset, codes, *reviewed):
    """One photo, of which some rows are reviewed: a row for each class number."""
    label = np.full((32, 32), 255, np.uint8)
    for row, number in enumerate(reviewed):
        label[row] = number
    return open_dataset(make_dataset({"a": label}, codes=codes))


def test_a_class_that_was_added_by_name_comes_last_with_its_colour(make_dataset):
    dataset = a_set(make_dataset, ("Sky", "Road", "Tree", "Becak"), 0, 3)
    found = extended_classes(dataset, MODEL, "start")

    assert found.names == ("Sky", "Road", "Tree", "Becak")
    assert found.classes[:3] == MODEL.classes
    assert found.classes[3].colour == dataset.class_list.classes[3].colour
    assert found.void is None


def test_a_class_of_which_no_pixel_was_reviewed_is_not_added(make_dataset):
    dataset = a_set(make_dataset, ("Sky", "Road", "Tree", "Becak"), 0, 1)

    assert extended_classes(dataset, MODEL, "start") is MODEL


def test_a_class_added_behind_the_models_list_is_new_though_it_has_a_group(make_dataset):
    codes = (*CAMVID_11.names, "MotorcycleScooter")
    found = extended_classes(a_set(make_dataset, codes, 0, 11), CAMVID_11, "start")

    assert found.names == codes


def test_in_a_finer_list_a_class_counts_as_its_group(make_dataset):
    dataset = a_set(make_dataset, CAMVID_32.names, CAMVID_32.index("SUVPickupTruck"))

    assert extended_classes(dataset, CAMVID_11, "start") is CAMVID_11


def test_void_is_never_added(make_dataset):
    dataset = a_set(make_dataset, ("Sky", "Road", "Tree", "Void"), 0, 3)

    assert extended_classes(dataset, MODEL, "start") is MODEL


def test_a_set_with_none_of_the_models_classes_is_one_sentence(make_dataset):
    dataset = a_set(make_dataset, ("Cat", "Dog"), 0, 1)
    with pytest.raises(
        DatasetError, match=r"^start knows none of the classes of toy \(Cat, Dog \.\.\.\); [^.]*\.$"
    ):
        extended_classes(dataset, MODEL, "start")


def test_more_classes_than_a_model_can_have_are_one_sentence(make_dataset):
    many = tuple(SegmentationClass(f"C{number}", (number, 0, 0)) for number in range(255))
    dataset = a_set(make_dataset, ("C3", "New"), 0, 1)
    with pytest.raises(DatasetError, match="start has 255 classes and toy adds 1; a model can have 255"):
        extended_classes(dataset, ClassList("Many", many), "start")


def test_what_is_added_the_corrections_alone_say():
    target = ClassList("T", (*MODEL.classes, SegmentationClass("Void", (9, 9, 9))))
    table = known_truth(ClassList("D", (target.classes[3], target.classes[0])), target, known=3)

    assert table[:2].tolist() == [UNLABELLED, 0]


def test_a_set_as_the_editor_saves_it_adds_the_class_that_was_named_there(tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    image, start = np.zeros((32, 48, 3), np.uint8), np.full((32, 48), CAMVID_11.index("Car"), np.uint8)
    opened = open_correction("mine", image, start, CAMVID_11, Source("photo", "a.jpg", "start"))
    new = np.full_like(start, 255)
    new[4:8, 4:20] = opened.add_class("Becak")
    opened.edit(between(opened.mask, new).packed())
    photos = corrected_photos(open_dataset(set_folder("mine"))).dataset

    assert reviewed_pixels(photos, photos.train).sum() == 4 * 16
    found = extended_classes(photos, CAMVID_11, "start")
    assert found.names == (*CAMVID_11.names, "Becak")
    assert found.classes[-1].colour not in {c.colour for c in CAMVID_11.classes}


def test_where_a_data_set_lumps_an_added_class_its_label_may_be_either():
    target = CAMVID_32.select("CamVid-11 and one", (*CAMVID_11.names, "MotorcycleScooter"))
    bicyclist, added = CAMVID_11.index("Bicyclist"), len(CAMVID_11)
    lumped = what_labels_may_be(CAMVID_11, target, added)
    apart = what_labels_may_be(CAMVID_32, target, added)

    assert lumped[bicyclist] == (bicyclist, added)
    assert [each for number, each in enumerate(lumped) if number != bicyclist] == [
        (number,) for number in range(len(target)) if number != bicyclist
    ]
    assert apart == tuple((number,) for number in range(len(target)))
