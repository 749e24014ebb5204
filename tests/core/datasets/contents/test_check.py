"""`check` finds everything that is wrong with a data set, and nothing that is not."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from core.datasets.contents.check import NEAR_DUPLICATE, check
from tests.layouts import LAYOUTS, picture


@pytest.fixture(params=LAYOUTS)
def root(request, make_layout, street_frames):
    """A clean data set in each layout."""
    return make_layout(request.param, street_frames)


@pytest.fixture
def fastai(make_layout, street_frames):
    """A clean data set in fastai's layout."""
    return make_layout("fastai", street_frames)


def only(report):
    """The report's only problem."""
    (problem,) = report.problems
    return problem


# What is reported of a clean one


def test_a_clean_data_set_has_no_problems(root):
    report = check(root)

    assert report.clean
    assert report.problems == ()
    assert report.frames == 4
    assert report.splits == {"train": 2, "valid": 1, "test": 1}
    assert report.sizes == {"48 x 40": 4}


def test_classes_are_counted_and_those_that_do_not_occur_are_named(make_layout, street):
    # 40 x 48 pixels; the tree is 16 x 12, Void 4 x 8, the road the rest of 16 rows, the sky of 24
    frames = {"train": {"a_1": np.where(street == 2, 0, street).astype(np.uint8)}}
    report = check(make_layout("fastai", frames))

    assert report.pixels == {"Sky": 24 * 48, "Road": 16 * 48 - 32, "Void": 32}
    assert report.absent == ("Tree",)
    assert report.classes == 4


def test_progress_counts_every_frame(fastai):
    seen = []
    check(fastai, lambda done, total: seen.append((done, total)))

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_check_can_be_stopped(fastai):
    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        check(fastai, stop)


def test_a_report_is_plain_json(fastai):
    (fastai / "labels" / "0006R0_f00930_P.png").unlink()
    found = json.loads(json.dumps(check(fastai).as_dict()))

    assert found["clean"] is False
    assert found["layout"] == "fastai"
    assert found["frames"] == 3
    assert found["occurring"] == ["Sky", "Road", "Tree", "Void"]
    assert [set(problem) for problem in found["problems"]] == [{"kind", "message", "frame"}]


def test_a_missing_list_of_validation_frames_is_a_note(fastai):
    (fastai / "valid.txt").unlink()
    report = check(fastai)

    assert report.clean
    assert report.notes == (
        "The data set does not say how it is split. The frames have the split published for CamVid.",
    )


def test_a_folder_that_is_no_data_set_is_refused(tmp_path, refusal):
    assert "a data set is in one of the layouts" in refusal(lambda: check(tmp_path))


# What is wrong with single files, in every layout


def frame_files(root, name="0006R0_f00930"):
    from core.datasets.layouts.opening import open_dataset

    frame = open_dataset(root).frame(name)
    return frame.image, frame.label


def test_a_missing_label_map(root):
    frame_files(root)[1].unlink()

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("missing label", "0006R0_f00930")


def test_a_missing_picture(root):
    frame_files(root)[0].unlink()

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("missing picture", "0006R0_f00930")


@pytest.mark.parametrize("content", [b"", b"no picture"], ids=["empty", "text"])
def test_an_unreadable_picture(root, content):
    image, _ = frame_files(root)
    image.write_bytes(content)

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("unreadable picture", "0006R0_f00930")
    assert str(image) in problem.message


def test_a_picture_that_ends_early(root):
    image, _ = frame_files(root)
    image.write_bytes(image.read_bytes()[:100])

    assert only(check(root)).kind == "unreadable picture"


def test_an_unreadable_label_map(root):
    _, label = frame_files(root)
    label.write_bytes(label.read_bytes()[:60])

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("unreadable label", "0006R0_f00930")
    assert str(label) in problem.message


def test_a_label_map_of_another_size(root):
    _, label = frame_files(root)
    with Image.open(label) as written:
        written.crop((0, 0, 47, 40)).save(label)

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("wrong size", "0006R0_f00930")
    assert f"{label.name} is 47 x 40 pixels" in problem.message


@pytest.mark.parametrize(("layout", "value"), [("fastai", 4), ("segnet", 12)])
def test_a_number_beyond_the_class_list(make_layout, street_frames, street, layout, value):
    root = make_layout(layout, street_frames)
    wrong = street.copy()
    wrong[0, 0] = value
    Image.fromarray(wrong).save(frame_files(root)[1])

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("bad value", "0006R0_f00930")
    assert f"class number {value}, but the class list ends at {value - 1}" in problem.message


