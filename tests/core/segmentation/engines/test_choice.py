"""Which engine is used: ONNX Runtime, what somebody wants, or what was measured to be clearly faster."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.segmentation.engines import choice
from core.segmentation.engines.choice import EngineChoice, chosen_engine, fastest, measured_seconds, remember

ONNX, TORCH, HALF = EngineChoice.ONNX_RUNTIME, EngineChoice.PYTORCH, EngineChoice.PYTORCH_BFLOAT16


@pytest.fixture(autouse=True)
def new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was measured, and nobody wants anything."""
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path))
    monkeypatch.delenv(choice.VARIABLE)
    return tmp_path


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({}, ONNX),
        ({ONNX: 0.1, TORCH: 0.2}, ONNX),
        ({ONNX: 0.1, TORCH: 0.2, HALF: 0.08}, ONNX),  # not worth a start of seconds
        ({ONNX: 0.1, TORCH: 0.2, HALF: 0.05}, ONNX),
        ({ONNX: 0.1, TORCH: 0.2, HALF: 0.035}, HALF),
        ({ONNX: 0.1, TORCH: 0.01, HALF: 0.05}, TORCH),  # a GPU
        ({TORCH: 0.1}, ONNX),
    ],
)
def test_pytorch_is_used_where_it_is_clearly_faster(seconds, expected):
    assert fastest(seconds) is expected


def test_what_was_measured_is_remembered():
    assert measured_seconds() is None
    assert chosen_engine() is ONNX

    remember({ONNX: 0.3, HALF: 0.1})
    assert measured_seconds() == {ONNX: 0.3, HALF: 0.1}
    assert chosen_engine() is HALF


def test_another_processor_or_version_is_measured_again(monkeypatch):
    remember({ONNX: 0.3, HALF: 0.1})
    monkeypatch.setattr(choice, "_key", lambda: choice.cache_key("another processor"))
    assert measured_seconds() is None


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"other": 1}', b'{"pytorch": "x"}', b"\xff", b"null"])
def test_damaged_figures_are_measured_again(new_machine, content):
    remember({ONNX: 0.3})
    (file,) = (new_machine / "engines").iterdir()
    file.write_bytes(content)

    assert measured_seconds() is None
    assert chosen_engine() is ONNX


@pytest.mark.parametrize("engine", list(EngineChoice))
def test_the_environment_decides(monkeypatch, engine):
    remember({ONNX: 0.3, HALF: 0.1})
    monkeypatch.setenv(choice.VARIABLE, engine.value)
    assert chosen_engine() is engine


def test_an_unknown_engine_in_the_environment_is_none(monkeypatch):
    monkeypatch.setenv(choice.VARIABLE, "abacus")
    assert chosen_engine() is ONNX
