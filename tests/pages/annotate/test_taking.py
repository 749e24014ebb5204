"""What the editor's browser sends is taken exactly once, whatever comes twice, late or damaged."""

from __future__ import annotations

import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from core.annotation.runs import NOT_REVIEWED, Mask, between
from core.annotation.store import OpenCorrection, Source, open_correction
from pages.widgets.annotate.editor import taking
from pages.widgets.annotate.editor.packing import identity
from pages.widgets.annotate.editor.taking import Answer, take
from tests.conftest import COLOURS, ROAD, SKY, TREE

EMPTY = np.full((32, 40), NOT_REVIEWED, np.uint8)


@pytest.fixture
def correction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenCorrection:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    taking._windows.clear()
    return open_correction("mine", np.zeros((32, 40, 3), np.uint8), EMPTY, COLOURS, Source("photo", "a.jpg"))


def with_row(mask: Mask, row: int, value: int) -> Mask:
    changed = mask.copy()
    changed[row] = value
    return changed


def edit(number: int, before: Mask, after: Mask, version: int) -> list[object]:
    return [number, "edit", b64encode(between(before, after).packed()).decode(), version]


def said(correction: OpenCorrection, *edits: object, client: str = "one", mask: Mask = EMPTY) -> Answer:
    message = {
        "id": identity(correction),
        "client": client,
        "attempt": 1,
        "edits": [*edits],
        "sum": zlib.adler32(mask.tobytes()),
    }
    answer = take(correction, message)
    assert answer is not None
    return answer


SKY_ROW = with_row(EMPTY, 0, SKY)
ROAD_ROW = with_row(SKY_ROW, 0, ROAD)


def test_an_edit_that_comes_twice_counts_once(correction: OpenCorrection) -> None:
    first, second = edit(1, EMPTY, SKY_ROW, 0), edit(2, SKY_ROW, ROAD_ROW, 1)
    assert said(correction, first, mask=SKY_ROW).taken == 1
    answer = said(correction, first, second, mask=ROAD_ROW)
    assert (answer.taken, answer.differs, correction.version) == (2, False, 2)
    assert (correction.mask == ROAD_ROW).all()


def test_a_server_that_was_killed_knows_what_it_has_saved(correction: OpenCorrection) -> None:
    first, second = edit(1, EMPTY, SKY_ROW, 0), edit(2, SKY_ROW, ROAD_ROW, 1)
    said(correction, first, second, [3, "undo", "", 2])
    taking._windows.clear()  # as after a start; the edits are sent again, for their answer was lost
    third = edit(4, SKY_ROW, with_row(SKY_ROW, 1, TREE), 3)
    answer = said(correction, second, [3, "undo", "", 2], third, mask=with_row(SKY_ROW, 1, TREE))
    assert answer.taken == 4
    assert (correction.mask[1] == TREE).all()


def test_nobody_undoes_somebody_elses_stroke(correction: OpenCorrection) -> None:
    said(correction, edit(1, EMPTY, SKY_ROW, 0))
    said(correction, edit(1, EMPTY, with_row(EMPTY, 2, TREE), 0), client="two")
    answer = said(correction, [2, "undo", "", 1])
    assert answer.differs  # the browser gets the mask with both
    assert (correction.mask == with_row(SKY_ROW, 2, TREE)).all()


def test_a_stroke_that_is_undone_by_its_own_window_is_gone(correction: OpenCorrection) -> None:
    answer = said(correction, edit(1, EMPTY, SKY_ROW, 0), [2, "undo", "", 1], mask=EMPTY)
    assert (answer.taken, answer.differs) == (2, False)
    assert said(correction, [3, "redo", "", 2], mask=SKY_ROW).differs is False


def test_a_class_is_added_once_and_drawn_with(correction: OpenCorrection) -> None:
    name = [1, "class", b64encode(b"Becak").decode(), 0]
    said(correction, name)
    said(correction, name)
    assert correction.class_list.names == (*COLOURS.names, "Becak")
    number = len(COLOURS)
    assert said(correction, edit(2, EMPTY, with_row(EMPTY, 0, number), 0)).taken == 2


@pytest.mark.parametrize(
    "damaged",
    [
        [1, "edit", "!", 0],
        [1, "edit", b64encode(b"\x00\xff\x7f\x00").decode(), 0],
        [1, "edit", b64encode(b"\x00\x01\x63").decode(), 0],
        [1, "burn", "", 0],
        "edit",
        [1],
    ],
    ids=["no base64", "outside", "no class", "kind", "text", "short"],
)
def test_a_damaged_edit_is_one_sentence_and_changes_nothing(
    correction: OpenCorrection, damaged: object
) -> None:
    answer = said(correction, damaged, edit(2, EMPTY, SKY_ROW, 0))
    assert answer.taken == 0
    assert "reload the page" in answer.trouble
    assert not answer.again
    assert correction.version == 0


@pytest.mark.parametrize("message", [{}, {"id": "mine/other", "client": "one", "attempt": 1}, {"id": 3}])
def test_other_messages_get_no_answer(correction: OpenCorrection, message: dict[str, object]) -> None:
    assert take(correction, message) is None
