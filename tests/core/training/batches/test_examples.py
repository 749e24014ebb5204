"""Frames in memory and on the disk: the same pictures in the same order, wherever they come from."""

from __future__ import annotations

import random
import threading
import time

import numpy as np
import pytest
import torch

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from core.evaluation.metrics import IGNORE, truth_table
from core.hardware import memory
from core.models.networks import find_network
from core.training.batches.data import Pictures, stage_dataloaders
from core.training.batches.examples import READERS, LoadedExamples, TrainingExample, load_examples
from tests.runs import make_recipe, make_stage

AS_IT_IS = np.arange(256, dtype=np.uint8)
PLENTY = 10**9


@pytest.fixture
def dataset(make_dataset, street):
    labels = {f"{n}": np.roll(street, 3 * n, axis=1) for n in range(9)}
    return open_dataset(make_dataset(labels, valid=("7", "8")))


def size_of_one(dataset) -> int:
    return load_examples(dataset, dataset.train[:1], AS_IT_IS, PLENTY)[0].nbytes


def test_examples_are_frames_with_their_labels_translated(make_dataset, street, paint, colours):
    dataset = open_dataset(make_dataset({"a": street}))
    (example,) = load_examples(dataset, dataset.train, truth_table(dataset.class_list, colours), PLENTY)

    assert np.array_equal(example.image.permute(1, 2, 0), paint(street))
    assert np.array_equal(example.label, np.where(street == colours.void, IGNORE, street))


@pytest.mark.camvid
def test_camvids_frames_are_translated_to_the_11_classes(camvid):
    dataset = open_dataset(camvid)
    (example,) = load_examples(dataset, dataset.valid[:1], truth_table(CAMVID_32, CAMVID_11), PLENTY)

    assert example.image.shape == (3, 360, 480)
    assert set(example.label.unique().tolist()) <= {*range(11), IGNORE}


def test_classes_are_counted_over_all_frames_kept_or_not(dataset):
    labels = np.concatenate([dataset.read_label(frame).ravel() for frame in dataset.train])
    for budget in (0, PLENTY):
        found = load_examples(dataset, dataset.train, AS_IT_IS, budget)
        assert found.pixels.tolist() == np.bincount(labels, minlength=256).tolist()


@pytest.mark.parametrize("fitting", [0, 1, 3, 7])
def test_as_many_frames_are_kept_as_fit_and_the_rest_is_read(dataset, fitting):
    found = load_examples(dataset, dataset.train, AS_IT_IS, fitting * size_of_one(dataset))
    everything = load_examples(dataset, dataset.train, AS_IT_IS, PLENTY)

    assert (len(found.kept), len(found), len(everything.kept)) == (fitting, 7, 7)
    for number in range(7):
        assert torch.equal(found[number].image, everything[number].image)
        assert torch.equal(found[number].label, everything[number].label)


@pytest.mark.parametrize("fitting", [0, 3])
def test_batches_are_the_same_from_memory_and_from_the_disk(dataset, fitting):
    recipe = make_recipe(make_stage(batch_size=2))

    def batches(budget: int) -> list[torch.Tensor]:
        loaded = [
            load_examples(dataset, frames, AS_IT_IS, budget) for frames in (dataset.train, dataset.valid)
        ]
        for seeded in (random.seed, np.random.seed, torch.manual_seed):
            seeded(7)
        network = find_network("pixel_colour")
        loaders = stage_dataloaders(recipe, recipe.stages[0], network, Pictures(*loaded, torch.ones(4)), 2)
        return [tensor for loader in loaders for _ in range(2) for batch in loader for tensor in batch]

    memory, disk = batches(PLENTY), batches(fitting * size_of_one(dataset))
    assert len(memory) == len(disk) == 2 * 2 * (3 + 2)
    for first, second in zip(memory, disk, strict=True):
        assert torch.equal(first, second)


def numbered(number: int) -> TrainingExample:
    return TrainingExample(torch.full((3, 1, 1), number, dtype=torch.uint8), torch.zeros(1, 1))


def slowly(kept: int, count: int) -> tuple[LoadedExamples, list[int]]:
    """Examples whose number is in their pixels, each read in a moment; and those that have been read."""
    read: list[int] = []

    def example(number: int) -> TrainingExample:
        assert threading.current_thread().name.startswith("reader")
        time.sleep(0.001)
        read.append(number)
        return numbered(number)

    return LoadedExamples(example, count, list(map(numbered, range(kept))), torch.zeros(IGNORE + 1)), read


def test_frames_are_read_before_they_are_wanted_and_only_a_few_ahead():
    examples, read = slowly(kept=5, count=100)
    order = np.random.default_rng(0).permutation(100).tolist()
    depth = READERS + 3
    for place, number in enumerate(examples.read_ahead(order, depth)):
        assert number == order[place]
        assert int(examples[number].image[0, 0, 0]) == number
        assert len(read) <= place + 1 + 2 * depth
    assert sorted(read) == list(range(5, 100))


def test_an_epoch_that_ends_early_leaves_nothing_running():
    examples, read = slowly(kept=0, count=1000)
    ahead = examples.read_ahead(range(1000), 4)
    next(ahead)
    ahead.close()

    assert not any(thread.name.startswith("reader") for thread in threading.enumerate())
    assert len(read) < 100
    assert examples._coming == {}


def test_a_frame_that_has_gone_since_is_named(dataset):
    examples = load_examples(dataset, dataset.train, AS_IT_IS, 0)
    dataset.train[3].image.unlink()
    for number in examples.read_ahead(range(7), 2):
        if number == 3:
            with pytest.raises(DatasetError, match=dataset.train[3].image.name):
                examples[number]
            break


def test_a_bad_frame_is_found_at_once_even_if_it_would_not_be_kept(dataset):
    dataset.train[6].image.write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=dataset.train[6].image.name):
        load_examples(dataset, dataset.train, AS_IT_IS, 0)


@pytest.mark.parametrize(("limit", "known"), [("1000", 1000), ("max", None), ("", None), (None, None)])
def test_a_container_may_use_less_than_the_machine_has(tmp_path, monkeypatch, limit, known):
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(memory, "_LIMIT_FILES", (tmp_path / "memory.max",))

    machine = memory.psutil.virtual_memory().total
    assert memory.machine_memory() == (machine if known is None else known)
