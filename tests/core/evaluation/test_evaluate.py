"""Counts and figures, by hand and against scikit-learn, and a whole evaluation whose figures are known."""

from __future__ import annotations

import json
import math
import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    jaccard_score,
    log_loss,
    precision_score,
    recall_score,
)

from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.evaluation.evaluate import evaluate
from core.evaluation.frames import mean_loss
from core.evaluation.metrics import (
    IGNORE,
    class_frequency,
    classes_in_mean,
    count_confusion,
    counted_as,
    mean_iou,
    per_class_iou,
    per_class_precision,
    per_class_recall,
    pixel_accuracy,
    row_shares,
    truth_table,
)
from core.segmentation.engines import onnx_runtime
from core.segmentation.segmenter import load_segmenter

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


def test_precision_recall_and_frequency_counted_by_hand():
    # class 0: 1 hit of 3 true and 2 predicted; class 1: 1 of 2 and 3; class 2: 3 of 4 and 4
    assert per_class_precision(COUNTS).tolist() == pytest.approx([1 / 2, 1 / 3, 3 / 4])
    assert per_class_recall(COUNTS).tolist() == pytest.approx([1 / 3, 1 / 2, 3 / 4])
    assert class_frequency(COUNTS).tolist() == pytest.approx([3 / 9, 2 / 9, 4 / 9])


def test_each_row_of_the_matrix_is_shares_of_its_true_class():
    shares = row_shares(np.array([[1, 3], [0, 0]]))

    assert shares[0].tolist() == [0.25, 0.75]
    assert np.isnan(shares[1]).all()


def test_a_class_never_predicted_has_no_precision_and_one_never_true_no_recall():
    counts = np.array([[0, 2], [0, 0]])

    assert math.isnan(per_class_precision(counts)[0])
    assert per_class_precision(counts)[1] == 0
    assert per_class_recall(counts)[0] == 0
    assert math.isnan(per_class_recall(counts)[1])


def test_figures_of_nothing_are_not_numbers():
    nothing = np.zeros((3, 3), dtype=np.int64)

    for figure in (per_class_precision, per_class_recall, class_frequency):
        assert np.isnan(figure(nothing)).all()

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
    recalls = recall_score(true, found, labels=present, average=None)
    assert per_class_recall(counts)[present].tolist() == pytest.approx(recalls.tolist())
    called = np.unique(found)
    precisions = precision_score(true, found, labels=called, average=None)
    assert per_class_precision(counts)[called].tolist() == pytest.approx(precisions.tolist())


@given(label_maps(3))
def test_a_perfect_prediction_has_figures_of_one(truth):
    counts = count_confusion(truth, truth, 4)

    assert pixel_accuracy(counts) == 1
    assert mean_iou(counts) == 1


# From a data set's numbers to a model's


def test_camvids_void_and_ungrouped_classes_count_nowhere():
    table = truth_table(CAMVID_32, CAMVID_11)

    ignored = {CAMVID_32.names[number] for number in range(32) if table[number] == IGNORE}
    assert ignored == {"Void", "Animal", "Archway", "CartLuggagePram", "Child", "OtherMoving", "Train"}
    assert (table[32:] == IGNORE).all()


