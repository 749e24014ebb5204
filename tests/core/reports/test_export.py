"""Results as files: read back with other tools, safely named, and written without being held whole."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.file_names import file_name
from core.reports import export
from core.reports.export import file_stem
from core.segmentation.segmentation import Segmentation
from core.segmentation.segmenter import load_segmenter

ROOT = Path(__file__).parents[3]


@pytest.fixture
def segmentation(colour_model, street, paint) -> Segmentation:
    return load_segmenter(colour_model).segment(paint(street))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


class Pipe(io.RawIOBase):
    """A file that can only be written to, from start to end, as a pipe or a socket."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.content += data
        return len(data)


# Pictures


def test_the_index_mask_has_the_labels_and_the_classes_colours(segmentation, street, colours):
    picture = opened(export.index_mask(segmentation))

    assert picture.mode == "P"
    assert np.array_equal(np.asarray(picture), street)
    assert picture.getpalette()[:12] == colours.palette.ravel().tolist()


def test_the_colour_mask_is_in_the_classes_colours(segmentation, street, paint):
    assert np.array_equal(np.asarray(opened(export.colour_mask(segmentation))), paint(street))


def test_the_overlay_has_the_photo_under_the_mask(segmentation, street, paint):
    # photo and mask have the same colours
    assert np.array_equal(np.asarray(opened(export.overlay(segmentation))), paint(street))


def test_the_confidence_map_has_255_where_the_confidence_is_one(segmentation):
    picture = opened(export.confidence_map(segmentation))

    assert picture.mode == "L"
    assert np.abs(np.asarray(picture) / 255 - segmentation.confidence).max() <= 0.5 / 255 + 1e-6
    assert "round(255 * confidence)" in picture.info["Description"]


def test_the_entropy_map_has_fifty_steps_to_a_bit(segmentation):
    picture = opened(export.entropy_map(segmentation))

    assert picture.mode == "L"
    assert np.abs(np.asarray(picture) / 50 - segmentation.entropy()).max() <= 0.5 / 50 + 1e-3
    assert "round(50 * entropy in bits)" in picture.info["Description"]


def test_class_shares_read_back_as_csv(segmentation):
    rows = list(csv.DictReader(io.StringIO(export.class_shares(segmentation).decode())))

    assert [row["class"] for row in rows] == ["Sky", "Road", "Tree", "Void"]
    assert sum(int(row["pixels"]) for row in rows) == 40 * 48


# Probabilities


def probabilities_of(file: io.BytesIO) -> tuple[np.ndarray, list[str]]:
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        assert set(arrays.files) == {"probabilities", "classes"}
        return arrays["probabilities"], arrays["classes"].tolist()


def test_probabilities_read_back_with_numpy(segmentation, colours):
    file = io.BytesIO()
    export.write_probabilities(segmentation, file)
    found, names = probabilities_of(file)

    rows, cols = np.indices(segmentation.labels.shape)
    expected = segmentation.probabilities(rows.ravel(), cols.ravel()).reshape(40, 48, 4)
    assert names == list(colours.names)
    assert found.dtype == np.float16
    assert np.array_equal(found, expected.astype(np.float16))
    assert np.abs(found.astype(np.float64).sum(axis=2) - 1).max() < 1e-3


