"""Whole runs on corrections, tiny: what stays as it is, what the model says of itself, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError, ModelNotFoundError, StoppedError, StreetScopeError
from core.models.store import model_folder, read_card
from core.models.weights import load_model
from core.project import data_folder
from core.segmentation.segmenter import load_segmenter
from core.toytown import frame, toytown
from core.training.batches.loss import RememberingLoss
from core.training.control.publish import free_model_name
from core.training.corrections.figures import read_learned
from core.training.corrections.photos import as_learnt
from core.training.learner import trainer
from core.training.learner.checkpoint import load_weights
from core.training.recipes.recipe import Recipe
from core.training.recipes.start import corrections_recipe
from core.training.runs.folder import BEST, LEARNED, STOP, create_run, run_folder
from core.training.runs.records import read_history
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.corrected import BECAK, CODES, NEW, save_start_model, write_corrections
from tests.runs import state_of, status_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("place")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Data and models of these tests' own: Toytown in small, and the model `start`."""
    folder = tmp_path_factory.mktemp("place")
    toytown(folder / "data" / "toytown", 6, (96, 64))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("data", "models"):
            (folder / name).mkdir(exist_ok=True)
            patch.setenv(f"STREETSCOPE_{name.upper()}", str(folder / name))
        save_start_model()
        yield


def quick(**changes) -> Recipe:
    """The shipped recipe for the model `start`, with two epochs of three steps."""
    recipe = corrections_recipe("start")
    stage = recipe.stages[0].model_copy(update={"epochs": 2, "steps": 3, "lr": 1e-2})
    return recipe.model_copy(update={"stages": (stage,)} | changes)


def learn(data, name: str, **changes):
    """A whole run, published under its name; returns the card."""
    run = create_run(quick(**changes), data, run=name, publish=name)
    enqueue(run_folder(run))
    return work(run).card


@pytest.fixture(scope="module")
def learnt(place, tmp_path_factory):
    """The card of what `start` has become by six photos, one of which is held out."""
    return learn(write_corrections(tmp_path_factory.mktemp("six"), 6), "learnt")


def test_encoder_and_norms_stay_as_they_are_to_the_bit(learnt) -> None:
    old, new = load_model("start").network, load_weights(run_folder("learnt") / BEST)
    norms = {name for name, m in old.named_modules() if isinstance(m, torch.nn.BatchNorm2d)}
    fixed, trained = [], []
    for name, tensor in old.state_dict().items():
        is_fixed = name.rpartition(".")[0] in norms or name.startswith(("stem.", "down."))
        (fixed if is_fixed else trained).append((tensor, new[name]))

    assert len(norms) == 13
    assert all(torch.equal(before, after) for before, after in fixed)
    assert trained
    assert not any(before.shape == after.shape and torch.equal(before, after) for before, after in trained)


def test_the_new_models_classes_are_the_old_ones_and_the_added_one(learnt) -> None:
    segmenter = load_segmenter("learnt")

    assert segmenter.class_list.names == CODES
    assert segmenter.class_list.classes[:BECAK] == load_segmenter("start").class_list.classes
    assert segmenter.class_list.classes[BECAK].name == NEW
    assert learnt.graph_sha256


def test_the_card_says_what_it_learnt_and_what_that_cost(learnt) -> None:
    found = read_learned(read_card("learnt").training)

    assert found is not None
    assert (found.start, found.photos, found.held_out) == ("start", 5, ("photo4",))
    assert found.taught == ("photo0", "photo1", "photo2", "photo3", "photo5")
    assert [new.name for new in found.added] == [NEW]
    assert found.added[0].started_as in CODES[:BECAK]
    assert (found.on_photos.split, found.on_photos.images) == ("valid", 1)
    assert found.on_photos.before.per_class_iou[NEW] == 0
    assert set(found.on_photos.after.per_class_iou) == set(CODES)
    assert found.on_reference is not None
    assert found.on_reference.dataset == "toytown"
    assert learnt.metrics["dataset"] == "toytown"
    assert learnt.metrics["mean_iou"] is not None
    assert learnt.trained_size == (64, 96)
    assert learnt.limits == ("It knows nothing.", *found.sentences())
    assert learnt.summary == "start after learning from 5 corrected photos."
    assert learnt.licence == "Nobody's; beside them the terms of the corrected photos."
    assert json.loads((run_folder("learnt") / LEARNED).read_text("utf-8")) == found.model_dump(mode="json")


