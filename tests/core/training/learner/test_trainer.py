"""Whole training runs, tiny: what they write, how they go on after a stop, what they refuse."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from core.datasets.layouts.opening import open_dataset
from core.errors import (
    DatasetError,
    DivergedError,
    ModelNotFoundError,
    RecipeError,
    StreetScopeError,
    TrainingError,
)
from core.models.networks import find_network
from core.models.weights import load_model
from core.training.batches.data import Pictures, stage_dataloaders
from core.training.batches.examples import load_examples
from core.training.learner.convolution import convolve
from core.training.learner.trainer import parameter_groups, target_classes, train
from tests.conftest import write_dataset
from tests.runs import make_recipe as recipe
from tests.runs import make_stage as stage

pytestmark = pytest.mark.slow

# As in tests/conftest.py
SKY, ROAD, TREE, VOID = range(4)
NAMES = ("Sky", "Road", "Tree", "Void")


def history(folder) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def epochs(folder) -> list[tuple[str, int]]:
    return [(line["stage"], int(line["epoch"])) for line in history(folder)]


def five_frames(street):
    """Four training frames and one for validation, whose classes are colours."""
    return {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}


@pytest.fixture
def dataset(make_dataset, street):
    return open_dataset(make_dataset(five_frames(street), valid=("e",)))


@pytest.fixture(scope="module")
def lasting_dataset(street, tmp_path_factory):
    """The same frames for runs that several tests look at; none changes it."""
    return open_dataset(write_dataset(tmp_path_factory.mktemp("data"), five_frames(street), valid=("e",)))


def stop_after(epoch: tuple[str, int]):
    """A report that interrupts the run after this epoch, as a user does who presses Ctrl-C."""

    def report(line) -> None:
        if (line.stage, line.epoch) == epoch:
            raise KeyboardInterrupt

    return report


# A whole run


def test_a_run_learns_what_colours_the_classes_have(dataset, tmp_path):
    train(recipe(stage(epochs=8)), dataset, tmp_path / "run")

    lines = history(tmp_path / "run")
    losses = [float(line["train_loss"]) for line in lines]
    assert losses[-1] < losses[0] / 2
    assert float(lines[-1]["valid_loss"]) < float(lines[0]["valid_loss"])
    assert float(lines[-1]["acc_camvid"]) > 0.99
    assert float(lines[-1]["mean_iou"]) > 0.99


def test_the_history_has_a_line_for_each_epoch_of_each_stage(dataset, tmp_path):
    train(recipe(stage("small", 2), stage("large", 1)), dataset, tmp_path / "run")

    lines = history(tmp_path / "run")
    assert epochs(tmp_path / "run") == [("small", 1), ("small", 2), ("large", 1)]
    assert list(lines[0]) == [
        "stage",
        "epoch",
        "train_loss",
        "valid_loss",
        "acc_camvid",
        "mean_iou",
        "seconds",
    ]
    assert all(0 <= float(line[figure]) <= 1 for line in lines for figure in ("acc_camvid", "mean_iou"))
    assert all(float(line["seconds"]) >= 0 for line in lines)


def test_a_run_reports_each_epoch_with_the_time_left(dataset, tmp_path):
    reports = []
    train(recipe(stage("small", 2), stage("large", 1)), dataset, tmp_path / "run", reports.append)

    assert [(r.stage, r.epoch, r.epochs) for r in reports] == [
        ("small", 1, 2),
        ("small", 2, 2),
        ("large", 1, 1),
    ]
    assert all(r.seconds_left > 0 for r in reports[:-1])
    assert reports[-1].seconds_left == 0
    assert [f"{r.mean_iou:.5f}" for r in reports] == [line["mean_iou"] for line in history(tmp_path / "run")]


def test_the_best_weights_load_and_are_what_the_run_returns(dataset, tmp_path):
    network = train(recipe(), dataset, tmp_path / "run")

    best = find_network("pixel_colour").build(len(dataset.class_list), False)
    best.load_state_dict(load_file(tmp_path / "run" / "best.safetensors"))
    assert torch.equal(best.weight, network.weight)
    assert torch.equal(best.bias, network.bias)
    assert not network.training


def test_the_same_seed_gives_the_same_network(dataset, tmp_path):
    first = train(recipe(colour=0.5, blur=0.5), dataset, tmp_path / "first")
    second = train(recipe(colour=0.5, blur=0.5), dataset, tmp_path / "second")

    assert torch.equal(first.weight, second.weight)


def test_frames_from_the_disk_teach_the_same_as_frames_from_memory(dataset, tmp_path, monkeypatch):
    train(recipe(stage()), dataset, tmp_path / "memory")
    monkeypatch.setattr("core.training.learner.trainer.memory_budget", lambda _: 0)
    train(recipe(stage()), dataset, tmp_path / "disk")

    from_memory, from_disk = (
        (tmp_path / name / "best.safetensors").read_bytes() for name in ("memory", "disk")
    )
    assert from_memory == from_disk


def test_another_seed_gives_another_network(dataset, tmp_path):
    first = train(recipe(), dataset, tmp_path / "first")
    second = train(recipe(seed=7), dataset, tmp_path / "second")

    assert not torch.equal(first.weight, second.weight)


def test_a_u_net_is_trained_encoder_and_decoder(dataset, tmp_path):
    settings = recipe(
        stage(epochs=1, lr=1e-3),
        network="unet_lite0",
        jaccard_weight=0.5,
        class_weight_power=0.25,
        encoder_lr=0.25,
    )
    network = train(settings, dataset, tmp_path / "run")

    start = find_network("unet_lite0").build(len(dataset.class_list), True)
    assert epochs(tmp_path / "run") == [("only", 1)]
    assert not torch.equal(next(network.encoder.parameters()), next(start.encoder.parameters()))
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 32, 32)).isfinite().all()


@pytest.mark.parametrize(
    ("classes", "names"),
    [("dataset", ("Sky", "Road", "Tree", "Void")), ("CamVid-11", ("Sky", "Building", "Column_Pole"))],
)
def test_a_recipe_says_which_classes_are_learnt(dataset, classes, names):
    assert target_classes(recipe(classes=classes), dataset).names[: len(names)] == names


# Going on after a stop


@pytest.mark.parametrize("stop", [("small", 1), ("small", 2), ("small", 3), ("large", 1), ("large", 2)])
def test_a_stopped_run_goes_on_and_has_every_epoch_once(dataset, tmp_path, stop):
    settings = recipe(stage("small", 3), stage("large", 2))
    with pytest.raises(KeyboardInterrupt):
        train(settings, dataset, tmp_path / "run", stop_after(stop))
    train(settings, dataset, tmp_path / "run")

    assert epochs(tmp_path / "run") == [("small", 1), ("small", 2), ("small", 3), ("large", 1), ("large", 2)]


def test_a_stopped_run_does_not_start_from_the_beginning(dataset, tmp_path):
    settings = recipe(stage(epochs=4))
    with pytest.raises(KeyboardInterrupt):
        train(settings, dataset, tmp_path / "run", stop_after(("only", 3)))
    seen = []
    train(settings, dataset, tmp_path / "run", lambda line: seen.append(line.epoch))

    assert seen in ([3, 4], [4])


def test_a_run_stopped_twice_has_every_epoch_once(dataset, tmp_path):
    settings = recipe(stage(epochs=4))
    for stop in (2, 3):
        with pytest.raises(KeyboardInterrupt):
            train(settings, dataset, tmp_path / "run", stop_after(("only", stop)))
    train(settings, dataset, tmp_path / "run")

    assert epochs(tmp_path / "run") == [("only", n) for n in range(1, 5)]


def test_a_resumed_run_keeps_what_it_had_learnt(dataset, tmp_path):
    settings = recipe(stage(epochs=8))
    with pytest.raises(KeyboardInterrupt):
        train(settings, dataset, tmp_path / "run", stop_after(("only", 7)))
    train(settings, dataset, tmp_path / "run")

    lines = history(tmp_path / "run")
    assert float(lines[-1]["valid_loss"]) < float(lines[0]["valid_loss"]) / 2


def test_a_finished_run_started_again_changes_nothing(dataset, tmp_path):
    first = train(recipe(), dataset, tmp_path / "run")
    before = history(tmp_path / "run")
    second = train(recipe(), dataset, tmp_path / "run")

    assert history(tmp_path / "run") == before
    assert torch.equal(first.weight, second.weight)


def test_a_stopped_run_of_another_recipe_is_not_gone_on_with(dataset, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(recipe(stage(epochs=4)), dataset, tmp_path / "run", stop_after(("only", 2)))

    sentence = refusal(TrainingError, recipe(stage(epochs=5)), dataset, tmp_path / "run")
    assert str(tmp_path / "run") in sentence
    assert "another recipe" in sentence
    assert epochs(tmp_path / "run") == [("only", 1), ("only", 2)]


VARIED = recipe(
    stage("small", 3), stage("large", 2), colour=0.5, blur=0.5, rare_crop=0.5, network="unet_tiny"
)


@pytest.fixture(scope="module")
def whole(lasting_dataset, tmp_path_factory):
    """What VARIED comes to without a stop: the folder of the run, and the network."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    return folder, train(VARIED, lasting_dataset, folder)


