"""Where frames stand in their video, and how those are split that do not say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.splits import drive_position, published_split, split_by_name


@pytest.mark.parametrize(
    ("name", "drive", "number"),
    [
        ("0001TP_006690", "0001TP", 6690),
        ("Seq05VD_f00000", "Seq05VD", 0),
        ("0016E5_00390", "0016E5", 390),
        ("0006R0_f03930", "0006R0", 3930),
        ("000123", "", 123),
        ("drive-7-12", "drive-7", 12),
    ],
)
def test_a_name_says_drive_and_frame_number(name, drive, number):
    assert drive_position(name) == (drive, number)


@pytest.mark.parametrize("name", ["", "street", "0016E5_", "a1b", "frame_1a"])
def test_a_name_that_ends_in_no_number_says_nothing(name):
    assert drive_position(name) is None


def test_the_published_split_has_the_published_numbers_of_frames():
    # Brostow, Fauqueur, Cipolla 2009: 124 frames of 0001TP and 171 of Seq05VD, one each second; of 0016E5
    # 101 were labelled 15 times a second.
    dusk = [published_split(f"0001TP_{number:06d}") for number in range(6690, 10381, 30)]
    day = [published_split(f"Seq05VD_f{number:05d}") for number in range(0, 5101, 30)]
    dense = [published_split(f"0016E5_{number:05d}") for number in range(7959, 8160, 2)]

    assert (dusk.count("train"), dusk.count("test")) == (62, 62)
    assert day == ["test"] * 171  # with 62 of dusk the 233 of the test
    assert dense == ["valid"] * 101
    assert published_split("0016E5_07920") == published_split("0016E5_08190") == "train"


@pytest.mark.parametrize("name", ["street_1", "0016E6_07959", "Seq05VD"])
def test_other_frames_have_no_published_split(name):
    assert published_split(name) is None


def test_camvids_frames_are_split_as_published():
    splits, rule = split_by_name(["0006R0_f00930", "0016E5_07959", "Seq05VD_f00000"])

    assert splits == {"0006R0_f00930": "train", "0016E5_07959": "valid", "Seq05VD_f00000": "test"}
    assert "published" in rule


def test_camvids_frames_without_validation_frames_are_split_like_others():
    names = [f"0006R0_f{n:05d}" for n in range(10)]

    assert [name for name, split in split_by_name(names)[0].items() if split == "valid"] == names[8:]


def test_of_five_drives_the_fifth_is_for_validation():
    names = [f"drive{letter}_{n}" for letter in "edcba" for n in (1, 2)]
    splits, rule = split_by_name(names)

    assert {name for name, split in splits.items() if split == "valid"} == {"drivee_1", "drivee_2"}
    assert rule == "Every fifth drive is for validation."


def test_of_fewer_drives_the_last_fifth_of_each_is_for_validation():
    names = [f"{drive}_{n:02d}" for drive in ("a", "b") for n in range(10)]
    splits, rule = split_by_name(names)

    assert [name for name in names if splits[name] == "valid"] == ["a_08", "a_09", "b_08", "b_09"]
    assert rule == "The last fifth of each drive is for validation."


@given(
    st.lists(st.from_regex(r"[a-c]{0,2}_?[0-9]{0,3}", fullmatch=True), min_size=2, max_size=40, unique=True)
)
def test_every_frame_has_a_split_and_both_have_some(names):
    splits, _ = split_by_name(names)

    assert set(splits) == set(names)
    assert set(splits.values()) == {"train", "valid"}
    assert split_by_name(names[::-1])[0] == splits


def test_nothing_and_one_frame_can_be_split():
    assert split_by_name([])[0] == {}
    assert split_by_name(["a"])[0] == {"a": "train"}


@pytest.mark.parametrize(
    "pattern", ["frame{}", "drive_{}", "img{}.left", "photo ({})", "2024-1-{}", "{}", "a{}_b"]
)
def test_frames_without_leading_zeros_are_in_the_order_of_their_numbers(pattern):
    names = [pattern.format(number) for number in range(1, 13)]
    splits, _ = split_by_name(sorted(names))

    assert [name for name in names if splits[name] == "valid"] == names[-2:]