def test_what_is_measured_has_one_count_that_ends_when_all_is_done(learnt) -> None:
    status = status_of("learnt")

    assert status.batch == status.batches == 2 * 1 + 2 * len(open_dataset(data_folder() / "toytown").valid)


def test_the_first_answers_are_the_old_models(place, tmp_path) -> None:
    dataset = open_dataset(write_corrections(tmp_path, 1))
    run = trainer.prepare(quick(), dataset, tmp_path / "run", lambda _: None, (), trainer.Watch())
    image = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        before, after = load_model("start").network.eval()(image), run.model.eval()(image)

    assert torch.equal(after.argmax(dim=1), before.argmax(dim=1))
    assert run.class_list.names == CODES


def test_the_last_layer_learns_faster_only_where_classes_are_added(place, tmp_path) -> None:
    recipe = quick(head_lr=10.0)
    adds, plain = (
        trainer.prepare(
            recipe,
            open_dataset(write_corrections(tmp_path, 1, codes, name)),
            tmp_path / f"run-{name}",
            lambda _: None,
            (),
            trainer.Watch(),
        )
        for name, codes in (("adds", CODES), ("plain", (*CODES[:BECAK], "Void")))
    )

    assert adds.rates(recipe.stages[0], 0.5).tolist() == [5.0, 0.5]
    assert plain.rates(recipe.stages[0], 0.5).tolist() == [0.5, 0.5]


def test_replay_frames_do_not_teach_the_added_class(place, tmp_path) -> None:
    codes = (*CODES[:BECAK], "MotorcycleScooter")  # which Toytown has too, and labels
    dataset = open_dataset(write_corrections(tmp_path, 1, codes))
    run = trainer.prepare(quick(), dataset, tmp_path / "run", lambda _: None, (), trainer.Watch())

    assert run.class_list.names == codes
    assert run.pictures.replay is not None
    assert run.pictures.replay.pixels[BECAK] == 0
    assert run.pictures.replay.pixels[:BECAK].sum() > 0


