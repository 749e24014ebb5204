"""A fingerprint goes by content: equal for a copy, another for every change that could matter."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest
from PIL import Image

from core.datasets.contents.fingerprint import fingerprint, label_fingerprint
from core.datasets.layouts.opening import open_dataset


@pytest.fixture
def root(make_layout, street_frames):
    return make_layout("fastai", street_frames)


def of(root) -> str:
    return fingerprint(open_dataset(root))


def test_it_has_64_hexadecimal_digits(root):
    assert re.fullmatch("[0-9a-f]{64}", of(root))


def test_it_stays_the_same(root):
    assert of(root) == of(root)


def test_a_copy_has_the_same_wherever_it_lies_and_whatever_it_is_called(root, tmp_path):
    shutil.copytree(root, tmp_path / "copy", copy_function=shutil.copyfile)

    assert of(root) == of(tmp_path / "copy")


def _change_picture(root):
    Image.new("RGB", (48, 40)).save(root / "images" / "0006R0_f00930.png")


def _change_label(root):
    Image.fromarray(np.zeros((40, 48), np.uint8)).save(root / "labels" / "0006R0_f00930_P.png")


def _change_split(root):
    (root / "valid.txt").write_text("0006R0_f00930\n")


def _change_classes(root):
    (root / "codes.txt").write_text("Sky\nRoad\nBush\nVoid\n")


def _leave_out(root):
    (root / "images" / "0006R0_f00930.png").unlink()


def _rename(root):
    for folder, ending in (("images", ".png"), ("labels", "_P.png")):
        (root / folder / f"0006R0_f00930{ending}").rename(root / folder / f"0006R0_f00900{ending}")


@pytest.mark.parametrize(
    "change", [_change_picture, _change_label, _change_split, _change_classes, _leave_out, _rename]
)
def test_every_change_gives_another(root, change):
    before = of(root)
    change(root)

    assert of(root) != before


def test_pictures_do_not_count_where_only_label_maps_do(root):
    before = label_fingerprint(open_dataset(root))
    _change_picture(root)
    assert label_fingerprint(open_dataset(root)) == before

    _change_label(root)
    assert label_fingerprint(open_dataset(root)) != before


def test_both_kinds_are_kept_side_by_side(root):
    whole, labels = of(root), label_fingerprint(open_dataset(root))

    assert (of(root), label_fingerprint(open_dataset(root))) == (whole, labels)
    assert whole != labels


def test_nothing_is_written_into_the_data_set_and_nothing_there_is_believed(root):
    before = sorted(root.rglob("*"))
    found = of(root)
    assert sorted(root.rglob("*")) == before

    (root / ".streetscope").mkdir()
    (root / ".streetscope" / "fingerprints.json").write_text('{"all": ["", "0"]}')
    _change_label(root)
    assert of(root) != found


def test_files_of_the_same_sizes_and_times_are_not_read_again(root):
    before = of(root)
    path = root / "images" / "0006R0_f00930.png"
    size = path.stat()
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    import os

    os.utime(path, ns=(size.st_atime_ns, size.st_mtime_ns))

    assert of(root) == before


def test_a_file_that_is_gone_is_named(root, refusal):
    dataset = open_dataset(root)
    dataset.train[0].image.unlink()

    assert "0006R0_f00930.png cannot be read" in refusal(lambda: fingerprint(dataset))
