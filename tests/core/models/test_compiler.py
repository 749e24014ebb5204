"""torch's compiler is left out when libraries are imported, and there for whom wants it."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from core.models.compiler import without_compiler
from tests.conftest import ROOT

# `test_imports.py` looks at a page that segments a photo; here is what a process that trains begins with.
TRAINING = """
import sys
import core.training.learner.trainer, core.training.learner.lr_find
from torchvision.ops.roi_align import is_compile_supported

assert not [name for name in sys.modules if name.startswith("torch._dynamo")]

# Whoever wants the compiler has the real one.
import torch
import torch._dynamo.utils as real

assert is_compile_supported is not real.is_compile_supported
assert is_compile_supported("cpu") == real.is_compile_supported("cpu")
assert torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item() == 2
"""
NAMES = ("torch._dynamo", "torch._dynamo.utils")


@pytest.mark.slow
def test_training_begins_without_the_compiler_which_is_there_for_whom_wants_it():
    command = [sys.executable, "-W", "ignore", "-c", TRAINING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_compiler_that_is_there_already_stays(monkeypatch):
    there = ModuleType("torch._dynamo")
    monkeypatch.setitem(sys.modules, "torch._dynamo", there)

    with without_compiler():
        assert sys.modules["torch._dynamo"] is there
    assert sys.modules["torch._dynamo"] is there


def test_the_stand_in_goes_even_when_an_import_fails(monkeypatch):
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)

    def fail() -> None:
        with without_compiler():
            assert all(name in sys.modules for name in NAMES)
            raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert not any(name in sys.modules for name in NAMES)


def test_the_stand_in_leaves_functions_as_they_are(monkeypatch):
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)

    with without_compiler():
        disable = sys.modules["torch._dynamo"].disable
    assert disable(len) is len
    assert disable(len, recursive=False, reason="none") is len
    assert disable(len, True, wrapping=False) is len  # so asks torch itself
    assert disable(reason="none")(len) is len
