"""Files are written whole or not at all, by any number of writers at once; strangers' files are regular."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import FileKindError, FileSizeError
from core.files import (
    disk_full_sentence,
    is_disk_full,
    open_plain,
    open_to_append,
    place_of,
    read_bounded,
    read_plain,
    remove_parts,
    replacing,
    signature,
    write_bytes,
    write_json,
    write_text,
)
from tests.conftest import ROOT

WRITERS, WRITES = 9, 100
WRITE_MANY = """
import sys
from pathlib import Path
from core.files import write_bytes
for _ in range(int(sys.argv[3])):
    write_bytes(Path(sys.argv[1]), sys.argv[2].encode() * 100_000)
"""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "first")
    write_text(tmp_path / "a", "naïve")
    write_json(tmp_path / "b", {"n": 1})

    assert (tmp_path / "a").read_bytes() == "naïve".encode()
    assert (tmp_path / "b").read_text() == '{\n "n": 1\n}\n'
    assert names_in(tmp_path) == ["a", "b"]


def test_threads_may_write_one_path_at_once(tmp_path: Path) -> None:
    contents = [bytes([number]) * 50_000 for number in range(WRITERS)]

    def write(content: bytes) -> None:
        for _ in range(WRITES):
            write_bytes(tmp_path / "a", content)
            assert (tmp_path / "a").read_bytes() in contents

    with ThreadPoolExecutor(WRITERS) as pool:
        assert list(pool.map(write, contents)) == [None] * WRITERS
    assert names_in(tmp_path) == ["a"]


def test_processes_may_write_one_path_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE_MANY, str(tmp_path / "a")]
    writers = [subprocess.Popen([*command, letter, "50"], cwd=ROOT) for letter in "xyz"]

    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert (tmp_path / "a").read_bytes() in [letter * 100_000 for letter in (b"x", b"y", b"z")]
    assert names_in(tmp_path) == ["a"]


@pytest.mark.parametrize("durable", [False, True])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path, durable: bool) -> None:
    write_text(tmp_path / "a", "old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a", durable=durable) as part:  # noqa: PT012
        part.write_text("half")
        raise ZeroDivisionError

    assert (tmp_path / "a").read_text() == "old"
    assert names_in(tmp_path) == ["a"]


def test_a_link_where_the_file_belongs_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(tmp_path / "victim")
    write_bytes(tmp_path / "a", b"new")

    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert (tmp_path / "a").read_bytes() == b"new"


# A full disk


def test_a_full_disk_names_the_file_and_leaves_the_old_one(tmp_path: Path, small_files: None) -> None:
    write_text(tmp_path / "status.json", "old")
    with pytest.raises(OSError, match=r"status\.json") as full:
        write_bytes(tmp_path / "status.json", b"x" * 2000)

    assert is_disk_full(full.value)
    sentence = "There is no room on the disk for status.json: free some space and try again."
    assert disk_full_sentence(full.value) == sentence
    assert (tmp_path / "status.json").read_text() == "old"
    assert names_in(tmp_path) == ["status.json"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_has_several_numbers(number: int) -> None:
    assert is_disk_full(OSError(number, "full"))


def test_other_errors_are_no_full_disk() -> None:
    assert not is_disk_full(OSError(errno.EACCES, "denied"))
    assert not is_disk_full(ValueError("full"))


def test_the_sentence_says_what_to_do_then_and_never_names_a_temporary_file(tmp_path: Path) -> None:
    with replacing(tmp_path / "best.safetensors") as part:
        part.touch()
        error = OSError(errno.ENOSPC, "full", str(part))

    assert place_of(part) == tmp_path / "best.safetensors"
    expected = "There is no room on the disk for best.safetensors: free some space and resume the run."
    assert disk_full_sentence(error, "resume the run") == expected
    assert "for the file:" in disk_full_sentence(OSError(errno.ENOSPC, "full"))


# Killed


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from core.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as part: part.touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a")], cwd=ROOT, check=False)
    (tmp_path / ".mine.part").touch()
    assert len(names_in(tmp_path)) == 2

    remove_parts(tmp_path)
    assert names_in(tmp_path) == [".mine.part"]


# Strangers' files


def test_a_regular_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    with open_plain(tmp_path / "a") as file:
        assert file.read() == b"content"
    with open_to_append(tmp_path / "a") as file:
        file.write(b"!")
    with open_to_append(tmp_path / "new") as file:
        file.write(b"?")

    assert [(tmp_path / name).read_bytes() for name in ("a", "new")] == [b"content!", b"?"]


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "folder", "pipe"):
        for opened in (open_plain, open_to_append):
            with pytest.raises(FileKindError, match=f"{name} is not a regular file"):
                opened(tmp_path / name)


@pytest.fixture
def odd_file(tmp_path: Path) -> Callable[[str], Path]:
    """Put something that is no regular file of its folder where a file belongs."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"secret")
    kept = tmp_path / "kept"
    kept.mkdir()

    def put(kind: str) -> Path:
        path = kept / "sub" / "file"
        if kind == "folder is a link":
            path.parent.symlink_to(secret)
        elif kind == "folder is a file":
            path.parent.touch()
        else:
            path.parent.mkdir()
        match kind:
            case "link":
                path.symlink_to(secret / "file")
            case "link to nothing":
                path.symlink_to(tmp_path / "nowhere")
            case "link to a folder" | "link to itself":
                path.symlink_to(secret if kind == "link to a folder" else path)
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case "socket":
                with socket.socket(socket.AF_UNIX) as made:
                    made.bind(str(path))
            case "device":
                try:
                    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero: it never ends
                except PermissionError:
                    pytest.skip("only root makes devices")
        return path

    return put


