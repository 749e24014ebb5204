"""Counts first, then every figure from the counts: expected values can be counted by eye."""

from __future__ import annotations

import io
import json
import shutil
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from core.datasets.contents.statistics import (
    GRID,
    count_label,
    frames_having,
    measure,
    ordered_by_share,
    place_label,
    typical_example,
)
from core.datasets.layouts.opening import open_dataset
from tests.layouts import LAYOUTS

SKY, ROAD, TREE, VOID = range(4)


def halves(upper: int, lower: int) -> np.ndarray:
    """A 40 x 48 label map of two classes, 20 rows each."""
    return np.repeat([[upper], [lower]], 20, axis=0).repeat(48, axis=1).astype(np.uint8)


@pytest.fixture
def root(make_layout):
    """Sky over road twice, sky over trees, and road alone with one pixel of Void."""
    road = halves(ROAD, ROAD)
    road[0, 0] = VOID
    frames = {
        "train": {"a_1": halves(SKY, ROAD), "a_2": halves(SKY, ROAD)},
        "valid": {"b_1": halves(SKY, TREE)},
        "test": {"c_1": road},
    }
    return make_layout("fastai", frames)


@pytest.fixture
def counted(root):
    return measure(open_dataset(root))


# Figures


def test_pixels_are_counted_for_each_frame_and_class(counted):
    assert counted.names == ("a_1", "a_2", "b_1", "c_1")
    assert counted.counts.tolist() == [[960, 960, 0, 0], [960, 960, 0, 0], [960, 0, 960, 0], [0, 1919, 0, 1]]
    assert counted.counts.dtype == np.uint32


def test_pixels_of_a_split_are_those_of_its_frames(counted):
    assert counted.pixels().tolist() == [2880, 3839, 960, 1]
    assert counted.pixels("train").tolist() == [1920, 1920, 0, 0]
    assert counted.pixels("valid").tolist() == [960, 0, 960, 0]


def test_shares_are_of_the_frame_or_of_all_pixels(counted):
    assert counted.shares[0].tolist() == [0.5, 0.5, 0, 0]
    assert counted.class_shares("train").tolist() == [0.5, 0.5, 0, 0]
    assert counted.class_shares().sum() == pytest.approx(1)


def test_frames_are_counted_for_each_class(counted):
    assert counted.frames_with_class().tolist() == [3, 3, 1, 1]
    assert counted.frames_with_class("train").tolist() == [2, 2, 0, 0]


def test_classes_are_counted_for_each_frame(counted):
    assert counted.classes_per_frame().tolist() == [2, 2, 2, 2]
    assert counted.classes_per_frame("valid").tolist() == [2]


def test_a_split_without_frames_has_zeros_everywhere(make_layout):
    counted = measure(open_dataset(make_layout("fastai", {"train": {"a_1": halves(SKY, ROAD)}})))

    assert counted.pixels("test").tolist() == [0, 0, 0, 0]
    assert counted.class_shares("test").tolist() == [0, 0, 0, 0]
    assert not counted.heat_map(SKY, "test").any()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_counted(make_layout, street_frames, layout):
    counted = measure(open_dataset(make_layout(layout, street_frames)))

    expected = [np.bincount(label.ravel()) for split in street_frames.values() for label in split.values()]
    for row, counts in zip(counted.counts, expected, strict=True):
        assert row[: len(counts)].tolist() == counts.tolist()
        assert not row[len(counts) :].any()


def test_figures_are_plain_json(counted):
    found = json.loads(json.dumps(counted.as_dict()))

    assert found["frames"] == {"all": 4, "train": 2, "valid": 1, "test": 1}
    assert found["classes"][SKY] == {
        "class": "Sky",
        "pixels": 2880,
        "share": 0.375,
        "frames": 3,
        "splits": {
            "train": {"pixels": 1920, "share": 0.5, "frames": 2},
            "valid": {"pixels": 960, "share": 0.5, "frames": 1},
            "test": {"pixels": 0, "share": 0.0, "frames": 0},
        },
    }
    assert found["classes_per_frame"] == {"a_1": 2, "a_2": 2, "b_1": 2, "c_1": 2}


