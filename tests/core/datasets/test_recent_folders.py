"""Folders that are offered again, and a list of them that anybody may have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.datasets.recent_folders import MOST, forget_folder, remember_folder, remembered_folders


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_nothing_is_remembered_at_first() -> None:
    assert remembered_folders() == []


def test_the_last_one_given_comes_first_and_only_once() -> None:
    for name in ("/a", "/b", "/a"):
        remember_folder(Path(name))
    assert remembered_folders() == [Path("/a"), Path("/b")]


def test_a_forgotten_folder_is_not_offered() -> None:
    remember_folder(Path("/a"))
    remember_folder(Path("/b"))
    forget_folder(Path("/b"))
    assert remembered_folders() == [Path("/a")]


def test_the_oldest_gives_way() -> None:
    for number in range(MOST + 3):
        remember_folder(Path(f"/{number}"))
    assert len(remembered_folders()) == MOST
    assert Path("/2") not in remembered_folders()
    assert Path("/3") in remembered_folders()


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1}', "[1, null, [2]]", '["relative/path"]', "[" * 100_000, '"/a"', "\x00"]
)
def test_a_list_that_makes_no_sense_is_no_list(data: Path, text: str) -> None:
    data.mkdir()
    (data / ".folders.json").write_text(text, "utf-8")
    assert remembered_folders() == []
    remember_folder(Path("/a"))
    assert remembered_folders() == [Path("/a")]
