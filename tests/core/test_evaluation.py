"""Counts and figures, by hand and against scikit-learn, and a whole evaluation whose figures are known."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import accuracy_score, confusion_matrix, jaccard_score

from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.datasets import open_dataset
from core.errors import DatasetError
from core.evaluation import (
    IGNORE,
    classes_in_mean,
    count_confusion,
    evaluate,
    mean_iou,
    per_class_iou,
    pixel_accuracy,
    truth_table,
)
from core.segmentation import load_segmenter

# As in tests/conftest.py
SKY, ROAD, TREE, VOID = range(4)


def bytes_array(rows: list[list[int]]) -> np.ndarray:
    return np.array(rows, dtype=np.uint8)


def label_maps(highest: int) -> st.SearchStrategy:
    return arrays.arrays(np.uint8, (6, 7), elements=st.integers(0, highest))


def listed(*names: str, void: int | None = None) -> ClassList:
    return ClassList("some", tuple(SegmentationClass(name, (0, 0, 0)) for name in names), void)


# Counting


def test_counts_of_a_2_x_2_picture():
    truth, predicted = bytes_array([[0, 0], [1, 1]]), bytes_array([[0, 1], [1, 1]])

    assert count_confusion(truth, predicted, 2).tolist() == [[1, 1], [0, 2]]


def test_counts_of_a_3_x_3_picture():
    truth = bytes_array([[0, 0, 1], [1, 2, 2], [2, 2, 0]])
    predicted = bytes_array([[0, 1, 1], [0, 2, 2], [1, 2, 2]])

    assert count_confusion(truth, predicted, 3).tolist() == [[1, 1, 1], [1, 1, 0], [0, 1, 3]]


def test_pixels_without_a_true_class_are_not_counted():
    truth, predicted = bytes_array([[0, IGNORE], [IGNORE, 1]]), bytes_array([[0, 0], [1, 0]])

    assert count_confusion(truth, predicted, 2).tolist() == [[1, 0], [1, 0]]


def test_nothing_is_counted_where_all_is_ignored():
    truth, predicted = bytes_array([[IGNORE, IGNORE]]), bytes_array([[0, 1]])

    assert count_confusion(truth, predicted, 2).tolist() == [[0, 0], [0, 0]]


def test_counts_of_255_classes_do_not_overflow():
    truth = predicted = bytes_array([[254, 254]])

    assert count_confusion(truth, predicted, 255)[254, 254] == 2


@given(label_maps(4), label_maps(3))
def test_counts_equal_scikit_learns(truth, predicted):
    counted = truth < 4
    truth = np.where(counted, truth, IGNORE).astype(np.uint8)

    found = count_confusion(truth, predicted, 4)
    assert found.sum() == counted.sum()
    if counted.any():
        expected = confusion_matrix(truth[counted], predicted[counted], labels=range(4))
        assert found.tolist() == expected.tolist()


@given(label_maps(4), label_maps(3), st.integers(0, 7))
def test_counts_of_two_halves_add_up(truth, predicted, cut):
    left, right = np.s_[:, :cut], np.s_[:, cut:]

    halves = count_confusion(truth[left], predicted[left], 4) + count_confusion(
        truth[right], predicted[right], 4
    )
    assert np.array_equal(halves, count_confusion(truth, predicted, 4))


# Figures

# rows true, columns predicted
COUNTS = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 3]])


def test_pixel_accuracy_is_the_diagonals_share():
    assert pixel_accuracy(COUNTS) == pytest.approx(5 / 9)


def test_iou_is_intersection_over_union_of_each_class():
    # class 0: 1 hit, 3 true, 2 predicted -> 1 / 4; class 1: 1, 2, 3 -> 1 / 4; class 2: 3, 4, 4 -> 3 / 5
    assert per_class_iou(COUNTS).tolist() == pytest.approx([1 / 4, 1 / 4, 3 / 5])


def test_mean_iou_is_the_mean_over_classes():
    assert mean_iou(COUNTS) == pytest.approx((1 / 4 + 1 / 4 + 3 / 5) / 3)
    assert classes_in_mean(COUNTS) == 3


def test_a_class_that_is_not_in_the_truth_has_no_iou_and_no_part_in_the_mean():
    # class 1 never occurs but is predicted for 2 of the 4 pixels of class 0
    counts = np.array([[2, 2, 0], [0, 0, 0], [0, 0, 4]])

    ious = per_class_iou(counts)
    assert ious[[0, 2]].tolist() == [0.5, 1.0]
    assert math.isnan(ious[1])
    assert mean_iou(counts) == 0.75
    assert classes_in_mean(counts) == 2


def test_a_class_that_is_never_found_has_an_iou_of_zero():
    assert per_class_iou(np.array([[0, 3], [0, 1]])).tolist() == [0, 0.25]


def test_figures_of_nothing_are_not_numbers():
    nothing = np.zeros((3, 3), dtype=np.int64)

    assert math.isnan(pixel_accuracy(nothing))
    assert math.isnan(mean_iou(nothing))
    assert np.isnan(per_class_iou(nothing)).all()
    assert classes_in_mean(nothing) == 0


@given(label_maps(4), label_maps(3))
def test_figures_equal_scikit_learns(truth, predicted):
    counted = truth < 4
    truth[~counted] = IGNORE
    counts = count_confusion(truth, predicted, 4)
    if not counted.any():
        return
    true, found = truth[counted], predicted[counted]
    present = np.unique(true)

    assert pixel_accuracy(counts) == pytest.approx(accuracy_score(true, found))
    expected = jaccard_score(true, found, labels=present, average=None)
    assert per_class_iou(counts)[present].tolist() == pytest.approx(expected.tolist())
    assert mean_iou(counts) == pytest.approx(expected.mean())
    assert classes_in_mean(counts) == len(present)


@given(label_maps(3))
def test_a_perfect_prediction_has_figures_of_one(truth):
    counts = count_confusion(truth, truth, 4)

    assert pixel_accuracy(counts) == 1
    assert mean_iou(counts) == 1


# From a data set's numbers to a model's


def test_camvids_void_and_ungrouped_classes_count_nowhere():
    table = truth_table(CAMVID_32, CAMVID_11)

    ignored = {CAMVID_32.names[number] for number in range(32) if table[number] == IGNORE}
    assert ignored == {"Void", "Animal", "CartLuggagePram", "OtherMoving", "Train"}
    assert (table[32:] == IGNORE).all()


def test_a_models_own_void_counts_nowhere():
    table = truth_table(CAMVID_32, CAMVID_32)

    assert table[30] == IGNORE
    assert np.delete(table[:32], 30).tolist() == [n for n in range(32) if n != 30]


def test_classes_that_the_model_does_not_know_count_nowhere():
    table = truth_table(listed("Road", "Boat"), listed("Void", "Road", void=0))

    assert table[:2].tolist() == [1, IGNORE]


def test_the_data_sets_void_counts_nowhere_even_if_the_model_takes_it_for_a_class():
    table = truth_table(listed("Road", "Void", void=1), listed("Road", "Void"))

    assert table[:2].tolist() == [0, IGNORE]


# A whole evaluation


@pytest.fixture
def half_right(make_dataset):
    """One 32 x 32 validation frame, half of it sky, half road, of which the picture shows a part otherwise.

    Sky: 512 pixels, of which 128 are Void in the truth. Road: 512, of which 128 look like a tree.
    """
    truth = np.full((32, 32), SKY, dtype=np.uint8)
    truth[:, 16:] = ROAD
    shown = truth.copy()
    truth[:8, :16] = VOID
    shown[24:, 16:] = TREE
    other = np.full((32, 32), TREE, dtype=np.uint8)
    return open_dataset(make_dataset({"a": truth, "b": other}, valid=("a.png",), painted={"a": shown}))


def test_evaluation_gives_the_figures_counted_by_hand(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right).as_dict()

    assert result == {
        "model": "colours",
        "dataset": "toy",
        "split": "valid",
        "size": "32 x 32",
        "images": 1,
        "classes": 4,
        "acc_camvid": pytest.approx((384 + 384) / (384 + 512)),
        "mean_iou": pytest.approx((1 + 384 / 512) / 2),
        "classes_in_mean": 2,
        "per_class_iou": {"Sky": 1.0, "Road": 0.75, "Tree": None, "Void": None},
        "confusion": [[384, 0, 0, 0], [0, 384, 128, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    }


def test_evaluation_of_all_frames_adds_their_counts(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right, "all")

    assert result.images == 2
    assert np.diag(result.confusion).tolist() == [384, 384, 1024, 0]


def test_evaluation_of_the_training_split_leaves_the_validation_frames_out(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right, "train")

    assert result.confusion.sum() == 1024


def test_evaluation_is_ready_for_json(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right).as_dict()

    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_evaluation_names_every_size_it_met(colour_model, make_dataset):
    labels = {
        "a": np.zeros((32, 48), np.uint8),
        "b": np.zeros((40, 32), np.uint8),
        "c": np.zeros((32, 48), np.uint8),
    }
    dataset = open_dataset(make_dataset(labels))

    assert evaluate(load_segmenter(colour_model), dataset, "train").size == "32 x 40, 48 x 32"


def test_evaluation_reports_its_progress(colour_model, half_right):
    seen = []
    evaluate(load_segmenter(colour_model), half_right, "all", lambda done, total: seen.append((done, total)))

    assert seen == [(1, 2), (2, 2)]


def test_an_empty_split_is_refused(colour_model, make_dataset, street):
    dataset = open_dataset(make_dataset({"a": street}))

    with pytest.raises(DatasetError, match=r"^The split 'valid' of toy has no pictures\.$"):
        evaluate(load_segmenter(colour_model), dataset)


@pytest.mark.parametrize("codes", [("Void", "Boat", "Ship", "Crane"), ("Boat", "Ship", "Crane", "Void")])
def test_a_split_without_a_pixel_that_counts_is_refused(colour_model, make_dataset, codes):
    dataset = open_dataset(make_dataset({"a": np.zeros((32, 32), np.uint8)}, valid=("a",), codes=codes))

    with pytest.raises(DatasetError) as refused:
        evaluate(load_segmenter(colour_model), dataset)
    assert "toy" in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_frame_larger_than_what_is_segmented_is_named(colour_model, make_dataset):
    dataset = open_dataset(make_dataset({"wide": np.zeros((32, 2080), np.uint8)}, valid=("wide",)))

    with pytest.raises(DatasetError, match=r"^wide\.png is larger than the 2048 pixels"):
        evaluate(load_segmenter(colour_model), dataset)
