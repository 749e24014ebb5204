"""Tensors are written by the one way to write them, and a full disk is told from what else goes wrong."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError, safe_open

from core.files import is_disk_full
from core.models.tensors import save_tensors


def test_what_is_written_is_read_by_others_too(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_tensors({"w": torch.arange(3.0)}, path, {"key": "value"})

    with safe_open(path, "pt") as file:
        assert file.get_tensor("w").tolist() == [0, 1, 2]
        assert file.metadata() == {"key": "value"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_full_disk_is_the_systems_error_and_names_the_file(tmp_path: Path, small_files: None) -> None:
    path = tmp_path / "a.safetensors"
    with pytest.raises(OSError, match=r"a\.safetensors") as full:
        save_tensors({"w": torch.zeros(1000)}, path)

    assert full.value.errno == errno.EFBIG
    assert is_disk_full(full.value)


def test_another_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(SafetensorError):
        save_tensors({"w": torch.zeros(1)}, tmp_path / "nowhere" / "a.safetensors")
