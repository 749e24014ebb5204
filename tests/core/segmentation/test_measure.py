"""The engines are measured once, by a process that this one need not wait for again."""

from __future__ import annotations

import pytest

from core.models.paths import DEFAULT_MODEL
from core.segmentation.engines.choice import VARIABLE, EngineChoice, measured_seconds
from core.segmentation.measure import measure_once


@pytest.mark.slow
def test_a_machine_is_measured_once(tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    told: list[str] = []

    measure_once(lambda done, total, left, doing: told.append(doing))
    found = measured_seconds()
    assert found is not None
    assert {EngineChoice.ONNX_RUNTIME, EngineChoice.PYTORCH} <= set(found)
    assert all(seconds > 0 for seconds in found.values())
    assert told

    told.clear()
    measure_once(lambda done, total, left, doing: told.append(doing))
    assert not told
    assert measured_seconds() == found


def test_a_machine_on_which_nothing_can_be_measured_keeps_the_usual_engine(store, tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    assert DEFAULT_MODEL not in [path.name for path in store.iterdir()]

    measure_once()
    assert measured_seconds() is None
