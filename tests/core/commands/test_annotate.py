"""The commands for corrections: out in a format, in again, and listed."""

from __future__ import annotations

import json
from zipfile import ZipFile

import numpy as np
import pytest

from core.__main__ import main
from core.annotation.formats.choice import FORMATS
from core.annotation.store import open_saved, open_set
from core.commands.annotate import FORMAT_NAMES
from core.datasets.layouts.opening import open_dataset


@pytest.fixture(autouse=True)
def folders_of_the_test(monkeypatch, tmp_path):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))


@pytest.fixture
def data(make_dataset, street):
    """Two frames; in the second, part of the picture is not labelled."""
    other = street.copy()
    other[:10] = 255
    return make_dataset({"a": street, "b": other}, valid=("b",))


@pytest.fixture
def run(capsys):
    """Run `annotate`; returns its status, what it printed, and its sentence on stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["annotate", *map(str, arguments)])
        printed, sentence = capsys.readouterr()
        return status, printed, sentence

    return run


def test_the_names_are_those_of_the_formats():
    assert tuple(found.name for found in FORMATS) == FORMAT_NAMES


def test_a_data_set_goes_out_comes_in_and_goes_out_again(run, data, tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"

    assert run("export", data, "--format", "cvat", "--out", first) == (0, f"{first}: 2 pictures\n", "")
    assert run("import", first, "--set", "mine") == (0, "mine: 2 pictures from CVAT for images 1.1\n", "")
    assert run("list") == (0, "mine  2 pictures, 88% reviewed, 4 classes\n", "")
    assert run("export", "mine", "--format", "coco", "--out", second)[0] == 0
    status, printed, _ = run("import", second, "--set", "again", "--json")

    assert (status, json.loads(printed)) == (
        0,
        {"set": "again", "format": "coco", "pictures": 2, "unlabelled": 0, "notes": []},
    )
    given = open_dataset(data)
    found = open_set("again")
    assert found.class_list.names == given.class_list.names
    for picture in found.pictures:
        image, label = given.read(given.frame(picture.name))
        correction = open_saved("again", picture.key)
        assert np.array_equal(correction.image, image)
        assert np.array_equal(correction.mask, label)
    with ZipFile(second) as archive:
        assert "images/a.png" in archive.namelist()


def test_what_is_imported_lies_over_a_correction_and_can_be_undone(run, data, tmp_path):
    zipped = tmp_path / "a.zip"
    run("export", data, "--format", "index", "--out", zipped)
    run("import", zipped, "--set", "mine")
    before = {picture.key: open_saved("mine", picture.key).mask for picture in open_set("mine").pictures}

    status, printed, _ = run("import", zipped, "--set", "mine")

    assert status == 0
    assert printed.splitlines() == [
        "mine: 0 pictures from Index PNG",
        "note: 2 pictures left as is: no labels, or those that are there already.",
    ]
    for key, mask in before.items():
        correction = open_saved("mine", key)
        assert np.array_equal(correction.mask, mask)
        assert correction.undo()
        assert (correction.mask == 255).all()


def test_a_set_is_found_by_the_name_that_was_typed(run, data, tmp_path):
    zipped = tmp_path / "a.zip"
    run("export", data, "--format", "index", "--out", zipped)

    assert run("import", zipped, "--set", "my street")[1].startswith("my-street: 2 pictures")
    for name in ("my street", "my-street"):
        assert run("export", name, "--format", "voc", "--out", zipped)[0] == 0


def test_json_of_the_list_and_of_an_export(run, data, tmp_path):
    zipped = tmp_path / "a.zip"
    assert json.loads(run("list", "--json")[1]) == []
    _, printed, _ = run("export", data, "--format", "cityscapes", "--out", zipped, "--json")
    assert json.loads(printed)["pictures"] == 2
    assert "Cityscapes has other classes: Tree as vegetation." in json.loads(printed)["notes"]
    run("import", zipped, "--set", "mine")

    (row,) = json.loads(run("list", "--json")[1])

    assert row["name"] == "mine"
    assert sorted(picture["name"] for picture in row["pictures"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "none", "--format", "coco", "--out", "a.zip"), "no corrections called none"),
        (("export", "none", "--format", "gif", "--out", "a.zip"), "'gif' is not one of"),
        (("import", "gone.zip", "--set", "mine"), "does not exist"),
    ],
)
def test_one_sentence_for_what_cannot_be(run, arguments, words):
    status, printed, sentence = run(*arguments)

    assert (status, printed) == (2, "")
    assert words in sentence
    assert len(sentence.splitlines()) == 1


def test_labels_without_their_pictures_are_refused_before_anything_is_written(run, data, tmp_path):
    zipped, without = tmp_path / "a.zip", tmp_path / "b.zip"
    run("export", data, "--format", "coco", "--out", zipped)
    with ZipFile(zipped) as archive, ZipFile(without, "w") as copy:
        for path in archive.namelist():
            if path != "images/b.png":
                copy.writestr(path, archive.read(path))

    status, _, sentence = run("import", without, "--set", "mine")

    assert status == 2
    assert sentence == "b has labels but no picture; put the pictures into the zip and give it again.\n"
    assert run("list")[1].startswith("There are no corrections yet")


def test_a_full_disk_leaves_no_half_zip(run, data, tmp_path, small_files):
    status, _, sentence = run("export", data, "--format", "coco", "--out", tmp_path / "a.zip")

    assert status == 2
    assert "no room on the disk for a.zip" in sentence
    assert not [path for path in tmp_path.iterdir() if "a.zip" in path.name]
