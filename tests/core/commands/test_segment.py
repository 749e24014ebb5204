"""`python -m core`: what it prints and writes, and that every wrong input is one sentence and status 2."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.models.paths import DEFAULT_MODEL

ROOT = Path(__file__).parents[3]

# As in tests/conftest.py
SKY, ROAD, TREE, VOID = range(4)
NAMES = ["Sky", "Road", "Tree", "Void"]


@pytest.fixture
def photo(tmp_path, street, paint) -> str:
    """A 48 x 40 picture of which the model `colours` knows every pixel."""
    path = tmp_path / "photo.png"
    Image.fromarray(paint(street)).save(path)
    return str(path)


@pytest.fixture
def run(colour_model, capsys):
    """Run a command that goes well and return what it printed."""

    def run(*arguments: str) -> str:
        status = main(list(arguments))
        printed, complaint = capsys.readouterr()
        assert (status, complaint) == (0, "")
        return printed

    return run


@pytest.fixture
def refusal(colour_model, capsys):
    """Run a command that is refused and return its sentence."""

    def run(*arguments: str) -> str:
        status = main(list(arguments))
        printed, sentence = capsys.readouterr()
        assert status == 2
        assert printed == ""
        assert sentence.endswith((".\n", "?\n"))  # click ends some with "Did you mean '--out'?"
        assert sentence.count("\n") == 1
        assert "Traceback" not in sentence
        assert "[Errno" not in sentence
        return sentence.rstrip("\n")

    return run


# segment --at


def test_reading_as_json_has_exactly_the_promised_fields(run, photo):
    found = json.loads(
        run("segment", photo, "--model", "colours", "--size", "full", "--at", "10,20", "--json")
    )

    assert set(found) == {"model", "image", "pixels"}
    assert found["model"] == "colours"
    assert found["image"] == {"height": 40, "width": 48}
    assert len(found["pixels"]) == 21
    for pixel in found["pixels"]:
        assert set(pixel) == {"row", "col", "label", "probability", "chosen", "top"}
        assert all(set(top) == {"class", "probability"} for top in pixel["top"])


def test_reading_as_json_goes_from_left_to_right_and_has_one_chosen_pixel(run, photo):
    found = json.loads(
        run("segment", photo, "--model", "colours", "--size", "full", "--at", "10,20", "--json")
    )

    assert [(pixel["row"], pixel["col"]) for pixel in found["pixels"]] == [(10, col) for col in range(10, 31)]
    assert [pixel["col"] for pixel in found["pixels"] if pixel["chosen"]] == [20]


def test_reading_as_json_has_the_pixels_classes_and_probabilities(run, photo, street):
    found = json.loads(
        run("segment", photo, "--model", "colours", "--size", "full", "--at", "10,40", "--json")
    )

    assert [pixel["label"] for pixel in found["pixels"]] == [NAMES[n] for n in street[10, 27:48]]
    for pixel in found["pixels"]:
        probabilities = [top["probability"] for top in pixel["top"]]
        assert pixel["probability"] == probabilities[0] > 0.99
        assert pixel["top"][0]["class"] == pixel["label"]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_reading_as_text_is_a_table_with_a_sentence(run, photo):
    lines = run("segment", photo, "--model", "colours", "--size", "full", "--at", "30,4").splitlines()

    assert len(lines) == 22
    assert [line for line in lines[:-1] if line.startswith(">")] == [lines[4]]
    assert lines[4].startswith("> (30, 4)")
    assert lines[-1] == "Pixel (30, 4) is Road with 100%; all its 20 neighbours are Road too."


def test_reading_writes_no_pictures(run, photo, tmp_path):
    run("segment", photo, "--model", "colours", "--at", "0,0", "--out", str(tmp_path / "out"))

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "height", "width"),
    [
        (("--size", "512"), 427, 512),
        (("--size", "128"), 107, 128),
        ((), 427, 512),
        (("--square",), 512, 512),
        (("--size", "512", "--square"), 512, 512),
        (("--size", "full"), 40, 48),
    ],
)
def test_reading_names_the_size_that_was_worked_at(run, photo, options, height, width):
    found = json.loads(run("segment", photo, "--model", "colours", *options, "--at", "0,0", "--json"))

    assert found["image"] == {"height": height, "width": width}


@pytest.mark.parametrize(
    ("shape", "first", "last"),
    [("row", (10, 10), (10, 30)), ("column", (0, 20), (20, 20)), ("square", (8, 19), (12, 21))],
)
def test_reading_has_the_shape_that_was_asked_for(run, photo, shape, first, last):
    options = ("--model", "colours", "--size", "full", "--at", "10,20", "--shape", shape, "--json")
    pixels = json.loads(run("segment", photo, *options))["pixels"]

    assert len(pixels) == 21
    assert (pixels[0]["row"], pixels[0]["col"]) == first
    assert (pixels[-1]["row"], pixels[-1]["col"]) == last
    assert [(p["row"], p["col"]) for p in pixels if p["chosen"]] == [(10, 20)]


# segment


ALL_FILES = {"index", "mask", "overlay", "confidence", "entropy", "shares"}


def test_segmenting_writes_masks_maps_and_shares(run, photo, street, paint, colours, tmp_path):
    out = tmp_path / "new" / "folder"
    found = json.loads(
        run("segment", photo, "--model", "colours", "--size", "full", "--out", str(out), "--json")
    )

    assert set(found) == {"model", "image", "files", "class_shares"}
    assert set(found["files"]) == ALL_FILES
    assert sorted(map(str, out.iterdir())) == sorted(found["files"].values())
    with Image.open(found["files"]["index"]) as index:
        assert index.mode == "P"
        assert np.array_equal(index, street)
        assert index.getpalette()[:12] == colours.palette.ravel().tolist()
    with Image.open(found["files"]["mask"]) as mask:
        assert np.array_equal(mask, paint(street))
    with Image.open(found["files"]["overlay"]) as overlay:
        assert np.array_equal(overlay, paint(street))  # photo and mask have the same colours
    for kind in ("confidence", "entropy"):
        with Image.open(found["files"][kind]) as map_:
            assert (map_.mode, map_.size) == ("L", (48, 40))
    assert Path(found["files"]["shares"]).read_text().splitlines()[1].startswith("Sky,960,0.5,")


def test_segmenting_gives_the_shares_of_the_classes(run, photo, street, tmp_path):
    found = json.loads(
        run(
            "segment", photo, "--model", "colours", "--size", "full", "--out", str(tmp_path / "out"), "--json"
        )
    )

    assert found["class_shares"] == {name: (street == n).mean() for n, name in enumerate(NAMES)}


def test_segmenting_as_text_names_files_and_shares_from_the_largest(run, photo, street, tmp_path):
    lines = run(
        "segment", photo, "--model", "colours", "--size", "full", "--out", str(tmp_path / "out")
    ).splitlines()

    assert all(Path(line).is_file() for line in lines[:6])
    assert [line.split()[1] for line in lines[6:]] == ["Sky", "Road", "Tree", "Void"]
    assert lines[6].split()[0] == f"{(street == SKY).mean():.2%}"


def test_segmenting_writes_all_probabilities_when_asked(run, photo, street, tmp_path):
    options = ("--model", "colours", "--size", "full", "--out", str(tmp_path / "out"), "--probabilities")
    found = json.loads(run("segment", photo, *options, "--json"))

    assert set(found["files"]) == ALL_FILES | {"probabilities"}
    with np.load(found["files"]["probabilities"]) as arrays:
        assert arrays["probabilities"].shape == (40, 48, 4)
        assert np.array_equal(arrays["probabilities"].argmax(axis=2), street)
        assert arrays["classes"].tolist() == NAMES


def test_segmenting_gives_a_photo_of_an_odd_name_safe_file_names(run, photo, tmp_path):
    odd = Path(photo).with_name("-..my  straße?.png")
    odd.write_bytes(Path(photo).read_bytes())
    found = json.loads(
        run("segment", str(odd), "--model", "colours", "--out", str(tmp_path / "out"), "--json")
    )

    assert Path(found["files"]["index"]).name == "my-straße-colours-512-index.png"


def test_segmenting_a_second_photo_keeps_the_first_ones_files(run, photo, tmp_path):
    other = Path(photo).with_name("other.png")
    other.write_bytes(Path(photo).read_bytes())
    for path in (photo, str(other)):
        run("segment", path, "--model", "colours", "--size", "full", "--out", str(tmp_path / "out"))

    assert len(list((tmp_path / "out").iterdir())) == 12


@pytest.mark.parametrize("options", [("--size", "512"), ("--size", "512", "--square")])
def test_segmenting_at_the_photos_own_size_too(run, photo, street, colours, tmp_path, options):
    """Whatever size was worked at; squashed to a square as well."""
    out = ("--out", str(tmp_path / "out"), "--own-size", "--json")
    found = json.loads(run("segment", photo, "--model", "colours", *options, *out))

    assert set(found["files"]) == ALL_FILES | {"index_own_size", "mask_own_size", "overlay_own_size"}
    assert Path(found["files"]["mask_own_size"]).name.endswith("-mask-48x40.png")
    with Image.open(found["files"]["index_own_size"]) as index:
        labels = np.array(index)
    # Enlarged ten times, boundaries are smooth: pixels beside them may be of either class.
    assert (labels == street).mean() > 0.95
    with Image.open(found["files"]["mask_own_size"]) as mask:
        assert np.array_equal(mask, colours.palette[labels])
    with Image.open(found["files"]["overlay_own_size"]) as overlay:
        assert overlay.size == (48, 40)


def test_a_reading_is_written_as_csv_and_as_a_chart(run, photo, tmp_path):
    table, chart = tmp_path / "reading.csv", tmp_path / "reading.html"
    options = (
        "--model",
        "colours",
        "--size",
        "full",
        "--at",
        "30,4",
        "--csv",
        str(table),
        "--chart",
        str(chart),
    )
    run("segment", photo, *options)

    assert len(table.read_text().splitlines()) == 22
    assert "Pixel (30, 4) is Road with 100%" in chart.read_text("utf-8")


def test_a_chart_without_a_pixel_is_refused(refusal, photo, tmp_path):
    sentence = refusal("segment", photo, "--model", "colours", "--chart", str(tmp_path / "a.html"))

    assert sentence == "--chart needs the pixel to read, as in --at 212,340."


# evaluate


@pytest.fixture
def data(make_dataset, street) -> str:
    """One validation frame in which a quarter of the road looks like a tree, and one to train on."""
    shown = street.copy()
    shown[24:32, :24] = TREE
    return str(make_dataset({"a": street, "b": street}, valid=("b",), painted={"b": shown}))


def test_evaluation_as_json_has_the_figures_counted_by_hand(run, data):
    found = json.loads(run("evaluate", "--data", data, "--model", "colours", "--json"))

    # sky 960, tree 192, road 768 less 32 of Void, of which 8 x 24 look like a tree
    sky, tree, road, wrong = 960, 192, 736, 192
    assert found["images"] == 1
    assert found["size"] == "48 x 40"
    assert found["acc_camvid"] == pytest.approx((sky + tree + road - wrong) / (sky + tree + road))
    assert found["classes_in_mean"] == 3
    ious = found["per_class_iou"]
    assert list(ious) == NAMES
    assert ious["Sky"] == 1
    assert ious["Road"] == pytest.approx((road - wrong) / road)
    assert ious["Tree"] == pytest.approx(tree / (tree + wrong))
    assert ious["Void"] is None
    assert found["mean_iou"] == pytest.approx((ious["Sky"] + ious["Road"] + ious["Tree"]) / 3)
    assert found["confusion"] == [[sky, 0, 0, 0], [0, road - wrong, wrong, 0], [0, 0, tree, 0], [0] * 4]


def test_evaluation_as_json_says_what_it_was_measured_on(run, data):
    found = json.loads(run("evaluate", "--data", data, "--model", "colours", "--split", "train", "--json"))

    assert set(found) >= {
        "acc_camvid",
        "mean_iou",
        "classes_in_mean",
        "per_class_iou",
        "confusion",
        "images",
        "size",
    }
    assert (found["model"], found["dataset"], found["split"], found["classes"]) == (
        "colours",
        "toy",
        "train",
        4,
    )
    assert found["acc_camvid"] == 1


def test_evaluation_as_text_never_shows_a_figure_without_what_it_was_measured_on(run, data):
    lines = run("evaluate", "--data", data, "--model", "colours").splitlines()

    assert lines[0] == "colours on toy (1 validation frame, 48 x 40, 4 classes)"
    assert lines[1].split() == ["pixel", "accuracy", "89.8%"]
    assert lines[2].endswith("over 3 classes")
    assert [line.split() for line in lines[3:]] == [
        ["100.0%", "Sky"],
        ["73.9%", "Road"],
        ["50.0%", "Tree"],
        ["-", "Void"],
    ]


def test_evaluation_of_several_pictures_says_pictures(run, make_dataset, street):
    root = make_dataset({"a": street, "b": street}, valid=("a", "b"))

    assert "(2 validation frames, " in run("evaluate", "--data", str(root), "--model", "colours")


# compare


@pytest.fixture
def other_model(colour_model, store) -> str:
    """A second model, `swapped`, to which the trees' green is Road and the road's red is Tree."""
    card = json.loads((store / "colours" / "model.json").read_text("utf-8"))
    card["name"] = "swapped"
    classes = card["class_list"]["classes"]
    classes[ROAD]["name"], classes[TREE]["name"] = "Tree", "Road"
    (store / "swapped").mkdir()
    (store / "swapped" / "model.json").write_text(json.dumps(card), "utf-8")
    for name in ("weights.safetensors", "model.onnx"):
        (store / "swapped" / name).write_bytes((store / "colours" / name).read_bytes())
    return "swapped"


def test_comparison_of_models_as_json_is_counted_by_hand(run, photo, other_model):
    found = json.loads(run("compare", photo, "--models", "colours,swapped", "--size", "full", "--json"))

    # tree 16 x 12, road 16 x 48 less 32 of Void, of 40 x 48 pixels
    tree, road, total = 192, 736, 1920
    assert found == {
        "first": {"model": "colours", "size": "full", "image": {"height": 40, "width": 48}},
        "second": {"model": "swapped", "size": "full", "image": {"height": 40, "width": 48}},
        "grid": {"height": 40, "width": 48},
        "changed": (tree + road) / total,
        "transitions": [
            {"from": "Road", "to": "Tree", "pixels": road, "share": road / total},
            {"from": "Tree", "to": "Road", "pixels": tree, "share": tree / total},
        ],
    }


def test_comparison_as_text_has_the_share_and_the_biggest_change_first(run, photo, other_model):
    printed = run("compare", photo, "--models", "colours,swapped", "--size", "full")

    assert printed.splitlines() == [
        "colours at full: 48 x 40",
        "swapped at full: 48 x 40",
        " 48.33%  of the pixels have a different class",
        " 38.33%  Road -> Tree",
        " 10.00%  Tree -> Road",
    ]


def test_comparison_of_sizes_is_on_the_grid_of_the_larger(run, photo):
    options = ("--model", "colours", "--sizes", "512,full", "--json")
    found = json.loads(run("compare", photo, *options))

    assert found["grid"] == found["first"]["image"] == {"height": 427, "width": 512}
    assert found["second"]["image"] == {"height": 40, "width": 48}
    assert [side["size"] for side in (found["first"], found["second"])] == ["512", "full"]
    assert 0 < found["changed"] < 0.05  # the boundaries of a picture that was enlarged


def test_comparison_of_squares_says_so(run, photo):
    found = json.loads(
        run("compare", photo, "--model", "colours", "--sizes", "512,1024", "--square", "--json")
    )

    assert [side["size"] for side in (found["first"], found["second"])] == ["512-square", "1024-square"]
    assert found["grid"] == {"height": 1024, "width": 1024}


def test_comparison_writes_what_changed_in_the_seconds_colours(run, photo, other_model, colours, tmp_path):
    out = tmp_path / "difference.png"
    run("compare", photo, "--models", "colours,swapped", "--size", "full", "--out", str(out))

    with Image.open(out) as picture:
        assert picture.size == (48, 40)
        # the tree became Road, which `swapped` shows in the tree's green: its names changed, not its colours
        assert picture.getpixel((40, 10)) == tuple(colours.palette[ROAD])
        # sky is as it was: (0, 0, 255) in grey is 29, half way to white 142
        assert picture.getpixel((0, 0)) == (142, 142, 142)


# models


def test_models_as_json_are_their_cards(run):
    (card,) = json.loads(run("models", "--json"))

    assert card["name"] == "colours"
    assert card["network"] == "pixel_colour"
    assert [c["name"] for c in card["class_list"]["classes"]] == NAMES


def test_models_as_text_are_lines_of_name_and_summary(run):
    assert run("models") == "colours  Nearest colour.\n"


def test_no_models_words_command_a_terminal(run, store):
    card = store / "colours" / "model.json"
    content = json.loads(card.read_text("utf-8"))
    card.write_text(json.dumps(content | {"summary": "Nearest\x1b[2J\ncolour."}), "utf-8")

    assert run("models") == r"colours  Nearest\x1b[2J\ncolour." + "\n"


def test_an_empty_store_lists_no_models(store, capsys):
    assert main(["models", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_broken_model_does_not_hide_the_others_but_is_told_of(store, colour_model, capsys):
    (store / "broken").mkdir()
    (store / "broken" / "model.json").write_text("{}", "utf-8")

    status = main(["models"])
    printed, complaint = capsys.readouterr()
    assert status == 2
    assert printed == "colours  Nearest colour.\n"
    assert complaint.count("\n") == 1
    assert "broken" in complaint


# train

RECIPE = """
name = "tiny"
network = "pixel_colour"
classes = "dataset"
ema_decay = 0.5
[[stages]]
name = "only"
crop = [32, 32]
scale = [0.8, 1.2]
epochs = 8
lr = 0.3
batch_size = 2
"""


@pytest.fixture
def trained(colour_model, capsys, make_dataset, street, tmp_path) -> tuple[dict, str]:
    """What training a model called `new` printed as JSON, and what it said on the way."""
    labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcde")}
    root = make_dataset(labels, valid=("e",))
    (tmp_path / "tiny.toml").write_text(RECIPE, "utf-8")
    options = ("--data", str(root), "--recipe", str(tmp_path / "tiny.toml"), "--name", "new", "--json")
    assert main(["train", *options]) == 0
    printed, said = capsys.readouterr()
    return json.loads(printed), said


@pytest.mark.slow
def test_training_prints_its_card_and_tells_of_every_epoch(trained):
    card, said = trained

    assert card["name"] == "new"
    assert card["metrics"]["acc_camvid"] > 0.99
    assert [line.partition(":")[0] for line in said.splitlines()] == [f"only {n}/8" for n in range(1, 9)]


@pytest.mark.slow
def test_a_trained_model_is_in_the_store_and_segments(trained, run, photo, street):
    found = json.loads(run("segment", photo, "--model", "new", "--size", "full", "--at", "10,20", "--json"))

    assert [pixel["label"] for pixel in found["pixels"]] == [NAMES[n] for n in street[10, 10:31]]
    assert [line.split()[0] for line in run("models").splitlines()] == ["colours", "new"]


# help


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_the_commands(run, option):
    printed = run(option)

    assert all(
        f"\n  {command} " in printed for command in ("compare", "evaluate", "models", "segment", "train")
    )


@pytest.mark.parametrize("command", ["compare", "evaluate", "models", "segment", "train"])
def test_every_command_has_help_and_json(run, command):
    assert "--json" in run(command, "--help")


HELP_IN_A_FRESH_PYTHON = """
import sys
from core.__main__ import cli, main
for command in ("", *cli.commands):
    assert main([*command.split(), "--help"]) == 0
