"""What changed between two segmentations: label maps small enough to count by eye."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32, ClassList, SegmentationClass
from core.errors import ComparisonError
from core.reports.tables import transition_rows
from core.segmentation.comparison import Transition, compare
from core.segmentation.painting import difference
from core.segmentation.segmentation import Segmentation

ABC = ClassList(
    "ABC",
    (
        SegmentationClass("A", (255, 0, 0)),
        SegmentationClass("B", (0, 255, 0)),
        SegmentationClass("C", (0, 0, 255)),
    ),
)


def labelled(labels: list[list[int]], class_list: ClassList = ABC, grey: int = 0) -> Segmentation:
    """A segmentation with these labels on a picture of one grey."""
    numbers = np.array(labels, dtype=np.uint8)
    height, width = numbers.shape
    return Segmentation(
        np.full((height, width, 3), grey, dtype=np.uint8),
        numbers,
        np.zeros((len(class_list), height, width), dtype=np.float16),
        1,
        class_list,
        "none",
    )


def named(labels: list[list[str]], class_list: ClassList) -> Segmentation:
    return labelled([[class_list.index(name) for name in row] for row in labels], class_list)


def words(numbers: np.ndarray, names: tuple[str, ...]) -> list[list[str]]:
    return [[names[n] for n in row] for row in numbers]


# Counting


def test_changes_are_counted_from_class_to_class_biggest_first():
    first = labelled([[0, 0, 0, 1], [0, 0, 1, 1]])
    second = labelled([[0, 1, 1, 2], [0, 1, 1, 0]])
    comparison = compare(first, second)

    assert comparison.changed.tolist() == [[False, True, True, True], [False, True, False, True]]
    assert comparison.share_changed == 5 / 8
    assert comparison.transitions == (
        Transition("A", "B", 3, 3 / 8),
        Transition("B", "A", 1, 1 / 8),
        Transition("B", "C", 1, 1 / 8),
    )


def test_changes_as_table_rows():
    comparison = compare(labelled([[0, 1]]), labelled([[0, 2]]))

    assert transition_rows(comparison) == [{"from": "B", "to": "C", "pixels": 1, "share": 0.5}]


def test_a_segmentation_does_not_differ_from_itself():
    same = labelled([[0, 1], [2, 0]])
    comparison = compare(same, same)

    assert comparison.share_changed == 0
    assert comparison.transitions == ()
    assert comparison.difference_labels().tolist() == [[3, 3], [3, 3]]


def test_difference_has_the_seconds_class_where_it_changed():
    comparison = compare(labelled([[0, 1], [2, 0]]), labelled([[0, 2], [2, 1]]))

    assert comparison.difference_labels().tolist() == [[3, 2], [3, 1]]
    assert comparison.difference_labels().dtype == np.uint8


def test_difference_is_shown_in_the_seconds_colours_on_a_pale_photo():
    first, second = labelled([[0, 1]], grey=100), labelled([[0, 2]], grey=100)

    # half way from grey 100 to white: 177.5, rounded to even
    assert difference(compare(first, second)).tolist() == [[[178, 178, 178], [0, 0, 255]]]


maps = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**31)).map(
    lambda drawn: labelled(np.random.default_rng(drawn[2]).integers(0, 3, drawn[:2]).tolist())
)


@given(maps, maps)
def test_transitions_add_up_to_what_changed(first, second):
    comparison = compare(first, second)
    sizes = [change.pixels for change in comparison.transitions]

    assert sum(sizes) == comparison.changed.sum()
    assert sum(change.share for change in comparison.transitions) == pytest.approx(comparison.share_changed)
    assert sizes == sorted(sizes, reverse=True)
    assert all(change.first != change.second and change.pixels for change in comparison.transitions)


@given(maps, maps)
def test_turning_a_comparison_round_turns_its_transitions_round(first, second):
    # as many pixels in two shapes: each way round has the grid of its own first
    assume(first.labels.size != second.labels.size or first.labels.shape == second.labels.shape)
    there, back = compare(first, second), compare(second, first)
    turned = {(change.second, change.first): change.pixels for change in back.transitions}

    assert {(change.first, change.second): change.pixels for change in there.transitions} == turned


# Grids


@pytest.mark.parametrize("larger_first", [True, False])
def test_the_smaller_one_is_brought_to_the_grid_of_the_larger(larger_first):
    small = labelled([[0, 1], [2, 0]])
    large = labelled([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 0, 0], [2, 2, 0, 0]])
    comparison = compare(large, small) if larger_first else compare(small, large)

    assert comparison.first.shape == comparison.second.shape == (4, 4)
    assert comparison.share_changed == 0


def test_a_pixel_takes_the_label_where_its_centre_lies():
    # Three pixels over four: their centres 1/6, 3/6, 5/6 lie at 0.67, 2 and 3.33 of 4.
    wide = labelled([[0, 1, 2, 1]])
    high = labelled([[0, 2, 1]] * 2)  # six pixels: the grid is this one's
    comparison = compare(high, wide)

    assert comparison.second.tolist() == [[0, 2, 1]] * 2
    assert comparison.share_changed == 0


def test_a_squashed_picture_is_stretched_back():
    street = labelled([[0] * 8, [1] * 8, [1, 1, 1, 1, 2, 2, 2, 2], [2] * 8])
    square = labelled([[0] * 4, [1] * 4, [1, 1, 2, 2], [2] * 4])

    assert compare(street, square).share_changed == 0


def test_the_picture_is_that_of_the_grid():
    small, large = labelled([[0]], grey=10), labelled([[0, 0]], grey=20)

    assert compare(small, large).image.tolist() == [[[20] * 3] * 2]
    assert compare(large, small).image.tolist() == [[[20] * 3] * 2]


def test_the_first_has_the_grid_where_both_have_as_many_pixels():
    assert compare(labelled([[0, 1]]), labelled([[0], [1]])).first.shape == (1, 2)


# Class lists


def test_the_same_names_in_another_order_are_the_same_classes():
    turned = ABC.select("CBA", ("C", "B", "A"))
    comparison = compare(labelled([[0, 1, 2]]), labelled([[2, 1, 1]], turned))

    assert comparison.names == ("A", "B", "C")
    assert comparison.second.tolist() == [[0, 1, 1]]
    assert [(change.first, change.second) for change in comparison.transitions] == [("C", "B")]


@pytest.mark.parametrize("finer_first", [True, False])
def test_camvids_32_meet_its_11_through_their_groups(finer_first):
    fine = named([["SUVPickupTruck", "LaneMkgsDriv", "Road", "Truck_Bus"]], CAMVID_32)
    coarse = named([["Car", "Road", "Sidewalk", "Building"]], CAMVID_11)
    comparison = compare(fine, coarse) if finer_first else compare(coarse, fine)

    of_fine, of_coarse = comparison.first, comparison.second
    if not finer_first:
        of_fine, of_coarse = of_coarse, of_fine
    assert words(of_fine, comparison.names) == [["Car", "Road", "Road", "Car"]]
    assert words(of_coarse, comparison.names) == [["Car", "Road", "Sidewalk", "Building"]]
    assert comparison.share_changed == 0.5


def test_a_class_without_a_counterpart_stays_itself():
    fine = named([["Animal", "Void", "Sky"]], CAMVID_32)
    comparison = compare(fine, named([["Road", "Road", "Sky"]], CAMVID_11))

    assert {(change.first, change.second) for change in comparison.transitions} == {
        ("Animal", "Road"),
        ("Void", "Road"),
    }
    assert len(set(comparison.names)) == len(comparison.names)
    animal = comparison.names.index("Animal")
    assert comparison.palette[animal].tolist() == [64, 128, 64]


def test_every_class_keeps_a_name_and_a_colour():
    comparison = compare(labelled([[0]], CAMVID_32), labelled([[0]], CAMVID_11))

    # the 11, and what SegNet's grouping puts nowhere
    alone = {"Animal", "Archway", "CartLuggagePram", "Child", "OtherMoving", "Train", "Void"}
    assert set(comparison.names) == set(CAMVID_11.names) | alone
    assert comparison.palette.shape == (18, 3)


def test_class_lists_with_nothing_in_common_are_refused_by_name():
    boats = ClassList("Harbour", (SegmentationClass("Ship", (0, 0, 0)), SegmentationClass("Quay", (9, 9, 9))))

    with pytest.raises(ComparisonError) as refused:
        compare(labelled([[0]]), labelled([[0]], boats))
    assert str(refused.value) == (
        "The class lists Harbour (Ship, Quay) and ABC (A, B, C) have no class in common; "
        "choose two models that share classes."
    )


def test_void_alone_is_nothing_in_common():
    void = SegmentationClass("Void", (0, 0, 0))
    one = ClassList("One", (SegmentationClass("A", (1, 1, 1)), void), void=1)
    other = ClassList("Other", (void, SegmentationClass("B", (2, 2, 2))), void=0)

    with pytest.raises(ComparisonError, match="no class in common"):
        compare(labelled([[0]], one), labelled([[0]], other))


def test_more_classes_together_than_a_byte_has_are_refused():
    def many(prefix: str) -> ClassList:
        names = ["Road", *(f"{prefix}{n}" for n in range(199))]
        return ClassList(prefix, tuple(SegmentationClass(name, (0, 0, 0)) for name in names))

    with pytest.raises(ComparisonError, match="399 classes together"):
        compare(labelled([[0]], many("x")), labelled([[0]], many("y")))


def test_255_classes_leave_a_number_for_the_same():
    names = tuple(SegmentationClass(f"C{n}", (0, 0, 0)) for n in range(255))
    most = labelled([[254, 0]], ClassList("most", names))
    comparison = compare(most, replace(most, labels=np.array([[254, 254]], dtype=np.uint8)))

    assert comparison.difference_labels().tolist() == [[255, 254]]


@pytest.mark.parametrize("finer_first", [True, False])
def test_a_comparison_says_which_classes_it_merged_and_which_have_no_other(finer_first: bool) -> None:
    fine = labelled([[CAMVID_31.index("LaneMkgsDriv"), CAMVID_31.index("Child")]], CAMVID_31)
    coarse = labelled([[CAMVID_11.index("Road"), CAMVID_11.index("Pedestrian")]], CAMVID_11)
    found = compare(fine, coarse) if finer_first else compare(coarse, fine)
    assert found.changed.tolist() == [[False, True]]
    assert ("LaneMkgsDriv", "Road") in found.merged
    assert ("SUVPickupTruck", "Car") in found.merged
    assert not any(own == "Road" for own, _ in found.merged)
    assert set(found.alone) == {
        "Animal",
        "Archway",
        "CartLuggagePram",
        "Child",
        "OtherMoving",
        "Train",
    }
