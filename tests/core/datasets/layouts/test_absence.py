"""Where no data set is found: what is there instead, and what to do next, in one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.layouts.opening import open_dataset
from tests.core.conftest import refused


def write_picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (48, 40)).save(path)


def said(path: Path) -> str:
    """What opening, checking and importing say, which must be the same."""
    sentences = {
        refused(lambda: open_dataset(path)),
        refused(lambda: check(path)),
        refused(lambda: import_dataset(path, path.parent / "imported")),
    }
    (sentence,) = sentences
    return sentence


@pytest.mark.parametrize("name", ["camvid.zip", "CAMVID.ZIP", "camvid.tgz", "camvid.tar.gz", "camvid.7z"])
def test_an_archive_is_to_be_unpacked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")

    assert said(tmp_path / name) == (
        f"{tmp_path / name} is an archive; unpack it, and give the folder that comes out."
    )


def test_an_archive_in_the_folder_is_to_be_unpacked(tmp_path: Path) -> None:
    root = tmp_path / "downloads"
    root.mkdir()
    (root / "camvid.zip").write_bytes(b"PK\x03\x04")

    assert "it holds camvid.zip, to be unpacked first" in said(root)


def test_a_folder_that_does_not_exist_is_said_to_be_so(tmp_path: Path) -> None:
    assert said(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'} does not exist; check how it is written."


def test_a_folder_in_other_letters_is_named(tmp_path: Path) -> None:
    (tmp_path / "CamVid").mkdir()

    assert said(tmp_path / "camvid") == (
        f"{tmp_path / 'camvid'} does not exist; give {tmp_path / 'CamVid'} if that is meant."
    )


def test_the_part_of_a_long_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    sentence = refused(lambda: open_dataset(tmp_path / "dat" / "street" / "camvid"))

    assert sentence.endswith(f"there is no dat in {tmp_path}; check how it is written.")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("Sky\n")

    assert said(tmp_path / "codes.txt") == (
        f"{tmp_path / 'codes.txt'} is a file; give the folder of the data set, which may be {tmp_path}."
    )


def test_a_pipe_is_no_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "is neither a folder nor a file" in said(tmp_path / "pipe")


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    assert "is a link to something that does not exist" in said(tmp_path / "link")


def test_an_empty_folder_is_told_every_layout(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()

    sentence = said(tmp_path / "set")
    assert sentence.startswith(f"{tmp_path / 'set'} is no data set; it is empty; a data set is in one of the")
    for owner in ("fastai's", "Cambridge's", "Kaggle's", "the SegNet tutorial's", "CVAT's", "Roboflow's"):
        assert f"{owner} (" in sentence


def _only_pictures(root: Path) -> None:
    write_picture(root / "a.png")
    write_picture(root / "b.jpg")


def _pictures_in_subfolders(root: Path) -> None:
    for name in ("a", "b", "c"):
        write_picture(root / "berlin" / "photos" / f"{name}.png")
    write_picture(root / "bonn" / "d.png")


def _gif_masks(root: Path) -> None:
    write_picture(root / "photos" / "a.png")
    (root / "masks").mkdir()
    (root / "masks" / "a.tif").write_bytes(b"II*\0")
    (root / "masks" / "b.tif").write_bytes(b"II*\0")


def _only_images(root: Path) -> None:
    write_picture(root / "images" / "a.png")


def _only_labels(root: Path) -> None:
    write_picture(root / "labels" / "a_P.png")


def _texts(root: Path) -> None:
    (root / "notes.txt").write_text("")


@pytest.mark.parametrize(
    ("write", "holds"),
    [
        (_only_pictures, "it holds 2 pictures;"),
        (_pictures_in_subfolders, "it holds 3 pictures in berlin/photos and 1 picture in bonn;"),
        (_gif_masks, "it holds 1 picture in photos and 2 .tif files;"),
        (_only_images, "has no labels and codes.txt, as fastai's layout has; it holds 1 picture in images;"),
        (_only_labels, "has no images and codes.txt, as fastai's layout has; it holds 1 picture in labels;"),
        (_texts, "it holds 1 .txt file, and no pictures;"),
    ],
)
def test_what_a_folder_holds_is_named(tmp_path: Path, write: Callable[[Path], None], holds: str) -> None:
    (tmp_path / "set").mkdir()
    write(tmp_path / "set")

    assert holds in said(tmp_path / "set")


def test_folders_in_other_letters_are_to_be_renamed(tmp_path: Path) -> None:
    root = tmp_path / "set"
    write_picture(root / "Images" / "a.png")
    write_picture(root / "LABELS" / "a_P.png")
    (root / "codes.txt").write_text("Sky\n")

    sentence = said(root)
    assert "has no images and labels, as fastai's layout has" in sentence
    assert sentence.endswith("rename Images to images and LABELS to labels.")


@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling link"])
def test_a_class_list_that_is_no_file_is_named_and_does_not_hang(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "set"
    write_picture(root / "images" / "a.png")
    write_picture(root / "labels" / "a_P.png")
    path = root / "codes.txt"
    {"pipe": lambda: os.mkfifo(path), "folder": path.mkdir, "dangling link": lambda: path.symlink_to("no")}[
        kind
    ]()

    assert said(root).endswith("codes.txt must be a regular file.")


def test_a_data_set_deeper_inside_is_named(make_layout, street_frames, tmp_path: Path) -> None:
    deep = tmp_path / "unzipped" / "archive" / "CamVid"
    deep.mkdir(parents=True)
    make_layout("kaggle", street_frames, name="unzipped/archive/CamVid/inner")

    assert said(tmp_path / "unzipped") == (
        f"{tmp_path / 'unzipped'} is no data set, but holds one deeper inside; give {deep / 'inner'}."
    )


def test_an_endless_folder_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "set" / "again").mkdir(parents=True)
    (tmp_path / "set" / "again" / "round").symlink_to(tmp_path / "set")

    assert "is no data set" in said(tmp_path / "set")


def test_a_layout_without_pictures_says_what_it_has(make_layout, street_frames, refusal) -> None:
    root = make_layout("kaggle", street_frames)
    for folder in ("train", "val", "test"):
        for path in (root / folder).iterdir():
            path.rename(path.with_suffix(".tif"))

    assert f"{root} holds no pictures, but 2 pictures in train_labels" in refusal(lambda: open_dataset(root))


def test_roboflows_class_list_without_label_maps_is_told_what_it_lacks(tmp_path: Path) -> None:
    root = tmp_path / "set"
    write_picture(root / "train" / "a.png")
    (root / "train" / "_classes.csv").write_text("filename, road, sky\na.png, 1, 0\n")

    sentence = said(root)
    assert "has no label maps, as Roboflow's layout has; it holds 1 picture in train" in sentence
