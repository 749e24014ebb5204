"""A run is judged by what people will see: its validation, Evaluate and Explore agree to the last pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fastai.callback.progress  # noqa: F401 (adds Learner.no_bar)
import numpy as np
import pytest
import torch
from fastai.learner import Learner
from PIL import Image
from sklearn.datasets import load_sample_images

from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.evaluation.evaluate import evaluate
from core.evaluation.metrics import count_confusion, truth_table
from core.models.networks import find_network
from core.models.weights import load_model
from core.segmentation.segmenter import Segmenter, load_segmenter, segment_photo
from core.segmentation.sizes import SIZES
from core.training.batches.data import Pictures, stage_dataloaders
from core.training.batches.examples import load_examples
from core.training.batches.loss import SegmentationLoss
from core.training.learner.callbacks import AverageWeights, CountConfusion
from core.training.learner.validation import PredictsAsTheApp
from tests.runs import make_recipe, make_stage

SIZES_OF_FRAMES = ((61, 97), (96, 64), (33, 130))
"""Rows and columns: none of the first and last is a multiple of the network's."""


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return load_segmenter("street-lite0")


@pytest.fixture(scope="module")
def dataset(segmenter, tmp_path_factory) -> SegmentationDataset:
    """Cut-outs of photos under labels drawn by lot: any pixel that is predicted otherwise changes a count."""
    folder = tmp_path_factory.mktemp("lots")
    (folder / "images").mkdir()
    (folder / "labels").mkdir()
    names = segmenter.class_list.names
    (folder / "codes.txt").write_text("\n".join(names) + "\n", "utf-8")
    chance = np.random.default_rng(3)
    photos = load_sample_images().images
    for number, (rows, cols) in enumerate(SIZES_OF_FRAMES):
        photo = photos[number % 2][40 * number :, 60 * number :][: 3 * rows : 3, : 3 * cols : 3]
        labels = chance.integers(0, len(names), (rows, cols)).astype(np.uint8)
        Image.fromarray(np.ascontiguousarray(photo)).save(folder / "images" / f"{number}.png")
        Image.fromarray(labels).save(folder / "labels" / f"{number}_P.png")
    (folder / "valid.txt").write_text("".join(f"{n}.png\n" for n in range(1, len(SIZES_OF_FRAMES))), "utf-8")
    return open_dataset(folder)


def validated(segmenter: Segmenter, dataset: SegmentationDataset, **stage) -> np.ndarray:
    """The confusion that a training run counts."""
    network = find_network(segmenter.card.network)
    recipe = make_recipe(make_stage(**stage))
    table = truth_table(dataset.class_list, segmenter.class_list)
    train, valid = (load_examples(dataset, frames, table, 10**9) for frames in (dataset.train, dataset.valid))
    classes = len(segmenter.class_list)
    pictures = Pictures(train, valid, torch.ones(classes))
    model = load_model(segmenter.name).network
    counter = CountConfusion(classes)
    learner = Learner(
        stage_dataloaders(recipe, recipe.stages[0], network, pictures, 1, torch.device("cpu")),
        model,
        loss_func=SegmentationLoss(torch.ones(classes), 0.0, 0.0),
        cbs=[AverageWeights(model, 0.5, lambda average: PredictsAsTheApp(average, network)), counter],
    )
    with learner.no_bar(), learner.no_logging():
        learner.validate()
    return counter.confusion


def explored(segmenter: Segmenter, dataset: SegmentationDataset) -> np.ndarray:
    """The same of what the page Explore shows of the files at full size."""
    table = truth_table(dataset.class_list, segmenter.class_list)
    return sum(
        count_confusion(
            table[dataset.read_label(frame)],
            segment_photo(segmenter, Path(frame.image).read_bytes(), SIZES["full"]).labels,
            len(segmenter.class_list),
        )
        for frame in dataset.valid
    )


def test_training_evaluate_and_explore_agree_to_the_last_pixel(segmenter, dataset):
    counted = validated(segmenter, dataset)

    assert counted.sum() > 0
    assert np.array_equal(counted, explored(segmenter, dataset))
    assert np.array_equal(counted, evaluate(segmenter, dataset, "valid").confusion)


def test_they_agree_at_the_size_at_which_a_stage_is_validated(segmenter, dataset):
    frame = replace(dataset, train=dataset.valid[:1], valid=dataset.valid[:1])
    rows, cols = SIZES_OF_FRAMES[1]
    size = make_stage(valid_size=0.7).validated_size(rows, cols)

    assert size == (round(0.7 * rows), round(0.7 * cols))
    found = evaluate(segmenter, frame.scaled_to(max(size)), "valid")
    assert found.size == f"{size[1]} x {size[0]}"
    assert np.array_equal(validated(segmenter, frame, valid_size=0.7), found.confusion)


def test_a_stage_of_half_size_sees_what_the_app_sees_at_half_size(segmenter, dataset):
    network, stage = find_network(segmenter.card.network), make_stage(valid_size=0.5)
    image, _ = dataset.read(dataset.valid[0])
    rows, cols = (side // 2 for side in image.shape[:2])
    examples = load_examples(dataset, dataset.valid[:1], np.arange(256, dtype=np.uint8), 10**9)
    pictures = Pictures(examples, examples, torch.ones(2))
    (batch, _), *_ = stage_dataloaders(make_recipe(stage), stage, network, pictures, 1).valid
    logits = PredictsAsTheApp(load_model(segmenter.name).network, network)(batch)

    shown = segmenter.segment(image, max(rows, cols))
    assert shown.labels.shape == (rows, cols)
    assert np.array_equal(logits[0].max(dim=0).indices.numpy(), shown.labels)


def test_a_batch_of_equal_photos_is_segmented_together(segmenter):
    photos = [photo[:96, :128] for photo in load_sample_images().images]
    together = segmenter.segment_batch(photos)

    assert len(together) == 2
    for photo, found in zip(photos, together, strict=True):
        alone = segmenter.segment(photo)
        assert np.array_equal(found.image, photo)
        # a processor may add up a batch in another order
        assert (found.labels == alone.labels).mean() > 0.999
        assert np.abs(found.confidence - alone.confidence).mean() < 0.01
    assert segmenter.segment_batch([]) == []