# Where in the picture


def test_a_heat_map_says_where_a_class_lives(counted):
    sky = counted.heat_map(SKY)
    assert sky.shape == GRID == (60, 80)
    # in three of four frames the sky is the upper half
    assert np.allclose(sky[:30], 0.75)
    assert not sky[30:].any()
    assert np.allclose(counted.heat_map(TREE, "valid")[30:], 1)


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 150), st.integers(1, 170)), elements=st.integers(0, 2))
)
def test_the_classes_shares_of_every_cell_add_up_to_one(label):
    places = place_label(label, 3)

    assert np.allclose(places.sum(axis=0), 1)
    assert places.min() >= 0


@given(arrays.arrays(np.uint8, (60, 80), elements=st.integers(0, 2)))
def test_at_the_grids_own_size_a_cell_is_a_pixel(label):
    assert np.array_equal(place_label(label, 3).argmax(axis=0), label)


def test_a_cell_of_many_pixels_has_a_class_by_its_share_of_them():
    label = np.zeros((120, 160), dtype=np.uint8)
    label[0, 0] = 1  # a quarter of the first cell

    assert place_label(label, 2)[:, 0, 0].tolist() == [0.75, 0.25]


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2), elements=st.integers(0, 30)))
def test_counts_add_up_to_the_pixels(label):
    counts = count_label(label, 31)

    assert counts.sum() == label.size
    assert all(counts[number] == (label == number).sum() for number in range(31))


# Filters and order


def test_frames_with_all_of_the_classes_asked_for(counted):
    assert frames_having(counted.counts, [SKY]).tolist() == [True, True, True, False]
    assert frames_having(counted.counts, [SKY, ROAD]).tolist() == [True, True, False, False]
    assert frames_having(counted.counts, []).tolist() == [True] * 4


def test_frames_in_the_order_of_a_classs_share(counted):
    assert ordered_by_share(counted.shares, ROAD).tolist() == [3, 0, 1, 2]
    chosen = frames_having(counted.counts, [SKY])
    assert ordered_by_share(counted.shares, ROAD, chosen).tolist() == [0, 1, 2]
    assert ordered_by_share(counted.shares, TREE, np.zeros(4, dtype=bool)).tolist() == []


# A typical example


def test_a_typical_example_is_the_frame_and_the_box_with_most_of_the_class(make_layout):
    small, large = (np.zeros((120, 160), dtype=np.uint8) for _ in range(2))
    small[0, 0] = TREE
    large[60:90, 100:140] = TREE
    root = make_layout("fastai", {"train": {"small_1": small, "large_1": large}})
    dataset = open_dataset(root)
    found = typical_example(dataset, measure(dataset), TREE)

    # 1200 pixels of tree: a box of 4 to 3 with about 2400 is 42 x 56
    assert (found.frame.name, found.height, found.width) == ("large_1", 42, 56)
    assert found.share == pytest.approx(1200 / (42 * 56))
    assert found.top <= 60 < 90 <= found.top + found.height
    assert found.left <= 100 < 140 <= found.left + found.width


def test_a_class_that_does_not_occur_has_no_example(make_layout):
    dataset = open_dataset(make_layout("fastai", {"train": {"a_1": halves(SKY, ROAD)}}))

    assert typical_example(dataset, measure(dataset), TREE) is None


@given(arrays.arrays(np.uint8, (40, 48), elements=st.integers(0, 3)))
def test_an_example_lies_in_the_picture_and_has_the_share_it_says(tmp_path_factory, make_fastai, label):
    dataset = open_dataset(make_fastai(tmp_path_factory.mktemp("example"), label))
    counted = measure(dataset)
    for number in range(4):
        found = typical_example(dataset, counted, number)
        if found is None:
            assert not (label == number).any()
            continue
        box = found.cut(label)
        assert box.shape == (found.height, found.width)
        assert found.share == pytest.approx((box == number).mean())


