"""`python -m core train`, `lr-find`, `runs`, `stop` and `publish`: what they print, and what they refuse."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from core.__main__ import main
from core.models.store import list_models
from core.models.weights import load_model
from core.training.runs.folder import HISTORY, append_row, read_settings, run_folder, run_ids
from core.training.runs.records import Epoch
from tests.conftest import write_dataset

RECIPE = """
name = "tiny"
network = "pixel_colour"
classes = "dataset"
ema_decay = 0.5
[[stages]]
name = "small"
crop = [32, 32]
scale = [0.8, 1.2]
epochs = 4
lr = 0.3
batch_size = 2
[[stages]]
name = "large"
start_from = "small"
size = 1.0
epochs = 3
lr = 0.3
batch_size = 2
"""


@pytest.fixture
def data(store, make_dataset, street) -> str:
    labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    return str(make_dataset(labels, valid=("e",)))


@pytest.fixture
def recipe(tmp_path) -> str:
    (tmp_path / "tiny.toml").write_text(RECIPE, "utf-8")
    return str(tmp_path / "tiny.toml")


@pytest.fixture
def run(capsys):
    """Run a command that goes well and return what it printed."""

    def run(*arguments: str) -> str:
        assert main(list(arguments)) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def refusal(capsys):
    """Run a command that is refused and return its sentence."""

    def run(*arguments: str) -> str:
        status = main(list(arguments))
        printed, sentence = capsys.readouterr()
        assert (status, printed) == (2, "")
        assert sentence.count("\n") == 1
        return sentence.rstrip("\n")

    return run


@pytest.mark.slow
def test_a_run_prints_its_epochs_as_a_table_and_as_json(run, data, recipe):
    found = json.loads(run("train", "--data", data, "--recipe", recipe, "--json", "--note", "First."))

    assert (found["state"], found["share"], found["note"]) == ("finished", 1.0, "First.")
    assert [(e["stage"], e["epoch"]) for e in found["history"]] == [
        *(("small", n) for n in range(1, 5)),
        *(("large", n) for n in range(1, 4)),
    ]
    assert found["checkpoints"] == ["best", "large", "small"]
    printed = run("runs", found["id"])
    assert printed.count("\nsmall ") == 4
    assert printed.endswith("checkpoints   best, large, small\n")
    assert json.loads(run("runs", found["id"], "--json")) == found


@pytest.mark.slow
def test_a_recipe_can_start_from_any_model_and_corrections_always_make_one(
    run, data, recipe, colour_model, monkeypatch, tmp_path, street
):
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "known"))
    write_dataset(tmp_path / "known", {"a": street, "b": street}, valid=("b",), name="toytown")
    (tmp_path / "small.toml").write_text(
        "corrections = true\nstart_model = 'absent'\nreplay = 0.5\n"
        + RECIPE.replace("lr =", "steps = 2\nlr =")
    )
    command = ("train", "--data", data, "--recipe", str(tmp_path / "small.toml"), "--from", colour_model)
    cards = [json.loads(run(*command, "--json")) for _ in range(2)]

    assert [card["name"] for card in cards] == ["colours-corrected", "colours-corrected-2"]
    assert cards[0]["training"]["recipe"]["start_model"] == colour_model
    assert cards[0]["training"]["learned"]["on_reference"]["dataset"] == "toytown"
    printed = run(*command)
    assert printed.startswith("colours-corrected-3 has a pixel accuracy of")
    assert "\nIt started from colours and learnt from 4 corrected photos.\n" in printed
    planned = run("plan", *command[1:], "--no-measure")
    assert "It starts from the model colours" in planned


@pytest.mark.slow
def test_stages_can_be_trained_one_by_one(run, data, recipe):
    first = json.loads(run("train", "--data", data, "--recipe", recipe, "--stage", "small", "--json"))
    second = json.loads(run("train", "--resume", first["id"], "--stage", "large", "--json"))
    whole = json.loads(run("train", "--data", data, "--recipe", recipe, "--json"))

    assert [e["stage"] for e in first["history"]] == ["small"] * 4
    assert [e["stage"] for e in second["history"]] == ["small"] * 4 + ["large"] * 3
    figures = [
        [(e["train_loss"], e["valid_loss"], e["mean_iou"]) for e in found["history"]]
        for found in (second, whole)
    ]
    assert figures[0] == figures[1]


def test_a_stage_without_the_one_that_it_starts_from_is_refused(refusal, data, recipe):
    sentence = refusal("train", "--data", data, "--recipe", recipe, "--stage", "large")

    assert sentence == "The stage large starts from small, which was not trained in this run."


@pytest.mark.slow
def test_a_model_of_the_same_name_goes_on_unless_the_recipe_is_another(run, refusal, data, recipe, tmp_path):
    command = ("train", "--data", data, "--name", "mine")
    cards = [json.loads(run(*command, "--recipe", recipe, "--json")) for _ in range(2)]

    assert run_ids() == ["mine"]
    assert cards[0]["weights_sha256"] == cards[1]["weights_sha256"]
    other = tmp_path / "other.toml"
    other.write_text(RECIPE.replace("0.3", "0.2"), "utf-8")
    assert "holds a run of another recipe" in refusal(*command, "--recipe", str(other))


def test_a_model_that_came_from_elsewhere_is_not_replaced_by_a_run(refusal, data, recipe, colour_model):
    sentence = refusal("train", "--data", data, "--recipe", recipe, "--name", colour_model)

    assert f"There is a model called {colour_model} already" in sentence
    assert run_ids() == []


def test_the_finder_is_not_shared_by_several_processes(refusal, data, recipe, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")

    assert "without torchrun" in refusal("lr-find", "--data", data, "--recipe", recipe)
    assert run_ids() == []


@pytest.mark.slow
def test_what_is_no_number_is_null_in_json_and_no_note_commands_a_terminal(run, data, recipe):
    name = json.loads(run("train", "--data", data, "--recipe", recipe, "--json", "--note", "a\x1b[2J"))["id"]
    append_row(run_folder(name) / HISTORY, Epoch._fields, ("large", 4, "nan", "inf", 0.5, 0.5, 1.0))

    def refuse(word: str) -> None:
        raise ValueError(word)

    found = json.loads(run("runs", name, "--json"), parse_constant=refuse)
    assert (found["history"][-1]["train_loss"], found["history"][-1]["valid_loss"]) == (None, None)
    assert "\x1b" not in run("runs", name)


@pytest.mark.slow
def test_any_checkpoint_becomes_a_model(run, refusal, data, recipe):
    found = json.loads(run("train", "--data", data, "--recipe", recipe, "--json"))
    card = json.loads(run("publish", found["id"], "--checkpoint", "small", "--name", "early", "--json"))

    assert list_models() == ["early"]
    assert load_model("early").class_list.names == ("Sky", "Road", "Tree", "Void")
    assert card["training"]["recipe"]["name"] == "tiny"
    assert card["metrics"]["split"] == "valid"
    assert "no checkpoint 'medium'" in refusal(
        "publish", found["id"], "--checkpoint", "medium", "--name", "x"
    )


@pytest.mark.parametrize("command", ["train", "lr-find", "publish"])
def test_threads_of_long_work_sleep_while_they_wait(monkeypatch, store, data, command):
    monkeypatch.setenv("OMP_WAIT_POLICY", "")
    monkeypatch.delenv("OMP_WAIT_POLICY")
    asked = {"publish": ["none", "--name", "x"]}.get(command, ["--data", data, "--recipe", "no such recipe"])
    assert main([command, *asked]) == 2
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.slow
def test_the_finder_prints_its_suggestions(run, data, recipe):
    finder = ("lr-find", "--data", data, "--recipe", recipe, "--iterations", "40")
    found = json.loads(run(*finder, "--json"))

    assert set(found["suggestions"]) == {"valley", "steep", "minimum"}
    assert read_settings(run_folder(found["run"])).task == "lr_find"
    printed = run(*finder, "--stage", "large")
    assert [line.split()[0] for line in printed.splitlines()] == ["valley", "steep", "minimum"]


@pytest.mark.slow
def test_runs_are_listed_named_and_deleted(run, data, recipe):
    assert run("runs") == ""
    assert json.loads(run("runs", "--json")) == []
    name = json.loads(run("train", "--data", data, "--recipe", recipe, "--json"))["id"]
    run("runs", name, "--title", "Mine", "--note", "Good.")

    assert run("runs") == f"{name}  finished 100%  Mine  Finished.\n"
    (listed,) = json.loads(run("runs", "--json"))
    assert (listed["title"], listed["note"]) == ("Mine", "Good.")
    run("runs", name, "--delete")
    assert run("runs") == ""


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("train",), "either --data"),
        (("train", "--data", "{data}", "--resume", "x"), "either --data"),
        (("train", "--resume", "absent"), "no run 'absent'"),
        (("train", "--resume", "../x"), "cannot be called"),
        (("train", "--data", "{data}", "--recipe", "{recipe}", "--stage", "huge"), "no stage 'huge'"),
        (("train", "--data", "{data}", "--name", "a/b"), "'a/b'"),
        (("lr-find",), "--data"),
        (("lr-find", "--data", "{data}", "--stage", "huge"), "no stage 'huge'"),
        (("lr-find", "--data", "{data}", "--iterations", "3"), "20"),
        (("runs", "absent"), "no run 'absent'"),
        (("lr-find", "--data", "{data}", "--recipe", "{recipe}", "--stage", ""), "no stage ''"),
        (("runs", "--delete"), "ID"),
        (("runs", "absent", "--delete", "--title", "x"), "--delete goes without --title"),
        (("train", "--resume", "absent", "--recipe", "street"), "--resume goes without --recipe"),
        (("train", "--resume", "absent", "--from", "street-lite0"), "--resume goes without --from"),
        (("train", "--data", "{data}", "--recipe", "{recipe}", "--from", "gone"), "no model called 'gone'"),
        (("train", "--resume", "absent", "--name", "x"), "--resume goes without --name"),
        (("train", "--resume", "absent", "--note", "x"), "--resume goes without --note"),
        (("train", "--data", "{data}", "--recipe", "{recipe}", "--note", "x" * 10_001), "up to 10,000"),
        (("train", "--data", "{data}", "--recipe", "{recipe}", "--note", "a\udcff"), "of text"),
        (("train", "--data", "{data}", "--recipe", "{recipe}", "--name", "street-lite0"), "comes with"),
        (("stop", "absent"), "no run 'absent'"),
        (("publish", "absent", "--name", "x"), "no run 'absent'"),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_no_run(refusal, data, recipe, arguments, part):
    sentence = refusal(*(argument.format(data=data, recipe=recipe) for argument in arguments))

    assert part in sentence
    assert run_ids() == []
