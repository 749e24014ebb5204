"""A canvas sends all its shapes each time: each is drawn once, and its undo and its changes follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.store import OpenCorrection, Source, open_correction
from core.classes import ClassList, SegmentationClass
from pages.widgets.annotate.shapes.canvas import Canvas, colours, sent_drawing
from tests.conftest import COLOURS, ROAD, SKY, TREE

EMPTY = np.full((32, 40), NOT_REVIEWED, np.uint8)


@pytest.fixture
def correction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenCorrection:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    return open_correction("mine", np.zeros((32, 40, 3), np.uint8), EMPTY, COLOURS, Source("photo", "a.jpg"))


@pytest.fixture
def canvas(correction: OpenCorrection) -> Canvas:
    return Canvas(correction, (64, 80))  # twice as large as the mask


def rows(first: int, last: int, value: int) -> dict[str, object]:
    """A rectangle over all of some rows of the mask."""
    place = {"left": 0, "top": 2 * first, "width": 80, "height": 2 * (last - first)}
    look = {"fill": colours(COLOURS)[value], "originX": "left", "originY": "top"}
    return {"type": "Rect", **place, **look}


def mask(*areas: tuple[int, int, int]) -> Mask:
    drawn = EMPTY.copy()
    for first, last, value in areas:
        drawn[first:last] = value
    return drawn


def take(canvas: Canvas, *shapes: object) -> str:
    return canvas.take({"objects": list(shapes)})


A, B, C = rows(0, 4, SKY), rows(2, 8, ROAD), rows(20, 30, TREE)
IN_A, IN_B, IN_C = (0, 4, SKY), (2, 8, ROAD), (20, 30, TREE)


def test_each_shape_is_one_step_and_drawn_once(canvas: Canvas, correction: OpenCorrection) -> None:
    for shapes in ([A], [A], [A, B], [A, B]):
        assert take(canvas, *shapes) == ""
    assert (correction.mask == mask(IN_A, IN_B)).all()
    assert len(correction.history.done) == 2
    correction.undo()
    assert (correction.mask == mask(IN_A)).all()


def test_a_shape_that_is_taken_away_or_moved_shows_what_was_under_it(
    canvas: Canvas, correction: OpenCorrection
) -> None:
    take(canvas, A, B)
    take(canvas, A)
    assert (correction.mask == mask(IN_A)).all()
    take(canvas, C)
    assert (correction.mask == mask(IN_C)).all()
    take(canvas)
    assert (correction.mask == EMPTY).all()


def test_the_eraser_is_drawn_like_a_class(canvas: Canvas, correction: OpenCorrection) -> None:
    take(canvas, A, rows(1, 2, NOT_REVIEWED))
    assert (correction.mask == mask(IN_A, (1, 2, NOT_REVIEWED))).all()


def test_an_emptied_canvas_keeps_what_was_drawn(canvas: Canvas, correction: OpenCorrection) -> None:
    take(canvas, A)
    canvas.empty()
    assert canvas.rounds == 1
    assert (canvas.under == mask(IN_A)).all()
    take(canvas, A)  # what it sent last, as it is not empty yet
    take(canvas, A, C)  # drawn before it was
    assert (correction.mask == mask(IN_A, IN_C)).all()
    assert (canvas.under == correction.mask).all()
    take(canvas)
    take(canvas, B)
    assert (correction.mask == mask(IN_A, IN_C, IN_B)).all()
    take(canvas)
    assert (correction.mask == mask(IN_A, IN_C)).all()


def test_a_polygon_is_the_first_that_an_emptied_canvas_sends(
    canvas: Canvas, correction: OpenCorrection
) -> None:
    take(canvas, A)
    canvas.empty()
    take(canvas, B)
    assert (correction.mask == mask(IN_A, IN_B)).all()


def test_an_emptied_canvas_without_shapes_needs_no_emptying(canvas: Canvas) -> None:
    canvas.empty()
    assert canvas.rounds == 0


def test_another_windows_strokes_stay(canvas: Canvas, correction: OpenCorrection) -> None:
    take(canvas, A)
    correction.edit(between(correction.mask, mask(IN_A, IN_C)).packed())
    assert not canvas.is_current
    take(canvas, A, B)
    assert (correction.mask == mask(IN_A, IN_C, IN_B)).all()
    assert "changed elsewhere" in take(canvas, A)  # what was under B is not known any more
    assert (correction.mask == mask(IN_A, IN_C, IN_B)).all()
    assert canvas.is_current
    assert canvas.rounds == 1


def test_a_wrong_shape_is_said_once_and_leaves_the_canvas(canvas: Canvas, correction: OpenCorrection) -> None:
    wrong = rows(5, 6, SKY) | {"fill": "red"}
    assert "colour of no class" in take(canvas, wrong)
    assert take(canvas, wrong) == ""
    assert canvas.rounds == 1
    take(canvas)
    assert take(canvas, A) == ""
    assert "colour of no class" in take(canvas, A, wrong)
    assert take(canvas, A, wrong, C) == ""
    assert (correction.mask == mask(IN_A, IN_C)).all()


def test_no_two_colours_are_the_same() -> None:
    white = SegmentationClass("Snow", (255, 255, 255))
    twins = ClassList("twins", (white, SegmentationClass("Ice", white.colour)))
    assert len(set(colours(twins).values())) == 3


@pytest.mark.parametrize("state", [None, 3, {}, {"drawing": 3}, {"drawing": {"raw": [3]}}])
def test_a_state_without_a_drawing_has_none(state: object) -> None:
    assert sent_drawing(state) is None
