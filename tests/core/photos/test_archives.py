"""Zips that photos come in, and zips that were made to do harm."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import ArchiveError
from core.photos import archives, images
from core.photos.archives import is_zip, photos_in_zip

MEGABYTE = 1024 * 1024


def zip_of(*files: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def names(data: bytes) -> list[str]:
    return [name for name, _ in photos_in_zip(data)]


def only(data: bytes) -> bytes | ArchiveError:
    ((_, content),) = photos_in_zip(data)
    return content


def header_at(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The zip with these bytes at this offset of the first header with this signature."""
    start = data.index(signature) + offset
    return data[:start] + value + data[start + len(value) :]


def central(data: bytes, offset: int, value: bytes) -> bytes:
    return header_at(data, b"PK\x01\x02", offset, value)


def local(data: bytes, offset: int, value: bytes) -> bytes:
    return header_at(data, b"PK\x03\x04", offset, value)


def png(level: int) -> bytes:
    return images.encode_png(np.full((40, 50, 3), level, dtype=np.uint8))


# What an honest zip gives


def test_photos_come_in_the_order_of_the_zip_with_their_bytes():
    data = zip_of(("b.png", png(1)), ("a.png", png(2)), ("c.png", png(3)), method=ZIP_STORED)

    assert list(photos_in_zip(data)) == [("b.png", png(1)), ("a.png", png(2)), ("c.png", png(3))]


def test_a_photo_out_of_a_zip_can_be_decoded():
    content = only(zip_of(("a.png", png(7))))

    assert isinstance(content, bytes)
    assert (images.decode(content) == 7).all()


def test_photos_are_read_one_by_one_when_they_are_asked_for(monkeypatch):
    data = zip_of(("a.png", b"1"), ("b.png", b"2"))
    opened = []
    really_open = ZipFile.open
    monkeypatch.setattr(ZipFile, "open", lambda self, info: opened.append(info) or really_open(self, info))
    found = photos_in_zip(data)

    assert isinstance(found, Iterator)
    assert opened == []
    next(found)
    assert len(opened) == 1


def test_folders_hidden_files_and_litter_are_passed_over():
    data = zip_of(
        ("holiday/", b""),
        ("holiday/a.png", b"1"),
        ("__MACOSX/holiday/._a.png", b"2"),
        ("__MACOSX/b.png", b"3"),
        (".DS_Store", b"4"),
        (".hidden/c.png", b"5"),
        ("holiday/Thumbs.db", b"6"),
        ("desktop.ini", b"7"),
        ("folder\\", b""),
    )

    assert list(photos_in_zip(data)) == [("a.png", b"1")]


def test_what_is_no_photo_is_left_for_the_decoder_to_refuse():
    assert only(zip_of(("notes.txt", b"hello"))) == b"hello"


@pytest.mark.parametrize("data", [zip_of(), zip_of(("folder/", b"")), zip_of((".hidden", b"1"))])
def test_a_zip_without_files_is_refused(data):
    with pytest.raises(ArchiveError, match="contains no files; give a zip of photos"):
        photos_in_zip(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(zip_of(("a", b"1")), True), (zip_of(), True), (png(1), False), (b"", False), (b"PK", False)],
)
def test_a_zip_is_known_by_its_first_bytes(data, expected):
    assert is_zip(data) is expected


# Names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\a.png", "a.png"),
        ("..\\..\\a.png", "a.png"),
        ("./a.png", "a.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\x07\x1b[31m.png", "a[31m.png"),
        ("x" * 500 + ".png", "x" * 96 + ".png"),
        (" \u200b ", "unnamed"),
        ("Straße 街道.png", "Straße 街道.png"),
    ],
)
def test_names_are_only_shown_and_harmless(name, shown):
    assert names(zip_of((name, b"1"))) == [shown]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("Straße.png".encode(), "Straße.png"), ("Straße.png".encode("cp437"), "Straße.png")],
    ids=["UTF-8 as macOS writes it", "code page 437 as the standard says"],
)
def test_names_without_the_utf_8_flag_are_understood(raw, shown):
    data = zip_of(("x" * len(raw), b"1")).replace(b"x" * len(raw), raw)

    assert names(data) == [shown]


def test_two_files_of_one_name_are_numbered():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zip_of(("a.png", b"1"), ("b/a.png", b"2"), ("a.png", b"3"), ("c", b"4"), ("d/c", b"5"))

    assert list(photos_in_zip(data)) == [
        ("a.png", b"1"),
        ("a (2).png", b"2"),
        ("a (3).png", b"3"),
        ("c", b"4"),
        ("c (2)", b"5"),
    ]


# One bad file does not stop the others


def around(bad: bytes) -> list[tuple[str, bytes | ArchiveError]]:
    found = list(photos_in_zip(bad))
    assert [name for name, _ in found] == ["first.png", "bad.png", "last.png"]
    assert found[0][1] == b"first"
    assert found[2][1] == b"last"
    return found


THREE = (("first.png", b"first"), ("bad.png", b"0123456789" * 20), ("last.png", b"last"))


