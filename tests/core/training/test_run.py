"""Whole training runs, tiny: what they write, how they go on after a stop, what they refuse."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from core.datasets import open_dataset
from core.errors import (
    DatasetError,
    DivergedError,
    ModelNotFoundError,
    RecipeError,
    StreetScopeError,
    TrainingError,
)
from core.networks import find_network
from core.training.recipe import Recipe, Stage
from core.training.run import parameter_groups, target_classes, train

# As in tests/conftest.py
SKY, ROAD, TREE, VOID = range(4)


def stage(name: str = "only", epochs: int = 3, **changes) -> Stage:
    settings = {"crop": (32, 32), "scale": (0.8, 1.2), "lr": 0.3, "batch_size": 2}
    return Stage(name=name, epochs=epochs, **(settings | changes))


def recipe(*stages: Stage, **changes) -> Recipe:
    settings = {"network": "pixel_colour", "classes": "dataset", "ema_decay": 0.5}
    return Recipe(name="test", stages=stages or (stage(),), **(settings | changes))


def history(folder) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def epochs(folder) -> list[tuple[str, int]]:
    return [(line["stage"], int(line["epoch"])) for line in history(folder)]


@pytest.fixture
def dataset(make_dataset, street):
    """Four training frames and one for validation, whose classes are colours."""
    labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    return open_dataset(make_dataset(labels, valid=("e",)))


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


# What is refused


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


@pytest.mark.parametrize("valid", [(), ("a", "b")], ids=["none to validate on", "none to train on"])
def test_a_data_set_needs_frames_to_train_and_to_validate_on(make_dataset, street, tmp_path, valid):
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=valid))

    assert "toy needs at least one frame" in refusal(DatasetError, recipe(), dataset, tmp_path / "run")


def test_a_data_set_smaller_than_a_batch_is_trained_on_or_refused(make_dataset, street, tmp_path):
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=("b",)))
    try:
        train(recipe(stage(batch_size=8, epochs=1)), dataset, tmp_path / "run")
    except StreetScopeError:
        return
    (line,) = history(tmp_path / "run")
    assert math.isfinite(float(line["train_loss"]))


@pytest.mark.parametrize("unlabelled", ["a", "b"], ids=["training", "validation"])
def test_frames_without_a_labelled_pixel_are_refused(make_dataset, street, tmp_path, unlabelled):
    nothing = np.full_like(street, VOID)
    labels = {"a": street, "b": street} | {unlabelled: nothing}
    dataset = open_dataset(make_dataset(labels | {"c": labels["a"]}, valid=("b",)))

    assert "toy" in refusal(DatasetError, recipe(), dataset, tmp_path / "run")


def test_classes_that_are_in_no_list_are_refused_with_the_lists(dataset, tmp_path):
    sentence = refusal(RecipeError, recipe(classes="CamVid-12"), dataset, tmp_path / "run")

    assert "'CamVid-12'; choose one of dataset, CamVid-11, CamVid-32." in sentence


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