@pytest.mark.parametrize("stop", [("small", 2), ("small", 3), ("large", 1)])
def test_a_resumed_run_comes_to_the_same_to_the_bit(whole, lasting_dataset, tmp_path, stop):
    folder, network = whole
    with pytest.raises(KeyboardInterrupt):
        train(VARIED, lasting_dataset, tmp_path / "run", stop_after(stop))
    resumed = train(VARIED, lasting_dataset, tmp_path / "run")

    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), resumed.parameters(), strict=True))
    for name in ("history.csv", "batches.csv", "previews/index.csv"):
        lines = [(run / name).read_text("utf-8").splitlines() for run in (folder, tmp_path / "run")]
        without_seconds = [[line.rpartition(",")[0] for line in file] for file in lines]
        assert without_seconds[0] == without_seconds[1]


def test_nothing_in_a_runs_folder_is_a_pickle(dataset, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(recipe(stage(epochs=4, lr_find=True)), dataset, tmp_path / "run", stop_after(("only", 3)))

    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".csv", ".json", ".png", ".safetensors"}
    # a pickle of protocol 2 or more begins with 0x80, a torch archive is a zip
    assert not [path for path in files if path.read_bytes()[:2] in (b"\x80\x02", b"\x80\x04", b"PK")]


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"\x08\0\0\0\0\0\0\0{}      "], ids=repr)
def test_a_damaged_checkpoint_is_one_sentence(dataset, tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "resume.safetensors").write_bytes(content)

    assert "resume.safetensors is damaged" in refusal(TrainingError, recipe(), dataset, tmp_path / "run")


