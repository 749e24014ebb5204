"""Where what was computed is kept, and that a data set cannot turn it against its user."""

from __future__ import annotations

import os

import pytest

from core.datasets import cache


@pytest.fixture
def root(tmp_path):
    (tmp_path / "set").mkdir()
    return tmp_path / "set"


def test_it_is_kept_in_the_data_set(root):
    assert cache.folder(root) == root / ".streetscope"
    assert cache.folder(root, "labels") == root / ".streetscope" / "labels"
    assert (root / ".streetscope" / "labels").is_dir()


def test_where_nobody_may_write_it_is_kept_in_the_users_cache(root, tmp_path):
    root.chmod(0o555)
    found = cache.folder(root)
    root.chmod(0o755)

    assert found.parent == tmp_path / "cache" / "streetscope"
    assert found.name.startswith("set-")
    assert not (root / ".streetscope").exists()


def test_a_folder_of_the_users_choice_comes_first(root, tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "mine"))

    assert cache.folder(root).parent == tmp_path / "mine"


def test_data_sets_of_one_name_do_not_share(tmp_path, monkeypatch):
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "mine"))
    for parent in ("a", "b"):
        (tmp_path / parent / "set").mkdir(parents=True)

    assert cache.folder(tmp_path / "a" / "set") != cache.folder(tmp_path / "b" / "set")


@pytest.mark.parametrize("link", [".streetscope", ".streetscope/labels"])
def test_a_link_in_the_data_set_is_not_written_through(root, tmp_path, link):
    victim = tmp_path / "victim"
    victim.mkdir()
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(victim)

    assert cache.folder(root, "labels").is_relative_to(tmp_path / "cache")
    assert list(victim.iterdir()) == []


def test_a_file_where_the_folder_belongs_is_no_hindrance(root, tmp_path):
    (root / ".streetscope").write_text("file")

    assert cache.folder(root).is_relative_to(tmp_path / "cache")


def test_where_nothing_can_be_kept_there_is_no_folder(root, tmp_path, monkeypatch):
    (root / ".streetscope").write_text("file")
    (tmp_path / "blocked").write_text("file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "blocked"))

    assert cache.folder(root) is None


def test_a_file_is_written_whole_and_leaves_nothing_else(root):
    cache.write(root / "a", b"first")
    cache.write(root / "a", b"second")

    assert [(path.name, path.read_bytes()) for path in root.iterdir()] == [("a", b"second")]


def test_a_link_where_the_file_belongs_is_replaced_not_followed(root, tmp_path):
    (tmp_path / "victim").write_bytes(b"precious")
    (root / "a").symlink_to(tmp_path / "victim")
    cache.write(root / "a", b"new")

    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert (root / "a").read_bytes() == b"new"


def test_what_cannot_be_written_is_done_without(root):
    cache.write(root / "nowhere" / "a", b"new")

    assert list(root.iterdir()) == []


def test_neither_links_nor_pipes_are_kept_files(root):
    (root / "file").write_bytes(b"")
    (root / "link").symlink_to(root / "file")
    os.mkfifo(root / "pipe")

    assert [cache.is_kept(root / name) for name in ("file", "link", "pipe", "nothing")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_signature_changes_with_size_and_time_and_a_missing_file_has_none(root):
    path = root / "a"
    path.write_bytes(b"1")
    first = cache.signature(path)
    path.write_bytes(b"12")

    assert first != cache.signature(path)
    assert cache.signature(root / "nowhere") is None
