"""A run whose labels may be several of the network's classes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from core.classes import CAMVID_31, CAMVID_32
from core.datasets.layouts.opening import open_dataset
from core.training.learner.trainer import find_rate, train
from core.training.runs.folder import CLASSES, PREVIEWS
from core.training.runs.records import epochs_of
from core.training.workers.publish import publish
from tests.conftest import ROAD
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow

FINE = make_recipe(make_stage(epochs=2), classes="CamVid-31", class_weight_power=0.5, rare_crop=0.5)


@pytest.fixture
def dataset(make_dataset, street):
    frames = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    return open_dataset(make_dataset(frames, valid=("e",)))


def test_a_run_is_validated_in_its_labels_own_classes_as_the_model_is_measured(dataset, tmp_path, store):
    module = train(FINE, dataset, tmp_path / "run")
    card = publish(FINE, dataset, tmp_path / "run", module, "fine")

    best = max(epochs_of(tmp_path / "run"), key=lambda epoch: epoch.mean_iou)
    assert card.class_list.restored().names == CAMVID_31.names
    assert card.metrics["classes"] == 3
    assert card.metrics["acc_camvid"] == pytest.approx(best.acc_camvid, abs=1e-5)
    assert card.metrics["mean_iou"] == pytest.approx(best.mean_iou, abs=1e-5)
    legend = json.loads((tmp_path / "run" / PREVIEWS / CLASSES).read_text("utf-8"))
    assert tuple(legend) == CAMVID_31.names
    with Image.open(tmp_path / "run" / PREVIEWS / "truth-0.png") as truth:
        assert truth.convert("RGB").getpixel((20, 30)) == dataset.class_list.classes[ROAD].colour


def test_the_network_learns_that_one_of_the_set_is_there_and_not_which(dataset, tmp_path, store):
    module = train(make_recipe(make_stage(epochs=8), classes="CamVid-31"), dataset, tmp_path / "run")

    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    with torch.inference_mode():
        said = module((red - 0.5) / 0.5).softmax(dim=1).flatten()
    road = [CAMVID_31.index(name) for name in ("Road", "LaneMkgsDriv", "LaneMkgsNonDriv")]
    assert float(said[road].sum()) > 0.8  # from 3 in 31
    assert float(epochs_of(tmp_path / "run")[-1].acc_camvid) > 0.99


def test_a_run_from_a_coarser_model_starts_with_what_that_knew(dataset, tmp_path, colour_model):
    start = make_recipe(
        make_stage(epochs=1, lr=1e-9), classes="CamVid-31", pretrained=False, start_model=colour_model
    )
    train(start, dataset, tmp_path / "run")

    assert epochs_of(tmp_path / "run")[-1].acc_camvid == 1.0


def test_the_learning_rate_finder_works_with_sets(dataset, tmp_path):
    assert find_rate(FINE, dataset, tmp_path / "run", "only", iterations=20).valley > 0


def test_fine_names_with_merged_labels_are_counted_as_the_recipe_says(dataset, tmp_path, colour_model):
    start = make_recipe(
        make_stage(epochs=1, lr=1e-9),
        classes="CamVid-31",
        pretrained=False,
        start_model=colour_model,
        shares={"LaneMkgsDriv": 0.9},
        sets={"Road": ("LaneMkgsDriv", "LaneMkgsNonDriv", "Road")},
    )
    named = CAMVID_32.select("mine", ("Sky", "Road", "Tree", "Void", "LaneMkgsDriv"))
    train(start, replace(dataset, class_list=named), tmp_path / "run")

    assert epochs_of(tmp_path / "run")[-1].acc_camvid > 0.999