@pytest.fixture(scope="module")
def stopped(lasting_dataset, tmp_path_factory):
    """The folder of a run that was stopped after three of four epochs."""
    folder = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.raises(KeyboardInterrupt):
        train(recipe(stage(epochs=4)), lasting_dataset, folder, stop_after(("only", 3)))
    return folder


def progress_with(**changes):
    """Tampers with a checkpoint's progress, or its tensors where a change is a function of them."""

    def tamper(path) -> None:
        with safe_open(path, "pt") as file:
            progress = json.loads(file.metadata()["progress"])
        tensors = load_file(path)
        change = changes.pop("tensors", lambda tensors: tensors)
        save_file(change(tensors), path, {"progress": json.dumps(progress | changes)})

    return tamper


@pytest.mark.parametrize(
    ("tamper", "part"),
    [
        (progress_with(position=9), "does not fit"),
        (progress_with(epoch=9), "does not fit"),
        (progress_with(epoch=-1), "is damaged"),
        (progress_with(lr=-1.0), "is damaged"),
        (progress_with(sizes={"history.csv": -5}), "is damaged"),
        (progress_with(stages=["other"]), "does not fit"),
        (progress_with(optimiser=[]), "does not fit"),
        (progress_with(random={"python": [3, ["a"], None], "numpy": {}, "loader": []}), "does not fit"),
        (progress_with(tensors=lambda t: {n: v for n, v in t.items() if "bias" not in n}), "does not fit"),
        (progress_with(tensors=lambda t: {n: torch.zeros(3) for n in t}), "does not fit"),
    ],
    ids=range(10),
)
def test_a_checkpoint_that_was_tampered_with_is_one_sentence(
    stopped, lasting_dataset, tmp_path, tamper, part
):
    shutil.copytree(stopped, tmp_path / "run")
    tamper(tmp_path / "run" / "resume.safetensors")

    sentence = refusal(TrainingError, recipe(stage(epochs=4)), lasting_dataset, tmp_path / "run")
    assert "resume.safetensors" in sentence
    assert part in sentence


