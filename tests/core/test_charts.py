"""Masks, overlays and the chart of a reading, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.charts import colour_mask, overlay, reading_chart
from core.classes import CAMVID_32, ClassList, SegmentationClass
from core.segmentation import PixelBelief, PixelReading, Segmentation

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
    pixels = tuple(PixelBelief(7, first + n, "A", 0.5, n == chosen, ()) for n in range(len(table)))
    return PixelReading(pixels, table, THREE)


def segmentation(colour: tuple[int, int, int], label: int) -> Segmentation:
    """One pixel of this colour with this CamVid class."""
    image = np.array([[colour]], dtype=np.uint8)
    labels = np.array([[label]], dtype=np.uint8)
    return Segmentation(
        image, labels, np.ones((1, 1), np.float16), torch.zeros(32, 1, 1), 1, CAMVID_32, "none"
    )


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
    figure = reading_chart(reading([[1, 0, 0], [1, 0, 0], [1, 0, 0]], chosen=1, first=9))

    assert list(figure.data[0].x) == ["9", "10", "11"]
    assert figure.layout.xaxis.type == "category"


def test_chart_stacks_classes_from_the_most_probable_in_their_colours():
    figure = reading_chart(reading([[0.1, 0.2, 0.7], [0.1, 0.4, 0.5]], chosen=0))

    assert [bar.name for bar in figure.data] == ["C", "B", "A"]
    assert [bar.marker.color for bar in figure.data] == ["rgb(0, 0, 255)", "rgb(0, 255, 0)", "rgb(255, 0, 0)"]
    assert list(figure.data[0].y) == pytest.approx([0.7, 0.5])
    assert figure.layout.barmode == "stack"


def test_chart_sums_up_the_classes_that_get_no_colour_of_their_own():
    figure = reading_chart(reading([[0.1, 0.2, 0.7], [0.1, 0.4, 0.5]], chosen=0), classes=1)

    assert [bar.name for bar in figure.data] == ["C", "2 others"]
    assert list(figure.data[1].y) == pytest.approx([0.3, 0.5])


def test_chart_bars_reach_one_at_every_pixel():
    random = np.random.default_rng(0).dirichlet([1, 1, 1], size=21)
    figure = reading_chart(reading(random.tolist(), chosen=10), classes=2)

    assert np.sum([bar.y for bar in figure.data], axis=0) == pytest.approx(np.ones(21), abs=1e-6)


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_chart_frames_the_chosen_pixel(chosen):
    figure = reading_chart(reading([[1, 0, 0]] * 3, chosen, first=100))

    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (chosen - 0.5, chosen + 0.5)


def test_chart_names_the_row():
    figure = reading_chart(reading([[1, 0, 0]], chosen=0))

    assert figure.layout.xaxis.title.text == "column (row 7)"
