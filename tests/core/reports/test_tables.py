"""Tables: rows of plain values, by hand, and CSV that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest

from core.classes import CAMVID_31, ClassList, SegmentationClass
from core.reports.tables import class_share_rows, pin_rows, reading_csv, reading_rows, to_csv
from core.segmentation.pins import pin
from core.segmentation.reading import PixelReading, pixel_predictions
from core.segmentation.segmentation import Segmentation

THREE = ClassList("Three", tuple(SegmentationClass(name, (n, n, n)) for n, name in enumerate("ABC")))


def two_pixels() -> PixelReading:
    """Pixels (7, 3) and (7, 4), the second chosen: 50 % A, 25 % B and C; all C."""
    table = np.array([[0.5, 0.25, 0.25], [0, 0, 1]], dtype=np.float32)
    labels = np.array([0, 2], dtype=np.uint8)
    return PixelReading(
        pixel_predictions([(7, 3), (7, 4)], (7, 4), labels, table, THREE.names, 5), table, THREE
    )


def test_a_reading_has_runner_up_margin_and_entropy():
    assert reading_rows(two_pixels()) == [
        {
            "row": 7,
            "column": 3,
            "chosen": False,
            "class": "A",
            "probability": 0.5,
            "runner-up": "B",
            "margin": 0.25,
            "entropy": 1.5,
        },
        {
            "row": 7,
            "column": 4,
            "chosen": True,
            "class": "C",
            "probability": 1.0,
            "runner-up": "A",
            "margin": 1.0,
            "entropy": 0.0,
        },
    ]


def test_a_reading_as_csv_has_every_classs_probability():
    header, first, second = reading_csv(two_pixels()).splitlines()

    assert header == "row,column,chosen,class,probability,runner-up,margin,entropy,p(A),p(B),p(C)"
    assert first == "7,3,False,A,0.5,B,0.25,1.5,0.5,0.25,0.25"
    assert second == "7,4,True,C,1.0,A,1.0,0.0,0.0,0.0,1.0"


def test_one_class_has_no_runner_up():
    table = np.ones((1, 1), dtype=np.float32)
    found = pixel_predictions([(0, 0)], (0, 0), np.zeros(1, dtype=np.uint8), table, ["A"], 5)
    (row,) = reading_rows(PixelReading(found, table, ClassList("One", THREE.classes[:1])))

    assert row["runner-up"] is None
    assert row["margin"] is None
    assert row["entropy"] == 0


def test_a_pin_keeps_what_was_believed():
    kept = pin("kerb", "street.jpg", "street-lite0", "512", two_pixels().pixels[0])

    assert pin_rows([kept]) == [
        {
            "name": "kerb",
            "photo": "street.jpg",
            "model": "street-lite0",
            "size": "512",
            "row": 7,
            "column": 3,
            "class": "A",
            "probability": 0.5,
            "runner-up": "B",
            "margin": 0.25,
            "entropy": 1.5,
            "certainty": "leaning towards A",
            "top classes": "A 50%, B 25%, C 25%",
        }
    ]


def test_pins_stay_in_their_order_and_may_share_a_name():
    pixels = two_pixels().pixels
    rows = pin_rows([pin("x", "a.jpg", "m", "512", pixels[1]), pin("x", "a.jpg", "m", "512", pixels[0])])

    assert [row["column"] for row in rows] == [4, 3]


def test_class_shares_come_with_the_mean_confidence_of_each_class():
    labels = np.array([[2, 2], [2, 0]], dtype=np.uint8)
    confidence = np.array([[0.5, 0.75], [1.0, 0.25]], dtype=np.float32)
    image, logits = np.zeros((2, 2, 3), dtype=np.uint8), np.zeros((3, 2, 2), np.float16)

    assert class_share_rows(Segmentation(image, labels, logits, 1, THREE, "none", confidence)) == [
        {"class": "C", "pixels": 3, "share": 0.75, "mean confidence": 0.75},
        {"class": "A", "pixels": 1, "share": 0.25, "mean confidence": 0.25},
    ]


def test_no_rows_are_no_csv():
    assert to_csv([]) == ""


def test_csv_reads_back():
    rows = [{"name": 'a "quoted", name', "share": 0.1, "none": None}, {"name": "ü", "share": 1, "none": "x"}]
    found = list(csv.DictReader(io.StringIO(to_csv(rows))))

    assert [row["name"] for row in found] == ['a "quoted", name', "ü"]
    assert [float(row["share"]) for row in found] == [0.1, 1]
    assert [row["none"] for row in found] == ["", "x"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_is_never_a_formula(text):
    ((name,), (value,)) = csv.reader(io.StringIO(to_csv([{text: text}]), newline=""))

    assert name == value == "'" + text.replace("\r", "\n")


@pytest.mark.parametrize("value", [-0.5, -3, math.inf, 0])
def test_a_number_stays_a_number(value):
    assert to_csv([{"n": value}]) == f"n\n{value}\n"


def test_each_of_many_classes_says_its_group() -> None:
    image, labels = (
        np.zeros((1, 2, 3), np.uint8),
        np.array([[CAMVID_31.index("Train"), CAMVID_31.index("Sky")]]),
    )
    logits, confidence = np.zeros((31, 1, 2), np.float16), np.ones((1, 2), np.float32)
    segmentation = Segmentation(image, labels.astype(np.uint8), logits, 1, CAMVID_31, "none", confidence)
    assert [(row["class"], row["group"]) for row in class_share_rows(segmentation)] == [
        ("Sky", "Sky and ceiling"),
        ("Train", "Moving objects"),
    ]
