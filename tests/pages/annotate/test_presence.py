"""Who is told of whom, when several windows have one picture open."""

from __future__ import annotations

import pytest

from pages.widgets.annotate.editor import presence
from pages.widgets.annotate.editor.presence import Company, _Presence

PICTURE, OTHER = "mine/a", "mine/b"
ALONE = Company(any=False, earlier=False)


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Windows without a browser."""
    windows: set[str] = set()
    monkeypatch.setattr(presence, "_is_there", lambda window: window not in windows)
    return windows


def test_the_later_window_is_told_and_the_earlier_one_has_company(gone: set[str]) -> None:
    here = _Presence()
    assert here.enter("one", "w1", PICTURE) == ALONE
    assert here.enter("two", "w2", PICTURE) == Company(any=True, earlier=True)
    assert here.enter("one", "w1", PICTURE) == Company(any=True, earlier=False)


def test_a_window_that_was_closed_or_reloaded_is_no_company(gone: set[str]) -> None:
    here = _Presence()
    here.enter("one", "w1", PICTURE)
    gone.add("w1")
    assert here.enter("reloaded", "w2", PICTURE) == ALONE
    gone.clear()  # its connection was only lost for a moment
    assert here.enter("reloaded", "w2", PICTURE) == Company(any=True, earlier=True)
    here.leave("one")
    assert here.enter("reloaded", "w2", PICTURE) == ALONE


def test_a_window_that_goes_to_another_picture_leaves_the_first(gone: set[str]) -> None:
    here = _Presence()
    here.enter("one", "w1", PICTURE)
    here.enter("two", "w2", PICTURE)
    assert here.enter("one", "w1", OTHER) == ALONE
    assert here.enter("two", "w2", PICTURE) == ALONE