@pytest.mark.parametrize("layout", ["cambridge", "kaggle"])
def test_an_unknown_colour_is_reported_with_all_its_pixels_and_files(make_layout, street_frames, layout):
    root = make_layout(layout, street_frames)
    for name, pixels in (("0006R0_f00930", 2), ("0016E5_00390", 3)):
        path = frame_files(root, name)[1]
        with Image.open(path) as written:
            written.paste((7, 8, 9), (0, 0, pixels, 1))
            written.save(path)

    problem = only(check(root))
    assert problem.kind == "unknown colour"
    assert problem.frame == "0016E5_00390"
    assert problem.message == (
        "No class of toy has the colour (7, 8, 9): 5 pixels in 0016E5_00390_L.png, 0006R0_f00930_L.png."
    )


def test_a_label_map_that_was_blended_is_one_problem_not_thousands(make_layout, street_frames):
    root = make_layout("kaggle", street_frames)
    noise = np.random.default_rng(0).integers(1, 60, (40, 48, 3), dtype=np.uint8)
    Image.fromarray(noise).save(frame_files(root)[1])

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("unknown colour", "0006R0_f00930")
    assert problem.message.startswith("0006R0_f00930_L.png holds colours that no class of toy has")
    assert len(problem.message) < 250


def test_of_very_many_unknown_colours_the_most_frequent_are_reported(make_layout, street):
    frames = {"train": {f"a_{n}": street for n in range(4)}}
    root = make_layout("kaggle", frames)
    for number in range(4):
        path = frame_files(root, f"a_{number}")[1]
        with Image.open(path) as written:
            for col in range(40):
                written.putpixel((col, 0), (number + 1, col, 200))
            written.save(path)

    problems = check(root).problems
    assert {problem.kind for problem in problems} == {"unknown colour"}
    assert len(problems) == 101
    assert problems[-1].message == "60 more colours belong to no class of toy."


def test_several_problems_are_all_found(fastai):
    (fastai / "images" / "0006R0_f00930.png").write_bytes(b"")
    (fastai / "labels" / "0016E5_00390_P.png").write_bytes(b"")
    (fastai / "labels" / "extra_P.png").write_bytes(b"")
    (fastai / "labels" / "odd.png").write_bytes(b"")

    found = [(problem.kind, problem.frame) for problem in check(fastai).problems]
    assert sorted(found, key=str) == [
        ("missing picture", "extra"),
        ("missing picture", None),
        ("unreadable label", "0016E5_00390"),
        ("unreadable picture", "0006R0_f00930"),
    ]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_that_is_to_be_turned_is_refused(fastai, street, suffix):
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down: the size stays the same
    (fastai / "images" / "0006R0_f00930.png").unlink()
    picture(street, 9).save(fastai / "images" / f"0006R0_f00930{suffix}", exif=exif)

    problem = only(check(fastai))
    assert problem.kind == "unreadable picture"
    assert "orientation 3" in problem.message


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_with_other_exif_data_is_fine(fastai, street, suffix):
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 1, "camera"
    (fastai / "images" / "0006R0_f00930.png").unlink()
    picture(street, 9).save(fastai / "images" / f"0006R0_f00930{suffix}", exif=exif)

    assert check(fastai).clean


def test_a_link_that_leads_outside(fastai, tmp_path):
    image, _ = frame_files(fastai)
    image.rename(tmp_path / "outside.png")
    image.symlink_to(tmp_path / "outside.png")

    assert {problem.kind for problem in check(fastai).problems} == {"link", "missing picture"}


def test_a_name_in_valid_txt_without_a_frame(fastai):
    with (fastai / "valid.txt").open("a") as file:
        file.write("nobody.png\n")

    problem = only(check(fastai))
    assert problem.kind == "list"
    assert "names nobody.png (line 2), which is not a frame" in problem.message


def test_a_frame_for_validation_and_for_the_test(fastai):
    with (fastai / "test.txt").open("a") as file:
        file.write("0016E5_07959\n")

    problem = only(check(fastai))
    assert (problem.kind, problem.frame) == ("list", "0016E5_07959")


def test_a_name_that_valid_txt_cannot_hold(fastai, street):
    picture(street, 9).save(fastai / "images" / "two\nlines.png")
    Image.fromarray(street).save(fastai / "labels" / "two\nlines_P.png")

    problem = only(check(fastai))
    assert (problem.kind, problem.frame) == ("name", "two\nlines")


# What leaks from one split into another


