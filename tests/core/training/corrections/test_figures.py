"""What was gained and lost: figures by hand, and the sentences about them."""

from __future__ import annotations

import numpy as np
import pytest

from core.classes import ClassList, SegmentationClass
from core.datasets.layouts.opening import open_dataset
from core.segmentation.segmenter import load_segmenter
from core.training.corrections.figures import (
    AddedClass,
    BeforeAfter,
    Figures,
    Learned,
    count_frames,
    fell_most,
    figures,
    read_learned,
    right_as_either,
)
from tests.conftest import COLOURS, ROAD, SKY, TREE, VOID

AB_NEW = ClassList(
    "AB", tuple(SegmentationClass(name, (n, 0, 0)) for n, name in enumerate(("A", "B", "New")))
)


def test_the_mean_is_over_the_old_models_classes_and_the_new_one_stands_beside_it():
    found = figures(np.array([[6, 2, 0], [0, 4, 0], [1, 0, 3]]), AB_NEW, known=2)

    assert found.accuracy == pytest.approx(13 / 16)
    assert found.per_class_iou == pytest.approx({"A": 6 / 9, "B": 4 / 6, "New": 3 / 4})
    assert found.mean_iou == pytest.approx((6 / 9 + 4 / 6) / 2)


def test_what_was_not_there_has_no_figure():
    found = figures(np.zeros((3, 3), np.int64), AB_NEW, known=2)

    assert found == Figures(accuracy=None, mean_iou=None, per_class_iou={"A": None, "B": None, "New": None})


def test_only_reviewed_pixels_are_counted(colour_model, make_dataset, street):
    label = np.full_like(street, 255)
    label[:4], label[24:28, :10] = SKY, TREE  # the second is wrong: it looks like road
    dataset = open_dataset(make_dataset({"a": label}, painted={"a": street}))
    seen = []
    found = count_frames(
        load_segmenter(colour_model), dataset, dataset.train, COLOURS, lambda *done: seen.append(done)
    )[0]

    assert found[SKY, SKY] == 4 * 48
    assert found[TREE, ROAD] == 4 * 10
    assert found.sum() == 4 * 48 + 4 * 10
    assert seen == [(1, 1)]


def test_the_frame_that_lost_most_by_hand():
    right, half, none = [[4, 0], [0, 4]], [[2, 2], [2, 2]], [[0, 0], [0, 0]]
    before, after = np.array([right, right, half, none]), np.array([right, half, right, none])

    assert fell_most(before, after) == 1
    assert fell_most(after, before) == 2
    assert fell_most(before, before) is None


def test_what_a_label_leaves_open_is_right_either_way_and_other_errors_stay():
    counts = np.array([[[5, 1, 2], [0, 4, 3], [0, 0, 1]]])
    judged = right_as_either(counts, ((0,), (1, 2), (2,)))

    assert judged.tolist() == [[[5, 1, 2], [0, 7, 0], [0, 0, 1]]]
    assert counts[0, 1].tolist() == [0, 4, 3]


def of(accuracy: float, mean_iou: float, becak: float | None = None) -> Figures:
    return Figures(accuracy=accuracy, mean_iou=mean_iou, per_class_iou={"Sky": 1.0, "Becak": becak})


def compared(dataset: str, before: Figures, after: Figures, images: int) -> BeforeAfter:
    return BeforeAfter(dataset=dataset, split="valid", images=images, before=before, after=after)


LEARNED = Learned(
    start="street-lite0",
    photos=3,
    held_out=(),
    added=(AddedClass(name="Becak", started_as="Car"),),
    on_photos=compared("mine", of(0.5, 0.25, 0.0), of(0.875, 0.5, 0.75), 3),
    on_reference=compared("camvid", of(0.95, 0.767), of(0.95, 0.755), 101),
)


def test_a_loss_is_said_as_plainly_as_a_gain():
    assert LEARNED.sentences() == [
        "It started from street-lite0 and learnt from 3 corrected photos.",
        "Becak is a new class, which started as Car.",
        "On these same photos its pixel accuracy rose by 37.5 points, from 50.0% to 87.5%, and its mean IoU "
        "rose by 25.0 points, from 25.0% to 50.0%. That is an anecdote: of five photos or more, every fifth "
        "would be held out to check it.",
        "There, the IoU of Becak is 75.0%.",
        "On camvid (101 validation frames) its pixel accuracy stayed at 95.0%, and its mean IoU fell by 1.2 "
        "points, from 76.7% to 75.5%.",
    ]


def test_held_out_photos_are_no_anecdote():
    held = LEARNED.model_copy(update={"held_out": ("p4",), "photos": 4, "added": (), "on_reference": None})

    assert not held.is_anecdote
    assert held.sentences()[1:] == [
        "On 1 held-out photo, which it had never seen, its pixel accuracy rose by 37.5 points, from 50.0% to "
        "87.5%, and its mean IoU rose by 25.0 points, from 25.0% to 50.0%.",
        "Nobody knows what it forgot: the data set of the old model is not here.",
    ]


def test_it_comes_back_from_a_card_and_nothing_else_does():
    assert read_learned({"learned": LEARNED.model_dump(mode="json")}) == LEARNED
    for other in ({}, {"learned": None}, {"learned": {"start": "x"}}, {"learned": [1]}):
        assert read_learned(other) is None


def test_void_stays_out(colour_model, make_dataset, street):
    dataset = open_dataset(make_dataset({"a": street}))
    found = count_frames(load_segmenter(colour_model), dataset, dataset.train, COLOURS)[0]

    assert found.sum() == (street != VOID).sum()
    assert np.trace(found) == found.sum()
