"""Before a run becomes a model: names that are free, and those that are not."""

from __future__ import annotations

import json
import re
import shutil

import pytest
import torch

from core.errors import DatasetError, ModelError, ModelNotFoundError, RunError
from core.models.store import list_models, model_folder, read_card
from core.models.weights import load_model
from core.training.control.publish import check_model_name, publish_run
from core.training.runs.folder import HISTORY, RECIPE, create_run, run_folder
from core.training.runs.records import read_history
from core.training.runs.status import enqueue
from core.training.workers.publish import publish_checkpoint
from core.training.workers.train import work
from tests.conftest import save_colour_model
from tests.runs import make_recipe, make_stage


@pytest.fixture
def run(store, make_dataset, street) -> str:
    data = make_dataset(dict.fromkeys("abcde", street), valid=("e",))
    run = create_run(make_recipe(make_stage(epochs=1)), data, run="trained")
    enqueue(run_folder(run))
    work(run)
    return run


def test_a_name_is_free_until_a_model_has_it(store):
    check_model_name("mine")
    save_colour_model("mine")
    with pytest.raises(ModelError, match="There is a model called mine already"):
        check_model_name("mine")
    check_model_name("mine2")
    assert list_models() == ["mine"]  # looking takes no name


def test_a_taken_name_has_to_be_replaced(colour_model):
    with pytest.raises(ModelError, match="There is a model called colours already"):
        check_model_name("colours")
    check_model_name("colours", replace=True)


@pytest.mark.parametrize("replace", [False, True])
def test_the_shipped_model_is_never_replaced(store, replace):
    with pytest.raises(ModelError, match="comes with StreetScope"):
        check_model_name("street-lite0", replace)


@pytest.mark.parametrize("name", ["", "../mine", "runs", "a b", "x" * 65, ".hidden"])
def test_a_name_that_no_model_can_have_is_refused(store, name):
    with pytest.raises(ModelNotFoundError, match="cannot be called"):
        check_model_name(name)


def test_a_run_becomes_a_model_with_a_card_filled_in_from_it(run):
    told = []
    card = publish_run(run, "best", "mine", tell=lambda *told_now: told.append(told_now))

    assert card == read_card("mine")
    assert list_models() == ["mine"]
    assert card.training["epochs"] == 1
    assert card.training["recipe"]["name"] == "test"
    assert card.metrics["split"] == "valid"
    assert told[-1] == (1, 1, None, "evaluating validation frame 1 of 1")
    assert (0, 0, None, "preparing mine") in told
    with pytest.raises(ModelError, match="already"):
        publish_run(run, "best", "mine")


def test_the_figures_are_of_the_size_of_the_stage_whose_weights_they_are(store, make_dataset, street):
    data = make_dataset(dict.fromkeys("abcde", street), valid=("e",))
    stages = (make_stage("small", 1, valid_size=0.75), make_stage("large", 1))
    run = create_run(make_recipe(*stages), data, run="two")
    enqueue(run_folder(run))
    work(run)
    rows, cols = street.shape[:2]

    small, large = (publish_checkpoint(run, kept, kept) for kept in ("small", "best"))
    assert (small.trained_size, large.trained_size) == ((rows * 3 // 4, cols * 3 // 4), (rows, cols))
    assert small.metrics["size"] == f"{cols * 3 // 4} x {rows * 3 // 4}"
    # What the run counted and what the card says are one figure.
    own = {epoch.stage: epoch.acc_camvid for epoch in read_history(run)}
    assert small.metrics["acc_camvid"] == pytest.approx(own["small"], abs=1e-5)
    assert large.metrics["acc_camvid"] == pytest.approx(own["large"], abs=1e-5)


def test_lines_that_were_garbled_go_into_no_model(run):
    with (run_folder(run) / HISTORY).open("ab") as file:
        file.write(b"only,2\n\xff\x00,\nonly,2,1,1,1,1,nan\n")
    publish_checkpoint(run, "best", "mine")

    assert read_card("mine").training["epochs"] == 1
    lines = (model_folder("mine") / HISTORY).read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines] == [["stage", "epoch"], ["only", "1"]]


def test_a_checkpoint_that_is_not_there_leaves_no_model(run):
    with pytest.raises(RunError, match="has no checkpoint"):
        publish_run(run, "only.009", "mine")
    assert list_models() == []


def test_what_is_refused_in_the_process_is_the_same_error_here(run, tmp_path):
    shutil.rmtree(tmp_path / "toy")
    with pytest.raises(DatasetError, match=re.escape(str(tmp_path / "toy"))):
        publish_run(run, "best", "mine")
    assert list_models() == []


def test_the_model_is_adjusted_as_the_runs_recipe_says(run):
    publish_checkpoint(run, "best", "raw")
    path = run_folder(run) / RECIPE
    said = {"class_weight_power": 0.5, "logit_adjustment": 1.0}
    path.write_text(json.dumps(json.loads(path.read_text()) | said))
    publish_checkpoint(run, "best", "adjusted")

    raw, adjusted = (load_model(name).network.state_dict() for name in ("raw", "adjusted"))
    assert torch.equal(raw["weight"], adjusted["weight"])
    assert not torch.equal(raw["bias"], adjusted["bias"])
