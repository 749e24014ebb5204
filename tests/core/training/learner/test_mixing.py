"""Runs that learn from several data sets at once: Toytown with merged labels, and Toytown with its own."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.classes import CAMVID_11, CAMVID_31, CAMVID_32
from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError, TrainingError
from core.evaluation.metrics import IGNORE, truth_table
from core.models.networks import find_network
from core.toytown import toytown
from core.training.learner.data import MixedIn, Pictures, stage_dataloaders
from core.training.learner.environment import describe
from core.training.learner.examples import TrainingExample
from core.training.learner.trainer import Watch, find_rate, prepare, train
from core.training.recipes.mixed import Mix
from core.training.runs.records import epochs_of
from core.training.workers.publish import publish
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow

DRAWN = Mix(data="toytown", share=0.5, loss_weight=0.5, inside=0.5, augmentation=0.0)
STAGE = make_stage("only", 2, size=1.0, lr=5e-3, batch_size=4, augmentation=0.0)
RECIPE = make_recipe(
    STAGE, network="unet_tiny", classes="CamVid-31", ema_decay=0.9, mix=(DRAWN,), shares={"LaneMkgsDriv": 0.1}
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """Toytown in small, in a data folder: nine frames to train on and nine to validate."""
    folder = tmp_path_factory.mktemp("data") / "toytown"
    toytown(folder, count=18, size=(96, 64))
    return folder


@pytest.fixture(scope="module")
def merged(drawn, tmp_path_factory) -> SegmentationDataset:
    """The same frames, whose labels are CamVid's 11 classes."""
    folder = tmp_path_factory.mktemp("merged") / "merged"
    shutil.copytree(drawn, folder)
    table = CAMVID_32.translation(CAMVID_11)
    for path in (folder / "labels").iterdir():
        Image.fromarray(table[np.array(Image.open(path))]).save(path)
    (folder / "codes.txt").write_text("\n".join(CAMVID_11.names) + "\n", "utf-8")
    return open_dataset(folder)


@pytest.fixture(autouse=True)
def data_folder(drawn, monkeypatch) -> None:
    monkeypatch.setenv("STREETSCOPE_DATA", str(drawn.parent))


def inside_accuracy(module: torch.nn.Module, dataset: SegmentationDataset) -> float:
    """Of the pixels whose merged label may be several classes: how often the right one is the likeliest."""
    network = find_network("unet_tiny")
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in (network.mean, network.std))
    fine = truth_table(dataset.class_list, CAMVID_31)
    right = of = 0
    for frame in dataset.valid:
        image, label = dataset.read(frame)
        picture = (torch.tensor(image).permute(2, 0, 1) / 255 - mean) / std
        with torch.inference_mode():
            logits = torch.nn.functional.interpolate(module(picture[None]), label.shape, mode="bilinear")[0]
        truth = fine[label]
        for members in CAMVID_11.members(CAMVID_31):
            where = np.isin(truth, members) & (truth != IGNORE)
            if len(members) > 1 and where.any():
                said = np.array(members)[logits[list(members)].argmax(dim=0).numpy()[where]]
                right, of = right + int((said == truth[where]).sum()), of + int(where.sum())
    return right / of


def test_a_network_learns_from_drawn_labels_what_merged_ones_do_not_tell_apart(merged, drawn, tmp_path):
    longer = RECIPE.model_copy(update={"stages": (STAGE.model_copy(update={"epochs": 12}),)})
    module = train(longer, merged, tmp_path / "run")
    alone = train(longer.model_copy(update={"mix": ()}), merged, tmp_path / "alone")

    found, guessed = (inside_accuracy(each, open_dataset(drawn)) for each in (module, alone))
    print(found, guessed, epochs_of(tmp_path / "run")[-1], epochs_of(tmp_path / "alone")[-1])
    assert found > guessed + 0.2
