"""Label maps with 255 in training: flipped and cut with their pictures, in no loss, and in no figure."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.classes import UNLABELLED
from core.datasets.layouts.opening import open_dataset
from core.evaluation.evaluate import evaluate
from core.evaluation.frame_errors import frame_errors
from core.evaluation.metrics import IGNORE, truth_table
from core.evaluation.pictures import frame_pictures, view_frame
from core.models.networks import find_network
from core.segmentation.segmenter import load_segmenter
from core.training.batches.data import Pictures, stage_dataloaders
from core.training.batches.examples import load_examples
from core.training.batches.loss import SegmentationLoss, class_weights
from core.training.learner.trainer import train
from tests.conftest import COLOURS, Labels
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow

CODES = ("Sky", "Road", "Tree")
FRAMES = "abcde"
BUDGET = 1024**3


def holes(label: Labels) -> Labels:
    """A label map with 255 where it is Void, and in a square in the middle."""
    label = np.where(label == 3, np.uint8(UNLABELLED), label)
    label[16:26, 10:30] = UNLABELLED
    return label


@pytest.fixture(params=["no Void", "Void", "void", "unlabelled"])
def dataset(request, make_dataset, street):
    """Four frames to train on and one to validate, with 255 in each, and a class for it or none."""
    codes = CODES if request.param == "no Void" else (*CODES, request.param)
    labels = {name: holes(np.roll(street, 5 * n, axis=1)) for n, name in enumerate(FRAMES)}
    shown = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate(FRAMES)}
    return open_dataset(make_dataset(labels, valid=("e",), painted=shown, codes=codes))


def pictures_of(dataset) -> Pictures:
    table = truth_table(dataset.class_list, dataset.class_list)
    examples = load_examples(dataset, dataset.train, table, BUDGET)
    valid = load_examples(dataset, dataset.valid, table, BUDGET)
    return Pictures(examples, valid, class_weights(examples.pixels[: len(dataset.class_list)], 0.5))


def test_examples_ignore_what_nobody_labelled(dataset, street):
    pictures = pictures_of(dataset)

    expected = np.where(holes(street) == UNLABELLED, IGNORE, street)
    assert np.array_equal(pictures.train[0].label.numpy(), expected)
    labelled = sum(
        int((example.label != IGNORE).sum()) for example in map(pictures.train.__getitem__, range(4))
    )
    assert int(pictures.train.pixels[: len(dataset.class_list)].sum()) == labelled
    assert pictures.rarity[3:].eq(0).all()


def test_batches_and_their_loss_do_not_depend_on_unlabelled_pixels(dataset):
    stage = make_stage(batch_size=2)
    network = find_network("pixel_colour")
    loaders = stage_dataloaders(make_recipe(stage), stage, network, pictures_of(dataset), 2)
    classes = len(dataset.class_list)
    loss = SegmentationLoss(torch.ones(classes), label_smoothing=0.1, jaccard_weight=0.5)
    seen = 0
    for images, labels in loaders.train:
        assert set(labels.unique().tolist()) <= {0, 1, 2, IGNORE}
        logits = torch.randn(len(images), classes, *labels.shape[1:], requires_grad=True)
        changed = torch.where((labels == IGNORE).unsqueeze(1), logits.detach() + 7 * torch.randn(1), logits)
        value = loss(logits, labels)
        value.backward()
        assert value.item() == pytest.approx(loss(changed, labels).item(), rel=1e-5)
        assert not logits.grad[(labels == IGNORE).unsqueeze(1).expand_as(logits)].any()
        seen += int((labels == IGNORE).sum())
    assert seen


def test_a_run_learns_the_classes_around_the_holes(dataset, tmp_path):
    train(make_recipe(make_stage(epochs=6)), dataset, tmp_path / "run")

    last = (tmp_path / "run" / "history.csv").read_text().splitlines()[-1]
    assert "nan" not in last


def test_an_evaluation_counts_no_unlabelled_pixel(dataset, colour_model):
    found = evaluate(load_segmenter(colour_model), dataset)

    label = dataset.read_label(dataset.valid[0])
    labelled = int(np.isin(label, (0, 1, 2)).sum())
    assert found.confusion.sum() == labelled
    # the model knows each pixel's class by its colour
    assert np.trace(found.confusion) == labelled


def test_pictures_of_a_frame_show_nothing_there(dataset, colour_model):
    segmenter = load_segmenter(colour_model)
    view = view_frame(segmenter, dataset, dataset.valid[0])

    unlabelled = ~np.isin(dataset.read_label(dataset.valid[0]), (0, 1, 2))
    assert np.array_equal(view.truth == IGNORE, unlabelled)
    assert frame_pictures(view, COLOURS).errors
    errors = frame_errors(
        dataset.read_label(dataset.valid[0]), dataset.class_list, view.predicted, segmenter.class_list
    )
    assert np.array_equal(errors.labels == len(segmenter.class_list) + 1, unlabelled)
