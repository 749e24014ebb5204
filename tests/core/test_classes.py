"""Class lists: the names, numbers and colours that every label map depends on."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32, ClassList, SegmentationClass, class_groups
from core.errors import DatasetError

SHARED = Path(__file__).parents[2] / "../shared"
"""CamVid's frames: the true labels of 101, and SegNet's, which keep CamVid's numbers."""

# codes.txt of fastai's camvid.tgz, line by line.
CODES = [
    "Animal",
    "Archway",
    "Bicyclist",
    "Bridge",
    "Building",
    "Car",
    "CartLuggagePram",
    "Child",
    "Column_Pole",
    "Fence",
    "LaneMkgsDriv",
    "LaneMkgsNonDriv",
    "Misc_Text",
    "MotorcycleScooter",
    "OtherMoving",
    "ParkingBlock",
    "Pedestrian",
    "Road",
    "RoadShoulder",
    "Sidewalk",
    "SignSymbol",
    "Sky",
    "SUVPickupTruck",
    "TrafficCone",
    "TrafficLight",
    "Train",
    "Tree",
    "Truck_Bus",
    "Tunnel",
    "VegetationMisc",
    "Void",
    "Wall",
]

# label_colors.txt of the original data set.
COLOURS = {
    "Animal": (64, 128, 64),
    "Archway": (192, 0, 128),
    "Bicyclist": (0, 128, 192),
    "Bridge": (0, 128, 64),
    "Building": (128, 0, 0),
    "Car": (64, 0, 128),
    "CartLuggagePram": (64, 0, 192),
    "Child": (192, 128, 64),
    "Column_Pole": (192, 192, 128),
    "Fence": (64, 64, 128),
    "LaneMkgsDriv": (128, 0, 192),
    "LaneMkgsNonDriv": (192, 0, 64),
    "Misc_Text": (128, 128, 64),
    "MotorcycleScooter": (192, 0, 192),
    "OtherMoving": (128, 64, 64),
    "ParkingBlock": (64, 192, 128),
    "Pedestrian": (64, 64, 0),
    "Road": (128, 64, 128),
    "RoadShoulder": (128, 128, 192),
    "Sidewalk": (0, 0, 192),
    "SignSymbol": (192, 128, 128),
    "Sky": (128, 128, 128),
    "SUVPickupTruck": (64, 128, 192),
    "TrafficCone": (0, 0, 64),
    "TrafficLight": (0, 64, 64),
    "Train": (192, 64, 128),
    "Tree": (128, 128, 0),
    "Truck_Bus": (192, 128, 192),
    "Tunnel": (64, 0, 64),
    "VegetationMisc": (192, 192, 0),
    "Void": (0, 0, 0),
    "Wall": (64, 192, 0),
}

# SegNet's order and its merging of the 32, as its CamVid copy has it.
ELEVEN = [
    "Sky",
    "Building",
    "Column_Pole",
    "Road",
    "Sidewalk",
    "Tree",
    "SignSymbol",
    "Fence",
    "Car",
    "Pedestrian",
    "Bicyclist",
]
MERGED = {
    "LaneMkgsDriv": "Road",
    "LaneMkgsNonDriv": "Road",
    "VegetationMisc": "Tree",
    "Truck_Bus": "Car",
    "SUVPickupTruck": "Car",
    "MotorcycleScooter": "Bicyclist",
    "Bridge": "Building",
    "Tunnel": "Building",
    "Wall": "Building",
    "ParkingBlock": "Sidewalk",
    "RoadShoulder": "Sidewalk",
    "TrafficLight": "SignSymbol",
    "Misc_Text": "SignSymbol",
    "TrafficCone": "Column_Pole",
}
NO_GROUP = {"Animal", "Archway", "CartLuggagePram", "Child", "OtherMoving", "Train", "Void"}


def listed(*names: str, void: int | None = None) -> ClassList:
    return ClassList("mine", tuple(SegmentationClass(name, (0, 0, 0)) for name in names), void)


def test_camvid_has_the_names_of_codes_txt_in_its_order():
    assert list(CAMVID_32.names) == CODES


def test_camvid_names_are_in_alphabetical_order_whatever_their_case():
    assert [name.lower() for name in CAMVID_32.names] == sorted(name.lower() for name in CODES)


def test_camvid_void_is_class_30():
    assert CAMVID_32.void == 30
    assert CAMVID_32.names[30] == "Void"


@pytest.mark.parametrize("name", CODES)
def test_camvid_colours_are_the_official_ones(name):
    assert CAMVID_32.classes[CAMVID_32.index(name)].colour == COLOURS[name]


def test_no_two_camvid_classes_share_a_colour():
    assert len(set(map(tuple, CAMVID_32.palette.tolist()))) == 32


def test_palette_has_a_row_of_bytes_for_each_class():
    assert CAMVID_32.palette.shape == (32, 3)
    assert CAMVID_32.palette.dtype == np.uint8
    assert CAMVID_32.palette[17].tolist() == [128, 64, 128]


def test_every_camvid_class_is_explained_in_a_sentence():
    assert [c.name for c in CAMVID_32.classes if not c.meaning.endswith(".")] == []


def test_the_11_classes_are_segnets_in_segnets_order():
    assert list(CAMVID_11.names) == ELEVEN
    assert CAMVID_11.void is None


def test_the_11_classes_keep_camvids_colours():
    assert [c.colour for c in CAMVID_11.classes] == [COLOURS[name] for name in ELEVEN]


@pytest.mark.parametrize("name", CODES)
def test_translation_to_11_classes_follows_segnet(name):
    expected = 255 if name in NO_GROUP else ELEVEN.index(MERGED.get(name, name))

    assert CAMVID_32.translation(CAMVID_11)[CODES.index(name)] == expected


