"""What two scores mean beside each other, and whose strokes the page takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from core.annotation.runs import NOT_REVIEWED
from core.annotation.store import Source, open_correction
from core.grading.grade import Grade, grade
from core.grading.painting import Painting
from pages.widgets.annotate.editor.editor import _KEY, PAINTS_KEY, _recent
from pages.widgets.annotate.editor.packing import identity
from pages.widgets.paint.comparison import verdict
from tests.conftest import COLOURS

TRUTH = np.repeat(np.array([[0], [0], [0], [0], [0], [0], [0], [1]], np.uint8), 8, axis=1)
"""Seven rows of one class, one of another."""


def given(*rows: int) -> Grade:
    return grade(TRUTH, np.repeat(np.array(rows, np.uint8)[:, None], 8, axis=1))


ALL_LARGE = given(0, 0, 0, 0, 0, 0, 0, 0)
"""Seven eighths are right; the mean IoU is 7/16."""

SMALL_TOO = given(0, 0, 0, 0, 0, 255, 255, 1)
"""Six eighths are right; the mean IoU is 6/7."""

NOTHING = given(*[255] * 8)


@pytest.mark.parametrize(
    ("yours", "network", "begins"),
    [
        pytest.param(NOTHING, SMALL_TOO, "**The network is ahead in both", id="network"),
        pytest.param(ALL_LARGE, NOTHING, "**You are ahead in both", id="you"),
        pytest.param(SMALL_TOO, ALL_LARGE, "**The network has more pixels right, you", id="you in the mean"),
        pytest.param(ALL_LARGE, SMALL_TOO, "**You have more pixels right, the", id="network in the mean"),
        pytest.param(ALL_LARGE, ALL_LARGE, "**You and the network are level", id="level"),
    ],
)
def test_the_verdict_says_who_is_ahead_in_what(yours: Grade, network: Grade, begins: str) -> None:
    assert verdict(yours, network).startswith(begins)


def test_a_guest_who_may_paint_cannot_draw_on_the_corrections_they_have_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    image = np.zeros((32, 40, 3), np.uint8)
    empty = np.full((32, 40), NOT_REVIEWED, np.uint8)
    correction = open_correction("mine", image, empty, COLOURS, Source("photo", "a.jpg"))
    painting = Painting("a", image)

    _recent(correction, _KEY)
    taken_here = _recent(painting, PAINTS_KEY)

    assert list(taken_here) == [identity(painting)]
    for key in (_KEY, PAINTS_KEY):
        del st.session_state[f"{key}_recent"]
