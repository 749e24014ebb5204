"""Data sets in fastai's layout: what is read, how it is split, and what is refused."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.classes import CAMVID_11, CAMVID_32
from core.datasets.labels import read_indices
from core.datasets.layouts.lists import spread_colour
from core.datasets.layouts.opening import open_dataset
from core.errors import DatasetError
from tests.conftest import COLOURS


@pytest.fixture
def root(make_dataset, street):
    """A data set of two training frames, `a` and `b`, and one validation frame, `c`."""
    return make_dataset({"a": street, "b": np.fliplr(street), "c": street}, valid=("c.png",))


def write_grey_png(path, label, bits: int) -> None:
    """Write a grey PNG of 2 or 4 bits, which Pillow does not write (ISO/IEC 15948, section 11.2.2)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    parts = 8 // bits
    packed = np.zeros((label.shape[0], label.shape[1] // parts), dtype=np.uint8)
    for place in range(parts):
        packed |= label[:, place::parts] << (8 - bits * (place + 1))
    rows = b"".join(b"\0" + row.tobytes() for row in packed)
    header = struct.pack(">IIBBBBB", label.shape[1], label.shape[0], bits, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def read_first(root) -> tuple[np.ndarray, np.ndarray]:
    dataset = open_dataset(root)
    return dataset.read(dataset.frames("all")[0])


# What is read


@pytest.mark.parametrize("suffix", [".png", ".PNG"])
def test_png_frames_come_back_as_they_were_written(make_dataset, street, paint, suffix):
    image, label = read_first(make_dataset({"a": street}, suffix=suffix))

    assert np.array_equal(image, paint(street))
    assert np.array_equal(label, street)
    assert image.dtype == label.dtype == np.uint8


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".JPG"])
def test_jpeg_frames_come_back_nearly_as_they_were_written(make_dataset, paint, suffix):
    sky = np.zeros((32, 48), dtype=np.uint8)
    image, label = read_first(make_dataset({"a": sky}, suffix=suffix))

    assert np.abs(image.astype(int) - paint(sky)).max() <= 3
    assert np.array_equal(label, sky)


def test_a_palette_png_is_read_by_its_numbers_not_its_colours(root, street, colours):
    picture = Image.fromarray(street)
    picture.putpalette(colours.palette.tobytes())
    picture.save(root / "labels" / "a_P.png")

    assert np.array_equal(read_first(root)[1], street)


def test_a_label_png_of_fewer_bits_is_read_by_its_numbers(root, street):
    picture = Image.fromarray(street)
    picture.putpalette(bytes(range(12)))  # four colours
    picture.save(root / "labels" / "a_P.png", bits=2)

    assert np.array_equal(read_first(root)[1], street)


def test_the_data_set_is_called_after_its_folder(root):
    assert open_dataset(root).name == "toy"


def test_other_files_among_the_pictures_are_left_alone(root):
    (root / "images" / "Thumbs.db").write_bytes(b"")
    (root / "images" / "notes.txt").write_text("notes")

    assert len(open_dataset(root).frames("all")) == 3


# Splits


def test_frames_in_valid_txt_are_for_validation_and_all_others_for_training(root):
    dataset = open_dataset(root)

    assert [frame.name for frame in dataset.train] == ["a", "b"]
    assert [frame.name for frame in dataset.valid] == ["c"]


def test_all_is_training_then_validation(make_dataset, street):
    dataset = open_dataset(make_dataset({"a": street, "b": street, "c": street}, valid=("a.png",)))

    assert [frame.name for frame in dataset.frames("all")] == ["b", "c", "a"]


@pytest.mark.parametrize("line", ["b.png", "b.jpg", "b"])
def test_valid_txt_may_name_frames_with_any_ending(make_dataset, street, line):
    dataset = open_dataset(make_dataset({"a": street, "b": street}, valid=(line,), suffix=".jpg"))

    assert [frame.name for frame in dataset.valid] == ["b"]


def test_a_frames_name_may_have_spaces(make_dataset, street):
    dataset = open_dataset(make_dataset({"street 1": street, "street 2": street}, valid=("street 2.png",)))

    assert [frame.name for frame in dataset.valid] == ["street 2"]


# Class lists


def test_camvids_codes_give_camvids_class_list(make_dataset, street):
    assert open_dataset(make_dataset({"a": street}, codes=CAMVID_32.names)).class_list is CAMVID_32


def test_camvids_codes_in_another_order_are_another_list(make_dataset, street):
    backwards = CAMVID_32.names[::-1]
    class_list = open_dataset(make_dataset({"a": street}, codes=backwards)).class_list

    assert class_list.names == backwards
    assert class_list.void == 1
    assert class_list.classes[class_list.index("Road")].colour == (128, 64, 128)


def test_own_codes_give_an_own_list_with_colours_that_differ(make_dataset, street):
    codes = ("Shop", "Boat", "Ship", "Crane", "Quay", "Rope")
    class_list = open_dataset(make_dataset({"a": street}, codes=codes)).class_list

    assert class_list.names == codes
    assert class_list.name == "toy"
    assert class_list.void is None
    assert len({c.colour for c in class_list.classes}) == 6


def test_a_class_name_may_have_spaces(make_dataset, street):
    codes = ("Sky", "Traffic Light", "Zebra Crossing", "Tree")

    assert open_dataset(make_dataset({"a": street}, codes=codes)).class_list.names == codes


@pytest.mark.parametrize(
    "content", ["\ufeffSky\r\nRoad\r\n", "\nSky\n\n Road \n\n"], ids=["Windows", "blank lines"]
)
def test_codes_may_come_from_any_editor(root, content):
    (root / "codes.txt").write_text(content, "utf-8", newline="")

    assert open_dataset(root).class_list.names == ("Sky", "Road")


def test_own_codes_with_void_have_a_void(make_dataset, street):
    assert (
        open_dataset(make_dataset({"a": street}, codes=("Void", "Boat", "Ship", "Crane"))).class_list.void
        == 0
    )


@given(st.integers(2, 60))
def test_made_up_colours_of_neighbouring_classes_are_far_apart(number):
    distance = np.abs(np.subtract(spread_colour(number), spread_colour(number + 1))).max()
    assert distance > 40


# What is refused


def test_a_missing_list_is_named_with_the_layouts(root, refusal):
    (root / "codes.txt").unlink()

    sentence = refusal(lambda: open_dataset(root))
    assert f"{root} has no codes.txt, as fastai's layout has;" in sentence
    assert "fastai's (images, labels, codes.txt)" in sentence


@pytest.mark.parametrize("part", ["images", "labels"])
def test_a_missing_folder_is_named(root, part, refusal):
    (root / part).rename(root / "elsewhere")

    assert f"{root} has no {part}, as fastai's layout has;" in refusal(lambda: open_dataset(root))


def test_a_folder_that_does_not_exist_is_named(tmp_path, refusal):
    assert f"{tmp_path / 'nowhere'} does not exist" in refusal(lambda: open_dataset(tmp_path / "nowhere"))


def test_a_file_instead_of_a_folder_is_named(tmp_path, refusal):
    (tmp_path / "file").write_text("no data set")

    assert f"{tmp_path / 'file'} is a file; give the folder" in refusal(
        lambda: open_dataset(tmp_path / "file")
    )


@pytest.mark.parametrize("part", ["images", "labels", "codes.txt"])
def test_a_file_where_a_folder_belongs_or_the_other_way_round_is_named(root, part, refusal):
    path = root / part
    path.rename(root / "elsewhere")
    if "." in part:
        path.mkdir()
    else:
        path.write_text("")

    assert part in refusal(lambda: open_dataset(root))


def test_a_data_set_without_pictures_is_refused(root, refusal):
    for picture in (root / "images").iterdir():
        picture.unlink()

    sentence = refusal(lambda: open_dataset(root))
    assert f"{root} holds no pictures, but 3 pictures in labels" in sentence
    assert "put PNG or JPEG files there" in sentence


def test_a_missing_label_map_is_named_with_its_picture(root, refusal):
    (root / "labels" / "b_P.png").unlink()

    sentence = refusal(lambda: open_dataset(root))
    assert "b.png has no label map" in sentence
    assert str(root / "labels" / "b_P.png") in sentence


@pytest.mark.parametrize("part", ["codes.txt", "valid.txt"])
def test_a_list_that_is_not_text_is_named(root, part, refusal):
    (root / part).write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    assert part in refusal(lambda: open_dataset(root))


@pytest.mark.parametrize(
    "codes",
    [[], ["Sky", "Road", "Sky"], [f"Class{n}" for n in range(256)], ["S\x1b[2Jky"], ["S" * 65]],
    ids=["none", "one twice", "more than a label map can count", "command", "long"],
)
def test_codes_that_make_no_class_list_are_refused(root, codes, refusal):
    (root / "codes.txt").write_text("\n".join(codes))

    assert "codes.txt" in refusal(lambda: open_dataset(root))


def test_a_label_map_of_another_size_is_named_with_both_sizes(root, refusal):
    Image.fromarray(np.zeros((40, 47), dtype=np.uint8)).save(root / "labels" / "a_P.png")

    sentence = refusal(lambda: read_first(root))
    assert "a_P.png is 47 x 40 pixels" in sentence
    assert "a.png is 48 x 40" in sentence


def test_a_number_beyond_the_class_list_is_named_with_the_last_one(root, street, refusal):
    street = street.copy()
    street[3, 4] = 4
    Image.fromarray(street).save(root / "labels" / "a_P.png")

    assert (
        refusal(lambda: read_first(root)) == "a_P.png holds the class number 4, but the class list ends at 3."
    )


def test_a_label_in_colours_is_refused(root, street, paint, refusal):
    Image.fromarray(paint(street)).save(root / "labels" / "a_P.png")

    sentence = refusal(lambda: read_first(root))
    assert "a_P.png is a PNG of mode RGB" in sentence
    assert "one number a pixel" in sentence


def test_a_label_of_16_bits_is_read_by_its_numbers(root, street):
    Image.fromarray(street.astype(np.uint16)).save(root / "labels" / "a_P.png")

    label = read_first(root)[1]
    assert np.array_equal(label, street)
    assert label.dtype == np.uint8


def test_a_number_of_16_bits_is_not_cut_to_8(root, street, refusal):
    Image.fromarray(street.astype(np.uint16) + 256).save(root / "labels" / "a_P.png")

    assert "holds the class number 259" in refusal(lambda: read_first(root))


@pytest.mark.parametrize("bits", [2, 4])
def test_a_grey_label_png_of_fewer_bits_is_read_by_its_numbers(root, street, bits):
    write_grey_png(root / "labels" / "a_P.png", street, bits)

    assert np.array_equal(read_first(root)[1], street)


def test_a_jpeg_that_claims_to_be_a_label_map_is_refused(root, street, refusal):
    Image.fromarray(street).save(root / "labels" / "a_P.png", "JPEG")

    assert f"{root / 'labels' / 'a_P.png'} cannot be read as a PNG" in refusal(lambda: read_first(root))


def test_a_label_map_that_ends_early_is_refused(root, refusal):
    path = root / "labels" / "a_P.png"
    path.write_bytes(path.read_bytes()[:60])

    assert f"{path} cannot be read as a PNG" in refusal(lambda: read_first(root))


def test_a_label_map_of_a_billion_pixels_is_refused_undecoded(root, refusal):
    # The size stands in bytes 16 to 24 of a PNG (ISO/IEC 15948, section 11.2.2); its checksum follows
    path = root / "labels" / "a_P.png"
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 32_000, 32_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)

    assert "a_P.png" in refusal(lambda: read_first(root))


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"], ids=["empty", "text", "half"])
def test_a_picture_that_cannot_be_read_is_named(root, content, refusal):
    (root / "images" / "a.png").write_bytes(content)

    assert f"{root / 'images' / 'a.png'} cannot be read: " in refusal(lambda: read_first(root))


