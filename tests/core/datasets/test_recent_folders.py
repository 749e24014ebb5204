"""Folders that are offered again, and a list of them that anybody may have written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.datasets.recent_folders import MOST, add_recent_folder, recent_folders, remove_recent_folder


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_nothing_is_remembered_at_first() -> None:
    assert recent_folders() == []


def test_the_last_one_given_comes_first_and_only_once() -> None:
    for name in ("/a", "/b", "/a"):
        add_recent_folder(Path(name))
    assert recent_folders() == [Path("/a"), Path("/b")]


def test_a_forgotten_folder_is_not_offered() -> None:
    add_recent_folder(Path("/a"))
    add_recent_folder(Path("/b"))
    remove_recent_folder(Path("/b"))
    assert recent_folders() == [Path("/a")]


def test_folders_that_are_opened_at_once_are_all_kept() -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: add_recent_folder(Path(f"/{number}")), range(MOST)))
    assert {str(folder) for folder in recent_folders()} == {f"/{number}" for number in range(MOST)}


def test_the_oldest_gives_way() -> None:
    for number in range(MOST + 3):
        add_recent_folder(Path(f"/{number}"))
    assert len(recent_folders()) == MOST
    assert Path("/2") not in recent_folders()
    assert Path("/3") in recent_folders()


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1}', "[1, null, [2]]", '["relative/path"]', "[" * 100_000, '"/a"', "\x00"]
)
def test_a_list_that_makes_no_sense_is_no_list(data: Path, text: str) -> None:
    data.mkdir()
    (data / ".folders.json").write_text(text, "utf-8")
    assert recent_folders() == []
    add_recent_folder(Path("/a"))
    assert recent_folders() == [Path("/a")]