# What a stage may ask for


def weights_of(folder, name: str) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoints" / f"{name}.safetensors")


def test_each_stage_and_on_request_each_epoch_is_kept_under_its_name(dataset, tmp_path):
    train(recipe(stage("small", 2), stage("large", 1)), dataset, tmp_path / "few")
    train(recipe(stage("small", 2), stage("large", 1), every_epoch=True), dataset, tmp_path / "all")

    names = {kind: {p.stem for p in (tmp_path / kind / "checkpoints").iterdir()} for kind in ("few", "all")}
    assert names["few"] == {"small", "large"}
    assert names["all"] == {"small", "large", "small.001", "small.002", "large.001"}
    last, epoch = (weights_of(tmp_path / "all", name)["weight"] for name in ("small", "small.002"))
    assert torch.equal(last, epoch)


def test_what_a_finished_run_keeps_to_go_on_with_is_small(dataset, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(recipe(network="unet_tiny"), dataset, tmp_path / "run", stop_after(("only", 2)))
    path = tmp_path / "run" / "resume.safetensors"
    before = path.stat().st_size
    train(recipe(network="unet_tiny"), dataset, tmp_path / "run")

    # the weights, their average, and two numbers for each by the optimiser
    assert before > 4 * 4 * 750_000
    assert path.stat().st_size < 100_000


def test_a_stage_starts_from_the_one_that_it_names(dataset, tmp_path):
    nearly_nothing = {"epochs": 1, "lr": 1e-30}
    settings = recipe(
        stage("first", 2),
        stage("second", 2),
        stage("third", **nearly_nothing, start_from="first"),
        ema_decay=0.0,
    )
    train(settings, dataset, tmp_path / "run")

    first, second, third = (weights_of(tmp_path / "run", n)["weight"] for n in ("first", "second", "third"))
    assert torch.equal(third, first)
    assert not torch.equal(third, second)


def test_a_frozen_stage_leaves_the_encoder_as_it_is_and_the_next_does_not(dataset, tmp_path):
    settings = recipe(
        stage("frozen", 1, lr=1e-3, frozen=True),
        stage("free", 1, lr=1e-3),
        network="unet_lite0",
        ema_decay=0.0,
    )
    train(settings, dataset, tmp_path / "run")

    start = find_network("unet_lite0").build(len(dataset.class_list), True).state_dict()
    frozen, free = (weights_of(tmp_path / "run", name) for name in ("frozen", "free"))
    convolutions = [name for name in start if name.startswith("encoder.") and start[name].ndim == 4]
    assert convolutions
    assert all(torch.equal(frozen[name], start[name]) for name in convolutions)
    assert not any(torch.equal(free[name], start[name]) for name in convolutions)


def test_a_stages_encoder_rate_comes_before_the_recipes(dataset, tmp_path):
    settings = recipe(
        stage("still", 1, lr=1e-3, encoder_lr=1e-30),
        network="unet_lite0",
        ema_decay=0.0,
        weight_decay=0.0,
        encoder_lr=1.0,
    )
    train(settings, dataset, tmp_path / "run")

    start = find_network("unet_lite0").build(len(dataset.class_list), True).state_dict()
    trained = weights_of(tmp_path / "run", "still")
    name = next(name for name in start if name.startswith("encoder.") and start[name].ndim == 4)
    assert torch.equal(trained[name], start[name])
    assert not torch.equal(trained["head.weight"], start["head.weight"])


def test_validation_pictures_of_different_sizes_are_no_trouble(make_dataset, street, tmp_path):
    labels = {"a": street, "b": street, "c": street[:, :40], "d": street}
    dataset = open_dataset(make_dataset(labels, valid=("c", "d")))
    train(recipe(stage(epochs=1, size=1.0)), dataset, tmp_path / "run")

    assert epochs(tmp_path / "run") == [("only", 1)]


# Starting from a model


def test_a_run_starts_from_a_model_of_the_store(dataset, tmp_path, colour_model):
    settings = recipe(stage(epochs=1, lr=1e-30), start_model=colour_model, classes="model", ema_decay=0.0)
    network = train(settings, dataset, tmp_path / "run")

    assert torch.allclose(network.weight, load_model(colour_model).network.weight, atol=1e-20)
    assert float(history(tmp_path / "run")[0]["acc_camvid"]) == 1.0


def test_a_model_of_other_classes_gets_a_new_last_layer(make_dataset, street, tmp_path, colour_model):
    dataset = open_dataset(
        make_dataset({"a": street, "b": street, "c": street}, valid=("c",), codes=(*NAMES, "Boat"))
    )
    network = train(recipe(stage(epochs=1), start_model=colour_model), dataset, tmp_path / "run")

    assert len(network.bias) == 5


def test_a_model_of_another_network_is_refused(dataset, tmp_path, colour_model):
    settings = recipe(start_model=colour_model, network="unet_tiny")

    assert "is a pixel_colour" in refusal(RecipeError, settings, dataset, tmp_path / "run")


def test_the_articles_network_is_what_unet_learner_builds(dataset):
    from fastai.vision.learner import unet_learner
    from torchvision.models import resnet34

    examples = load_examples(dataset, dataset.train, np.arange(256, dtype=np.uint8), 10**9)
    pictures = Pictures(examples, examples, torch.ones(4))
    settings = recipe(stage(crop=(64, 64)))
    loaders = stage_dataloaders(settings, settings.stages[0], find_network("unet_resnet34"), pictures, 2)
    theirs = unet_learner(loaders, resnet34, n_out=4, pretrained=False, loss_func=torch.nn.CrossEntropyLoss())
    ours = find_network("unet_resnet34").build(4, False)

    assert [p.shape for p in ours.parameters()] == [p.shape for p in theirs.model.parameters()]
    theirs.freeze()
    frozen = {id(p) for group in theirs.opt.param_lists[:-1] for p in group}
    encoder, _ = parameter_groups(theirs.model)
    assert {id(p) for p in encoder} == frozen


# TensorBoard


def test_event_files_hold_every_batch_and_every_epoch(dataset, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    settings = recipe(stage("small", 3), tensorboard=True)
    with pytest.raises(KeyboardInterrupt):  # what was written of the second epoch is written again
        train(settings, dataset, tmp_path / "run", stop_after(("small", 2)))
    train(settings, dataset, tmp_path / "run")

    events = EventAccumulator(str(tmp_path / "run" / "tensorboard" / "small")).Reload()
    assert [e.step for e in events.Scalars("train_loss")] == [1, 2, 3, 4, 5, 6]
    assert [f"{e.value:.5f}" for e in events.Scalars("mean_iou")] == [
        line["mean_iou"] for line in history(tmp_path / "run")
    ]


# What is refused


def test_a_stage_that_lacks_the_one_before_is_found_before_the_others_are_trained(dataset, tmp_path):
    settings = recipe(stage("a"), stage("b"), stage("c", start_from="b"))
    with pytest.raises(RecipeError, match="The stage c starts from b, which was not trained in this run"):
        train(settings, dataset, tmp_path / "run", stages=("a", "c"))

    assert not (tmp_path / "run").exists()


def test_the_smallest_and_the_largest_factors_leave_a_picture(dataset, tmp_path):
    for number, settings in enumerate(({"scale": (100, 100)}, {"valid_size": 0.01}, {"size": 0.01})):
        train(recipe(stage(epochs=1, **settings)), dataset, tmp_path / str(number))

        assert epochs(tmp_path / str(number)) == [("only", 1)]


def refusal(error: type[StreetScopeError], *arguments) -> str:
    """The one sentence that training is refused with."""
    with pytest.raises(error) as refused:
        train(*arguments)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_learning_rate_that_blows_the_weights_up_stops_the_run(dataset, tmp_path):
    sentence = refusal(DivergedError, recipe(stage(lr=1e38, epochs=5)), dataset, tmp_path / "run")

    assert "learning rate is too high" in sentence


@pytest.mark.parametrize("missing", ["train", "valid"])
def test_a_data_set_needs_frames_to_train_and_to_validate_on(dataset, tmp_path, missing):
    dataset = replace(dataset, **{missing: ()})

    assert "toy needs at least one frame" in refusal(DatasetError, recipe(), dataset, tmp_path / "run")


def test_a_data_set_smaller_than_a_batch_is_refused(make_dataset, street, tmp_path):
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=("b",)))
    sentence = refusal(RecipeError, recipe(stage(batch_size=8, epochs=1)), dataset, tmp_path / "run")

    assert "batch size of 8, but toy has only 1 frame to train on" in sentence