slow = {"torch", "fastai", "plotly", "pandas", "PIL"} & set(sys.modules)
assert not slow, slow
"""


def test_nobody_waits_for_torch_who_wants_help():
    done = subprocess.run(
        [sys.executable, "-c", HELP_IN_A_FRESH_PYTHON], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_shipped_model_is_the_one_taken_where_none_is_named(refusal, photo):
    assert f"no model called '{DEFAULT_MODEL}'" in refusal("segment", photo)


# What is refused


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "either --sizes, as in 512,1024, or --models, as in A,B"),
        (("--sizes", "512,1024", "--models", "a,b"), "either --sizes"),
        (("--sizes", "512"), "as in 512,1024"),
        (("--sizes", "512,512"), "two different values"),
        (("--sizes", "512,300"), "'300' is not one of trained, 128, 256, 512, 1024, full"),
        (("--sizes", "512,1024,full"), "as in 512,1024"),
        (("--sizes", "512,1024", "--size", "512"), "leave --size out"),
        (("--models", "colours,b", "--model", "colours"), "leave --model out"),
        (("--models", "colours,absent"), "no model called 'absent'"),
        (("--models", "colours,../colours"), "'../colours'"),
        (("--sizes", "512,full", "--square", "--model", "colours"), "--square needs --size 512 or 1024"),
    ],
)
def test_what_cannot_be_compared_is_refused(refusal, photo, options, said):
    assert said in refusal("compare", photo, *options)


def test_models_that_have_no_class_in_common_are_refused(refusal, photo, other_model, store):
    card = json.loads((store / "swapped" / "model.json").read_text("utf-8"))
    for entry in card["class_list"]["classes"]:
        entry["name"] = entry["name"].upper()
    (store / "swapped" / "model.json").write_text(json.dumps(card), "utf-8")

    assert "no class in common" in refusal("compare", photo, "--models", "colours,swapped")


@pytest.mark.parametrize("shape", ["circle", "", "ROW "])
def test_a_shape_that_is_not_offered_is_refused_with_those_that_are(refusal, photo, shape):
    sentence = refusal("segment", photo, "--at", "0,0", "--shape", shape)

    assert all(offered in sentence for offered in ("row", "column", "square"))


def test_a_missing_photo_is_named(refusal, tmp_path):
    assert "missing.jpg" in refusal("segment", str(tmp_path / "missing.jpg"))


def test_a_folder_is_no_photo(refusal, tmp_path):
    assert str(tmp_path) in refusal("segment", str(tmp_path))


@pytest.mark.parametrize(
    "content", [b"just a text\n", b"", b"\xff\xd8\xff"], ids=["text", "empty", "half a JPEG"]
)
def test_what_only_claims_to_be_a_photo_is_refused(refusal, tmp_path, content):
    (tmp_path / "photo.jpg").write_bytes(content)

    refusal("segment", str(tmp_path / "photo.jpg"), "--model", "colours")


def test_a_photo_that_is_too_small_is_refused(refusal, tmp_path):
    Image.new("RGB", (31, 40)).save(tmp_path / "small.png")

    assert "31 x 40" in refusal("segment", str(tmp_path / "small.png"), "--model", "colours")


@pytest.mark.parametrize("at", ["40,0", "0,48", "-1,0", "0,-1", "99999999999999999999,0"])
def test_a_pixel_outside_is_refused_with_the_pictures_size(refusal, photo, at):
    sentence = refusal("segment", photo, "--model", "colours", "--size", "full", "--at", at)

    assert "rows are 0 to 39 and columns 0 to 47" in sentence


@pytest.mark.parametrize("at", ["5", "5,", "5,6,7", "a,b", "1.5,2", "", "5;6", "\n"])
def test_what_is_no_pixel_is_refused_with_an_example(refusal, photo, at):
    assert "as in 212,340" in refusal("segment", photo, "--model", "colours", "--at", at)


@pytest.mark.parametrize("name", ["absent", "../colours", "a/b", ""])
def test_an_unknown_model_is_refused_with_those_there_are(refusal, photo, name):
    sentence = refusal("segment", photo, "--model", name)

    assert repr(name) in sentence
    assert sentence.endswith("colours.")


def test_a_broken_model_is_named(refusal, photo, store):
    for name in ("weights.safetensors", "model.onnx"):  # whichever of them its engine reads
        (store / "colours" / name).write_bytes(b"")

    assert re.search(r"weights\.safetensors|model\.onnx", refusal("segment", photo, "--model", "colours"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("segment", "{photo}", "--nosuch"),
        ("segment", "{photo}", "{photo}"),
        ("segment",),
        ("nosuch",),
        ("--nosuch",),
        ("segment", "{photo}", "--size"),
        ("evaluate",),
        ("train", "--data", "x"),
    ],
    ids=[
        "option",
        "two photos",
        "no photo",
        "command",
        "option before a command",
        "no value",
        "no data",
        "no name",
    ],
)
def test_what_is_no_command_line_is_refused(refusal, photo, arguments):
    refusal(*(argument.format(photo=photo) for argument in arguments))


def test_no_command_at_all_names_the_commands(colour_model, capsys):
    status = main([])
    printed, complaint = capsys.readouterr()

    assert status == 2
    assert printed == ""
    for command in ("compare", "evaluate", "models", "segment", "train"):
        assert command in complaint
    # one sentence, or the help as it is laid out; not a help squeezed into one line
    assert len(max(complaint.splitlines(), key=len)) <= 200


@pytest.mark.parametrize("size", ["300", "0", "big"])
def test_a_size_that_is_not_offered_is_refused_with_those_that_are(refusal, photo, size):
    sentence = refusal("segment", photo, "--size", size)

    assert all(offered in sentence for offered in (size, "512", "1024", "full"))


def test_a_square_of_the_photos_own_size_is_refused(refusal, photo):
    assert "--square needs --size 512 or 1024" in refusal("segment", photo, "--square", "--size", "full")


@pytest.mark.parametrize("command", ["evaluate", "train"])
def test_a_folder_that_is_no_data_set_is_refused(refusal, tmp_path, command):
    folder = tmp_path / "empty"
    folder.mkdir()
    options = ("--name", "new") if command == "train" else ("--model", "colours")

    assert f"{folder} is no data set; it is empty" in refusal(command, "--data", str(folder), *options)


def test_a_data_set_whose_classes_the_model_does_not_know_is_refused(refusal, make_dataset, street):
    root = make_dataset({"a": street}, valid=("a",), codes=("Boat", "Ship", "Crane", "Quay"))

    assert "knows none of the classes of toy" in refusal(
        "evaluate", "--data", str(root), "--model", "colours"
    )


def test_a_split_that_does_not_exist_is_refused_with_those_that_do(refusal, data):
    sentence = refusal("evaluate", "--data", data, "--split", "night")

    assert all(split in sentence for split in ("night", "train", "valid", "test", "all"))


@pytest.mark.parametrize("below", ["", "folder"])
def test_an_out_folder_that_cannot_be_made_is_named(refusal, photo, below):
    out = str(Path(photo) / below)  # the photo is a file: nothing can be put below it

    assert str(Path(photo)) in refusal("segment", photo, "--model", "colours", "--out", out)


def test_a_recipe_that_does_not_exist_is_refused(refusal, data):
    assert "no recipe nosuch" in refusal("train", "--data", data, "--recipe", "nosuch", "--name", "new")


def test_a_name_that_no_model_can_have_is_refused_before_training(refusal, data):
    assert "'../new'" in refusal("train", "--data", data, "--name", "../new")


def test_an_interrupted_command_has_the_shells_status_for_that(colour_model, monkeypatch, capsys):
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.models.store.list_models", interrupt)

    assert main(["models"]) == 130
    assert capsys.readouterr().out == ""


# Real processes


def in_process(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"STREETSCOPE_MODELS": str(folder), "PYTHONWARNINGS": "default"}
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_process_prints_nothing_but_its_json(colour_model, store, photo):
    done = in_process(
        "segment", photo, "--model", "colours", "--size", "full", "--at", "0,0", "--json", folder=store
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["pixels"]) == 21


def test_a_real_process_refuses_in_one_sentence_with_status_2(store, photo):
    done = in_process("segment", photo, "--model", "absent", folder=store)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "There is no model called 'absent'; the models here are: none yet.\n"
