"""A folder is there whole or not at all, whoever writes it, and whenever that process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import folders
from core.errors import FolderBusyError, FolderTakenError
from core.folders import interrupted, remove_leftovers, replacing_folder, standing
from tests.conftest import ROOT

KILL_AT = """
import os, signal, sys
from pathlib import Path
from core import folders
if sys.argv[3] == "renames":
    folders._exchange = lambda first, second: False
left = int(sys.argv[2])
def watch(event, arguments):
    global left
    changes = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir")
    if changes or event == "open" and "/.set." in str(arguments[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
with folders.replacing_folder(Path(sys.argv[1]), replace=True) as new:
    for name in "ab":
        (new / name).write_text("new")
print("done")
"""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(target: Path, text: str, *, replace: bool = False) -> None:
    with replacing_folder(target, replace=replace) as new:
        for name in "ab":
            (new / name).write_text(text)


def texts(target: Path) -> list[str]:
    return [(standing(target) / name).read_text() for name in "ab"]


@pytest.fixture(params=["exchange", "renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a folder takes another's place: in one step, or as systems do that cannot do that."""
    if request.param == "renames":
        monkeypatch.setattr(folders, "_exchange", lambda first, second: False)
    return str(request.param)


def test_a_folder_appears_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    with replacing_folder(tmp_path / "set", replace=False) as new:
        (new / "a").write_text("a")
        assert not (tmp_path / "set").exists()

    assert names_in(tmp_path) == ["set"]
    assert names_in(tmp_path / "set") == ["a"]


def test_one_takes_the_place_of_another_and_keeps_what_it_lacks(tmp_path: Path, way: str) -> None:
    write(tmp_path / "set", "old")
    (tmp_path / "set" / "notes").mkdir()
    (tmp_path / "set" / "notes" / "mine").write_text("mine")
    (tmp_path / "set" / "link").symlink_to("nowhere")
    write(tmp_path / "set", "new", replace=True)

    assert texts(tmp_path / "set") == ["new", "new"]
    assert (tmp_path / "set" / "notes" / "mine").read_text() == "mine"
    assert (tmp_path / "set" / "link").is_symlink()
    assert names_in(tmp_path) == ["set"]


def test_a_folder_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    write(tmp_path / "set", "old")
    with pytest.raises(FolderTakenError, match="set exists already"):
        write(tmp_path / "set", "new")

    assert texts(tmp_path / "set") == ["old", "old"]
    assert names_in(tmp_path) == ["set"]


def test_one_that_appears_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    with pytest.raises(FolderTakenError), replacing_folder(tmp_path / "set", replace=False):  # noqa: PT012
        (tmp_path / "set").mkdir()
        (tmp_path / "set" / "theirs").touch()

    assert names_in(tmp_path) == ["set"]
    assert names_in(tmp_path / "set") == ["theirs"]


def test_an_empty_folder_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    write(tmp_path / "set", "new")

    assert texts(tmp_path / "set") == ["new", "new"]


def test_an_error_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "set", "old")
    with pytest.raises(ZeroDivisionError), replacing_folder(tmp_path / "set", replace=True) as new:  # noqa: PT012
        (new / "a").write_text("half")
        raise ZeroDivisionError

    assert texts(tmp_path / "set") == ["old", "old"]
    assert names_in(tmp_path) == ["set"]


def test_two_at_once_are_one_and_a_sentence(tmp_path: Path) -> None:
    with replacing_folder(tmp_path / "set", replace=False) as new:
        (new / "a").write_text("first")
        with pytest.raises(FolderBusyError, match="set is being written already"):
            write(tmp_path / "set", "second", replace=True)

    assert (tmp_path / "set" / "a").read_text() == "first"
    write(tmp_path / "set", "third", replace=True)
    assert names_in(tmp_path) == ["set"]


def test_a_link_that_is_replaced_leaves_what_it_pointed_to(tmp_path: Path, way: str) -> None:
    write(tmp_path / "real", "old")
    (tmp_path / "set").symlink_to(tmp_path / "real")
    write(tmp_path / "set", "new", replace=True)

    assert texts(tmp_path / "real") == ["old", "old"]
    assert texts(tmp_path / "set") == ["new", "new"]
    assert not (tmp_path / "set").is_symlink()


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_killed_at_any_step_there_is_the_old_one_or_the_new_one(tmp_path: Path, way: str) -> None:
    target, done = tmp_path / "set", False
    write(target, "old")
    for step in range(40):
        arguments = [sys.executable, "-c", KILL_AT, str(target), str(step), way]
        ended = subprocess.run(arguments, cwd=ROOT, check=False, capture_output=True, text=True)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        assert texts(target) in (["old", "old"], ["new", "new"])
        assert interrupted(tmp_path) in ([], ["set"])
        remove_leftovers(tmp_path)
        assert texts(target) in (["old", "old"], ["new", "new"])
        assert names_in(tmp_path) == ["set"]
        write(target, "old", replace=True)
        if done := ended.returncode == 0:
            break
    assert done


def test_what_a_living_process_writes_is_no_leftover(tmp_path: Path) -> None:
    with replacing_folder(tmp_path / "set", replace=False) as new:
        remove_leftovers(tmp_path)
        assert new.is_dir()
        (new / "a").touch()

    assert names_in(tmp_path / "set") == ["a"]


def test_hidden_folders_that_are_not_ours_stay(tmp_path: Path) -> None:
    (tmp_path / ".mine.new").mkdir()
    (tmp_path / ".mine.old").mkdir()
    remove_leftovers(tmp_path)

    assert names_in(tmp_path) == [".mine.new", ".mine.old"]


def test_the_system_says_when_it_cannot_exchange(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        folders._exchange(tmp_path / "a", tmp_path / "b")