def test_translation_to_itself_changes_nothing():
    assert CAMVID_32.translation(CAMVID_32).tolist() == list(range(32))


def test_translation_prefers_the_name_to_the_group():
    cars = ClassList(
        "cars", (SegmentationClass("SUV", (0, 0, 0), group="Car"), SegmentationClass("Car", (1, 1, 1)))
    )

    assert cars.translation(listed("Car", "SUV")).tolist() == [1, 0]
    assert cars.translation(listed("Car")).tolist() == [0, 0]


def test_translation_turns_what_the_target_lacks_into_its_void():
    assert listed("Road", "Boat").translation(listed("Void", "Road", void=0)).tolist() == [1, 0]


def test_translation_turns_what_a_target_without_void_lacks_into_255():
    assert listed("Road", "Boat").translation(listed("Road")).tolist() == [0, 255]


def test_a_data_set_may_bring_its_own_classes():
    own = listed("Water", "Shore")

    assert len(own) == 2
    assert own.names == ("Water", "Shore")
    assert own.index("Shore") == 1


def test_an_unknown_class_is_named_with_the_list_it_is_not_in():
    with pytest.raises(DatasetError, match=r"^There is no class 'Boat' in the class list CamVid-32\.$"):
        CAMVID_32.index("Boat")


def test_selection_takes_void_along_under_its_new_number():
    assert CAMVID_32.select("few", ("Road", "Void", "Car")).void == 1


def test_selection_without_void_has_none():
    assert CAMVID_32.select("few", ("Road", "Car")).void is None


@pytest.fixture(scope="module")
def merged_pixels() -> NDArray[np.int64]:
    """(32, 256) pixels of 101 frames by their class and by what SegNet made of it, with CamVid's numbers."""
    fine, merged = SHARED / "camvid32" / "labels", SHARED / "camvid" / "labels"
    if not fine.is_dir():
        pytest.skip("no CamVid frames in ../shared")
    counts = np.zeros((32, 256), dtype=np.int64)
    for path in sorted(fine.glob("*.png")):
        with Image.open(path) as true, Image.open(merged / path.name) as coarse:
            small = np.asarray(true.resize(coarse.size, Image.Resampling.NEAREST))
            np.add.at(counts, (small.ravel(), np.asarray(coarse).ravel()), 1)
    return counts


def test_segnets_grouping_is_what_its_copy_made_of_each_class(merged_pixels):
    """Counted over 101 frames; what goes elsewhere is edges, after scaling."""
    occurring = [name for number, name in enumerate(CODES) if merged_pixels[number].any() and name != "Void"]
    became = {name: CODES[merged_pixels[CODES.index(name)].argmax()] for name in occurring}
    kept = {name: row.max() / row.sum() for name in occurring for row in [merged_pixels[CODES.index(name)]]}

    assert became == {name: CAMVID_32.classes[CODES.index(name)].group for name in occurring}
    assert len(occurring) > 20
    assert min(kept.values()) > 0.8


def test_a_merged_label_may_be_each_class_that_was_merged():
    sets = dict(zip(ELEVEN, CAMVID_11.members(CAMVID_32), strict=True))

    assert [CODES[number] for number in sets["Building"]] == ["Bridge", "Building", "Tunnel", "Wall"]
    assert [CODES[number] for number in sets["Pedestrian"]] == ["Pedestrian"]
    assert sorted(sum(sets.values(), ())) == sorted(
        CODES.index(name) for name in CODES if name not in NO_GROUP
    )


def test_a_label_of_the_same_list_is_itself_and_void_is_nothing():
    sets = CAMVID_32.members(CAMVID_32)

    assert sets == tuple(() if number == 30 else (number,) for number in range(32))


def test_a_label_finer_than_the_network_is_the_class_that_it_is_grouped_as():
    sets = CAMVID_32.members(CAMVID_11)

    assert [ELEVEN[number] for number in sets[CODES.index("Wall")]] == ["Building"]
    assert sets[CODES.index("Child")] == ()


def test_a_label_is_not_what_its_own_list_tells_apart():
    walls = listed("Building", "Wall")

    assert walls.members(CAMVID_32)[0] == tuple(
        CODES.index(name) for name in ("Bridge", "Building", "Tunnel")
    )
    assert walls.members(CAMVID_32)[1] == (CODES.index("Wall"),)


def test_camvids_classes_are_in_its_own_groups() -> None:
    groups = {each.name: [CAMVID_31.names[n] for n in each.numbers] for each in class_groups(CAMVID_31.names)}
    assert list(groups) == ["Moving objects", "Road", "Sky and ceiling", "Fixed objects"]
    assert groups["Road"] == ["LaneMkgsDriv", "LaneMkgsNonDriv", "Road", "RoadShoulder"]
    assert sorted(itertools.chain(*groups.values())) == sorted(CAMVID_31.names)


def test_what_camvid_does_not_have_is_in_no_group() -> None:
    names = (*CAMVID_32.names, "Bajaj")
    grouped = {names[number] for group in class_groups(names) for number in group.numbers}
    assert set(names) - grouped == {"Void", "Bajaj"}


def test_a_remark_after_a_comma_changes_no_group() -> None:
    wrongly = [f"{name}, wrongly" for name in CAMVID_31.names]
    assert class_groups(wrongly) == class_groups(CAMVID_31.names)


@pytest.mark.parametrize(
    "names",
    [(*CAMVID_11.names, "right", "not counted"), tuple(f"class {n}" for n in range(40)) + CAMVID_11.names],
)
def test_few_classes_and_other_classes_than_camvids_have_no_groups(names: tuple[str, ...]) -> None:
    assert class_groups(names) == ()