def second(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The zip with the header of its second file changed."""
    start = data.index(signature, data.index(signature) + 1)
    return data[:start] + header_at(data[start:], signature, offset, value)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (second(zip_of(*THREE), CENTRAL, 8, b"\x01"), "locked with a password"),
        (second(zip_of(*THREE), CENTRAL, 10, struct.pack("<H", ZIP_BZIP2)), "packed in an unusual way"),
        (second(zip_of(*THREE), CENTRAL, 10, struct.pack("<H", ZIP_LZMA)), "packed in an unusual way"),
        (second(zip_of(*THREE), CENTRAL, 10, struct.pack("<H", 99)), "packed in an unusual way"),
        (second(zip_of(*THREE), CENTRAL, 16, b"\0\0\0\0"), "damaged in the zip"),
        (second(zip_of(*THREE), LOCAL, 30, b"other"), "damaged in the zip"),
        (second(zip_of(*THREE), CENTRAL, 42, b"\x05"), "damaged in the zip"),
        (second(zip_of(*THREE), CENTRAL, 42, b"\xff\xff\xff\x7f"), "damaged in the zip"),
        (second(zip_of(*THREE), LOCAL, 0, b"XXXX"), "damaged in the zip"),
        (zip_of(*THREE).replace(zlib.compress(THREE[1][1])[2:8], b"\xff" * 6), "damaged in the zip"),
        (second(zip_of(*THREE, method=ZIP_STORED), CENTRAL, 24, b"\x10\0\0\0"), "damaged in the zip"),
        (zip_of(THREE[0], ("bad.png", zip_of(("x", b"1"))), THREE[2]), "a zip in a zip"),
    ],
    ids=[
        "encrypted",
        "bzip2",
        "LZMA",
        "a way nobody knows",
        "wrong CRC",
        "another name in its own header",
        "a place where no file is",
        "a place behind the end",
        "no header of its own",
        "broken deflate",
        "a size that is too small",
        "a zip",
    ],
)
def test_a_bad_file_gets_its_sentence_and_the_others_go_on(data, sentence):
    content = around(data)[1][1]

    assert isinstance(content, ArchiveError)
    assert sentence in str(content)
    assert str(content).endswith(".")


# Limits


def test_a_file_is_read_up_to_the_limit_and_no_further(monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 3 * MEGABYTE)
    fits, over = (
        np.random.default_rng(0).bytes(3 * MEGABYTE),
        np.random.default_rng(1).bytes(3 * MEGABYTE + 1),
    )
    found = list(photos_in_zip(zip_of(("fits", fits), ("over", over), ("last", b"1"))))

    assert found[0] == ("fits", fits)
    assert str(found[1][1]) == "This file is larger than 3 MB; give a smaller photo."
    assert found[2] == ("last", b"1")


def test_the_limit_of_a_file_is_that_of_a_photo():
    assert archives.MAX_BYTES == images.MAX_BYTES == 40 * MEGABYTE


def test_a_size_in_the_header_is_not_believed(monkeypatch):
    """The header says 10 bytes; 5 MB are there. Python stops at 10, and the CRC then is wrong."""
    data = zip_of(("a", b"\0" * 5 * MEGABYTE))
    content = only(central(data, 24, struct.pack("<I", 10)))

    assert isinstance(content, ArchiveError)


def test_a_bomb_is_stopped_by_how_much_it_grows():
    bomb = zip_of(("bomb.png", b"\0" * 30 * MEGABYTE), ("a.png", b"1"))
    assert len(bomb) < MEGABYTE
    tracemalloc.start()
    try:
        found = list(photos_in_zip(bomb))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "more than 200 times its size" in str(found[0][1])
    assert found[1] == ("a.png", b"1")
    assert peak < 10 * MEGABYTE


def test_what_grows_but_stays_small_is_no_bomb():
    assert only(zip_of(("flat.bmp", b"\0" * MEGABYTE))) == b"\0" * MEGABYTE


def test_a_packed_size_in_the_header_does_not_hide_a_bomb():
    bomb = zip_of(("bomb.png", b"\0" * 30 * MEGABYTE))

    assert isinstance(only(central(bomb, 20, struct.pack("<I", 2**31))), ArchiveError)


def test_files_share_a_limit(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 2 * MEGABYTE)
    noise = np.random.default_rng(0)
    data = zip_of(*((f"{n}.png", noise.bytes(MEGABYTE)) for n in range(4)), ("5.png", b"1"))
    found = list(photos_in_zip(data))

    assert [name for name, _ in found] == ["0.png", "1.png", "3 more files"]
    assert str(found[-1][1]) == (
        "This zip was not read to its end: at most 2 MB are read from one zip; give the rest in another zip."
    )


def test_bad_files_count_for_the_shared_limit(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 2 * MEGABYTE)
    noise = np.random.default_rng(0)
    data = zip_of(*((f"{n}.png", noise.bytes(MEGABYTE)) for n in range(4)))
    found = list(photos_in_zip(central(data, 16, b"\0\0\0\0")))

    assert [name for name, _ in found] == ["0.png", "1.png", "2 more files"]


@pytest.mark.parametrize(("files", "rest"), [(50, None), (51, "1 more file"), (70, "20 more files")])
def test_a_zip_may_bring_50_files(files, rest):
    found = list(photos_in_zip(zip_of(*((f"{n}.png", b"1") for n in range(files)))))

    assert [name for name, _ in found[:50]] == [f"{n}.png" for n in range(50)]
    assert [name for name, _ in found[50:]] == ([rest] if rest else [])
    if rest:
        assert "at most 50 files are read from one zip" in str(found[50][1])


def a_million_entries() -> bytes:
    """A zip whose list names one empty file a million times."""
    entry = struct.pack("<4s6H3I5H2I", CENTRAL, 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    assert len(entry) == 47
    start = zip_of(("a", b""), method=ZIP_STORED)
    start = start[: start.index(CENTRAL)]
    count = 1_000_000
    size = count * len(entry)
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, len(start))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(start) + size, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, len(start), 0)
    return start + entry * count + end64 + locator + end


def test_a_million_files_are_refused_before_they_are_listed():
    data = a_million_entries()
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="lists far more than 50 files"):
            photos_in_zip(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak - len(data) < 5 * MEGABYTE


def test_the_million_files_are_a_zip_that_python_would_list(monkeypatch):
    """What the test above refuses is refused for its length, not because it was made wrongly."""
    listed = iter(range(1000))

    class Counted(ZipInfo):
        def __init__(self, *arguments: object) -> None:
            next(listed)  # stops Python after the thousandth
            super().__init__(*arguments)

    data = a_million_entries()
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 100 * MEGABYTE)
    monkeypatch.setattr(zipfile, "ZipInfo", Counted)
    with pytest.raises(ArchiveError):
        photos_in_zip(data)

    assert next(listed, None) is None


def end_says(data: bytes, offset: int, value: bytes) -> bytes:
    return header_at(data, b"PK\x05\x06", offset, value)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"PK\x05\x06",
        zip_of(("a", b"1"))[:-1],
        zip_of(("a", b"1"))[:40],
        end_says(zip_of(("a", b"1")), 12, b"\xff\xff\xff\x7f"),
        end_says(zip_of(("a", b"1")), 12, b"\0\0\0\0"),
        central(zip_of(("a", b"1")), 0, b"XXXX"),
        central(zip_of(("ü", b"1")), 46, b"\xff\xff"),
        zip_of(("a", b"1"))
        + struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**62, 2**62, 2**62, 2**62)
        + struct.pack("<4sIQI", b"PK\x06\x07", 0, 2**62, 1)
        + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0),
        b"\0" * 100_000,
        b"",
    ],
    ids=[
        "only a beginning",
        "only an end",
        "end cut",
        "list missing",
        "a list of 2 GB",
        "no list",
        "an entry that is none",
        "a name that is no UTF-8",
        "zip64 with a list of 4 exabytes",
        "zeros",
        "nothing",
    ],
)
def test_what_is_no_whole_zip_is_refused_in_a_sentence(data):
    with pytest.raises(ArchiveError, match=r"^This zip [^\n]*\.$"):
        photos_in_zip(data)


@pytest.mark.parametrize(
    "data",
    [zip_of(("a", b"1"))[20:], end_says(zip_of(("a", b"1")), 16, b"\xff\xff\xff\x7f")],
    ids=["beginning cut", "a list at 2 GB"],
)
def test_a_file_that_is_not_where_the_zip_says_gets_its_sentence(data):
    assert "damaged in the zip" in str(only(data))


def test_files_that_share_their_bytes_are_bounded_too(monkeypatch):
    """Fifield's bomb: many entries of the list point at the same packed bytes."""
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3 * MEGABYTE)
    data = zip_of(("a", b"\0" * MEGABYTE))
    at, end = data.index(CENTRAL), data.index(b"PK\x05\x06")
    entry = data[at:end]
    count = struct.pack("<H", 40)
    tail = struct.pack("<4s2H", b"PK\x05\x06", 0, 0) + count * 2 + struct.pack("<2IH", 40 * len(entry), at, 0)
    found = list(photos_in_zip(data[:at] + entry * 40 + tail))

    assert len(found) <= 40
    assert sum(len(content) for _, content in found if isinstance(content, bytes)) <= 3 * MEGABYTE


@given(st.data())
def test_no_damage_does_anything_but_give_sentences(data):
    whole = bytearray(zip_of(("a.png", png(1)), ("b.png", b"0123456789" * 30), ("ü/c.png", png(3))))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))

    try:
        found = list(photos_in_zip(bytes(whole[:cut])))
    except ArchiveError:
        return
    assert all(isinstance(content, ArchiveError | bytes) for _, content in found)


def test_a_photo_of_a_phone_goes_through_whole():
    buffer = io.BytesIO()
    Image.effect_noise((800, 600), 80).convert("RGB").save(buffer, "JPEG", quality=95)
    content = only(zip_of(("IMG_0001.JPG", buffer.getvalue())))

    assert content == buffer.getvalue()
