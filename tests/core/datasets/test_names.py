"""Names, matched by what people mean: entries of lists, and pictures with their label maps."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.dataset import Frame
from core.datasets.names import FrameNames, can_stand_on_a_line, match_labels
from tests.conftest import examples

ROOT = Path("/sets/CamVid")


def frame(image: str, label: str = "", name: str = "") -> Frame:
    stem = Path(image).stem
    return Frame(name or stem, ROOT / image, ROOT / (label or f"labels/{stem}_P.png"))


def meant(entry: str, *images: str) -> list[str]:
    """The names of the frames that `entry` can mean among these pictures of `images/`."""
    return [found.name for found in FrameNames(frame(f"images/{image}") for image in images).meant(entry)]


# Entries


@pytest.mark.parametrize(
    "entry",
    [
        *("b.png", "b", "b.PNG", "B.png", "B", "b.jpg", "b.tif", "b.JPEG"),
        *(r"images\b.png", "images/b.png", "./b.png", "/b.png", r".\images\b.png", "other/folders/b.png"),
        *(r"C:\Users\me\CamVid\images\b.png", "/SegNet/CamVid/val/b.png", "images//b.png"),
        *('"b.png"', "'b.png'", '"images/b.png"', "\u201cb.png\u201d", "b.png,", "'b.png',", "`b`"),
        *("\ufeffb.png", "  b.png\t", "\u00a0b.png\u202f", "b\u200d.png", "b.png\u200b", "\u202ab.png\u202c"),
        *("b_P.png", "b_P", "labels/b_P.png", r"labels\b_P.PNG", "B_p.png"),
        *("images/b.png labels/b_P.png", r"images\b.png labels\b_P.png", "b.png\tb_P.png", "b.png,b_P.png"),
        *("/SegNet/CamVid/train/b.png /SegNet/CamVid/trainannot/b.png", "b.png; b.png", "b.png b_L.png"),
        *('"images/b.png" "labels/b_P.png"', '"b.png","b_P.png"', "b b_P", "labels/b_P.png images/b.png"),
    ],
)
def test_an_entry_means_the_frame_that_anybody_would_read_in_it(entry):
    assert meant(entry, "a.png", "b.png") == ["b"]


@pytest.mark.parametrize(
    ("entry", "image"),
    [
        ("street 1.png", "street 1.png"),
        ("images/street 1.png labels/street 1_P.png", "street 1.png"),
        ("street 1.png street 1_P.png", "street 1.png"),
        ('"street 1.png" "street 1_P.png"', "street 1.png"),
        ("street\u00a01.png", "street 1.png"),
        ("street 1.png", "street\u202f1.png"),
        ("street  1.png", "street 1.png"),
        ("Screenshot at 9.41.00 AM.png", "Screenshot at 9.41.00\u202fAM.png"),
        ("2019.01.02.png", "2019.01.02.png"),
        ("2019.01.02", "2019.01.02.png"),
        ("2019.01.02.jpg", "2019.01.02.png"),
        ("photo.jpg", "photo.jpg.png"),
        ("photo", "photo.jpg.png"),
        ("photo.png", "photo.jpg.png"),
        (unicodedata.normalize("NFD", "Süßstraße é.png"), unicodedata.normalize("NFC", "Süßstraße é.png")),
        (unicodedata.normalize("NFC", "é.png"), unicodedata.normalize("NFD", "é.png")),
        (unicodedata.normalize("NFC", "É.png"), unicodedata.normalize("NFD", "é.png")),
        (" b.png", " b.png"),
        ("images/ b.png", " b.png"),
        (r"a\b.png", r"a\b.png"),
        ('"b".png', '"b".png'),
        ("a,b.png", "a,b.png"),
        ("a,b.png,a,b_P.png", "a,b.png"),
        ("\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645.png",) * 2,
        (
            "\u0646\u0645\u06cc\u062f\u0627\u0646\u0645",
            "\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645.png",
        ),
    ],
)
def test_names_with_spaces_dots_accents_and_signs_nobody_sees(entry, image):
    assert meant(entry, "a.png", image) == [Path(image).stem]


@pytest.mark.parametrize(
    ("entry", "images", "name"),
    [
        ("a.png", ["A.png", "a.png"], "a"),
        ("A.PNG", ["A.png", "a.png"], "A"),
        ("b_P.png", ["b.png", "b_P.png"], "b_P"),
        ("labels/b_P.png", ["b.png", "b_P.png"], "b"),
        ("images/b_P.png", ["b.png", "b_P.png"], "b_P"),
        ("b_P_P.png", ["b.png", "b_P.png"], "b_P"),
        ("frame.v2.png", ["frame.png", "frame.v2.png"], "frame.v2"),
        ("photo.jpg", ["photo.png", "photo.jpg.png"], "photo.jpg"),
        ("photo", ["photo.png", "photo.jpg.png"], "photo"),
        (" b.png", ["b.png", " b.png"], " b"),
        ("b.png", ["b.png", " b.png"], "b"),
        ("a b.png", ["a.png", "a b.png"], "a b"),
        ("b b.png", ["b.png", "b b.png"], "b b"),
        ("my sets/b.png", ["a.png", "b.png"], "b"),
        (unicodedata.normalize("NFD", "é.png"), ["é.png", unicodedata.normalize("NFD", "é.png")], "e\u0301"),
    ],
)
def test_what_is_nearest_to_what_is_written_wins(entry, images, name):
    assert meant(entry, *images) == [name]


@pytest.mark.parametrize(
    ("entry", "images"),
    [
        *(("c.png", ["a.png", "b.png"]), ("frame.v3.png", ["frame.png"]), ("frame.v3", ["frame.png"])),
        *(("a.png b.png", ["a.png", "b.png"]), ("street 1.png", ["street.png", "1.png"])),
        *(
            ("# for validation", ["b.png"]),
            ("b.png 1", ["b.png"]),
            ("b.png bus.png", ["b.png"]),
            (".png", ["b.png"]),
            ("images/", ["b.png"]),
        ),
        *(("/", ["b.png"]), ('""', ["b.png"]), ("bb.png", ["b.png"]), ("b.png " * 3000, ["a.png"])),
    ],
)
def test_what_names_no_frame_is_not_guessed(entry, images):
    assert meant(entry, *images) == []


@pytest.mark.parametrize(
    ("entry", "images"), [("É.png", ["é.png", "e\u0301.png"]), ("AB.png", ["Ab.png", "aB.png"])]
)
def test_an_entry_that_can_mean_two_frames_means_both(entry, images):
    assert meant(entry, *images) == [Path(image).stem for image in images]


def test_folders_tell_frames_of_one_name_apart():
    names = FrameNames(
        [
            frame("train/x.png", "trainannot/x.png", "train-x"),
            frame("val/x.png", "valannot/x.png", "valid-x"),
        ]
    )

    assert [found.name for found in names.meant("/SegNet/CamVid/val/x.png")] == ["valid-x"]
    assert [found.name for found in names.meant(r"CamVid\trainannot\x.png")] == ["train-x"]
    assert [found.name for found in names.meant("Val/x.png Valannot/x.png")] == ["valid-x"]
    assert [found.name for found in names.meant("train-x")] == ["train-x"]
    assert [found.name for found in names.meant("x.png")] == ["train-x", "valid-x"]


PLAIN = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="/"), min_size=1
)


@examples(4)
@given(st.lists(PLAIN, min_size=1, max_size=5, unique=True))
def test_every_name_that_can_stand_on_a_line_comes_back_equal(names):
    known = FrameNames(frame(f"images/{name}.png", name=name) for name in names)

    for name in names:
        assert can_stand_on_a_line(name)
        assert [found.name for found in known.meant(f"{name}.png")] == [name]


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\x1b", "\x85", "\u2028", "\u2029", "\udcff"])
def test_a_name_with_the_end_of_a_line_cannot_stand_on_one(sign):
    assert not can_stand_on_a_line(f"a{sign}b")


# Label maps


def matched(pictures: list[str], maps: list[str], suffix: str = "_P") -> dict[str, str]:
    found = match_labels([Path(name) for name in pictures], [Path(name) for name in maps], suffix).found
    return {picture.name: label.name for picture, label in found.items()}


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        *(("a.png", "a_P.png"), ("A.PNG", "a_p.png"), ("a.b.png", "a.b_P.png"), ("a.jpg", "a.jpg_P.png")),
        *(("a.jpg.png", "a_P.png"), ("e\u0301.png", "é_P.png"), ("a\u202fb.png", "a b_P.png")),
        ("a\u200db.png", "ab_P.PNG"),
    ],
)
def test_a_label_map_is_called_like_its_picture(picture, label):
    assert matched(["other.png", picture], ["other_P.png", label]) == {
        "other.png": "other_P.png",
        picture: label,
    }


def test_the_label_map_of_one_picture_is_not_given_to_another():
    assert matched(["a.png", "A.jpg"], ["a_P.png"]) == {"a.png": "a_P.png"}
    assert matched(["a.png", "A.png"], ["A_P.png", "a_P.png"]) == {"a.png": "a_P.png", "A.png": "A_P.png"}


def test_a_label_map_that_may_be_of_two_pictures_is_given_to_none():
    found = match_labels([Path("Ab.png"), Path("aB.png")], [Path("AB_P.png")], "_P")

    assert found.found == {}
    assert found.doubtful == {Path("Ab.png"): (Path("AB_P.png"),), Path("aB.png"): (Path("AB_P.png"),)}


def test_of_two_label_maps_none_is_taken():
    found = match_labels([Path("a.png")], [Path("a_P.png"), Path("a_P.PNG")], "_P")

    assert found.found == {}
    assert found.doubtful == {Path("a.png"): (Path("a_P.png"), Path("a_P.PNG"))}
