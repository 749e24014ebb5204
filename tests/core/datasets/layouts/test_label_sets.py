"""A data set may say itself what its labels may be in a network with finer classes."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.contents.fingerprint import fingerprint
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError

CODES = ("Void", "Road", "Vehicle", "Boat")


@pytest.fixture
def folder(make_dataset):
    return make_dataset({"a": np.zeros((4, 4), np.uint8)}, codes=CODES)


def said(folder, text):
    (folder / "label_sets.toml").write_text(text, encoding="utf-8")
    return open_dataset(folder)


def members(dataset, target, name):
    return [target.names[each] for each in dataset.class_list.members(target)[CODES.index(name)]]


def test_a_label_may_be_what_the_file_says(folder):
    dataset = said(folder, 'Vehicle = ["Car", "Truck_Bus", "Void"]')

    assert members(dataset, CAMVID_32, "Vehicle") == ["Car", "Truck_Bus"]
    assert members(dataset, CAMVID_32, "Road") == ["LaneMkgsDriv", "LaneMkgsNonDriv", "Road"]
    assert members(dataset, CAMVID_32, "Boat") == []
    assert members(dataset, CAMVID_32, "Void") == []


def test_in_a_coarser_network_a_label_may_be_what_its_classes_are_grouped_as(folder):
    dataset = said(folder, 'Vehicle = ["Truck_Bus", "SUVPickupTruck"]')

    assert members(dataset, CAMVID_11, "Vehicle") == ["Car"]
    table = dataset.class_list.translation(CAMVID_11)
    assert table[CODES.index("Vehicle")] == CAMVID_11.index("Car")


def test_without_the_file_nothing_is_said(folder):
    assert [each.may_be for each in open_dataset(folder).class_list.classes] == [(), (), (), ()]


def test_another_file_makes_other_figures(folder):
    plain = fingerprint(open_dataset(folder))

    assert fingerprint(said(folder, 'Vehicle = ["Car"]')) != plain
    assert fingerprint(said(folder, "")) == plain


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Road = []\nVehicle = [}", "is no TOML: .*line 2"),
        ('Vehicles = ["Car"]', "'Vehicles', which is no class of the data set; Vehicle may be meant"),
        ('Vehicle = ["Cars"]', "'Cars', which is none of CamVid's 32 classes; Car may be meant"),
        ("Vehicle = []", "does not say what Vehicle may be"),
        ('Vehicle = "Car"', "does not say what Vehicle may be"),
        ("Vehicle = [3]", "does not say what Vehicle may be"),
        ('Vehicle = ["Void"]', "leaves nothing that Vehicle may be"),
        ('[Vehicle]\nCar = "Car"', "does not say what Vehicle may be"),
        ("a = " + "[" * 5000, "is no TOML"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(folder, text, reason):
    with pytest.raises(DatasetError, match=reason) as refused:
        said(folder, text)
    assert "label_sets.toml" in str(refused.value)
    assert len(str(refused.value)) < 400
