"""Which engine a worker computes with."""

from __future__ import annotations

import pytest
import torch

from core.segmentation.engines.choice import VARIABLE, EngineChoice
from service.engine import engine


def test_a_gpu_is_used_where_pytorch_finds_one_and_nothing_else_is_wanted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(engine, "measured_seconds", lambda: None)
    monkeypatch.setattr(engine, "has_gpu", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    chosen = engine._of_gpu.__wrapped__

    assert chosen() is EngineChoice.PYTORCH

    monkeypatch.setenv(VARIABLE, "onnxruntime")
    assert chosen() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen() is None
