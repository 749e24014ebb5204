"""The place where a data set is made: nothing of it is left once there is a data set."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.datasets.acquire.staging import staging
from core.errors import DatasetError


def test_what_a_killed_process_left_beside_its_finished_data_set_is_tidied_away(tmp_path: Path) -> None:
    target, place = tmp_path / "street", tmp_path / ".street.part"
    target.mkdir()
    (place / "unpacked").mkdir(parents=True)
    (place / "lock").touch()
    (place / "archive.tgz").touch()

    with pytest.raises(DatasetError, match="exists already"), staging(target):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["street"]


def test_a_data_set_that_is_there_is_refused_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "street").mkdir()

    with pytest.raises(DatasetError, match="exists already"), staging(tmp_path / "street"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["street"]
