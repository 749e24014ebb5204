"""Pixels that nobody labelled, number 255: never counted, shown as nothing, the same in each copy."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_32, UNLABELLED, void_number
from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.contents.statistics import count_label, measure, place_label, typical_example
from core.datasets.contents.thumbnails import thumbnail
from core.datasets.labels import read_indices
from core.datasets.layouts.opening import open_dataset
from core.evaluation.metrics import IGNORE, count_confusion, truth_table
from core.photos.images import encode_index_png
from tests.conftest import COLOURS, SKY, Labels

CODES = ("Sky", "Road", "Tree", "Car")  # no Void: class 3 takes its place


@pytest.fixture
def holes(street: Labels) -> Labels:
    """The street with 255 where it is Void (a block of 4 x 8) and in the first row."""
    label = np.where(street == 3, np.uint8(UNLABELLED), street)
    label[0] = UNLABELLED
    return label


@pytest.fixture
def without_void(make_dataset, holes) -> Path:
    return make_dataset({"a": holes, "b": np.fliplr(holes).copy()}, ("b.png",), codes=CODES)


@pytest.fixture
def with_void(make_dataset, holes) -> Path:
    return make_dataset({"a": holes, "b": np.fliplr(holes).copy()}, ("b.png",), name="void")


# Which classes are Void


@pytest.mark.parametrize(
    "name",
    ["Void", "void", "VOID", "unlabelled", "Unlabeled", "not labelled", "Not_Labeled", "ignore", "Ignored"],
)
def test_a_class_that_says_so_is_void(make_dataset, street, name):
    classes = open_dataset(make_dataset({"a": street}, codes=("Sky", name, "Road", "Tree"))).class_list

    assert classes.void == 1


@pytest.mark.parametrize("name", ["background", "Other", "unknown", "Avoid", "Voidance", "misc", "ignorance"])
def test_other_classes_are_not_void(name):
    assert void_number(("Sky", name)) is None


def test_of_several_void_classes_void_counts():
    assert void_number(("ignore", "Unlabelled", "void")) == 2


def test_camvids_list_stays_as_it_is():
    assert void_number(CAMVID_32.names) == CAMVID_32.void == 30


# Reading


@pytest.mark.parametrize("kind", ["with_void", "without_void"])
def test_255_stays_and_is_not_void(request, holes, kind):
    dataset = open_dataset(request.getfixturevalue(kind))

    assert np.array_equal(dataset.read_label(dataset.train[0]), holes)


@pytest.mark.parametrize("mode", ["L", "P", "I;16", "LA", "RGB"])
def test_255_is_read_in_every_mode(tmp_path, holes, mode):
    picture = Image.fromarray(holes.astype(np.uint16)) if mode == "I;16" else Image.fromarray(holes)
    if mode == "P":
        picture.putpalette(bytes(768))
    elif mode != "I;16":
        picture = picture.convert(mode)
    picture.save(tmp_path / "a_P.png")

    assert np.array_equal(
        read_indices(tmp_path / "a_P.png", COLOURS.select("C", ("Sky", "Road", "Tree"))), holes
    )


def test_254_is_no_class(tmp_path, holes, refusal):
    Image.fromarray(np.where(holes == 255, np.uint8(254), holes)).save(tmp_path / "a_P.png")

    assert "holds the class number 254" in refusal(lambda: read_indices(tmp_path / "a_P.png", COLOURS))


# Copies


@pytest.mark.parametrize("kind", ["with_void", "without_void"])
def test_a_copy_has_the_same_label_maps(request, tmp_path, kind):
    source = open_dataset(request.getfixturevalue(kind))
    copy = import_dataset(source.root, tmp_path / "data" / "copy")
    again = import_dataset(copy.root, tmp_path / "data" / "again")

    assert copy.class_list.void == source.class_list.void
    for one, two, three in zip(source.frames(), copy.frames(), again.frames(), strict=True):
        assert np.array_equal(source.read_label(one), copy.read_label(two))
        assert two.label.read_bytes() == three.label.read_bytes()


# Counts and pictures


@pytest.mark.parametrize("kind", ["with_void", "without_void"])
def test_unlabelled_pixels_are_in_no_count(request, holes, kind):
    counted = measure(open_dataset(request.getfixturevalue(kind)))

    labelled = int((holes != UNLABELLED).sum())
    assert counted.counts[0].sum() == labelled
    assert counted.class_shares().sum() == pytest.approx(1)
    assert counted.pixels()[3] == 0
    assert counted.classes_per_frame().tolist() == [3, 3]
    assert json.dumps(counted.as_dict())


def test_unlabelled_pixels_are_nowhere_in_the_picture(holes):
    nothing = np.full((40, 48), UNLABELLED, dtype=np.uint8)

    assert count_label(nothing, 4).tolist() == [0, 0, 0, 0]
    assert not place_label(nothing, 4).any()
    places = place_label(holes, 4)
    assert not places[:, 0].any()  # the first of 60 rows lies in the first of 40
    assert places[0, 5:30, :50].min() == 1


def test_a_data_set_without_any_label_has_shares_of_zero(make_dataset):
    nothing = np.full((40, 48), UNLABELLED, dtype=np.uint8)
    dataset = open_dataset(make_dataset({"a": nothing, "b": nothing}, ("b.png",), codes=CODES))
    counted = measure(dataset)

    assert not counted.class_shares().any()
    assert typical_example(dataset, counted, 0) is None
    assert check(dataset.root).pixels == {}


@pytest.mark.parametrize("kind", ["with_void", "without_void"])
def test_check_notes_how_much_is_not_labelled(request, kind):
    report = check(request.getfixturevalue(kind))

    # 4 x 8 pixels and the first row of 48, of 40 x 48
    assert report.notes == ("4.2% of the pixels are not labelled (number 255); they are never counted.",)
    assert {problem.kind for problem in report.problems} == set()


def test_masks_of_black_and_white_are_a_problem(make_dataset, street):
    label = np.where(street == SKY, np.uint8(0), np.uint8(255))
    root = make_dataset({"a": label, "b": np.flipud(label).copy()}, ("b.png",), codes=("background", "road"))

    (problem,) = check(root).problems
    assert problem.kind == "bad value"
    assert "if 255 is meant as road, write 1 instead" in problem.message


def test_numbers_with_a_palette_are_no_black_and_white(make_dataset, street):
    label = np.where(street == SKY, np.uint8(0), np.uint8(255))
    root = make_dataset({"a": label, "b": np.flipud(label).copy()}, ("b.png",), codes=("sky", "road"))
    for path in root.glob("labels/*"):
        path.write_bytes(encode_index_png(label, COLOURS.palette))

    assert "bad value" not in {problem.kind for problem in check(root).problems}


def test_a_thumbnail_shows_nothing_where_nothing_is_labelled(without_void, holes):
    dataset = open_dataset(without_void)
    made = thumbnail(dataset, dataset.train[0])

    assert made.label is not None
    with Image.open(io.BytesIO(made.label)) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    assert np.array_equal(rgba[..., 3] == 0, holes == UNLABELLED)
    labelled = holes != UNLABELLED
    assert np.array_equal(rgba[labelled][:, :3], dataset.class_list.palette[holes[labelled]])


# Truth


def test_unlabelled_pixels_have_no_truth_for_any_model(without_void, with_void, holes):
    for root in (without_void, with_void):
        dataset = open_dataset(root)
        truth = truth_table(dataset.class_list, COLOURS)[dataset.read_label(dataset.train[0])]
        assert np.array_equal(truth == IGNORE, holes == UNLABELLED)
        assert count_confusion(truth, np.zeros_like(truth), 4).sum() == (holes != UNLABELLED).sum()


@pytest.mark.parametrize("name", ["void", "VOID", "unlabelled", "ignore"])
def test_void_in_any_spelling_has_no_truth(make_dataset, street, name):
    dataset = open_dataset(make_dataset({"a": street}, codes=("Sky", "Road", "Tree", name)))

    assert truth_table(dataset.class_list, COLOURS)[3] == IGNORE
    assert truth_table(dataset.class_list, dataset.class_list)[3] == IGNORE
