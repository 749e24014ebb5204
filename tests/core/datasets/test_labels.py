"""Label maps in colours: turned into numbers once, kept, and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.datasets.labels import indices_of_colours, read_colours
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError, UnknownColourError
from tests.layouts import STREET, colours_of

levels = st.integers(0, 255)


@st.composite
def label_maps_in_any_colours(draw) -> tuple[np.ndarray, ClassList]:
    colours = draw(st.lists(st.tuples(levels, levels, levels), min_size=1, max_size=255, unique=True))
    class_list = ClassList("Any", tuple(SegmentationClass(f"c{n}", c) for n, c in enumerate(colours)))
    shape = draw(arrays.array_shapes(min_dims=2, max_dims=2, max_side=12))
    return draw(arrays.arrays(np.uint8, shape, elements=st.integers(0, len(colours) - 1))), class_list


@given(label_maps_in_any_colours())
def test_numbers_to_colours_and_back_are_the_same_numbers(drawn):
    label, class_list = drawn

    assert np.array_equal(indices_of_colours(class_list.palette[label], class_list), label)


@given(arrays.arrays(np.uint8, (6, 7, 3)))
def test_pixels_of_unknown_colours_are_counted_exactly(colours):
    known = {c.colour for c in CAMVID_32.classes}
    unknown = [tuple(pixel) for pixel in colours.reshape(-1, 3).tolist() if tuple(pixel) not in known]
    if not unknown:
        return

    with pytest.raises(UnknownColourError) as refusal:
        indices_of_colours(colours, CAMVID_32)
    assert refusal.value.counts == {colour: unknown.count(colour) for colour in unknown}
    assert refusal.value.colours == len(set(unknown))


def test_a_picture_of_several_strips_is_turned_as_a_whole():
    label = np.random.default_rng(0).integers(0, 4, (2100, 1000), dtype=np.uint8)
    colours = STREET.palette[label]
    assert np.array_equal(indices_of_colours(colours, STREET), label)

    colours[0, 0] = colours[-1, -1] = (1, 2, 3)
    with pytest.raises(UnknownColourError) as refusal:
        indices_of_colours(colours, STREET)
    assert refusal.value.counts == {(1, 2, 3): 2}


def test_unknown_colours_are_named_with_their_pixels_the_most_frequent_first(tmp_path, refusal):
    colours = STREET.palette[np.zeros((8, 8), dtype=np.uint8)]
    colours[0, :3] = (1, 2, 3)
    colours[1, 0] = (129, 128, 128)  # one level beside Sky
    Image.fromarray(colours).save(tmp_path / "a_L.png")

    sentence = refusal(lambda: read_colours(tmp_path / "a_L.png", STREET), UnknownColourError)
    assert sentence == (
        "a_L.png holds colours that no class of Street has: "
        "(1, 2, 3) in 3 pixels, (129, 128, 128) in 1 pixels."
    )


def test_of_many_unknown_colours_three_are_named(tmp_path, refusal):
    colours = np.arange(5 * 5 * 3, dtype=np.uint8).reshape(5, 5, 3)
    Image.fromarray(colours).save(tmp_path / "a_L.png")

    sentence = refusal(lambda: read_colours(tmp_path / "a_L.png", STREET))
    assert sentence.count("pixels") == 3
    assert sentence.endswith("and 22 more colours.")


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_colours_may_come_with_a_palette_or_with_alpha(tmp_path, street, mode):
    colours_of(street).convert(mode, palette=Image.Palette.ADAPTIVE).save(tmp_path / "a_L.png")

    assert np.array_equal(read_colours(tmp_path / "a_L.png", STREET), street)


def test_a_label_of_16_bits_is_no_label_in_colours(tmp_path, street, refusal):
    Image.fromarray(street.astype(np.uint16)).save(tmp_path / "a_L.png")

    assert "mode I;16" in refusal(lambda: read_colours(tmp_path / "a_L.png", STREET))


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n"], ids=["empty", "text", "half"])
def test_colours_that_cannot_be_read_are_named(tmp_path, refusal, content):
    (tmp_path / "a_L.png").write_bytes(content)

    assert f"{tmp_path / 'a_L.png'} cannot be read" in refusal(
        lambda: read_colours(tmp_path / "a_L.png", STREET)
    )


@given(st.data())
def test_damage_to_a_label_map_in_colours_is_refused_or_harmless(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "a_L.png"
    colours_of(np.arange(256, dtype=np.uint8).reshape(16, 16) % 4).save(path)
    damaged = bytearray(path.read_bytes())
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[position] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)

    try:
        label = read_colours(path, STREET)
    except DatasetError:
        return
    assert label.max(initial=0) < 4


# Once, and kept


@pytest.fixture
def dataset(make_layout, street_frames):
    return open_dataset(make_layout("kaggle", street_frames))


@pytest.fixture
def kept(cache) -> Callable[[], list[Path]]:
    """The label maps in the cache, by name."""
    return lambda: sorted((cache / "labels").glob("*"))


def test_numbers_are_kept_in_our_own_folder(dataset, kept, street):
    before = sorted(dataset.root.rglob("*"))
    first = dataset.read_label(dataset.train[0])
    (path,) = kept()

    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture), street)
    assert np.array_equal(first, street)
    assert sorted(dataset.root.rglob("*")) == before


def test_kept_numbers_are_used_as_long_as_the_file_is_the_same(dataset, kept, street):
    dataset.read_label(dataset.train[0])
    (path,) = kept()
    Image.fromarray(np.zeros_like(street)).save(path, "PNG")

    assert not dataset.read_label(dataset.train[0]).any()


def test_a_changed_file_is_turned_into_numbers_again(dataset, street):
    frame = dataset.train[0]
    dataset.read_label(frame)
    colours_of(np.full_like(street, 2)).save(frame.label)

    assert (dataset.read_label(frame) == 2).all()


def test_changed_colours_of_classes_turn_files_into_numbers_again(dataset, street):
    dataset.read_label(dataset.train[0])
    (dataset.root / "class_dict.csv").write_text(
        "name,r,g,b\nRoad,128,64,128\nSky,128,128,128\nTree,128,128,0\nVoid,0,0,0\n"
    )

    label = open_dataset(dataset.root).read_label(dataset.train[0])
    assert np.array_equal(label, np.array([1, 0, 2, 3])[street])


@pytest.mark.parametrize("content", [b"", b"junk", b"\x89PNG\r\n\x1a\n"], ids=["empty", "junk", "half"])
def test_kept_numbers_that_are_broken_are_made_anew(dataset, kept, street, content):
    dataset.read_label(dataset.train[0])
    kept()[0].write_bytes(content)

    assert np.array_equal(dataset.read_label(dataset.train[0]), street)
    assert kept()[0].read_bytes() != content


def test_kept_numbers_beyond_the_class_list_are_made_anew(dataset, kept, street):
    dataset.read_label(dataset.train[0])
    Image.fromarray(np.full_like(street, 200)).save(kept()[0], "PNG")

    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_where_nothing_can_be_kept_it_is_read_all_the_same(dataset, street, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "file"))

    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_a_file_that_is_gone_is_named(dataset, refusal):
    dataset.train[0].label.unlink()

    assert str(dataset.train[0].label) in refusal(lambda: dataset.read_label(dataset.train[0]))


def test_numbers_with_unknown_colours_are_not_kept(dataset, kept, street):
    Image.new("RGB", (48, 40), (1, 2, 3)).save(dataset.train[0].label)

    with pytest.raises(UnknownColourError):
        dataset.read_label(dataset.train[0])
    assert kept() == []