def test_a_class_of_the_model_says_which_of_the_data_sets_count_as_it():
    assert counted_as(CAMVID_32, CAMVID_11, CAMVID_11.index("Sidewalk")) == [
        "ParkingBlock",
        "RoadShoulder",
        "Sidewalk",
    ]


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

    calibration, boundary = result.pop("calibration"), result.pop("boundary")
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
        "precision": {"Sky": 1.0, "Road": 1.0, "Tree": 0.0, "Void": None},
        "recall": {"Sky": 1.0, "Road": 0.75, "Tree": None, "Void": None},
        "frequency": {
            "Sky": pytest.approx(384 / 896),
            "Road": pytest.approx(512 / 896),
            "Tree": 0,
            "Void": 0,
        },
        "confusion": [[384, 0, 0, 0], [0, 384, 128, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    }
    # The network is equally sure of every pixel: nearly 1 by the sharpness it was made with.
    assert [each["pixels"] for each in calibration["bins"]] == [0] * 14 + [896]
    assert calibration["bins"][-1]["accuracy"] == pytest.approx(768 / 896)
    assert calibration["expected_calibration_error"] == pytest.approx(
        calibration["mean_confidence"] - 768 / 896, abs=1e-6
    )
    # Sky meets Road between columns 15 and 16, below row 7: above, Sky is Void. Of the three rows above that,
    # the first three columns of Road are still within 3 pixels of Sky.
    near = 24 * 6 + 3 * 3
    wrong = 8 * 3
    assert boundary["width"] == 3
    assert boundary["share"] == pytest.approx(near / 896)
    assert boundary["accuracy"] == pytest.approx(1 - wrong / near)
    assert boundary["inside_accuracy"] == pytest.approx(1 - (128 - wrong) / (896 - near))


def test_evaluation_of_all_frames_adds_their_counts(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right, "all")

    assert result.images == 2
    assert np.diag(result.confusion).tolist() == [384, 384, 1024, 0]


def test_evaluation_of_the_training_split_leaves_the_validation_frames_out(colour_model, half_right):
    result = evaluate(load_segmenter(colour_model), half_right, "train")

    assert result.confusion.sum() == 1024


def test_each_frame_has_its_own_counts(colour_model, half_right):
    frames = evaluate(load_segmenter(colour_model), half_right, "all").frames

    assert frames.names == ("b", "a")
    assert frames.wrong.tolist() == [0, 128]
    assert frames.counted.tolist() == [1024, 896]
    assert frames.confusion(1)[ROAD, TREE] == 128
    assert frames.losses[1] > frames.losses[0]


def test_frames_measured_several_at_a_time_are_measured_as_alone(
    colour_model, make_dataset, street, monkeypatch
):
    labels, painted = {}, {}
    for number in range(12):
        labels[f"frame_{number:02}"] = street
        painted[f"frame_{number:02}"] = seen = street.copy()
        seen.reshape(-1)[: 30 * number] = TREE
    labels["other"] = street
    dataset = open_dataset(make_dataset(labels, painted=painted, valid=("other",)))
    together = evaluate(load_segmenter(colour_model), dataset, "train")
    monkeypatch.setattr("core.evaluation.frames._LARGE", 0)
    alone = evaluate(load_segmenter(colour_model), dataset, "train")

    assert together.frames.wrong.tolist() == [30 * number for number in range(12)]
    assert together.frames.losses.tolist() == alone.frames.losses.tolist()
    assert together.as_dict() == alone.as_dict()


def test_threads_that_compute_alone_share_one_session_of_a_graph(monkeypatch, make_dataset, street):
    segmenter = load_segmenter("street-lite0")
    opened = []
    open_graph = onnx_runtime.open_graph
    monkeypatch.setattr(onnx_runtime, "open_graph", lambda *given: opened.append(given) or open_graph(*given))
    monkeypatch.setattr("core.evaluation.frames.usable_cores", lambda: 1)
    dataset = open_dataset(make_dataset(dict.fromkeys("abcdef", street), valid=("a",)))
    evaluate(segmenter, dataset, "all")

    assert len(opened) == 1


def test_evaluating_leaves_torchs_threads_as_they_were(colour_model, half_right):
    before = torch.get_num_threads()
    evaluate(load_segmenter(colour_model), half_right, "all")
    later = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()

    assert [torch.get_num_threads(), *later] == [before, before]


def test_loss_is_the_cross_entropy_of_scikit_learn(colour_model, paint, street):
    seen = street.copy()
    seen[24:32, :24] = TREE
    segmentation = load_segmenter(colour_model).segment(paint(seen))
    truth = np.where(street == VOID, IGNORE, street).astype(np.uint8)
    probabilities = np.concatenate(list(segmentation.probability_bands())).astype(np.float64)
    counted = truth != IGNORE

    expected = log_loss(
        truth[counted],
        probabilities[counted] / probabilities[counted].sum(axis=1, keepdims=True),
        labels=range(4),
    )
    assert mean_loss(segmentation, truth) == pytest.approx(expected, rel=1e-4)


def test_loss_without_a_pixel_that_counts_is_not_a_number(colour_model, paint, street):
    segmentation = load_segmenter(colour_model).segment(paint(street))

    assert math.isnan(mean_loss(segmentation, np.full(street.shape, IGNORE, np.uint8)))


def test_classes_without_a_counterpart_are_refused_before_anything_is_segmented(colour_model, make_dataset):
    dataset = open_dataset(
        make_dataset({"a": np.zeros((32, 32), np.uint8)}, valid=("a",), codes=("Boat", "Ship"))
    )
    seen = []

    with pytest.raises(DatasetError, match=r"^colours knows none of the classes of toy \(Boat, Ship"):
        evaluate(load_segmenter(colour_model), dataset, "valid", lambda done, total: seen.append(done))
    assert seen == []


def test_what_progress_raises_stops_the_work(colour_model, make_dataset, street):
    dataset = open_dataset(make_dataset(dict.fromkeys("abcdefgh", street)))
    seen = []

    def stop(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyError

    with pytest.raises(KeyError):
        evaluate(load_segmenter(colour_model), dataset, "train", stop)
    assert seen == [1, 2]


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

    with pytest.raises(DatasetError, match=r"^toy has no validation frames; choose another split\.$"):
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

    with pytest.raises(DatasetError, match=r"^wide\.png is larger than 2048 pixels"):
        evaluate(load_segmenter(colour_model), dataset)