ODD = (
    "link",
    "link to nothing",
    "link to a folder",
    "link to itself",
    "folder is a link",
    "folder is a file",
    "folder",
    "pipe",
    "socket",
    "device",
)


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_regular_file_of_its_folder_is_neither_read_nor_written(
    odd_file: Callable[[str], Path], tmp_path: Path, kind: str
) -> None:
    path = odd_file(kind)
    for use in (open_plain, open_to_append, lambda path, inside: read_plain(path, 10**6, inside=inside)):
        with pytest.raises(FileKindError, match=r"sub/file .*: remove (it|that) and try again\.$"):
            use(path, inside=tmp_path / "kept")

    assert (tmp_path / "secret" / "file").read_bytes() == b"secret"
    assert not (tmp_path / "nowhere").exists()


def test_the_folder_that_was_chosen_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "real" / "sub" / "file").write_bytes(b"mine")
    (tmp_path / "chosen").symlink_to(tmp_path / "real")

    assert read_plain(tmp_path / "chosen" / "sub" / "file", 4, inside=tmp_path / "chosen") == b"mine"


def test_a_way_out_of_the_folder_is_no_way(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "kept").mkdir()
    with pytest.raises(FileKindError):
        read_plain(tmp_path / "kept" / ".." / "secret", 100, inside=tmp_path / "kept")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(5 * 10**9)
    with pytest.raises(FileSizeError, match=r"sparse has more than 1,000,000 bytes"):
        read_plain(tmp_path / "sparse", 10**6)


def test_a_file_that_grows_while_it_is_read_is_no_longer_than_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    with open_plain(tmp_path / "a") as file, (tmp_path / "a").open("ab") as writer:
        file.read(1)
        writer.write(b"x" * 1000)
        writer.flush()
        with pytest.raises(FileSizeError):
            read_bounded(file, tmp_path / "a", 500)


def test_no_descriptor_is_left_open(odd_file: Callable[[str], Path], tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    path = odd_file("pipe")
    for _ in range(20):
        with pytest.raises(FileKindError):
            read_plain(path, 10, inside=tmp_path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_missing_file_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_plain(tmp_path / "nowhere")


def test_a_signature_changes_with_size_and_time_and_a_missing_file_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    first = signature(path)
    path.write_bytes(b"12")

    assert first != signature(path)
    assert signature(tmp_path / "nowhere") is None


def test_the_root_of_all_folders_is_no_file() -> None:
    with pytest.raises(FileKindError):
        open_plain(Path("/"))
