"""Thumbnails: small, of the right pixels, kept for these very files, and harmless where a file is broken."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_32
from core.datasets import SegmentationDataset
from core.datasets.contents.statistics import ClassExample
from core.datasets.contents.thumbnails import example_crop, keep_all, thumbnail, thumbnails
from core.datasets.layouts.opening import open_dataset
from tests.conftest import COLOURS, ROAD, SKY, TREE

Labels = np.ndarray


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def large(street: Labels) -> Labels:
    """The street of 40 x 48, ten times as large."""
    return street.repeat(10, axis=0).repeat(10, axis=1)


@pytest.fixture
def dataset(make_dataset: Callable[..., Path], large: Labels) -> SegmentationDataset:
    return open_dataset(make_dataset({"one_1": large, "one_2": large}))


def pixels(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.array(Image.open(io.BytesIO(data)))


def test_both_pictures_have_the_width_asked_for(dataset: SegmentationDataset) -> None:
    small = thumbnail(dataset, dataset.frames()[0], width=48)
    assert pixels(small.photo).shape == (40, 48, 3)
    assert pixels(small.label).shape == (40, 48)
    assert small.trouble == ""


def test_the_label_is_taken_pixel_by_pixel_and_in_its_colours(
    dataset: SegmentationDataset, street: Labels
) -> None:
    small = thumbnail(dataset, dataset.frames()[0], width=48)
    assert pixels(small.label).tolist() == street.tolist()
    assert small.label is not None
    shown = np.array(Image.open(io.BytesIO(small.label)).convert("RGB"))
    # the classes are CamVid's by their names, and so are their colours
    camvid = np.array([CAMVID_32.classes[CAMVID_32.index(name)].colour for name in COLOURS.names])
    assert shown.tolist() == camvid[street].tolist()


def test_a_small_picture_is_not_enlarged(make_dataset: Callable[..., Path], street: Labels) -> None:
    dataset = open_dataset(make_dataset({"one": street}))
    assert pixels(thumbnail(dataset, dataset.frames()[0]).photo).shape == (40, 48, 3)


def test_it_is_made_once_and_again_when_a_file_changes(
    dataset: SegmentationDataset, kept: Path, large: Labels
) -> None:
    frame = dataset.frames()[0]
    first = thumbnail(dataset, frame)
    files = {path: path.stat().st_ino for path in (kept / "thumbnails").iterdir()}
    assert len(files) == 2
    assert thumbnail(dataset, frame) == first
    assert {
        path: path.stat().st_ino for path in (kept / "thumbnails").iterdir()
    } == files  # none written anew
    Image.fromarray(np.full_like(large, TREE)).save(frame.label)
    assert set(np.unique(pixels(thumbnail(dataset, frame).label))) == {TREE}


def test_a_broken_picture_leaves_its_label_and_a_sentence(dataset: SegmentationDataset, kept: Path) -> None:
    frame = dataset.frames()[0]
    frame.image.write_bytes(b"no picture")
    small = thumbnail(dataset, frame)
    assert small.photo is None
    assert small.label is not None
    assert "not a picture" in small.trouble
    assert not list(kept.glob("thumbnails/*"))


def test_a_broken_label_leaves_its_picture_and_a_sentence(dataset: SegmentationDataset) -> None:
    frame = dataset.frames()[0]
    Image.fromarray(np.full((400, 480), 200, dtype=np.uint8)).save(frame.label)
    small = thumbnail(dataset, frame)
    assert small.photo is not None
    assert small.label is None
    assert "class number 200" in small.trouble


def test_several_are_made_in_their_order(dataset: SegmentationDataset) -> None:
    frames = dataset.frames()[::-1]
    assert thumbnails(dataset, frames) == [thumbnail(dataset, frame) for frame in frames]


def test_all_are_kept_and_progress_is_told(dataset: SegmentationDataset, kept: Path) -> None:
    told = []
    keep_all(dataset, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert len(list(kept.glob("thumbnails/*"))) == 4  # a photo and a label map of each


def test_a_crop_keeps_its_class_and_fades_the_rest(make_dataset: Callable[..., Path], street: Labels) -> None:
    dataset = open_dataset(make_dataset({"one": street}))
    example = ClassExample(dataset.frames()[0], top=20, left=30, height=8, width=12, share=0.5)
    crop = example_crop(dataset, example, ROAD)
    assert crop.shape == (8, 12, 3)
    # rows 20 to 23 are Sky, then a tree from column 36; from row 24 on it is Road
    assert (street[20:24, 30:36] == SKY).all()
    assert (crop[4:] == COLOURS.palette[ROAD]).all()
    # blue: luma 29, half way to 128 is 79; 0.3 of the colour and 0.7 of that
    assert crop[0, 0].tolist() == [55, 55, 131]
