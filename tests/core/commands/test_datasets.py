"""The commands for data sets: what they print, and their exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import numpy as np
import pytest

from core.__main__ import main
from core.datasets.layouts.opening import open_dataset
from tests.conftest import ROOT

# As in tests/conftest.py
SKY, ROAD, TREE, VOID = range(4)


@pytest.fixture(autouse=True)
def cache_of_the_test(monkeypatch, tmp_path):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def data(make_dataset, street):
    """Two frames for training, one for validation."""
    other = np.where(street == TREE, SKY, street).astype(np.uint8)
    return make_dataset({"a": street, "b": other, "c": np.fliplr(street)}, valid=("c",))


@pytest.fixture
def run(capsys):
    """Run a command; returns its status, what it printed, and its sentence on stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        printed, sentence = capsys.readouterr()
        return status, printed, sentence

    return run


# check-data


def test_a_clean_data_set_has_status_0(run, data):
    status, printed, sentence = run("check-data", data)

    assert (status, sentence) == (0, "")
    assert printed.splitlines() == [
        "toy: 3 frames in the layout fastai",
        "splits    train 2, valid 1",
        "sizes     48 x 40 (3)",
        "classes   4 of 4 of toy",
        "occurring Sky, Road, Tree, Void",
        "absent    -",
        "clean",
    ]


def test_a_data_set_with_problems_has_status_1_and_names_them(run, data):
    (data / "labels" / "a_P.png").write_bytes(b"")
    status, printed, sentence = run("check-data", data)

    assert (status, sentence) == (1, "")
    lines = printed.splitlines()
    assert (
        lines[-2]
        == f"problem   unreadable label: {data / 'labels' / 'a_P.png'} cannot be read as a PNG label map."
    )
    assert lines[-1] == "1 problem"


@pytest.mark.parametrize("name", [b"\x1b[2J", b"two\nlines", b"\xff"], ids=["command", "lines", "not UTF-8"])
def test_a_file_name_from_elsewhere_is_shown_as_plain_text(run, data, name):
    for folder, ending in (("images", b".png"), ("labels", b"_P.png")):
        path = data / folder / f"a{ending.decode()}"
        path.rename(data / folder / os.fsdecode(name + ending))
    status, printed, _ = run("check-data", data)

    assert status == 1
    assert all(line.isprintable() for line in printed.splitlines())
    assert "cannot stand on a line of valid.txt" in printed
    assert run("check-data", data, "--json")[0] == 1


def test_a_folder_that_is_no_data_set_has_status_2_and_one_sentence(run, tmp_path):
    (tmp_path / "empty").mkdir()
    status, printed, sentence = run("check-data", tmp_path / "empty")

    assert (status, printed) == (2, "")
    assert sentence.count("\n") == 1
    assert "is no data set; it is empty;" in sentence


def test_a_check_as_json_has_the_whole_report(run, data):
    (data / "images" / "b.png").unlink()
    status, printed, _ = run("check-data", data, "--json")
    found = json.loads(printed)

    assert status == 1
    assert set(found) == {
        *("clean", "frames", "dataset", "root", "layout", "class_list", "classes", "splits", "sizes"),
        *("pixels", "occurring", "absent", "problems", "notes"),
    }
    assert found["splits"] == {"train": 1, "valid": 1, "test": 0}
    assert found["problems"] == [
        {
            "kind": "missing picture",
            "message": f"b_P.png has no picture: there is no b in {data / 'images'}.",
            "frame": "b",
        }
    ]


@pytest.mark.camvid
def test_camvid_is_clean(run, camvid):
    status, printed, _ = run("check-data", camvid, "--json")
    found = json.loads(printed)

    assert status == 0
    assert (found["clean"], found["problems"]) == (True, [])
    assert found["frames"] == 468
    assert found["splits"]["valid"] == 101
    assert (len(found["occurring"]), found["classes"]) == (12, 32)


# import


def test_an_import_says_where_it_is_and_how_many_frames_it_has(run, data, tmp_path):
    status, printed, sentence = run("import", data, "--to", tmp_path / "data" / "mine")

    assert (status, printed, sentence) == (0, f"{tmp_path / 'data' / 'mine'}: 3 frames\n", "")
    assert len(open_dataset(tmp_path / "data" / "mine").valid) == 1


