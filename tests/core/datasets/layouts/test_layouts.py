"""Four layouts, recognised by looking, and what is said of a folder that has none of them."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.layouts.opening import find_datasets, list_dataset, open_dataset
from core.datasets.layouts.recognition import recognise
from core.evaluation.metrics import IGNORE, truth_table
from core.project import data_folder
from tests.layouts import LAYOUTS, STREET

SPLIT = {"train": ["0006R0_f00930", "0016E5_00390"], "valid": ["0016E5_07959"], "test": ["Seq05VD_f00000"]}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_recognised_by_looking(make_layout, street_frames, layout):
    dataset = open_dataset(make_layout(layout, street_frames))

    assert dataset.layout == layout
    assert dataset.name == "toy"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_has_its_frames_in_their_splits(make_layout, street_frames, layout):
    dataset = open_dataset(make_layout(layout, street_frames))

    for split, names in SPLIT.items():
        assert [frame.name for frame in dataset.frames(split)] == names
        assert {frame.split for frame in dataset.frames(split)} == {split}
    assert [frame.name for frame in dataset.frames()] == [name for names in SPLIT.values() for name in names]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_gives_back_the_label_maps_as_numbers(make_layout, street_frames, layout):
    dataset = open_dataset(make_layout(layout, street_frames))

    for split, labels in street_frames.items():
        for frame in dataset.frames(split):
            image, label = dataset.read(frame)
            assert np.array_equal(label, labels[frame.name])
            assert image.shape == (*label.shape, 3)
            assert label.dtype == np.uint8


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_parent_of_one_data_set_can_be_given(make_layout, street_frames, tmp_path, layout):
    root = make_layout(layout, street_frames, name="camvid")
    parent = tmp_path / "parent"
    parent.mkdir()
    (parent / "notes").mkdir()
    root.rename(parent / "camvid")

    dataset = open_dataset(parent)
    assert (dataset.name, dataset.root) == ("camvid", parent / "camvid")


def test_the_parent_of_several_data_sets_is_refused_with_their_names(
    make_layout, street_frames, tmp_path, refusal
):
    make_layout("fastai", street_frames, name="first")
    make_layout("kaggle", street_frames, name="second")

    sentence = refusal(lambda: open_dataset(tmp_path))
    assert sentence == f"{tmp_path} holds several data sets; give one of them: first, second."


def test_a_folder_that_fits_two_layouts_is_refused_with_both(make_layout, street_frames, refusal):
    root = make_layout("kaggle", street_frames)
    shutil.copytree(root / "train", root / "trainannot")

    sentence = refusal(lambda: open_dataset(root))
    assert "Kaggle's and CVAT's" in sentence
    assert "train_labels or train, trainannot" in sentence


@pytest.mark.parametrize(
    ("layout", "part", "owner"),
    [
        ("fastai", "labels", "fastai's"),
        ("fastai", "codes.txt", "fastai's"),
        ("cambridge", "LabeledApproved_full", "Cambridge's"),
        ("cambridge", "label_colors.txt", "Cambridge's"),
        ("kaggle", "class_dict.csv", "Kaggle's"),
        ("kaggle", "train_labels", "Kaggle's"),
        ("segnet", "trainannot", "the SegNet tutorial's"),
    ],
)
def test_what_is_missing_for_the_nearest_layout_is_named(
    make_layout, street_frames, refusal, layout, part, owner
):
    root = make_layout(layout, street_frames)
    (root / part).rename(root / "elsewhere")

    assert f"{root} has no {part}, as {owner} layout has;" in refusal(lambda: open_dataset(root))


def test_a_folder_of_something_else_is_told_all_four_layouts(tmp_path, refusal):
    sentence = refusal(lambda: recognise(tmp_path))

    assert "fastai's (images, labels, codes.txt)" in sentence
    assert "Cambridge's (701_StillsRaw_full, LabeledApproved_full, label_colors.txt)" in sentence
    assert "Kaggle's (train, train_labels, class_dict.csv)" in sentence
    assert "the SegNet tutorial's (train, trainannot)" in sentence


# Class lists


@pytest.mark.parametrize("layout", ["cambridge", "kaggle"])
def test_camvids_names_and_colours_are_camvids_class_list(make_layout, layout, street):
    frames = {"train": {"0006R0_f00930": street}, "valid": {"0016E5_07959": street}}
    root = make_layout(layout, frames, class_list=CAMVID_32)

    dataset = open_dataset(root)
    assert dataset.class_list is CAMVID_32
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


@pytest.mark.parametrize("layout", ["cambridge", "kaggle"])
def test_own_names_and_colours_are_an_own_class_list(make_layout, street_frames, layout):
    class_list = open_dataset(make_layout(layout, street_frames)).class_list

    assert class_list.names == ("Sky", "Road", "Tree", "Void")
    assert [c.colour for c in class_list.classes] == [c.colour for c in STREET.classes]
    assert class_list.void == 3


def test_the_original_list_of_colours_may_have_two_tabs_and_windows_line_ends(make_layout, street_frames):
    root = make_layout("cambridge", street_frames)
    lines = ["128 128 128\t\tSky", "128 64 128\tRoad", "128 128 0\t\tTree", "0 0 0\t\tVoid "]
    (root / "label_colors.txt").write_text("\r\n".join(lines), newline="")

    assert open_dataset(root).class_list.names == ("Sky", "Road", "Tree", "Void")


def test_segnets_numbers_are_its_eleven_classes_and_void(make_layout):
    numbers = np.arange(12, dtype=np.uint8).repeat(4 * 48).reshape(48, 48)
    dataset = open_dataset(make_layout("segnet", {"train": {"a_1": numbers}}))

    # The tutorial's order: Sky, Building, Pole, Road, Pavement, Tree, SignSymbol, Fence, Car, Pedestrian,
    # Bicyclist, Unlabelled
    assert dataset.class_list.names[3:5] == ("Road", "Sidewalk")
    assert dataset.class_list.names[11] == "Void"
    assert dataset.class_list.void == 11
    table = truth_table(dataset.class_list, CAMVID_11)
    assert table[:12].tolist() == [*range(11), IGNORE]
    assert [CAMVID_11.names[n] for n in (1, 2, 6)] == ["Building", "Column_Pole", "SignSymbol"]


def test_a_twelfth_class_is_not_segnets(make_layout, refusal):
    dataset = open_dataset(make_layout("segnet", {"train": {"a_1": np.full((32, 32), 12, np.uint8)}}))

    assert "a_1.png holds the class number 12, but the class list ends at 11." in refusal(
        lambda: dataset.read(dataset.train[0])
    )


def test_two_classes_of_one_colour_are_refused(make_layout, street_frames, refusal):
    root = make_layout("kaggle", street_frames)
    (root / "class_dict.csv").write_text("name,r,g,b\nSky,1,2,3\nRoad,1,2,3\n")

    assert "the colour (1, 2, 3) to Sky and Road" in refusal(lambda: open_dataset(root))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Sky,1,2,3\n", "must begin with the line name,r,g,b"),
        ("name,r,g,b\nSky,1,2\n", "has the line 'Sky,1,2'"),
        ("name,r,g,b\nSky,1,2,256\n", "gives Sky the colour 1 2 256"),
        ("name,r,g,b\nSky,1,2,-3\n", "gives Sky the colour 1 2 -3"),
        ("name,r,g,b\n", "1 to 255 class names"),
        ("", "must begin with the line name,r,g,b"),
    ],
)
def test_a_class_dict_that_makes_no_sense_is_named(make_layout, street_frames, refusal, content, said):
    root = make_layout("kaggle", street_frames)
    (root / "class_dict.csv").write_text(content)

    sentence = refusal(lambda: open_dataset(root))
    assert str(root / "class_dict.csv") in sentence
    assert said in sentence


@pytest.mark.parametrize("line", ["Sky 1 2 3", "1 2 Sky", "1,2,3 Sky", "1 2 300\tSky"])
def test_a_list_of_colours_that_makes_no_sense_is_named(make_layout, street_frames, refusal, line):
    root = make_layout("cambridge", street_frames)
    (root / "label_colors.txt").write_text(f"{line}\n")

    assert str(root / "label_colors.txt") in refusal(lambda: open_dataset(root))


def test_a_list_that_is_far_too_long_is_not_read(make_layout, street_frames, refusal):
    root = make_layout("fastai", street_frames)
    with (root / "valid.txt").open("wb") as file:
        file.truncate(5 * 1024**2)

    assert "valid.txt is larger than 4 MB" in refusal(lambda: open_dataset(root))


# Names and pairs


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_picture_without_label_map_is_refused_or_left_out(make_layout, street_frames, refusal, layout):
    root = make_layout(layout, street_frames)
    dataset = open_dataset(root)
    dataset.train[1].label.unlink()

    assert "0016E5_00390.png has no label map" in refusal(lambda: open_dataset(root))
    left = open_dataset(root, strict=False)
    assert [frame.name for frame in left.train] == ["0006R0_f00930"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_the_mac_leaves_in_archives_is_left_alone(make_layout, street_frames, layout):
    root = make_layout(layout, street_frames)
    dataset = open_dataset(root)
    (dataset.train[0].image.parent / "._0006R0_f00930.png").write_bytes(b"Mac OS X")
    (dataset.train[0].label.parent / ".DS_Store").write_bytes(b"")

    assert list_dataset(root).problems == ()
    assert len(open_dataset(root).frames()) == 4


def test_one_name_in_two_splits_gives_two_names(make_layout, street):
    frames = {"train": {"0001": street, "0002": street}, "valid": {"0001": np.zeros_like(street)}}
    listing = list_dataset(make_layout("kaggle", frames))

    assert [frame.name for frame in listing.dataset.frames()] == ["train-0001", "0002", "valid-0001"]
    assert not listing.dataset.read_label(listing.dataset.frame("valid-0001")).any()
    assert listing.notes == ("1 name is in more than one split; these frames are called SPLIT-NAME.",)


def test_two_pictures_of_one_name_are_a_problem(make_layout, street_frames):
    root = make_layout("fastai", street_frames)
    Image.new("RGB", (48, 40)).save(root / "images" / "0006R0_f00930.jpg")

    (problem,) = list_dataset(root).problems
    assert (problem.kind, problem.frame) == ("name", "0006R0_f00930")


def test_a_frame_that_does_not_exist_is_refused(make_layout, street_frames, refusal):
    dataset = open_dataset(make_layout("fastai", street_frames))

    assert refusal(lambda: dataset.frame("nobody")) == "There is no frame 'nobody' in toy."


# Links


@pytest.mark.parametrize("part", ["image", "label"])
def test_a_link_to_a_file_outside_is_not_followed(make_layout, street_frames, tmp_path, refusal, part):
    root = make_layout("fastai", street_frames)
    path = getattr(open_dataset(root).train[0], part)
    path.rename(tmp_path / "outside.png")
    path.symlink_to(tmp_path / "outside.png")

    problems = list_dataset(root).problems
    assert f"{path} is a link that leads out of the data set; it is not followed." in [
        p.message for p in problems
    ]
    assert len(open_dataset(root, strict=False).frames()) == 3
    refusal(lambda: open_dataset(root))


def test_a_link_to_a_file_inside_is_followed(make_layout, street_frames):
    root = make_layout("fastai", street_frames)
    path = root / "images" / "0006R0_f00930.png"
    path.rename(root / "moved.png")
    path.symlink_to("../moved.png")

    assert len(open_dataset(root).frames()) == 4


@pytest.mark.parametrize("part", ["images", "labels", "codes.txt", "valid.txt"])
def test_a_folder_or_list_that_leads_outside_is_refused(make_layout, street_frames, tmp_path, refusal, part):
    root = make_layout("fastai", street_frames)
    (root / part).rename(tmp_path / "outside")
    (root / part).symlink_to(tmp_path / "outside")

    assert f"{root / part} is a link that leads out" in refusal(lambda: open_dataset(root))


def test_the_data_set_itself_may_be_a_link(make_layout, street_frames, tmp_path):
    root = make_layout("fastai", street_frames)
    (tmp_path / "link").symlink_to(root)

    assert len(open_dataset(tmp_path / "link").frames()) == 4


def test_a_pipe_among_the_pictures_is_not_read(make_layout, street_frames):
    root = make_layout("fastai", street_frames)
    os.mkfifo(root / "images" / "0016E5_00400.png")

    assert f"{root / 'images' / '0016E5_00400.png'} is not a file." in [
        p.message for p in list_dataset(root).problems
    ]


# The data folder


def test_the_data_folder_is_the_projects_unless_another_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("STREETSCOPE_DATA", raising=False)
    assert data_folder().name == "data"
    assert (data_folder() / "README.md").is_file()
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_data_sets_are_found_and_what_is_half_made_is_not(make_layout, street_frames, tmp_path):
    make_layout("fastai", street_frames, name="b")
    make_layout("segnet", street_frames, name="a")
    make_layout("fastai", street_frames, name=".c.part")
    (tmp_path / "d").mkdir()

    (tmp_path / "z").mkdir()
    make_layout("kaggle", street_frames, name="z/unzipped")

    assert [path.name for path in find_datasets(tmp_path)] == ["a", "b", "unzipped"]
    assert find_datasets(tmp_path / "nowhere") == []


# Files and folders that nobody put there


@pytest.mark.parametrize("litter", ["__MACOSX", "__macosx", ".CamVid"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_mac_leaves_beside_a_data_set_is_none(make_layout, street_frames, tmp_path, layout, litter):
    (tmp_path / "data").mkdir()
    root = make_layout(layout, street_frames, "data/CamVid")
    frames = len(open_dataset(root).frames())
    shutil.copytree(root, root.parent / litter / "CamVid")
    for folder in [path for path in root.rglob("*") if path.is_dir()]:
        for path in list(folder.iterdir()):
            (folder / f"._{path.name}").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")

    assert find_datasets(root.parent) == [root]
    assert open_dataset(root.parent).root == root
    assert list_dataset(root).problems == ()
    assert len(open_dataset(root).frames()) == frames


@pytest.mark.parametrize(("ending", "saved"), [(".gif", "GIF"), (".bmp", "BMP"), (".TIF", "TIFF")])
def test_a_label_map_in_a_format_that_is_not_read_is_named(
    make_layout, street_frames, refusal, ending, saved
):
    root = make_layout("fastai", street_frames)
    label = root / "labels" / "0016E5_00390_P.png"
    with Image.open(label) as picture:
        picture.save(label.with_suffix(ending), saved)
    label.unlink()

    sentence = refusal(lambda: open_dataset(root))
    assert sentence == (
        f"0016E5_00390.png has no label map that can be read: save {label.with_suffix(ending)} as PNG."
    )


def test_names_in_upper_case_are_label_maps_too(make_layout, street_frames):
    root = make_layout("cambridge", street_frames)
    folder = root / "LabeledApproved_full"
    for path in list(folder.iterdir()):
        path.rename(folder / path.name.upper())

    assert list_dataset(root).problems == ()
    assert len(open_dataset(root).frames()) == 4


def test_frames_are_listed_in_the_order_of_their_numbers(make_layout, street):
    names = [f"frame{number}" for number in (1, 2, 3, 9, 10, 11, 100)]
    root = make_layout("segnet", {"train": dict.fromkeys(reversed(names), street)})

    assert [frame.name for frame in open_dataset(root).train] == names
