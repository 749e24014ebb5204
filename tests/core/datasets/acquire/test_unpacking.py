"""Archives from elsewhere: what is unpacked, and every way in which one may try to do harm."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile

import numpy as np
import pytest

from core.datasets.acquire import unpacking
from core.datasets.acquire.unpacking import unpack
from core.errors import DatasetError


def member(name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", **fields) -> tuple:
    """A tar member of any kind, with its content."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def write_archive(path, *members) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "archive.tgz"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "inner" / "unpacked"


@pytest.fixture(autouse=True)
def parent(folder):
    folder.parent.mkdir()


def everything(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_files_and_folders_come_out_as_they_went_in(archive, folder):
    write_archive(
        archive,
        member("set", tarfile.DIRTYPE, mode=0o755),
        member("set/a.png", content=b"a" * 3000),
        member("set/deep/er/b.png", content=b"b"),
    )
    unpack(archive, folder)

    assert everything(folder) == {"set/a.png": b"a" * 3000, "set/deep/er/b.png": b"b"}


def test_progress_ends_with_the_archives_size(archive, folder):
    write_archive(archive, member("a", content=b"a"))
    seen = []
    unpack(archive, folder, lambda done, total: seen.append((done, total)))

    size = archive.stat().st_size
    assert seen[-1] == (size, size)


def test_a_stranger_can_neither_run_nor_own_what_comes_out(archive, folder):
    write_archive(archive, member("a", content=b"a", mode=0o6777, uid=12345))
    unpack(archive, folder)

    assert (folder / "a").stat().st_mode & 0o7022 == 0
    assert (folder / "a").stat().st_uid == folder.stat().st_uid


@pytest.mark.parametrize(
    "name",
    ["../outside", "/tmp/outside", "a/../../outside", "..", "a/..", "..\\outside", "C:\\outside"],  # noqa: S108
)
def test_a_place_outside_is_refused(archive, folder, tmp_path, refusal, name):
    write_archive(archive, member("a/ok", content=b"ok"), member(name, content=b"harm"))

    assert "has a path outside its folder" in refusal(lambda: unpack(archive, folder))
    assert list((tmp_path / "inner").iterdir()) == [folder]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.tgz", "inner"]


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.FIFOTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.GNUTYPE_SPARSE,
    ],
)
def test_links_and_devices_are_refused(archive, folder, refusal, kind):
    write_archive(archive, member("a", kind, linkname="b"))

    assert "neither a file nor a folder" in refusal(lambda: unpack(archive, folder))
    assert list(folder.iterdir()) == []


def test_too_many_files_are_refused(archive, folder, refusal, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 3)
    write_archive(archive, *(member(f"{n}", content=b"") for n in range(4)))

    assert "3 files" in refusal(lambda: unpack(archive, folder))


def test_too_many_bytes_are_refused_before_they_are_written(archive, folder, refusal, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_UNPACKED", 1024**2)
    write_archive(archive, member("a", content=bytes(1000)), member("bomb", content=bytes(4 * 1024**2)))

    assert "unpacks to more than" in refusal(lambda: unpack(archive, folder))
    assert everything(folder) == {"a": bytes(1000)}


def test_endless_zeros_behind_the_last_file_are_refused(archive, folder, refusal, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_UNPACKED", 1024**2)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        tar.addfile(*_opened(member("a", content=b"a")))
    archive.write_bytes(gzip.compress(plain.getvalue() + bytes(4 * 1024**2)))

    assert "unpacks to more than" in refusal(lambda: unpack(archive, folder))


def test_a_header_of_a_gigabyte_is_not_held_in_memory(archive, folder, refusal):
    """A PAX header is read in one piece by tarfile; a few kilobytes of archive may claim any size for it."""
    info = tarfile.TarInfo("a")
    info.type, info.size = tarfile.XHDTYPE, 1024**3
    archive.write_bytes(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)))

    assert "header that is far too large" in refusal(lambda: unpack(archive, folder))