@pytest.fixture(scope="session")
def make_fastai():
    def make(root, label):
        (root / "images").mkdir()
        (root / "labels").mkdir()
        Image.new("RGB", label.shape[::-1]).save(root / "images" / "a.png")
        Image.fromarray(label).save(root / "labels" / "a_P.png")
        (root / "codes.txt").write_text("Sky\nRoad\nTree\nVoid\n")
        return root

    return make


# Counted once


def same(first, second) -> bool:
    return np.array_equal(first.counts, second.counts) and np.array_equal(first.places, second.places)


def counting(root) -> tuple:
    """The statistics, and the frames that progress was told of."""
    seen = []
    return measure(open_dataset(root), lambda *counts: seen.append(counts)), seen


ALL, AT_ONCE = [(1, 4), (2, 4), (3, 4), (4, 4)], [(4, 4)]


def test_a_data_set_is_counted_once(root):
    first, seen = counting(root)
    second, seen_again = counting(root)

    assert (seen, seen_again) == (ALL, AT_ONCE)
    assert same(first, second)


def test_the_same_content_elsewhere_and_later_is_not_counted_again(root, tmp_path):
    first, _ = counting(root)
    shutil.copytree(root, tmp_path / "copy", copy_function=shutil.copyfile)
    second, seen = counting(tmp_path / "copy")

    assert seen == AT_ONCE
    assert same(first, second)


def test_a_changed_label_map_is_counted_again(root):
    counting(root)
    Image.fromarray(halves(TREE, TREE)).save(root / "labels" / "a_1_P.png")
    counted, seen = counting(root)

    assert seen == ALL
    assert counted.counts[0].tolist() == [0, 0, 1920, 0]


def test_another_split_is_counted_again(root):
    counting(root)
    (root / "valid.txt").write_text("a_1\n")
    counted, seen = counting(root)

    assert seen == ALL
    assert counted.pixels("valid").tolist() == [960, 960, 0, 0]


def test_a_changed_picture_does_not_matter(root):
    counting(root)
    Image.new("RGB", (48, 40)).save(root / "images" / "a_1.png")

    assert counting(root)[1] == AT_ONCE


def test_a_stopped_count_keeps_nothing(root):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(open_dataset(root), stop)
    assert counting(root)[1] == ALL


def test_a_bad_label_map_is_named(root, refusal):
    (root / "labels" / "b_1_P.png").write_bytes(b"")

    assert "b_1_P.png cannot be read" in refusal(lambda: measure(open_dataset(root)))


def _saved(**parts):
    file = io.BytesIO()
    np.savez(file, **parts)
    return file.getvalue()


def _pickled(path):
    path.write_bytes(_saved(counts=np.array([{}], dtype=object), places=np.zeros(1)))


def _without_counts(path):
    with np.load(path) as parts:
        path.write_bytes(_saved(places=parts["places"]))


def _a_zip_of_junk(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("key.npy", b"junk")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"junk"),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.unlink(),
        _pickled,
        _without_counts,
        _a_zip_of_junk,
    ],
    ids=["empty", "junk", "cut", "gone", "pickled", "parts", "zip"],
)
def test_kept_counts_that_are_damaged_are_counted_again(root, cache, spoil):
    first, _ = counting(root)
    (path,) = (cache / "statistics").iterdir()
    spoil(path)
    second, seen = counting(root)

    assert seen == ALL
    assert same(first, second)
    assert counting(root)[1] == AT_ONCE


def test_where_nothing_can_be_kept_it_is_counted_each_time(root, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "file"))

    assert counting(root)[1] == counting(root)[1] == ALL


@pytest.mark.camvid
def test_the_real_frames_add_up(camvid, tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    counted = measure(open_dataset(camvid))

    assert counted.counts.shape == (468, 32)
    assert (counted.counts.sum(axis=1) == 480 * 360).all()
    assert (counted.pixels() > 0).sum() == 12
    sky, road = (counted.heat_map(counted.class_list.index(name)) for name in ("Sky", "Road"))
    assert sky[:20].mean() > 0.3 > sky[40:].mean()
    assert road[40:].mean() > 0.5 > road[:20].mean()