@pytest.mark.parametrize("unlabelled", ["a", "b"], ids=["training", "validation"])
def test_frames_without_a_labelled_pixel_are_refused(make_dataset, street, tmp_path, unlabelled):
    nothing = np.full_like(street, VOID)
    labels = {"a": street, "b": street} | {unlabelled: nothing}
    dataset = open_dataset(make_dataset(labels | {"c": labels["a"]}, valid=("b",)))

    assert "toy" in refusal(DatasetError, recipe(), dataset, tmp_path / "run")


def test_classes_that_are_in_no_list_are_refused_with_the_lists(dataset, tmp_path):
    sentence = refusal(RecipeError, recipe(classes="CamVid-12"), dataset, tmp_path / "run")

    assert "'CamVid-12'; choose one of dataset, CamVid-11, CamVid-31, CamVid-32." in sentence


def test_a_network_that_does_not_exist_is_refused(dataset, tmp_path):
    assert "'unet_vgg'" in refusal(ModelNotFoundError, recipe(network="unet_vgg"), dataset, tmp_path / "run")


def test_a_broken_frame_is_named_before_training_starts(dataset, tmp_path):
    dataset.train[2].label.write_bytes(b"")

    assert "c_P.png cannot be read" in refusal(DatasetError, recipe(), dataset, tmp_path / "run")
    assert not (tmp_path / "run" / "history.csv").exists()


