"""A painting is edited, undone and cleared as a correction is, in memory alone."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.edited import EditedPicture
from core.annotation.journal import MAX_EDIT
from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.errors import AnnotationError
from core.grading.painting import Painting

IMAGE = np.zeros((32, 40, 3), np.uint8)
EMPTY: Mask = np.full((32, 40), NOT_REVIEWED, np.uint8)


def with_row(mask: Mask, row: int, value: int) -> Mask:
    changed = mask.copy()
    changed[row] = value
    return changed


def test_strokes_are_undone_and_done_again_exactly() -> None:
    painting: EditedPicture = Painting("a", IMAGE)
    first = with_row(EMPTY, 3, 2)
    both = with_row(first, 4, 10)

    assert painting.edit(between(EMPTY, first).packed())
    assert painting.edit(between(first, both).packed())
    assert painting.undo()
    np.testing.assert_array_equal(painting.mask, first)
    assert painting.redo()
    np.testing.assert_array_equal(painting.mask, both)
    assert painting.version == 4
    assert not painting.redo()


def test_clearing_hides_the_truth_and_can_be_undone() -> None:
    painting = Painting("a", IMAGE)
    painting.edit(between(EMPTY, with_row(EMPTY, 3, 2)).packed())
    painting.is_graded = True

    assert painting.clear()
    assert not painting.is_graded
    np.testing.assert_array_equal(painting.mask, EMPTY)
    painting.undo()
    np.testing.assert_array_equal(painting.mask, with_row(EMPTY, 3, 2))


def test_two_paintings_of_one_frame_are_two() -> None:
    assert Painting("a", IMAGE).set_name != Painting("a", IMAGE).set_name


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(between(EMPTY, with_row(EMPTY, 0, 11)).packed(), id="no such class"),
        pytest.param(b"\x00\x01", id="cut short"),
        pytest.param(b"\x00\xff\x7f\x01", id="outside"),
        pytest.param(bytes(MAX_EDIT + 1), id="too large"),
    ],
)
def test_what_does_not_fit_changes_nothing(packed: bytes) -> None:
    painting = Painting("a", IMAGE)

    with pytest.raises(AnnotationError):
        painting.edit(packed)
    with pytest.raises(AnnotationError):
        painting.add_class("Cloud")

    assert painting.version == 0
    np.testing.assert_array_equal(painting.mask, EMPTY)


def test_its_memory_grows_with_what_can_be_undone() -> None:
    painting = Painting("a", IMAGE)
    before = painting.nbytes
    dots = np.where(np.indices(EMPTY.shape).sum(axis=0) % 2 == 0, np.uint8(1), EMPTY)

    painting.edit(between(EMPTY, dots).packed())

    assert painting.nbytes - before >= 17 * 2 * 600