def chained(kind, content, times) -> bytes:
    """A tar in which so many headers of a kind stand before one empty file."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, len(content)
    header = info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)
    return header * times + tarfile.TarInfo("a").tobuf(tarfile.USTAR_FORMAT) + bytes(1024)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (tarfile.GNUTYPE_LONGNAME, b"name\0"),
        (tarfile.GNUTYPE_LONGLINK, b"name\0"),
        (tarfile.XHDTYPE, b"9 path=b\n"),
        (tarfile.XGLTYPE, b"9 path=b\n"),
        (tarfile.XHDTYPE, b"24 GNU.sparse.map=0,1\nx\n"),
    ],
)
@pytest.mark.parametrize("times", [300, 3000, 30_000])
def test_thousands_of_headers_in_a_chain_are_refused_in_one_sentence(
    archive, folder, refusal, kind, content, times
):
    archive.write_bytes(gzip.compress(chained(kind, content, times), 1))
    try:
        unpack(archive, folder)
    except DatasetError:
        assert refusal(lambda: unpack(archive, folder.with_name("again"))).startswith("The archive ")
    assert times < 1000 or everything(folder) == {}


def test_the_headers_of_all_files_together_are_bounded(archive, folder, refusal, monkeypatch):
    monkeypatch.setattr(unpacking, "MAX_HEADER_BYTES", 20_000)
    write_archive(archive, member("a" * 99, content=bytes(50_000)))
    unpack(archive, folder)

    write_archive(archive, *(member(f"{n}" + "a" * 200, content=b"") for n in range(20)))
    assert "unpacks to more than" in refusal(lambda: unpack(archive, folder.with_name("again")))


@pytest.mark.parametrize(
    "names", [("a", "a/b"), ("a/b", "a"), ("x" * 300,), ("a/" * 3000 + "b",), ("a\0b",), ("",)]
)
def test_names_that_no_disk_takes_are_refused_as_the_archives_fault(archive, folder, refusal, names):
    write_archive(archive, *(member(name, content=b"content") for name in names))
    try:
        unpack(archive, folder)
    except DatasetError as error:
        assert str(error).startswith("The archive ")  # noqa: PT017 (some of them do no harm)


def test_numbers_that_no_file_has_are_no_traceback(archive, folder):
    write_archive(archive, member("a", content=b"a", mtime=2**62, mode=2**40 - 1, uid=2**50))
    with contextlib.suppress(DatasetError):
        unpack(archive, folder)


def test_whoever_is_told_of_the_progress_can_stop_it(archive, folder):
    write_archive(archive, member("a", content=np.random.default_rng(1).bytes(3 * 1024**2)))

    def stop(done, total):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        unpack(archive, folder, stop)


@pytest.mark.parametrize("keep", [0, 1, 10, 200, -1, -8, -9])
def test_an_archive_that_ends_early_is_refused(archive, folder, refusal, keep):
    write_archive(archive, member("a", content=bytes(range(256)) * 100))
    archive.write_bytes(archive.read_bytes()[:keep])

    assert refusal(lambda: unpack(archive, folder)) == "The archive archive.tgz is damaged or ends early."


def test_an_archive_with_a_changed_byte_is_refused(archive, folder, refusal):
    write_archive(archive, member("a", content=bytes(range(256)) * 100))
    content = bytearray(archive.read_bytes())
    content[-6] ^= 1  # the checksum: RFC 1952, section 2.3.1
    archive.write_bytes(content)

    assert "is damaged" in refusal(lambda: unpack(archive, folder))


@pytest.mark.parametrize("content", [b"no archive", gzip.compress(b"no archive" * 100)], ids=["text", "gzip"])
def test_something_else_is_refused(archive, folder, refusal, content):
    archive.write_bytes(content)

    assert "is damaged or ends early" in refusal(lambda: unpack(archive, folder))


def _opened(pair) -> tuple:
    return pair[0], io.BytesIO(pair[1])
