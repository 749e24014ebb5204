"""Masks, overlays and the chart of a reading, by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.errors import TemperatureError
from core.reports.charts import (
    FRAME,
    chart_text,
    class_stacks,
    css,
    pins_chart,
    pixel_axis,
    temperature_chart,
)
from core.segmentation.painting import colour_mask, overlay
from core.segmentation.pins import pin
from core.segmentation.reading import PixelPrediction, PixelReading, Shape, neighbourhood, pixel_predictions
from core.segmentation.segmentation import Segmentation

THREE = ClassList(
    "Three",
    (
        SegmentationClass("A", (255, 0, 0)),
        SegmentationClass("B", (0, 255, 0)),
        SegmentationClass("C", (0, 0, 255)),
    ),
)


def reading(probabilities: list[list[float]], chosen: int, first: int = 0) -> PixelReading:
    """A reading of row 7 with these probabilities, whose first pixel is in column `first`."""
    table = np.array(probabilities, dtype=np.float32)
    pixels = tuple(PixelPrediction(7, first + n, "A", 0.5, n == chosen, (), 0, "") for n in range(len(table)))
    return PixelReading(pixels, table, THREE)


def reading_around(row: int, col: int, shape: Shape) -> PixelReading:
    """A reading in a picture of 100 x 100 pixels whose chosen pixel is 60 % B, 30 % A, 10 % C."""
    rows, cols = neighbourhood(row, col, 100, 100, shape)
    pixels = list(zip(rows.tolist(), cols.tolist(), strict=True))
    table = np.array([[0.3, 0.6, 0.1]] * len(pixels), dtype=np.float32)
    labels = np.full(len(pixels), 1, dtype=np.uint8)
    return PixelReading(
        pixel_predictions(pixels, (row, col), labels, table, THREE.names, 5), table, THREE, shape
    )


def segmentation(colour: tuple[int, int, int], label: int) -> Segmentation:
    """One pixel of this colour with this CamVid class."""
    image = np.array([[colour]], dtype=np.uint8)
    labels = np.array([[label]], dtype=np.uint8)
    return Segmentation(image, labels, np.zeros((32, 1, 1), np.float16), 1, CAMVID_32, "none")


def test_colour_mask_shows_each_class_in_its_colour():
    labels = np.array([[17, 21], [30, 22]], dtype=np.uint8)

    assert colour_mask(labels, CAMVID_32).tolist() == [
        [[128, 64, 128], [128, 128, 128]],
        [[0, 0, 0], [64, 128, 192]],
    ]


def test_colour_mask_is_a_picture_of_bytes():
    mask = colour_mask(np.zeros((2, 3), dtype=np.uint8), CAMVID_32)

    assert mask.shape == (2, 3, 3)
    assert mask.dtype == np.uint8


@pytest.mark.parametrize(
    ("opacity", "expected"),
    [(0.0, [100, 200, 0]), (1.0, [128, 64, 128]), (0.5, [114, 132, 64]), (0.25, [107, 166, 32])],
)
def test_overlay_mixes_photo_and_mask_by_opacity(opacity, expected):
    road = CAMVID_32.index("Road")

    assert overlay(segmentation((100, 200, 0), road), opacity)[0, 0].tolist() == expected


def test_overlay_rounds_to_the_nearest_byte():
    # 0.55 * (64, 128, 192) = (35.2, 70.4, 105.6)
    assert overlay(segmentation((0, 0, 0), CAMVID_32.index("SUVPickupTruck")))[0, 0].tolist() == [35, 70, 106]


def test_chart_has_the_pixels_columns_from_left_to_right():
    axis = pixel_axis(reading([[1, 0, 0], [1, 0, 0], [1, 0, 0]], chosen=1, first=9))

    assert axis.labels == ["9", "10", "11"]
    assert axis.title == "column (row 7)"
    assert axis.pixel.format(9) == "Pixel (7, 9)"


def test_chart_stacks_classes_from_the_most_probable_in_their_colours():
    stacks = class_stacks(reading([[0.1, 0.2, 0.7], [0.1, 0.4, 0.5]], chosen=0))

    assert [stack.name for stack in stacks] == ["C", "B", "A"]
    assert [stack.colour for stack in stacks] == ["rgb(0, 0, 255)", "rgb(0, 255, 0)", "rgb(255, 0, 0)"]
    assert stacks[0].heights == pytest.approx([0.7, 0.5])


def test_chart_sums_up_the_classes_that_get_no_colour_of_their_own():
    stacks = class_stacks(reading([[0.1, 0.2, 0.7], [0.1, 0.4, 0.5]], chosen=0), classes=1)

    assert [stack.name for stack in stacks] == ["C", "2 others"]
    assert stacks[1].heights == pytest.approx([0.3, 0.5])


def test_chart_sums_up_one_other_class_as_one():
    stacks = class_stacks(reading([[0.1, 0.2, 0.7]], chosen=0), classes=2)

    assert [stack.name for stack in stacks] == ["C", "B", "1 other"]


def test_chart_gives_no_bar_to_a_class_that_nobody_would_see():
    stacks = class_stacks(reading([[0.997, 0.003, 0], [0.6, 0.004, 0.396]], chosen=0))

    assert [stack.name for stack in stacks] == ["A", "C", "1 other"]


def test_chart_bars_reach_one_at_every_pixel():
    random = np.random.default_rng(0).dirichlet([1, 1, 1], size=21)
    stacks = class_stacks(reading(random.tolist(), chosen=10), classes=2)

    assert np.sum([stack.heights for stack in stacks], axis=0) == pytest.approx(np.ones(21), abs=1e-6)


def test_chart_of_a_column_has_the_rows_from_top_to_bottom():
    axis = pixel_axis(reading_around(50, 3, "column"))

    assert axis.labels == [str(row) for row in range(40, 61)]
    assert axis.title == "row (column 3)"
    assert axis.pixel.format(40) == "Pixel (40, 3)"


def test_chart_of_a_square_names_both_coordinates_row_by_row():
    axis = pixel_axis(reading_around(50, 3, "square"))

    assert axis.labels[:4] == ["(48, 2)", "(48, 3)", "(48, 4)", "(49, 1)"]
    assert axis.labels[10] == "(50, 3)"
    assert axis.title == "pixel (row, column)"
    assert axis.pixel.format("(50, 3)") == "Pixel (50, 3)"


@pytest.mark.parametrize("shape", ["row", "column", "square"])
def test_chart_has_a_bar_for_every_pixel_of_every_shape(shape):
    assert len(set(pixel_axis(reading_around(0, 99, shape)).labels)) == 21


def test_temperature_stands_beside_what_the_network_said():
    before, after = temperature_chart(reading_around(50, 3, "row"), 0.5).data

    assert before.y == after.y == ("B", "A", "C")
    assert list(before.x) == pytest.approx([0.6, 0.3, 0.1])
    # at 1/2 the probabilities are squared and made to sum to 1 again
    assert list(after.x) == pytest.approx([0.36 / 0.46, 0.09 / 0.46, 0.01 / 0.46])
    assert before.text == ("60.0% at T = 1", "30.0% at T = 1", "10.0% at T = 1")
    assert after.text == ("78.3% at T = 0.5", "19.6% at T = 0.5", "2.2% at T = 0.5")


def test_temperature_chart_shows_as_many_classes_as_asked_for():
    assert len(temperature_chart(reading_around(50, 3, "row"), 3, classes=2).data[1].x) == 2


def test_a_temperature_that_does_not_exist_has_no_chart():
    with pytest.raises(TemperatureError):
        temperature_chart(reading_around(50, 3, "row"), 0)


@pytest.mark.parametrize("shape", ["row", "column", "square"])
def test_bars_have_an_edge_so_that_black_is_seen_on_black(shape):
    shown = reading_around(50, 3, shape)

    for bars in temperature_chart(shown, 2).data:
        assert bars.marker.line.width > 0
        assert bars.marker.line.color == "rgb(128, 128, 128)"


def test_the_frame_has_a_colour_that_no_class_has():
    assert FRAME not in {css(colour) for colour in CAMVID_32.palette.tolist()}


def test_pins_are_bars_to_100_per_cent_one_below_the_other():
    belief = reading_around(50, 3, "row").chosen
    pins = [pin("kerb", "a.jpg", "m", "512", belief), pin("kerb", "b.jpg", "m", "512", belief)]
    figure = pins_chart(pins, {"A": (255, 0, 0), "B": (0, 255, 0)})

    assert [bar.name for bar in figure.data] == ["B", "A", "C", "others"]
    assert [bar.marker.color for bar in figure.data[:2]] == ["rgb(0, 255, 0)", "rgb(255, 0, 0)"]
    assert all(list(bar.y) == [0, 1] for bar in figure.data)  # two of one name are two bars
    assert np.sum([bar.x for bar in figure.data], axis=0) == pytest.approx([1, 1], abs=1e-6)
    assert list(figure.layout.yaxis.ticktext) == ["kerb", "kerb"]


def test_no_name_means_anything_to_a_chart():
    evil = '<a href="x">%{y} $z$</a>'
    classes = tuple(replace(each, name=f"{evil}{number}") for number, each in enumerate(THREE.classes))
    shown = replace(reading_around(50, 3, "row"), class_list=replace(THREE, classes=classes))
    best = tuple(replace(each, name=evil) for each in shown.chosen.top)
    kept = pin(evil, "a.jpg", "m", "512", replace(shown.chosen, top=best))

    for figure in (temperature_chart(shown, 2), pins_chart([kept], {})):
        texts = json.dumps(json.loads(figure.to_json()), ensure_ascii=False)
        assert chart_text(evil).replace('"', r"\"") in texts
        assert "<a" not in texts
        assert "{y} $z$" not in texts


def test_chart_text_can_be_read_again():
    assert chart_text("a < b & 50 %{x} $y$\n") == "a &lt; b &amp; 50 &#37;{x} &#36;y&#36; "


def test_no_pins_are_an_empty_chart():
    assert sum(len(bar.x) for bar in pins_chart([], {}).data) == 0
