"""Exports of annotation tools and class lists of all kinds: a layout is known by what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.classes import CAMVID_32
from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.layouts.opening import open_dataset
from core.datasets.palettes import voc_palette
from tests.conftest import ROOT, Labels
from tests.layouts import STREET, colours_of, picture

CASES = ROOT / "../shared/cases"
COLOUR_LINES = "".join("{} {} {} {}\n".format(*c.colour, c.name) for c in STREET.classes)


def write_export(root: Path, subsets: dict[str, Labels], draw: Callable[[Labels], Image.Image]) -> Path:
    """Write SUBSET/NAME.jpg, SUBSETannot/NAME.png and SUBSET.txt, as CVAT does; returns the folder."""
    for number, (subset, label) in enumerate(subsets.items(), start=1):
        name = f"frame{number}"
        (root / subset).mkdir(parents=True)
        (root / f"{subset}annot").mkdir()
        picture(label, number).save(root / subset / f"{name}.jpg")
        draw(label).save(root / f"{subset}annot" / f"{name}.png")
        line = f"/{subset}/{name}.jpg /{subset}annot/{name}.png\n"
        (root / f"{subset}.txt").write_text(line)
    return root


def write_roboflow(root: Path, labels: dict[str, Labels], table: str) -> Path:
    """Write pictures and masks side by side in a folder for each split, as Roboflow does."""
    for number, (split, label) in enumerate(labels.items(), start=1):
        folder = root / split
        folder.mkdir(parents=True)
        name = f"street-{number}_jpg.rf.0f3a{number}"
        picture(label, number).save(folder / f"{name}.jpg")
        Image.fromarray(label).save(folder / f"{name}_mask.png")
        (folder / "_classes.csv").write_text(table)
    return root


def palette_picture(label: Labels) -> Image.Image:
    found = Image.fromarray(label)
    found.putpalette(STREET.palette.tobytes())
    return found


# CVAT and Datumaro


@pytest.mark.parametrize(
    "draw", [colours_of, Image.fromarray, palette_picture], ids=["RGB", "grey", "palette"]
)
@pytest.mark.parametrize("subsets", [("train", "val"), ("default",), ("train", "test", "default")])
def test_cvats_export_is_read_by_its_class_list(tmp_path, street, draw, subsets):
    root = write_export(tmp_path / "set", dict.fromkeys(subsets, street), draw)
    (root / "label_colors.txt").write_text("# red green blue name\n" + COLOUR_LINES)

    dataset = open_dataset(root)
    assert dataset.layout == "cvat"
    assert dataset.class_list.names == STREET.names
    assert len(dataset.frames()) == len(subsets)
    for frame in dataset.frames():
        assert np.array_equal(dataset.read_label(frame), street)


def test_subsets_are_splits_by_their_names(tmp_path, street):
    subsets = dict.fromkeys(("default", "Train", "validation", "TEST"), street)
    root = write_export(tmp_path / "set", subsets, colours_of)
    (root / "label_colors.txt").write_text(COLOUR_LINES)

    dataset = open_dataset(root)
    assert [len(dataset.frames(split)) for split in ("train", "valid", "test")] == [2, 1, 1]


def test_a_default_subset_alone_is_split_by_our_rule(tmp_path, street):
    root = write_export(tmp_path / "set", {"default": street}, colours_of)
    for number in range(2, 12):
        picture(street, number).save(root / "default" / f"frame{number}.jpg")
        colours_of(street).save(root / "defaultannot" / f"frame{number}.png")
    (root / "label_colors.txt").write_text(COLOUR_LINES)

    report = check(root)
    assert report.splits == {"train": 9, "valid": 2, "test": 0}
    assert "does not say how it is split" in report.notes[0]


def test_a_class_list_of_names_alone_has_vocs_colours(tmp_path, street):
    colours = voc_palette(4)
    root = write_export(tmp_path / "set", {"train": street}, lambda label: Image.fromarray(colours[label]))
    (root / "label_colors.txt").write_text("background\nroad surface\ntree\nsky\n")

    dataset = open_dataset(root)
    assert dataset.class_list.names == ("background", "road surface", "tree", "sky")
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_camvids_colours_without_a_class_list_are_camvids_classes(tmp_path, street):
    root = write_export(tmp_path / "set", {"train": street}, lambda label: colours_of(label, CAMVID_32))

    dataset = open_dataset(root)
    assert dataset.class_list is CAMVID_32
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


@pytest.mark.parametrize("file", ["label_colors.txt", "class_dict.csv"])
def test_grey_numbers_count_by_the_list_beside_them(tmp_path, street, file):
    root = write_export(tmp_path / "set", {"train": street}, Image.fromarray)
    table = "name,r,g,b\n" + "".join("{},{},{},{}\n".format(c.name, *c.colour) for c in STREET.classes)
    (root / file).write_text(COLOUR_LINES if file == "label_colors.txt" else table)

    dataset = open_dataset(root)
    assert dataset.class_list.names == STREET.names
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_the_tutorials_grey_numbers_without_a_list_stay_segnets(tmp_path, street):
    root = write_export(tmp_path / "set", {"train": street}, Image.fromarray)

    dataset = open_dataset(root)
    assert (dataset.layout, len(dataset.class_list)) == ("segnet", 12)


def test_the_case_has_three_classes():
    report = check(CASES / "cvat-camvid-export" / "set")

    assert (report.classes, set(report.pixels)) == (3, {"Void", "Road", "Car"})
    assert report.splits == {"train": 1, "valid": 1, "test": 0}
    assert {problem.kind for problem in report.problems} <= {"duplicate picture"}  # so it is in the case


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_an_export_can_be_imported(tmp_path, street, order):
    root = write_export(tmp_path / "set", {"train": street, "val": street}, colours_of)
    (root / "label_colors.txt").write_text("".join(COLOUR_LINES.splitlines(keepends=True)[n] for n in order))

    imported = import_dataset(root, tmp_path / "data" / "street")
    names = np.array(imported.class_list.names)
    for frame in imported.frames():
        assert (names[imported.read_label(frame)] == np.array(STREET.names)[street]).all()


# Roboflow


@pytest.mark.parametrize(
    "header", ["Pixel Value, Class", "pixel value,class", "Pixel Value;Class", "Class,Pixel Value,Colour"]
)
def test_roboflows_masks_are_read_by_their_numbers(tmp_path, street, header):
    separator = ";" if ";" in header else ","
    cells = [(str(number), f" {name}") for number, name in enumerate(("background", "Road", "Tree", "Car"))]
    if header.startswith("Class"):
        cells = [(name, number, "#000000") for number, name in cells]
    table = "\n".join([header, *(separator.join(row) for row in cells)]) + "\n"
    root = write_roboflow(tmp_path / "set", {"train": street, "valid": street, "test": street}, table)

    dataset = open_dataset(root)
    assert dataset.layout == "roboflow"
    assert dataset.class_list.names == ("background", "Road", "Tree", "Car")
    assert [len(dataset.frames(split)) for split in ("train", "valid", "test")] == [1, 1, 1]
    for frame in dataset.frames():
        assert np.array_equal(dataset.read_label(frame), street)
    assert {problem.kind for problem in check(root).problems} == set()


def test_numbers_with_gaps_are_those_of_the_table(tmp_path, street):
    values = np.array([7, 0, 200, 255], dtype=np.uint8)
    table = "Pixel Value, Class\n7, sky\n0, road\n200, tree\n255, car\n"
    root = write_roboflow(tmp_path / "set", {"train": values[street], "valid": values[street]}, table)

    dataset = open_dataset(root)
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)
    imported = import_dataset(root, tmp_path / "data" / "street")
    assert np.array_equal(imported.read_label(imported.train[0]), street)


def test_a_number_that_the_table_lacks_is_named(tmp_path, street, refusal):
    table = "Pixel Value, Class\n0, sky\n1, road\n2, tree\n"
    dataset = open_dataset(write_roboflow(tmp_path / "set", {"train": street}, table))

    assert "holds the class number 3" in refusal(lambda: dataset.read_label(dataset.train[0]))


def test_one_table_beside_the_folders_is_enough(tmp_path, street):
    table = "Pixel Value, Class\n0, sky\n1, road\n2, tree\n3, car\n"
    root = write_roboflow(tmp_path / "set", {"train": street, "valid": street}, table)
    (root / "train" / "_classes.csv").rename(root / "_classes.csv")
    (root / "valid" / "_classes.csv").unlink()

    assert len(open_dataset(root).frames()) == 2


def test_tables_that_differ_are_refused(tmp_path, street, refusal):
    table = "Pixel Value, Class\n0, sky\n1, road\n2, tree\n3, car\n"
    root = write_roboflow(tmp_path / "set", {"train": street, "valid": street}, table)
    (root / "valid" / "_classes.csv").write_text(table.replace("road", "street"))

    assert "list different classes" in refusal(lambda: open_dataset(root))


def test_a_table_of_classes_by_picture_is_no_class_list(tmp_path, street, refusal):
    root = write_roboflow(tmp_path / "set", {"train": street}, "filename, road, sky\na.jpg, 1, 0\n")

    assert "must begin with the line name,r,g,b or Pixel Value,Class" in refusal(lambda: open_dataset(root))


# Class lists


def kaggle_with(make_layout, street_frames, table: str | bytes) -> Path:
    root = make_layout("kaggle", street_frames)
    (root / "class_dict.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return root


ROWS = [(c.name, *map(str, c.colour)) for c in STREET.classes]
TABLE = "\n".join(["name,r,g,b", *map(",".join, ROWS)]) + "\n"


@pytest.mark.parametrize(
    "table",
    [
        TABLE.replace("name,r,g,b", "Name,R,G,B"),
        TABLE.replace("name,r,g,b", "CLASS NAME , Red, Green, Blue"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace(",", ", ").replace("\n", "\r\n"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace("\n", ",a remark\n"),
        "\n".join(["b,g,r,name,id", *(",".join((*reversed(row), "5")) for row in ROWS)]),
        "\n".join(["name,r,g,b", *(",".join(f'"{cell}"' for cell in row) for row in ROWS)]),
    ],
    ids=[
        *("upper case", "other words", "semicolons", "tabs", "Windows", "UTF-16", "UTF-16-LE", "UTF-16-BE"),
        *("mark", "more columns", "another order", "quotes"),
    ],
)
def test_class_tables_may_come_from_any_program(make_layout, street_frames, street, table):
    dataset = open_dataset(kaggle_with(make_layout, street_frames, table))

    assert [(c.name, c.colour) for c in dataset.class_list.classes] == [
        (c.name, c.colour) for c in STREET.classes
    ]
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_names_in_latin_1_are_read(make_layout, street_frames):
    table = TABLE.replace("Tree", "B\u00e4ume").encode("latin-1")

    assert "B\u00e4ume" in open_dataset(kaggle_with(make_layout, street_frames, table)).class_list.names


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.replace("Road", "R" * 140_000), "has 140,011 characters in row 3"),
        (TABLE.replace("Road", "R" * 5_000), "up to 64 printable characters"),
        (TABLE.replace("Road", "Ro\0ad"), "is not a text file"),
        (TABLE.replace("Road", '"Road'), "has a quote in row 3 that is never closed"),
        (TABLE.replace("Road", '"Ro"ad'), "has a quote in row 3"),
        (TABLE.replace("name,r,g,b\n", ""), "must begin with the line name,r,g,b"),
        (TABLE.replace("128,64,128", "128,64"), "has the line 'Road,128,64'"),
        (TABLE + "a\n" * 5_000, "has 5,005 rows"),
        (bytes(range(256)), "is not a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is not a text file"),
        (b"a" * 5 * 1024**2, "is larger than 4 MB"),
    ],
)
def test_a_class_table_that_cannot_be_read_is_one_sentence(make_layout, street_frames, refusal, table, said):
    root = kaggle_with(make_layout, street_frames, table)

    sentence = refusal(lambda: open_dataset(root))
    assert sentence.startswith(str(root / "class_dict.csv"))
    assert said in sentence
    assert len(sentence) < 300 + len(str(root))


def test_the_case_of_a_long_field_is_one_sentence(refusal):
    sentence = refusal(lambda: check(CASES / "csv-long-field" / "kaggle_longfield"))

    assert "class_dict.csv has 140,006 characters in row 2" in sentence


def test_kaggles_label_maps_may_hold_numbers(make_layout, street_frames, street):
    root = make_layout("kaggle", street_frames)
    for split, labels in street_frames.items():
        for name, label in labels.items():
            folder = f"{'val' if split == 'valid' else split}_labels"
            Image.fromarray(label).save(root / folder / f"{name}_L.png")

    dataset = open_dataset(root)
    assert dataset.colour_labels is False
    assert np.array_equal(dataset.read_label(dataset.train[0]), street)


def test_one_grey_file_among_colours_is_read_as_what_it_is(make_layout, street_frames, street):
    root = make_layout("kaggle", street_frames)
    numbers = np.where(street == 3, 2, street).astype(np.uint8)  # without black, which is both 0 and Void
    Image.fromarray(numbers + 1).save(root / "train_labels" / "0016E5_00390_L.png")
    grey = Image.fromarray(np.where(street == 0, 128, 0).astype(np.uint8))  # Sky and Void, shrunk to grey
    grey.save(root / "val_labels" / "0016E5_07959_L.png")

    dataset = open_dataset(root)
    assert np.array_equal(dataset.read_label(dataset.frame("0016E5_00390")), numbers + 1)
    assert np.array_equal(dataset.read_label(dataset.frame("0016E5_07959")), np.where(street == 0, 0, 3))
