"""Runs that learn from several data sets at once: Toytown with merged labels, and Toytown with its own."""

from __future__ import annotations

import shutil
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
from core.training.batches.data import MixedIn, Pictures, stage_dataloaders
from core.training.batches.examples import TrainingExample
from core.training.learner.environment import describe
from core.training.learner.trainer import Watch, find_rate, prepare, train
from core.training.recipes.mixed import Mix
from core.training.runs.records import epochs_of
from core.training.workers.publish import publish
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow

DRAWN = Mix(data="toytown", share=0.5, inside=1.0, augmentation=0.0)
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
    longer = STAGE.model_copy(update={"epochs": 1, "steps": 60, "lr": 2e-2, "batch_size": 8})
    module = train(RECIPE.model_copy(update={"stages": (longer,)}), merged, tmp_path / "run")

    # by merged labels alone it is about half of them, which is what the start and chance give
    assert inside_accuracy(module, open_dataset(drawn)) > 0.7


# Batches


def flat(count: int, value: int) -> list[TrainingExample]:
    picture, label = torch.full((3, 32, 32), value, dtype=torch.uint8), torch.zeros(32, 32, dtype=torch.uint8)
    return [TrainingExample(picture, label) for _ in range(count)]


@pytest.mark.parametrize(("settings", "batches"), [({}, 4), ({"steps": 7}, 7)])
def test_every_batch_has_its_share_of_each_data_set_with_its_number(settings, batches):
    stage = make_stage(batch_size=8, augmentation=0.0, scale=(1.0, 1.0), **settings)
    mixes = (Mix(data="a", share=0.25), Mix(data="b", share=0.125, augmentation=1.0))
    recipe, network = make_recipe(stage, mix=mixes, colour=1.0), find_network("pixel_colour")
    mixed = tuple(MixedIn(mix, flat(3, 50 * (n + 1)), torch.ones(4)) for n, mix in enumerate(mixes))
    pictures = Pictures(flat(21, 200), flat(1, 0), torch.ones(4), mixed=mixed)
    loaders = stage_dataloaders(recipe, stage, network, pictures, 8, torch.device("cpu"))

    served = list(loaders.train)
    assert len(served) == len(loaders.train) == batches
    for images, labels, sources in served:
        assert sources.tolist() == [0] * 5 + [1] * 2 + [2]
        assert (labels.shape, labels.dtype) == ((8, 32, 32), torch.int64)
        levels = (images[:, 0, 0, 0] * network.std[0] + network.mean[0]) * 255
        assert levels[:7].tolist() == pytest.approx([200] * 5 + [50] * 2, abs=0.01)
    # only the last data set's own strength changes its pictures
    assert len({float(images[7, 0, 0, 0]) for images, _, _ in served}) > 1


def test_pictures_of_another_size_cover_the_same_crop():
    stage = make_stage(size=0.5, batch_size=2)
    recipe = make_recipe(stage, mix=(Mix(data="a", share=0.5),))
    mixed = MixedIn(
        recipe.mix[0], [TrainingExample(torch.zeros(3, 90, 96), torch.zeros(90, 96))], torch.ones(4)
    )

    framing = mixed.augment(recipe, stage, stage.framing(128, 192)).framing
    assert framing.crop == (64, 96)
    assert framing.scale == pytest.approx((1.0, 1.1))


# The run


def test_a_stopped_run_goes_on_as_if_nothing_had_happened(merged, tmp_path):
    whole = train(RECIPE, merged, tmp_path / "whole")

    def stop(line) -> None:
        if line.epoch == 2:
            raise KeyboardInterrupt  # after the checkpoint of the first epoch

    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, merged, tmp_path / "run", stop)
    resumed = train(RECIPE, merged, tmp_path / "run")

    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


def test_a_run_goes_on_only_with_the_data_set_that_it_began_with(merged, drawn, tmp_path, monkeypatch):
    own = tmp_path / "data" / "toytown"
    shutil.copytree(drawn, own)
    monkeypatch.setenv("STREETSCOPE_DATA", str(own.parent))
    small = RECIPE.model_copy(update={"stages": (STAGE.model_copy(update={"steps": 1}),)})

    def stop(line) -> None:
        if line.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small, merged, tmp_path / "run", stop)
    valid = (own / "valid.txt").read_text("utf-8").splitlines()
    (own / "valid.txt").write_text("\n".join(valid[1:]) + "\n", "utf-8")

    with pytest.raises(TrainingError, match="The data set toytown, which this run mixes in, has changed"):
        train(small, merged, tmp_path / "run")


def test_a_finished_run_says_what_it_learnt_from(merged, tmp_path, store):
    recipe = RECIPE.model_copy(update={"prior": 0.5, "stages": (STAGE.model_copy(update={"steps": 1}),)})
    assert find_rate(recipe, merged, tmp_path / "found", "only", iterations=20).valley > 0
    module = train(recipe, merged, tmp_path / "run")
    card = publish(recipe, merged, tmp_path / "run", module, "fine")

    assert card.training["mixed"] == [{"dataset": "toytown", "share": 0.5, "frames": 9}]
    assert "the 9 training frames of merged and 9 of toytown:" in card.limits[0]
    assert card.licence.endswith("merged, toytown.")
    assert card.metrics["dataset"] == "merged"
    assert card.metrics["acc_camvid"] == pytest.approx(
        max(epochs_of(tmp_path / "run"), key=lambda epoch: epoch.mean_iou).acc_camvid, abs=1e-5
    )
    assert list(describe(recipe, merged)["mixed"]) == ["toytown"]


def test_a_data_set_that_is_missing_is_one_sentence_with_how_to_get_it(merged, tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "empty"))

    with pytest.raises(DatasetError, match=r"mixes in the data set toytown, which is not in .*: draw it on"):
        prepare(RECIPE, merged, tmp_path / "run", lambda _: None, (), Watch())
    for name, how in (
        ("mapillary", "import it on the Data page"),
        ("other-things", "make it with `python -m core motorcycles .*/empty/motorcycles --data"),
    ):
        other = RECIPE.model_copy(update={"mix": (DRAWN.model_copy(update={"data": name}),)})
        with pytest.raises(DatasetError, match=rf"{name}, which is not in .*: {how}"):
            prepare(other, merged, tmp_path / "run", lambda _: None, (), Watch())


def test_a_data_set_that_teaches_none_of_the_classes_is_refused(merged, drawn, tmp_path, monkeypatch):
    own = tmp_path / "data" / "toytown"
    shutil.copytree(drawn, own)
    (own / "codes.txt").write_text("".join(f"thing {n}\n" for n in range(32)), "utf-8")
    monkeypatch.setenv("STREETSCOPE_DATA", str(own.parent))

    with pytest.raises(DatasetError, match="No training frame of toytown, which the recipe mixes in, has"):
        prepare(RECIPE, merged, tmp_path / "run", lambda _: None, (), Watch())