def test_an_import_into_what_exists_is_refused(run, data, tmp_path):
    (tmp_path / "mine").mkdir()
    status, printed, sentence = run("import", data, "--to", tmp_path / "mine")

    assert (status, printed) == (2, "")
    assert sentence == f"{tmp_path / 'mine'} exists already; give another name, or delete it first.\n"


def test_an_import_needs_a_place(run, data):
    status, _, sentence = run("import", data)

    assert status == 2
    assert "--to" in sentence


# download


def test_only_the_two_data_sets_can_be_downloaded(run):
    status, _, sentence = run("download", "cityscapes")

    assert status == 2
    assert "camvid" in sentence


def test_a_download_into_what_exists_is_refused_unasked(run, tmp_path):
    (tmp_path / "camvid-tiny").mkdir()
    status, printed, sentence = run("download", "camvid-tiny", "--to", tmp_path)

    assert (status, printed) == (2, "")
    assert sentence.startswith(f"{tmp_path / 'camvid-tiny'} exists already")


def test_a_download_without_network_is_one_sentence(tmp_path, run, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # discard: nothing listens there
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    status, printed, sentence = run("download", "camvid-tiny", "--to", tmp_path / "data")

    assert (status, printed) == (2, "")
    assert sentence == "s3.amazonaws.com cannot be reached; check the internet connection and start again.\n"
    assert list((tmp_path / "data").iterdir()) == []


# statistics


def test_statistics_as_text_have_the_most_frequent_class_first(run, data):
    status, printed, sentence = run("statistics", data)

    assert (status, sentence) == (0, "")
    lines = printed.splitlines()
    assert lines[0] == "toy: 3 frames"
    assert [line.split()[-1] for line in lines[1:]] == ["Sky", "Road", "Tree", "Void"]
    # the tree is 16 x 12 of 40 x 48 pixels, in two of the three frames
    assert lines[3].split() == ["6.667%", "2", "frames", "Tree"]


def test_statistics_as_json_have_every_class_and_split(run, data):
    status, printed, _ = run("statistics", data, "--json")
    found = json.loads(printed)

    assert status == 0
    assert found["frames"] == {"all": 3, "train": 2, "valid": 1}
    tree = found["classes"][TREE]
    assert (tree["pixels"], tree["frames"]) == (2 * 16 * 12, 2)
    assert tree["splits"]["valid"]["pixels"] == 16 * 12


def test_somebody_who_watches_sees_the_frames_counted(data):
    """A terminal gets a line that counts; what is printed for scripts is not touched by it."""
    screen, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "core", "check-data", str(data), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=os.environ | {"STREETSCOPE_CACHE": ""},
        check=True,
    )
    os.close(terminal)
    shown = os.read(screen, 4096).decode()
    os.close(screen)

    assert json.loads(done.stdout)["clean"]
    assert "1 of 3 frames" in shown
    assert "3 of 3 frames" in shown


# everything else takes data sets of any layout


def test_other_commands_take_the_folder_above_a_data_set(run, data, tmp_path, colour_model):
    (tmp_path / "above").mkdir()
    data.rename(tmp_path / "above" / "toy")
    status, printed, _ = run("evaluate", "--data", tmp_path / "above", "--model", "colours", "--json")

    assert status == 0
    assert json.loads(printed)["images"] == 1


# toytown


def test_toytown_is_drawn_and_clean(run, tmp_path):
    status, printed, sentence = run("toytown", tmp_path / "town", "--count", 4, "--size", "96x64")

    assert (status, printed, sentence) == (0, f"{tmp_path / 'town'}: 4 frames\n", "")
    status, printed, _ = run("check-data", tmp_path / "town", "--json")
    report = json.loads(printed)
    assert report["frames"] == 4
    assert report["sizes"] == {"96 x 64": 4}


@pytest.mark.parametrize("size", ["96by64", "96", "x", "axb", "8x8", "99999x99999"])
def test_a_town_of_no_size_is_refused_in_one_sentence(run, tmp_path, size):
    status, printed, sentence = run("toytown", tmp_path / "town", "--size", size)

    assert (status, printed) == (2, "")
    assert sentence.count("\n") == 1
    assert not (tmp_path / "town").exists()
