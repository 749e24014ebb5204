"""A set of corrections, even of one picture, is browsed, measured on and learnt from; 255 counts nowhere."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from core.annotation.runs import NOT_REVIEWED, between
from core.annotation.store import Source, open_correction, set_folder
from core.classes import CAMVID_32
from core.datasets import SegmentationDataset
from core.datasets.contents.check import check
from core.datasets.contents.statistics import measure
from core.datasets.contents.thumbnails import thumbnail
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import DatasetError
from core.evaluation.evaluate import evaluate
from core.evaluation.metrics import IGNORE, truth_table
from core.evaluation.pictures import view_frame
from core.segmentation.segmenter import load_segmenter
from core.toytown.drive.scene import draw_frame
from core.training.batches.examples import load_examples
from core.training.batches.loss import SegmentationLoss
from core.training.learner.trainer import train
from tests.core.annotation.conftest import SET
from tests.runs import make_recipe, make_stage

VOID = CAMVID_32.index("Void")
HEIGHT, WIDTH = 96, 128


@pytest.fixture
def truth(data) -> np.ndarray:
    """What was reviewed of one picture of Toytown, saved as a correction: the middle, with Void in a corner.

    Every other pixel is not reviewed.
    """
    image, label = draw_frame(3, 5, WIDTH, HEIGHT)
    nothing = np.full(label.shape, NOT_REVIEWED, np.uint8)
    correction = open_correction(SET, image, nothing, CAMVID_32, Source("photo", "street.jpg"))
    mask = nothing.copy()
    mask[20:80, 30:100] = label[20:80, 30:100]
    mask[20:30, 30:50] = VOID
    correction.edit(between(nothing, mask).packed())
    return mask


@pytest.fixture
def dataset(truth) -> SegmentationDataset:
    return open_dataset(set_folder(SET))


def test_it_is_found_and_read_with_255_apart_from_void(dataset, truth, data):
    assert find_datasets(data) == [set_folder(SET)]
    assert (len(dataset.train), len(dataset.valid), len(dataset.test)) == (1, 0, 0)
    image, label = dataset.read(dataset.train[0])
    assert np.array_equal(label, truth)
    assert np.array_equal(image, draw_frame(3, 5, WIDTH, HEIGHT)[0])


def test_its_shares_leave_out_what_nobody_reviewed_and_count_void_as_void(dataset, truth):
    found = measure(dataset)

    reviewed = int((truth != NOT_REVIEWED).sum())
    assert reviewed == 60 * 70
    assert found.counts.sum() == reviewed
    assert found.pixels("train")[VOID] == (truth == VOID).sum()
    assert found.class_shares("valid").sum() == 0
    report = check(dataset.root)
    assert report.problems == ()
    assert "65.8% of the pixels are not labelled" in " ".join(report.notes)  # 1 - 4200 / 12288


def test_its_thumbnail_is_clear_where_nobody_reviewed(dataset, truth):
    made = thumbnail(dataset, dataset.train[0])

    assert made.label is not None
    with Image.open(io.BytesIO(made.label)) as shown:
        clear = np.asarray(shown.convert("RGBA"))[..., 3] == 0
    assert np.array_equal(clear, truth == NOT_REVIEWED)


def test_the_shipped_model_is_measured_on_what_was_reviewed_alone(dataset, truth):
    segmenter = load_segmenter("street-lite0")
    found = evaluate(segmenter, dataset, "train")

    known = [
        number for number, one in enumerate(CAMVID_32.classes) if one.group in segmenter.class_list.names
    ]
    counted = int(np.isin(truth, known).sum())
    assert 0 < counted < (truth != NOT_REVIEWED).sum() - (truth == VOID).sum()
    assert found.confusion.sum() == counted
    assert found.calibration.pixels.sum() == counted
    assert found.boundary.pixels.sum() == counted
    view = view_frame(segmenter, dataset, dataset.train[0])
    assert (view.truth != IGNORE).sum() == counted
    with pytest.raises(DatasetError, match="corrections-trial has no validation frames; choose another"):
        evaluate(segmenter, dataset, "valid")


def test_nothing_that_was_not_reviewed_pulls_at_the_weights(dataset, truth):
    table = truth_table(dataset.class_list, CAMVID_32)
    examples = load_examples(dataset, dataset.train, table, 1024**3)
    label = examples[0].label
    logits = torch.randn(1, len(CAMVID_32), *label.shape, requires_grad=True)
    SegmentationLoss(torch.ones(len(CAMVID_32)), 0.1, 0.5)(logits, label[None].long()).backward()

    counted = (truth != NOT_REVIEWED) & (truth != VOID)
    assert np.array_equal(logits.grad[0].abs().sum(dim=0).numpy() > 0, counted)
    assert examples.pixels[:IGNORE].sum() == counted.sum()


def test_a_run_on_one_picture_alone_is_refused_in_a_sentence(dataset, tmp_path):
    with pytest.raises(DatasetError, match="needs at least one frame to train on and one in valid"):
        train(make_recipe(make_stage()), dataset, tmp_path / "run")
