"""A network with fine classes, measured on a data set that does not tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.classes import CAMVID_11, CAMVID_32, ClassList, SegmentationClass
from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.evaluation.evaluate import evaluate
from core.evaluation.own_classes import in_classes_of, measured_classes
from core.evaluation.pictures import view_frame
from core.evaluation.store import evaluate_once, kept_evaluation
from core.models.card import class_entries
from core.segmentation.merged import merged
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import Segmenter, load_segmenter


def test_a_finer_network_is_measured_in_the_data_sets_classes():
    classes, members = measured_classes(CAMVID_11, CAMVID_32)

    assert classes.names == CAMVID_11.names
    assert members == CAMVID_11.members(CAMVID_32)


@pytest.mark.parametrize("truth", [CAMVID_11, CAMVID_32])
def test_a_network_that_tells_no_more_apart_is_measured_in_its_own(truth):
    assert measured_classes(truth, CAMVID_11) == (CAMVID_11, None)


def test_labels_that_may_be_nothing_are_no_class_to_be_measured_in():
    truth = ClassList(
        "mine", tuple(SegmentationClass(name, (0, 0, 0)) for name in ("Void", "Boat", "Road")), 0
    )

    classes, members = measured_classes(truth, CAMVID_32)
    assert classes.names == ("Road",)
    assert classes.void is None
    assert members == CAMVID_11.members(CAMVID_32)[CAMVID_11.index("Road") :][:1]


def fine_segmentation(logits: np.ndarray, height: int, width: int, stride: int) -> Segmentation:
    classes = ClassList("fine", tuple(SegmentationClass(name, (0, 0, 0)) for name in "abc"))
    image = np.zeros((height, width, 3), np.uint8)
    return Segmentation.of_logits(image, logits.astype(np.float16), stride, classes, "fine")


def test_probabilities_of_the_classes_of_a_set_are_summed_at_every_pixel():
    logits = np.random.default_rng(3).normal(0, 2, (3, 5, 6))
    fine = fine_segmentation(logits, 17, 22, 4)
    coarse = merged(fine, ClassList("coarse", fine.class_list.classes[:2]), ((0,), (1, 2)))

    rows, cols = (places.ravel() for places in np.indices((17, 22)))
    summed = fine.probabilities(rows, cols) @ np.array([[1, 0], [0, 1], [0, 1]])
    assert np.abs(coarse.probabilities(rows, cols) - summed).max() < 1e-3
    clear = np.abs(summed[:, 0] - 0.5) > 1e-3
    assert (coarse.labels.ravel() == summed.argmax(axis=1))[clear].all()
    assert np.abs(coarse.confidence.ravel() - summed.max(axis=1)).max() < 1e-3


def test_two_halves_of_a_set_win_together_against_a_class_that_beats_either():
    logits = np.log(np.array([0.4, 0.3, 0.3])).reshape(3, 1, 1).repeat(2, 1).repeat(2, 2)
    fine = fine_segmentation(logits, 2, 2, 1)
    coarse = merged(fine, ClassList("coarse", fine.class_list.classes[:2]), ((0,), (1, 2)))

    assert (fine.labels == 0).all()
    assert (coarse.labels == 1).all()


GROUPED = ClassList(
    "Colours",
    (
        SegmentationClass("Sky", (0, 0, 255)),
        SegmentationClass("Road", (255, 0, 0), group="Ground"),
        SegmentationClass("Tree", (0, 255, 0), group="Ground"),
        SegmentationClass("Void", (0, 0, 0)),
    ),
    void=3,
)


@pytest.fixture
def finer(colour_model: str) -> Segmenter:
    """Finds Sky, Road and Tree by their colours."""
    segmenter = load_segmenter(colour_model)
    card = segmenter.card.model_copy(update={"class_list": class_entries(GROUPED)})
    return Segmenter(card, GROUPED, segmenter.stride, segmenter.predictor)


@pytest.fixture
def coarser(make_dataset: Callable[..., Path]) -> SegmentationDataset:
    """One frame whose label says Sky (0) and Ground (1); the picture shows sky, road and tree.

    Of the 512 pixels of Ground, 128 look like Road, 256 like Tree and 128 like Sky.
    """
    truth = np.zeros((32, 32), np.uint8)
    truth[16:] = 1
    shown = truth.copy()
    shown[20:28] = 2
    shown[28:] = 0
    root = make_dataset({"a": truth}, valid=("a.png",), painted={"a": shown}, codes=("Sky", "Ground"))
    return open_dataset(root)


def test_an_evaluation_counts_in_the_data_sets_classes(finer, coarser):
    found = evaluate(finer, coarser)

    assert found.class_names == ("Sky", "Ground")
    assert found.confusion.tolist() == [[512, 0], [128, 384]]


def test_a_kept_evaluation_is_the_same_as_the_first(finer, coarser, monkeypatch, tmp_path):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    first = evaluate_once(finer.card, coarser, load=lambda: finer)
    kept = kept_evaluation(finer.card, coarser, "valid")

    assert kept is not None
    assert kept.class_list == first.class_list
    assert kept.as_dict() == first.as_dict()


def test_a_frame_is_shown_as_it_was_counted(finer, coarser):
    view = view_frame(finer, coarser, coarser.valid[0])

    assert view.confused(1, 0).sum() == 128
    assert set(np.unique(view.predicted)) == {0, 1}


def test_frames_are_segmented_in_threads_of_their_own(finer, coarser):
    own = in_classes_of(coarser, finer).for_thread(1)

    assert own.class_list.names == ("Sky", "Ground")
    assert own.segment(coarser.read_image(coarser.valid[0])).labels.max() == 1