def test_a_data_set_that_lumps_the_added_class_neither_teaches_against_it_nor_blames_it(
    place, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    root = tmp_path / "toytown"  # what the model `start` was measured on, in the 11 classes
    for part in ("images", "labels"):
        (root / part).mkdir(parents=True)
    for number in range(4):
        image, label = frame(number, 3, (96, 64))
        Image.fromarray(image).save(root / "images" / f"{number}.png")
        Image.fromarray(CAMVID_32.translation(CAMVID_11)[label]).save(root / "labels" / f"{number}_P.png")
    (root / "codes.txt").write_text("\n".join(CAMVID_11.names) + "\n")
    (root / "valid.txt").write_text("2.png\n3.png\n")
    codes = (*CAMVID_11.names, "MotorcycleScooter")
    data = write_corrections(tmp_path, 1, codes)
    run = trainer.prepare(quick(), open_dataset(data), tmp_path / "run", lambda _: None, (), trainer.Watch())
    bicyclist = CAMVID_11.index("Bicyclist")
    assert isinstance(run.loss, RememberingLoss)
    assert run.loss.replay.members is not None
    assert run.loss.replay.members[bicyclist] == (bicyclist, len(CAMVID_11))

    found = read_learned(learn(data, "lumped").training)
    assert found is not None
    assert found.on_reference is not None
    assert (found.on_reference.dataset, found.on_reference.images) == ("toytown", 2)
    assert tuple(found.on_reference.after.per_class_iou) == codes
    assert found.on_reference.after.per_class_iou["MotorcycleScooter"] is None
    assert (status := status_of("lumped")).batch == status.batches


def test_one_photo_is_an_anecdote_and_may_be_smaller_than_the_crops(place, tmp_path) -> None:
    card = learn(write_corrections(tmp_path, 1), "anecdote")
    found = read_learned(card.training)

    assert found is not None
    assert found.is_anecdote
    assert (found.photos, found.on_photos.split) == (1, "train")
    assert any("That is an anecdote" in sentence for sentence in card.limits)


def test_what_learnt_from_corrections_can_learn_from_more(learnt, tmp_path) -> None:
    recipe = corrections_recipe("learnt").model_copy(update={"stages": quick().stages})
    dataset = as_learnt(recipe, open_dataset(write_corrections(tmp_path, 1)))

    assert trainer.target_classes(recipe, dataset) == load_segmenter("learnt").class_list
    run = trainer.prepare(recipe, dataset, tmp_path / "run", lambda _: None, (), trainer.Watch())
    assert run.pictures.replay is not None


def test_a_stopped_run_goes_on_and_comes_to_the_same_to_the_bit(place, tmp_path) -> None:
    dataset = open_dataset(write_corrections(tmp_path, 2))
    whole = trainer.train(quick(), dataset, tmp_path / "whole")

    def stop(report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(quick(), dataset, tmp_path / "run", stop)
    resumed = trainer.train(quick(), dataset, tmp_path / "run")

    pairs = zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_run_that_is_stopped_while_its_model_is_measured_makes_none_and_goes_on(
    place, tmp_path, monkeypatch
) -> None:
    data = write_corrections(tmp_path, 1)
    run = create_run(quick(), data, run="halted", publish="halted")
    enqueue(run_folder(run))
    epochs = []

    def stop_at_the_end(report) -> None:
        epochs.append(report)
        if len(epochs) == 2:
            (run_folder(run) / STOP).touch()

    with pytest.raises(StoppedError, match="while the model was measured"):
        work(run, stop_at_the_end)
    assert state_of(run) == "stopped"
    with pytest.raises(ModelNotFoundError):
        read_card("halted")

    enqueue(run_folder(run))
    card = work(run).card
    assert card is not None
    assert read_learned(card.training) is not None
    assert len(read_history(run)) == 2


def test_a_photo_that_is_removed_meanwhile_is_one_sentence_and_the_run_goes_on_without_it(
    place, tmp_path
) -> None:
    data = write_corrections(tmp_path, 2)
    run = create_run(quick(), data, run="removed", publish="removed")
    enqueue(run_folder(run))

    def remove(report) -> None:
        for path in (data / "images" / "photo0.png", data / "labels" / "photo0_P.png"):
            path.unlink(missing_ok=True)

    with pytest.raises(StreetScopeError, match="photo0"):
        work(run, remove)
    assert state_of(run) == "failed"
    assert "\n" not in status_of(run).message

    enqueue(run_folder(run))
    card = work(run).card
    assert card is not None
    found = read_learned(card.training)
    assert found is not None
    assert found.taught == ("photo1",)


def test_a_start_model_that_is_deleted_meanwhile_is_one_sentence(place, tmp_path) -> None:
    save_start_model("leaves")
    recipe = corrections_recipe("leaves").model_copy(update={"stages": quick().stages})
    run = create_run(recipe, write_corrections(tmp_path, 1), run="left", publish="left")
    enqueue(run_folder(run))

    def leave(report) -> None:
        shutil.rmtree(model_folder("leaves"), ignore_errors=True)

    with pytest.raises(ModelNotFoundError, match="leaves"):
        work(run, leave)
    assert state_of(run) == "failed"


@pytest.mark.parametrize(
    ("codes", "label", "sentence"),
    [
        (CODES, 255, "Nothing was reviewed in mine: correct something in a photo first."),
        (
            ("Cat", "Dog"),
            0,
            "start knows none of the classes of mine (Cat, Dog ...); choose a model that was trained on these"
            " classes.",
        ),
    ],
)
def test_a_set_that_cannot_teach_is_one_sentence(place, tmp_path, codes, label, sentence) -> None:
    root = write_corrections(tmp_path, 2, codes)
    for path in (root / "labels").iterdir():
        Image.fromarray(np.full((64, 96), label, np.uint8)).save(path)

    with pytest.raises(StreetScopeError) as error:
        trainer.train(quick(), open_dataset(root), tmp_path / "run")
    assert isinstance(error.value, DatasetError)
    assert str(error.value) == sentence


def test_a_new_model_gets_a_name_that_no_model_has(place) -> None:
    assert free_model_name("fresh") == "fresh"
    assert free_model_name("start") == "start-2"
    assert len(free_model_name("x" * 80)) == 60