@pytest.fixture(scope="module")
def label_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("labels") / "a_P.png"
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16) % 4).save(path)
    return path, path.read_bytes()


@given(st.data())
def test_damage_to_a_label_map_is_refused_or_harmless(label_bytes, data):
    path, content = label_bytes
    damaged = bytearray(content)
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        damaged[position] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)

    try:
        label = read_indices(path, COLOURS)
    except DatasetError:
        return
    assert label.max() < 4


# The real frames


@pytest.mark.camvid
def test_camvid_has_468_frames_of_which_101_are_for_validation(camvid):
    dataset = open_dataset(camvid)

    assert len(dataset.frames("all")) == 468
    assert (len(dataset.train), len(dataset.valid)) == (367, 101)
    assert [(c.name, c.colour) for c in dataset.class_list.classes] == [
        (c.name, c.colour) for c in CAMVID_32.classes
    ]


@pytest.mark.camvid
def test_camvids_frames_are_of_one_size_and_have_12_of_the_32_classes(camvid):
    dataset = open_dataset(camvid)
    seen: set[int] = set()
    for frame in dataset.frames("all")[::20]:
        image, label = dataset.read(frame)
        assert image.shape == (360, 480, 3)
        assert label.shape == (360, 480)
        seen |= set(np.unique(label).tolist())

    assert {CAMVID_32.names[number] for number in seen} == {*CAMVID_11.names, "Void"}