@pytest.mark.parametrize("name", ["unet_lite0", "unet_resnet34"])
def test_the_pretrained_encoder_gets_a_rate_of_its_own(name):
    model = find_network(name).build(3, False)
    encoder, rest = parameter_groups(model)
    assert len(encoder) + len(rest) == len(list(model.parameters()))
    # ImageNet's weights are in the encoder: convolutions from the picture on; the classes are in the rest.
    assert encoder[0] is next(model.parameters())
    assert {p.shape[0] for p in rest if p.shape[0] == 3} == {3}


def test_a_network_without_an_encoder_has_one_group():
    model = find_network("pixel_colour").build(3, False)
    (everything,) = parameter_groups(model)
    assert len(everything) == 2


@pytest.mark.parametrize("avx2", [True, False])
def test_gradients_found_in_another_layout_train_the_same_network(dataset, tmp_path, monkeypatch, avx2):
    calls = []

    def counted(self, *arguments):
        calls.append(type(self))
        return convolve(self, *arguments)

    monkeypatch.setattr("core.training.learner.convolution.convolve", counted)
    monkeypatch.setattr("core.training.learner.convolution.LARGE", 0)
    monkeypatch.setattr("core.training.learner.trainer.has_native_bfloat16", lambda: False)
    reached = []
    for newest in (avx2, False):
        monkeypatch.setattr(
            "core.training.learner.trainer.has_no_more_than_avx2", lambda newest=newest: newest
        )
        folder = tmp_path / f"run-{len(reached)}"
        model = train(recipe(stage(epochs=2), network="unet_tiny"), dataset, folder)
        assert not [module for module in model.modules() if "_conv_forward" in vars(module)]
        reached.append([float(line["train_loss"]) for line in history(folder)])

    assert bool(calls) == avx2
    assert reached[0] == pytest.approx(reached[1], rel=1e-3)