def test_probabilities_of_a_picture_of_several_bands_are_in_order(colour_model, paint):
    """200 rows are more than one band, and the last one is not full."""
    labels = np.repeat(np.arange(200) // 8 % 4, 40).reshape(200, 40).astype(np.uint8)
    file = io.BytesIO()
    export.write_probabilities(load_segmenter(colour_model).segment(paint(labels)), file)

    assert np.array_equal(probabilities_of(file)[0].argmax(axis=2), labels)


def test_probabilities_can_be_written_into_a_pipe(segmentation):
    pipe = Pipe()
    export.write_probabilities(segmentation, pipe)

    assert probabilities_of(io.BytesIO(bytes(pipe.content)))[0].shape == (40, 48, 4)


WRITE_LARGE = """
import resource, sys
import numpy as np
from core.classes import CAMVID_32
from core.file_names import file_name
from core.reports.export import write_probabilities
from core.segmentation.segmenter import Segmentation

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

side = int(sys.argv[1])
# made in place: a larger array made on the way would have raised the peak already
logits = np.empty((32, side // 2, side // 2), np.float16)
chance = np.random.default_rng(0)
for own in logits:
    own[:] = chance.uniform(-5, 5, own.shape)
segmentation = Segmentation(
    np.zeros((side, side, 3), np.uint8), np.zeros((side, side), np.uint8),
    logits, 2, CAMVID_32, "none",
)
# once at the start, so that what libraries take at their first call is not counted
small = Segmentation(
    segmentation.image[:8, :8], segmentation.labels[:8, :8], logits, 2, CAMVID_32, "none",
)
with open(sys.argv[2], "wb") as file:
    write_probabilities(small, file)
before = peak()
with open(sys.argv[2], "wb") as file:
    write_probabilities(segmentation, file)
print(peak() - before)
"""


def test_writing_probabilities_never_holds_them_all(tmp_path):
    """1024 x 1024 x 32 halves are 64 MiB, as single precision 128; a process of its own tells its peak."""
    path = tmp_path / "large.npz"
    done = subprocess.run(
        [sys.executable, "-c", WRITE_LARGE, "1024", str(path)],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stdout) < 48 * 1024**2
    with np.load(path) as arrays:
        assert arrays["probabilities"].shape == (1024, 1024, 32)


# Everything


def test_everything_of_all_photos_is_in_one_zip(segmentation, street):
    file = io.BytesIO()
    export.write_all([("a-colours-full", segmentation), ("b-colours-full", segmentation)], file)

    kinds = ("index.png", "mask.png", "overlay.png", "confidence.png", "entropy.png", "shares.csv")
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{photo}-colours-full-{kind}" for photo in "ab" for kind in kinds]
        assert np.array_equal(np.asarray(opened(archive.read("b-colours-full-index.png"))), street)


def test_photos_are_asked_for_one_by_one(segmentation):
    """So that a hundred photos need not all be kept: each is written before the next one is made."""
    pipe, sizes = Pipe(), []

    def photos():
        for number in range(3):
            sizes.append(len(pipe.content))
            yield str(number), segmentation

    export.write_all(photos(), pipe)
    assert sizes[0] < sizes[1] < sizes[2]
    with ZipFile(io.BytesIO(bytes(pipe.content))) as archive:
        assert len(archive.namelist()) == 18


def test_photos_of_one_name_do_not_overwrite_each_other(segmentation):
    file = io.BytesIO()
    export.write_all([("a", segmentation), ("A", segmentation), ("a", segmentation)], file)

    with ZipFile(file) as archive:
        stems = [name.removesuffix("-index.png") for name in archive.namelist() if "index" in name]
    assert stems == ["a", "A-2", "a-3"]


def test_a_hostile_stem_stays_in_the_zips_own_folder(segmentation):
    file = io.BytesIO()
    export.write_all([("../../etc/a", segmentation), ("", segmentation)], file)

    with ZipFile(file) as archive:
        assert archive.namelist()[0] == "etc-a-index.png"
        assert archive.namelist()[6] == "photo-index.png"


# Names


@pytest.mark.parametrize(
    ("photo", "stem"),
    [
        ("china.jpg", "china"),
        ("my photo.of.me.jpeg", "my-photo.of.me"),
        ("no_ending", "no_ending"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot"),
        ("/", "photo"),
        ("", "photo"),
        (".jpg", "photo"),
        ("....", "photo"),
        (".hidden.png", "hidden"),
        ("-rf.png", "rf"),
        ("a\x00b\nc\u202e.png", "abc"),
        ("Straße 街道.png", "Straße-街道"),
        ("e\u0301.png", "é"),
        ("हिन्दी.png", "हिन्दी"),
        ('a<b>:"|?*.png', "a-b"),
        ("$(rm -rf ~).png", "rm-rf"),
        ("x" * 300 + ".png", "x" * 120),
        ("街" * 100 + ".png", "街" * 40),
        ("\ud800.png", "photo"),
    ],
)
def test_file_names_are_safe_and_say_photo_model_and_size(photo, stem):
    assert file_stem(photo, "street-lite0", "512") == f"{stem}-street-lite0-512"


@given(st.text(st.characters(), max_size=300))
def test_any_name_becomes_one_that_every_system_takes(name):
    stem = file_stem(name, "m" * 64, "1024-square")

    assert stem.endswith(f"-{'m' * 64}-1024-square")
    assert len(f"{stem}-probabilities.npz".encode()) <= 255
    assert stem.isprintable()
    assert stem[0] not in ".-_ "
    assert not set(stem) & set("/\\<>:\"|?*'`$&;~!#%{}[]()")
    assert file_name(stem) == stem
