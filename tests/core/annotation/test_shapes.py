"""Shapes of a drawable canvas become pixels where they were seen, and hostile ones one sentence.

`fabric.json` holds what streamlit-drawable-canvas 0.13 sent of shapes drawn in a browser on a canvas of
160 x 120 (strokes and lines 12 pixels wide, `line_up` 5; some were moved, scaled or turned afterwards), and
which pixels of the canvas they covered by more than half.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from core.annotation.runs import NOT_REVIEWED, Mask
from core.annotation.shapes import MAX_SHAPES, Sheet, draw, shapes_in
from core.errors import AnnotationError
from tests.core.annotation.conftest import blank

SIZE = (120, 160)
BLACK = "rgba(0, 0, 0, 1)"
RECORDED: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("fabric.json").read_text())


def sheet(times: int = 1) -> Sheet:
    """The canvas of the recordings, over a mask so many times as large."""
    return Sheet((SIZE[0] * times, SIZE[1] * times), SIZE, {BLACK: 7, "red": 3})


def drawn(*shapes: object, on: Sheet | None = None) -> Mask:
    over = on or sheet()
    return draw(blank(over.size), shapes_in({"objects": list(shapes)}), over)


def seen(name: str) -> NDArray[np.bool_]:
    bits = np.frombuffer(zlib.decompress(b64decode(RECORDED[name]["alpha"])), np.uint8)
    return np.unpackbits(bits).reshape(SIZE).astype(bool)


@pytest.mark.parametrize("name", RECORDED)
def test_a_shape_covers_what_was_seen(name: str) -> None:
    covered, canvas = drawn(*RECORDED[name]["objects"]) == 7, seen(name)
    differs = covered != canvas
    # Only at its edge, by the pixels that the canvas covered in part; a stroke that was stretched has one
    # width, and not two.
    inner, outer = ndimage.binary_erosion(canvas), ndimage.binary_dilation(canvas)
    assert not (differs & (inner | ~outer)).any() or name == "stroke_scaled"
    assert differs.sum() <= 0.05 * canvas.sum()


@pytest.mark.parametrize("name", ["rect", "rect_back", "rect_moved", "rect_scaled", "dot"])
def test_a_shape_along_the_pixels_is_exact(name: str) -> None:
    assert ((drawn(*RECORDED[name]["objects"]) == 7) == seen(name)).all()


@pytest.mark.parametrize("name", ["rect", "polygon", "circle", "stroke", "line"])
def test_a_larger_picture_has_the_same_shape(name: str) -> None:
    large = drawn(*RECORDED[name]["objects"], on=sheet(3)) == 7
    middles = large[1::3, 1::3]
    assert (middles != seen(name)).sum() <= 0.05 * seen(name).sum()
    assert large.sum() == pytest.approx(9 * seen(name).sum(), rel=0.02)


def rectangle(**changed: object) -> dict[str, object]:
    """A rectangle over rows 20 to 30 and columns 10 to 40."""
    shape = {"type": "Rect", "left": 10, "top": 20, "width": 30, "height": 10, "fill": BLACK}
    return shape | {"originX": "left", "originY": "top"} | changed


def test_a_rectangle_has_its_pixels_and_no_others() -> None:
    wanted = blank(SIZE)
    wanted[20:30, 10:40] = 7
    assert (drawn(rectangle()) == wanted).all()
    middle = rectangle(left=25, top=25, originX="center", originY="center", flipX=True)
    assert (drawn(middle) == wanted).all()
    turned = rectangle(left=40, top=20, angle=90, width=10, height=30)
    assert (drawn(turned) == wanted).all()


def test_the_last_shape_lies_on_top_and_the_eraser_is_a_colour_too() -> None:
    over = rectangle(left=20, width=10, fill="red")
    mask = drawn(rectangle(), over)
    assert mask[25, [15, 25, 35]].tolist() == [7, 3, 7]
    erasing = Sheet(SIZE, SIZE, {"red": NOT_REVIEWED})
    assert draw(mask, (over,), erasing)[25, [15, 25, 35]].tolist() == [7, NOT_REVIEWED, 7]


def test_a_polygon_that_crosses_itself_has_holes() -> None:
    star = [(80, 10), (110, 100), (30, 40), (130, 40), (50, 100)]
    points = [{"x": x, "y": y} for x, y in star]
    shape = {"type": "Polygon", "points": points, "left": 80, "top": 55, "width": 100, "height": 90}
    mask = drawn(shape | {"originX": "center", "originY": "center", "fill": BLACK})
    assert mask[60, 80] == NOT_REVIEWED  # the middle: twice inside
    assert mask[30, 80] == 7


@pytest.mark.parametrize(
    "drawing",
    [None, [], {"objects": 3}, {"objects": ["Rect"]}, {"objects": [[]]}],
)
def test_what_is_no_drawing_is_refused(drawing: object) -> None:
    with pytest.raises(AnnotationError, match="damaged"):
        shapes_in(drawing)


def test_a_canvas_with_too_many_shapes_is_refused() -> None:
    with pytest.raises(AnnotationError, match=f"more than {MAX_SHAPES} shapes"):
        shapes_in({"objects": [{}] * (MAX_SHAPES + 1)})


LINE = {"type": "Line", "left": 0, "top": 0, "width": 0, "height": 0, "stroke": BLACK}
STROKE = LINE | {"type": "Path", "strokeWidth": 10}


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({}, "Only strokes"),
        ({"type": "Image"}, "Only strokes"),
        ({"type": ["Rect"]}, "Only strokes"),
        (rectangle(left=float("nan")), "damaged"),
        (rectangle(left=1e300), "damaged"),
        (rectangle(width=None), "damaged"),
        (rectangle(width=True), "damaged"),
        (rectangle(originX="elsewhere"), "damaged"),
        (rectangle(originX={}), "damaged"),
        (rectangle(fill="blue"), "colour of no class"),
        (rectangle(fill=None), "colour of no class"),
        (rectangle(fill=[BLACK]), "colour of no class"),
        (rectangle(type="Polygon", points=[]), "damaged"),
        (rectangle(type="Polygon", points=[3]), "damaged"),
        (rectangle(type="Polygon", points=[{"x": 3}]), "damaged"),
        (LINE | {"strokeWidth": 500, "x1": 0, "y1": 0, "x2": 3, "y2": 3}, "at most 200 pixels"),
        (LINE | {"strokeWidth": 5}, "damaged"),
        (STROKE, "damaged"),
        (STROKE | {"path": []}, "damaged"),
        (STROKE | {"path": [["L", 1, 1]]}, "damaged"),
        (STROKE | {"path": [["M", 1, 1], ["C", 1, 1, 2, 2, 3, 3]]}, "damaged"),
        (STROKE | {"path": [["M", 1, 1], ["Q", 1, 1, "a", 2]]}, "damaged"),
        (STROKE | {"path": [["M", 1, 1]] * 30_000}, "too much"),
        (STROKE | {"path": [["M", 0, 0], ["Q", 9e4, 9e4, 0, 0]]}, "too much"),
        (STROKE | {"path": [["M", 0, 0], *[["L", 160 * (n % 2), 120] for n in range(19_000)]]}, "too much"),
    ],
)
def test_a_hostile_shape_is_one_sentence(shape: dict[str, object], reason: str) -> None:
    with pytest.raises(AnnotationError, match=reason):
        drawn(shape, on=sheet(12))
