"""Label maps of few bits, and palettes: what their numbers mean, and when their colours say otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.labels import read_indices
from core.datasets.layouts.opening import open_dataset
from core.datasets.palettes import changed_places, voc_palette
from core.errors import PaletteOrderError
from core.photos.images import encode_index_png
from tests.conftest import COLOURS, ROOT, Labels
from tests.layouts import STREET

CASES = ROOT / "../shared/cases"


def save_palette(path: Path, label: Labels, palette: np.ndarray, **options: int) -> None:
    picture = Image.fromarray(label)
    picture.putpalette(palette.astype(np.uint8).tobytes())
    picture.save(path, "PNG", **options)


def shrunk(label: Labels, palette: np.ndarray) -> tuple[Labels, np.ndarray]:
    """What an optimiser makes of a palette PNG: the most frequent colour first, and no unused ones."""
    counts = np.bincount(label.ravel(), minlength=len(palette))
    order = [int(n) for n in np.argsort(-counts, kind="stable") if counts[n]]
    places = np.zeros(256, dtype=np.uint8)
    places[order] = np.arange(len(order))
    return places[label], palette[order]


# Few bits


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_maps_of_two_classes_are_read_in_one_bit_or_more(tmp_path, mode):
    label = (np.indices((40, 48)).sum(axis=0) % 2).astype(np.uint8)
    if mode == "1":
        Image.fromarray(label.astype(bool)).save(tmp_path / "a_P.png")
    elif mode == "L":
        Image.fromarray(label).save(tmp_path / "a_P.png")
    else:
        save_palette(tmp_path / "a_P.png", label, np.array([(9, 9, 9), (8, 7, 6)]), bits=1)

    read = read_indices(tmp_path / "a_P.png", COLOURS)
    assert np.array_equal(read, label)
    assert read.dtype == np.uint8


def test_the_case_of_one_bit_is_clean():
    report = check(CASES / "one-bit-label" / "set")

    # 67 x 24 pixels of one class and 61 x 24 of the other in two files; see the files' histograms
    assert report.pixels == {"background": 2 * 1608, "road": 2 * 1464}
    assert not [problem for problem in report.problems if "label" in problem.kind]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_grey_numbers_may_be_saved_in_more_channels(tmp_path, street, mode):
    Image.fromarray(street).convert(mode).save(tmp_path / "a_P.png")

    assert np.array_equal(read_indices(tmp_path / "a_P.png", COLOURS), street)


# Palettes whose order has changed


@pytest.fixture
def mostly_road(street: Labels) -> Labels:
    """Road (1) with a corner of Sky (0), as large as the street."""
    return np.where(np.indices(street.shape).sum(axis=0) < 30, 0, 1).astype(np.uint8)


@pytest.fixture
def sorted_set(make_dataset, mostly_road, street) -> Path:
    """A data set in fastai's layout, one of whose palettes an optimiser has sorted: Road comes first."""
    root = make_dataset({"a": mostly_road, "b": street}, ("b.png",))
    (root / "label_colors.txt").write_text(
        "".join("{} {} {}\t{}\n".format(*c.colour, c.name) for c in COLOURS.classes)
    )
    save_palette(root / "labels" / "a_P.png", *shrunk(mostly_road, COLOURS.palette))
    return root


def test_classes_that_have_changed_places_are_reported(sorted_set):
    (problem,) = check(sorted_set).problems

    assert (problem.kind, problem.frame) == ("palette order", "a")
    assert "number 0 (Sky) has the colour of Road, number 1 (Road) has the colour of Sky" in problem.message
    assert "the colours say without doubt which class is meant, so save it as RGB" in problem.message


def test_a_changed_order_is_refused_by_everything_else_too(sorted_set, tmp_path, refusal):
    dataset = open_dataset(sorted_set)

    assert "in another order" in refusal(lambda: dataset.read(dataset.train[0]), PaletteOrderError)
    refusal(lambda: import_dataset(sorted_set, tmp_path / "data" / "copy"), PaletteOrderError)
    assert not (tmp_path / "data" / "copy").exists()


