"""Results lie in our own folder, within bounds, and nothing depends on them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.cache import Cache, cache_folder, cache_key
from core.datasets.layouts.opening import find_datasets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_lies_below_the_data_folder_and_is_no_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STREETSCOPE_CACHE", raising=False)
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path))
    Cache("kind", 100).write(cache_key(1), b"data")

    assert cache_folder() == tmp_path / ".cache"
    assert [path.name for path in tmp_path.iterdir()] == [".cache"]
    assert find_datasets() == []


def test_what_is_written_is_read_by_its_key(folder: Path) -> None:
    cache = Cache("kind", 100)
    cache.write(cache_key("a", 1), b"data")

    assert cache.read(cache_key("a", 1)) == b"data"
    assert cache.read(cache_key("a", "1")) is None
    assert Cache("other", 100).read(cache_key("a", 1)) is None
    assert [path.name for path in folder.iterdir()] == ["kind"]


def test_the_least_recently_used_go_first(folder: Path) -> None:
    cache = Cache("kind", 250)
    for number in range(3):
        cache.write(cache_key(number), b"x" * 80)
        os.utime(folder / "kind" / cache_key(number), (number, number))
    assert cache.read(cache_key(0))  # used now
    cache.write(cache_key(3), b"x" * 80)

    assert [cache.read(cache_key(number)) is not None for number in range(4)] == [True, False, True, True]


def test_a_process_begins_with_what_earlier_ones_have_left(folder: Path) -> None:
    for number in range(10):
        Cache("kind", 8000).write(cache_key(number), b"x" * 1000)
        os.utime(folder / "kind" / cache_key(number), (number, number))
    Cache("kind", 3000).write(cache_key(10), b"x" * 1000)

    assert len(list((folder / "kind").iterdir())) == 3


def test_it_stays_within_an_eighth_of_its_bound(folder: Path) -> None:
    cache = Cache("kind", 8000)
    for number in range(50):
        cache.write(cache_key(number), b"x" * 300)
        assert sum(path.stat().st_size for path in (folder / "kind").iterdir()) <= 9000 + 300


def test_where_nothing_can_be_kept_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "file"))
    cache = Cache("kind", 100)
    cache.write(cache_key(1), b"data")

    assert cache.read(cache_key(1)) is None
    assert cache.is_empty()
    assert not cache.can_keep()


def test_a_cache_that_may_only_be_read_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache("kind", 100)
    cache.write(cache_key(1), b"data")

    def refuse(path: Path) -> None:
        raise PermissionError("not the owner of the file")

    monkeypatch.setattr(os, "utime", refuse)
    assert cache.read(cache_key(1)) == b"data"


def test_it_says_whether_anything_is_kept(folder: Path) -> None:
    cache = Cache("kind", 100)
    assert cache.is_empty()
    assert cache.can_keep()
    assert cache.is_empty()
    cache.write(cache_key(1), b"data")
    assert not cache.is_empty()


def test_keys_are_digits_whatever_they_are_made_of() -> None:
    key = cache_key("../../etc/passwd", b"\xff", os.fsdecode(b"\xff"))

    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")