def test_the_same_picture_in_two_splits(root):
    here, _ = frame_files(root)
    there, _ = frame_files(root, "0016E5_07959")
    shutil.copyfile(here, there)

    problem = only(check(root))
    assert (problem.kind, problem.frame) == ("duplicate picture", "0016E5_07959")
    assert (
        "0016E5_07959.png (validation) is the same picture as 0006R0_f00930.png (training)" in problem.message
    )


def test_the_same_picture_saved_in_another_way(fastai):
    here, _ = frame_files(fastai)
    there, _ = frame_files(fastai, "0016E5_07959")
    with Image.open(here) as image:
        image.save(there, compress_level=0)
    assert here.read_bytes() != there.read_bytes()

    assert only(check(fastai)).kind == "duplicate picture"


def test_the_same_picture_twice_in_one_split_is_no_problem(fastai):
    shutil.copyfile(frame_files(fastai)[0], frame_files(fastai, "0016E5_00390")[0])

    assert check(fastai).clean


def neighbours(make_layout, street, change, names=("0016E5_07957", "0016E5_07959")):
    """Two frames in two splits whose pictures differ by `change` grey levels everywhere."""
    root = make_layout("fastai", {"train": {names[0]: street}, "valid": {names[1]: street}})
    grey = np.full((40, 48, 3), 100, dtype=np.uint8)
    Image.fromarray(grey).save(root / "images" / f"{names[0]}.png")
    Image.fromarray(grey + np.uint8(change)).save(root / "images" / f"{names[1]}.png")
    return root


def test_neighbours_of_one_drive_that_look_alike_in_two_splits(make_layout, street):
    problem = only(check(neighbours(make_layout, street, NEAR_DUPLICATE - 1)))

    assert (problem.kind, problem.frame) == ("near-duplicate picture", "0016E5_07959")
    assert "nearly the same picture as 0016E5_07957.png (training)" in problem.message


def test_neighbours_that_look_different_are_no_problem(make_layout, street):
    assert check(neighbours(make_layout, street, NEAR_DUPLICATE + 1)).clean


def test_neighbours_parted_by_our_own_rule_are_a_note(make_layout, street):
    root = neighbours(make_layout, street, 1)
    (root / "valid.txt").unlink()
    report = check(root)

    assert report.clean
    assert report.notes[1] == "This puts 1 pair of nearly equal neighbours into different splits."


@pytest.mark.parametrize("names", [("0006R0_07957", "0016E5_07959"), ("street", "road")])
def test_pictures_that_look_alike_from_different_drives_are_no_problem(make_layout, street, names):
    assert check(neighbours(make_layout, street, 1, names)).clean


def test_neighbours_with_a_frame_between_them_are_no_neighbours(make_layout, street):
    root = neighbours(make_layout, street, 1)
    Image.new("RGB", (48, 40), "white").save(root / "images" / "0016E5_07958.png")
    shutil.copyfile(root / "labels" / "0016E5_07957_P.png", root / "labels" / "0016E5_07958_P.png")

    assert check(root).clean


# The real frames


@pytest.mark.camvid
def test_camvid_is_clean_and_is_reported_as_it_is(camvid):
    report = check(camvid)

    assert report.clean
    assert report.frames == 468
    assert report.splits == {"train": 367, "valid": 101, "test": 0}
    assert report.sizes == {"480 x 360": 468}
    assert (len(report.pixels), report.classes) == (12, 32)
    assert set(report.pixels) == {
        *("Sky", "Building", "Column_Pole", "Road", "Sidewalk", "Tree", "SignSymbol", "Fence", "Car"),
        *("Pedestrian", "Bicyclist", "Void"),
    }
    assert len(report.absent) == 20
    assert sum(report.pixels.values()) == 468 * 480 * 360


@pytest.mark.camvid
def test_camvid_split_at_random_is_full_of_near_duplicates(camvid, tmp_path):
    dense = [path for path in sorted((camvid / "images").iterdir()) if "0016E5_079" in path.name]
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for path in dense:
        shutil.copyfile(path, tmp_path / "images" / path.name)
        label = f"{path.stem}_P.png"
        shutil.copyfile(camvid / "labels" / label, tmp_path / "labels" / label)
    shutil.copyfile(camvid / "codes.txt", tmp_path / "codes.txt")
    dense = [path for path in dense if path.name >= "0016E5_07959"]
    (tmp_path / "valid.txt").write_text("".join(f"{path.name}\n" for path in dense[::2]))

    near = [p for p in check(tmp_path).problems if p.kind == "near-duplicate picture"]
    assert len(near) == len(dense) - 1
