"""`python -m core evaluate`, where it says more than figures: worst frames, one confusion, two models."""

from __future__ import annotations

import json

import pytest

from core.__main__ import main
from tests.conftest import ROAD, SKY, TREE, VOID, save_colour_model

WRONG = 8 * 24
"""Pixels of Road that look like a tree, in frame b only."""


@pytest.fixture
def evaluate(colour_model, make_dataset, street, capsys):
    """Run the command on two frames with these options; returns status, what was printed, and complaints."""
    shown = street.copy()
    shown[24:32, :24] = TREE
    root = make_dataset({"a": street, "b": street}, valid=("a", "b"), painted={"b": shown})

    def run(*options: str) -> tuple[int, str, str]:
        status = main(["evaluate", "--data", str(root), "--model", "colours", *options])
        return status, *capsys.readouterr()

    return run


def test_the_worst_frame_comes_first_and_is_drawn(evaluate, tmp_path):
    out = tmp_path / "out"
    status, printed, _ = evaluate("--worst", "1", "--out", str(out))
    lines = printed.splitlines()

    assert status == 0
    assert [line.split()[-1] for line in lines[7:9]] == ["frame", "b"]
    kinds = ("photo", "truth", "prediction", "errors")
    assert {path.name for path in out.glob("*.png")} == {f"b-{kind}.png" for kind in kinds}
    assert str(out / "b-errors.png") in lines

    found = json.loads(evaluate("--json")[1])
    assert [(row["frame"], row["wrong pixels"]) for row in found["frames"]] == [("b", WRONG), ("a", 0)]


def test_frames_are_evaluated_at_the_size_that_was_asked_for(evaluate):
    own, small = (json.loads(evaluate("--json", *size)[1]) for size in ((), ("--size", "128")))
    rows, cols = (int(side) for side in reversed(own["size"].split(" x ")))

    # Nobody knows at which size this model was trained, so the frames keep theirs.
    assert own["size"] == json.loads(evaluate("--json", "--size", "full")[1])["size"] == f"{cols} x {rows}"
    assert small["size"] == f"128 x {round(128 * rows / cols)}"


def test_what_another_size_gave_is_compared_with_the_labels_at_their_own_size(evaluate):
    enlarged = json.loads(evaluate("--json", "--size", "128", "--own-labels")[1])
    small, own = (json.loads(evaluate("--json", *size)[1]) for size in (("--size", "128"), ()))

    assert enlarged["size"] == f"{own['size']} (segmented at {small['size']})"
    counted, of_own, of_small = (sum(map(sum, each["confusion"])) for each in (enlarged, own, small))
    assert counted == of_own != of_small
    # The wrong pixels are wrong at either size; beside boundaries an enlarged answer may be wrong too.
    assert 0.9 < enlarged["acc_camvid"] <= own["acc_camvid"] < 1
    assert "segmented at" in evaluate("--size", "128", "--own-labels")[1]


def test_the_frames_of_a_confusion_are_listed_and_marked(evaluate, tmp_path):
    _, printed, _ = evaluate("--confused", "Road", "Tree", "--out", str(tmp_path), "--json")

    confused = json.loads(printed)["confused"]
    assert [(row["frame"], row["pixels"]) for row in confused] == [("b", WRONG)]
    assert {path.name for path in tmp_path.glob("*-as-*")} == {"Road-as-Tree.csv", "b-Road-as-Tree.png"}


def test_two_models_are_compared(evaluate):
    save_colour_model("swapped", (SKY, TREE, ROAD, VOID))
    _, printed, _ = evaluate("--with", "swapped", "--json")

    found = json.loads(printed)
    accuracy = found["compared"][0]
    assert accuracy["figure"] == "acc_camvid"
    # What is Road to the one is Tree to the other, so the wrong pixels are all that it finds below the sky.
    sky, counted = 960, 960 + 192 + 736
    right = (2 * counted - WRONG, 2 * sky + WRONG)
    assert (accuracy["colours"], accuracy["swapped"]) == pytest.approx([each / 2 / counted for each in right])
    assert found["other"]["model"] == "swapped"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--confused", "Road", "Boat"),
            "colours has no class 'Boat'; its classes are Sky, Road, Tree, Void.",
        ),
        (("--with", "colours"), "--with names colours itself; give another model."),
        (("--with", "nobody"), "There is no model called 'nobody'; the models here are: colours."),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_measured(evaluate, monkeypatch, options, sentence):
    monkeypatch.setattr("core.evaluation.store.evaluate_once", None)
    assert evaluate(*options) == (2, "", sentence + "\n")