def test_what_the_sentence_advises_works(sorted_set, mostly_road):
    """Saved as RGB, the file says by its colours which class is meant."""
    path = sorted_set / "labels" / "a_P.png"
    with Image.open(path) as picture:
        rgb = picture.convert("RGB")
    rgb.save(path)

    dataset = open_dataset(sorted_set)
    assert check(sorted_set).clean
    assert np.array_equal(dataset.read_label(dataset.train[0]), mostly_road)


def test_two_classes_of_one_colour_leave_a_doubt(sorted_set):
    lines = (sorted_set / "label_colors.txt").read_text().replace("0 0 0\tVoid", "255 0 0\tVoid")
    (sorted_set / "label_colors.txt").write_text(lines)

    (problem,) = check(sorted_set).problems
    assert "number 0 (Sky) has the colour of Road or Void" in problem.message
    assert "without doubt" not in problem.message


@pytest.mark.parametrize("classes", [CAMVID_32, STREET, COLOURS], ids=lambda c: c.name)
def test_our_own_label_maps_are_in_order(tmp_path, classes, street):
    (tmp_path / "a_P.png").write_bytes(encode_index_png(street, classes.palette))

    assert np.array_equal(read_indices(tmp_path / "a_P.png", classes), street)


def _ramp() -> np.ndarray:
    return np.arange(256).repeat(3).reshape(256, 3)


def _coarse_ramp() -> np.ndarray:
    return np.linspace(0, 255, 32).round().astype(int).repeat(3).reshape(32, 3)


@pytest.mark.parametrize(
    "palette",
    [
        _ramp(),
        _coarse_ramp(),
        np.zeros((256, 3), int),
        np.full((256, 3), 128),
        voc_palette(256).astype(int),
        voc_palette(32).astype(int),
        np.random.default_rng(0).integers(0, 256, (256, 3)),
    ],
    ids=["grey", "coarse grey", "black", "constant", "VOC", "VOC's first", "any"],
)
@pytest.mark.parametrize("used", [(0, 1, 2, 3), (0,), (0, 21), (17, 30), (4, 21, 26, 30)])
def test_palettes_that_tell_nothing_are_no_fault(tmp_path, palette, used):
    label = np.array(used, dtype=np.uint8).repeat(48).reshape(-1, 48)
    save_palette(tmp_path / "a_P.png", label, palette)

    assert np.array_equal(read_indices(tmp_path / "a_P.png", CAMVID_32), label)


def test_a_palette_of_which_only_some_colours_are_classes_tells_nothing(street):
    palette = COLOURS.palette[[1, 0, 2, 3]].copy()
    palette[2] = (1, 2, 3)

    assert changed_places(palette, (0, 1, 2), COLOURS) == {}
    assert changed_places(palette, (0, 1), COLOURS) == {0: (1,), 1: (0,)}


def test_vocs_palette_is_vocs():
    # The first colours of VOC2012's label maps: background, aeroplane, bicycle, bird, ... cat
    assert voc_palette(9).tolist() == [
        [0, 0, 0],
        *([128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128], [128, 0, 128]),
        *([0, 128, 128], [128, 128, 128], [64, 0, 0]),
    ]


@given(st.data())
def test_whatever_an_optimiser_sorts_is_noticed_or_unchanged(tmp_path_factory, data):
    colours = data.draw(st.lists(st.tuples(*[st.integers(1, 255)] * 3), min_size=2, max_size=20, unique=True))
    classes = ClassList("Any", tuple(SegmentationClass(f"c{n}", c) for n, c in enumerate(colours)))
    numbers = st.lists(st.integers(0, len(colours) - 1), min_size=32, max_size=64)
    label = np.array(data.draw(numbers), dtype=np.uint8)[None].repeat(2, axis=0)
    changed, palette = shrunk(label, classes.palette)
    path = tmp_path_factory.mktemp("sorted") / "a_P.png"
    save_palette(path, changed, palette)

    message = ""
    try:
        read = read_indices(path, classes)
    except PaletteOrderError as error:
        message = str(error)
    if message:
        assert re.search(r"number \d+ \(c\d+\) has the colour of c\d+", message)
        assert not np.array_equal(changed, label)
    else:
        grey = (palette == palette[:, :1]).all()
        standard = np.array_equal(palette, voc_palette(len(palette)))
        assert np.array_equal(read, label) or grey or standard
