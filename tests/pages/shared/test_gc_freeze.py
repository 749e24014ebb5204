"""What libraries brought along is put aside once, and again when more of them come."""

from __future__ import annotations

import gc
import sys
import types

import pytest

from pages.widgets.shared.gc_freeze import gc_freeze_imports


@pytest.fixture(autouse=True)
def _thawed():
    yield
    gc.unfreeze()


def test_new_imports_are_put_aside_and_nothing_else_is(monkeypatch):
    gc_freeze_imports()
    before = gc.get_freeze_count()
    made = [[] for _ in range(1000)]
    gc_freeze_imports()
    assert gc.get_freeze_count() <= before

    for number in range(len(sys.modules)):
        monkeypatch.setitem(sys.modules, f"made_up_{number}", types.ModuleType("made_up"))
    gc_freeze_imports()
    assert gc.get_freeze_count() >= before + len(made)
