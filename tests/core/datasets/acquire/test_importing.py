"""Import: any layout becomes fastai's, byte for byte where that can be, all of it or nothing."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from core.classes import CAMVID_32
from core.datasets.acquire.importing import import_dataset
from core.datasets.layouts.opening import open_dataset
from tests.conftest import ROOT
from tests.layouts import LAYOUTS, STREET


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "street"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_becomes_fastais_with_the_same_frames(make_layout, street_frames, target, layout):
    source = open_dataset(make_layout(layout, street_frames))
    imported = import_dataset(source.root, target)

    assert (imported.layout, imported.root, imported.name) == ("fastai", target, "street")
    for split in ("train", "valid", "test"):
        assert [f.name for f in imported.frames(split)] == [f.name for f in source.frames(split)]
    for before, after in zip(source.frames(), imported.frames(), strict=True):
        assert all(
            np.array_equal(*pair) for pair in zip(source.read(before), imported.read(after), strict=True)
        )
    assert imported.class_list.classes == source.class_list.classes
    assert imported.class_list.void == source.class_list.void


def test_pictures_are_copied_byte_for_byte(make_layout, street_frames, target):
    source = open_dataset(make_layout("kaggle", street_frames))
    imported = import_dataset(source.root, target)

    for before, after in zip(source.frames(), imported.frames(), strict=True):
        assert before.image.read_bytes() == after.image.read_bytes()


@pytest.mark.parametrize("suffix", [".webp", ".bmp"])
def test_pictures_of_other_formats_are_saved_as_png(make_layout, street_frames, target, suffix):
    root = make_layout("segnet", street_frames)
    old = root / "train" / "0006R0_f00930.png"
    with Image.open(old) as image:
        pixels = np.asarray(image)
        image.save(old.with_suffix(suffix), lossless=True)
    old.unlink()

    imported = import_dataset(root, target)
    path = imported.frame("0006R0_f00930").image
    assert path.name == "0006R0_f00930.png"
    assert path.read_bytes().startswith(b"\x89PNG")
    assert np.array_equal(imported.read_image(imported.frame("0006R0_f00930")), pixels)


def test_label_maps_are_8_bit_pngs_with_the_classes_colours(make_layout, street_frames, target, street):
    imported = import_dataset(make_layout("kaggle", street_frames), target)

    with Image.open(target / "labels" / "0006R0_f00930_P.png") as label:
        assert label.mode == "P"
        assert np.array_equal(np.asarray(label), street)
        assert np.array_equal(np.asarray(label.convert("RGB")), STREET.palette[street])
    assert imported.colour_labels is False


def test_own_classes_keep_their_colours_in_a_file(make_layout, street_frames, target):
    own = type(STREET)("Own", tuple(type(c)(f"My{c.name}", (n, 7, 9)) for n, c in enumerate(STREET.classes)))
    imported = import_dataset(make_layout("kaggle", street_frames, class_list=own), target)

    assert (
        target / "label_colors.txt"
    ).read_text() == "0 7 9\tMySky\n1 7 9\tMyRoad\n2 7 9\tMyTree\n3 7 9\tMyVoid\n"
    assert [c.colour for c in imported.class_list.classes] == [(n, 7, 9) for n in range(4)]


def test_camvids_classes_need_no_file(make_layout, street, target):
    frames = {"train": {"0006R0_f00930": street}, "valid": {"0016E5_07959": street}}
    imported = import_dataset(make_layout("cambridge", frames, class_list=CAMVID_32), target)

    assert imported.class_list is CAMVID_32
    assert sorted(path.name for path in target.iterdir()) == ["codes.txt", "images", "labels", "valid.txt"]


def test_colours_that_do_not_belong_to_the_codes_are_refused(make_layout, street_frames, refusal):
    root = make_layout("fastai", street_frames)
    (root / "label_colors.txt").write_text("1 2 3\tSky\n")

    assert "name different classes" in refusal(lambda: open_dataset(root))


def test_frames_of_one_name_in_two_splits_are_both_there(make_layout, street, target):
    frames = {"train": {"0001": street}, "valid": {"0001": np.zeros_like(street)}}
    imported = import_dataset(make_layout("segnet", frames), target)

    assert [frame.name for frame in imported.frames()] == ["train-0001", "valid-0001"]
    assert not imported.read_label(imported.valid[0]).any()


def test_progress_counts_every_frame(make_layout, street_frames, target):
    seen = []
    import_dataset(make_layout("fastai", street_frames), target, lambda *counts: seen.append(counts))

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "9.41.00\u202fAM",
            "a\u00a0b",
            "a\u200cb",
            "a\u200db",
            "e\u0301",
            "é",
            "\u202eab",
            "a\u00adb",
            "\ufeffa",
        ),
        *(
            "a.b.c",
            "a b",
            " a",
            "a ",
            '"a"',
            "'a'",
            "a,b",
            "a\\b",
            "a_P",
            "a.png",
            "#a",
            "\U0001fae9",
            "\ue000",
        ),
    ],
)
def test_every_name_that_fits_on_a_line_comes_back_equal(make_dataset, street, target, name):
    root = make_dataset({"other": street, name: np.fliplr(street)}, valid=(f"{name}.png",))
    imported = import_dataset(root, target)

    assert [frame.name for frame in imported.valid] == [name]
    assert [frame.name for frame in imported.train] == ["other"]
    assert f"{name}.png\n" == (target / "valid.txt").read_text("utf-8")


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b", "\x85", "\u2028"])
def test_a_name_that_cannot_stand_on_a_line_is_refused_with_the_reason(
    make_dataset, street, target, refusal, sign
):
    root = make_dataset({"other": street, f"a{sign}b": street}, valid=("other",))

    sentence = refusal(lambda: import_dataset(root, target))
    assert "cannot stand on a line of valid.txt: it has a line break, a control character" in sentence
    assert not target.exists()


@pytest.mark.parametrize("content", ["", "nobody.png\n"])
def test_a_list_that_leaves_the_split_in_doubt_is_not_copied(make_dataset, street, target, refusal, content):
    root = make_dataset({"a": street, "b": street})
    (root / "valid.txt").write_text(content)

    assert str(root / "valid.txt") in refusal(lambda: import_dataset(root, target))
    assert not target.exists()


def test_an_empty_list_is_never_written(make_layout, street, target):
    imported = import_dataset(make_layout("segnet", {"train": {f"a_{n}": street for n in range(6)}}), target)

    assert not (target / "valid.txt").exists()
    assert [frame.name for frame in imported.valid] == ["a_5"]


# What is refused


@pytest.mark.parametrize("name", [".hidden", "a/..", "-x", "a\nb", "x" * 65, "dot.", "*"])
def test_names_that_are_no_folder_names_are_refused(make_layout, street_frames, tmp_path, refusal, name):
    root = make_layout("fastai", street_frames)

    assert "cannot be the name of a data set" in refusal(
        lambda: import_dataset(root, tmp_path / "data" / name)
    )


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_nothing_is_overwritten(make_layout, street_frames, tmp_path, refusal, target, kind):
    target.parent.mkdir()
    {
        "folder": target.mkdir,
        "file": target.touch,
        "dangling link": lambda: target.symlink_to(tmp_path / "nowhere"),
    }[kind]()

    assert refusal(lambda: import_dataset(make_layout("fastai", street_frames), target)) == (
        f"{target} exists already; give another name, or delete it first."
    )
    assert [path.name for path in target.parent.iterdir()] == ["street"]


def test_a_bad_frame_is_named_and_nothing_is_left(make_layout, street_frames, target, refusal):
    root = make_layout("fastai", street_frames)
    (root / "labels" / "Seq05VD_f00000_P.png").write_bytes(b"")

    assert "Seq05VD_f00000_P.png cannot be read" in refusal(lambda: import_dataset(root, target))
    assert list(target.parent.iterdir()) == []


def test_a_link_that_leads_outside_is_refused(make_layout, street_frames, tmp_path, target, refusal):
    root = make_layout("fastai", street_frames)
    (tmp_path / "secret.png").write_bytes((root / "images" / "0006R0_f00930.png").read_bytes())
    (root / "images" / "0006R0_f00930.png").unlink()
    (root / "images" / "0006R0_f00930.png").symlink_to(tmp_path / "secret.png")

    assert "leads out of the data set" in refusal(lambda: import_dataset(root, target))
    assert not target.exists()


def test_an_import_that_is_stopped_leaves_nothing(make_layout, street_frames, target):
    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_dataset(make_layout("fastai", street_frames), target, stop)
    assert list(target.parent.iterdir()) == []


def test_what_a_killed_import_left_is_cleared_away(make_layout, street_frames, target):
    left = target.parent / ".street.part" / "street" / "images"
    left.mkdir(parents=True)
    (left / "old.png").write_bytes(b"old")

    import_dataset(make_layout("fastai", street_frames), target)
    assert [path.name for path in target.parent.iterdir()] == ["street"]
    assert not (target / "images" / "old.png").exists()


def test_a_link_where_it_is_built_is_not_followed(make_layout, street_frames, target, tmp_path, refusal):
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "precious").write_text("")
    target.parent.mkdir()
    (target.parent / ".street.part").symlink_to(tmp_path / "victim")

    assert "is a link" in refusal(lambda: import_dataset(make_layout("fastai", street_frames), target))
    assert [path.name for path in (tmp_path / "victim").iterdir()] == ["precious"]


def test_two_imports_at_once_do_not_mix(make_layout, street_frames, target, refusal):
    (target.parent / ".street.part").mkdir(parents=True)
    with FileLock(target.parent / ".street.part" / "lock"):
        sentence = refusal(lambda: import_dataset(make_layout("fastai", street_frames), target))

    assert sentence == f"{target} is being made already; wait until it is finished."
    import_dataset(make_layout("fastai", street_frames, name="again"), target)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(make_layout, street_frames, target):
    """A process may be limited to files of a size; to the writer that looks like a disk that is full."""
    root = make_layout("fastai", street_frames)
    script = f"""
        import resource
        from pathlib import Path
        from core.datasets.acquire.importing import import_dataset
        from core.errors import DatasetError
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
        try:
            import_dataset(Path({str(root)!r}), Path({str(target)!r}))
        except DatasetError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == f"There is no room on the disk for {target}: free some space and try again.\n"
    assert list(target.parent.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_sentence(make_layout, street_frames, tmp_path, refusal):
    (tmp_path / "file").write_text("")

    sentence = refusal(
        lambda: import_dataset(make_layout("fastai", street_frames), tmp_path / "file" / "street")
    )
    assert f"{tmp_path / 'file' / 'street'} cannot be made" in sentence
