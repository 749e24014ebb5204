"""Photos from an untrusted zip: one at a time, within limits, and without writing a file.

A zip is a list of claims, and none is believed: names are only shown, sizes are counted while a file is
read, and the list itself is bounded before it is read.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from core.errors import ArchiveError, StreetScopeError
from core.file_names import is_litter
from core.languages import counted, sentence
from core.photos.images import MAX_BYTES

MAX_PHOTOS = 50
"""Files of one zip that are read, whether photos or not, where nobody says how many."""

MAX_TOTAL_BYTES = 400 * 1024 * 1024
"""Unpacked bytes that are read from one zip: ten of the largest photos, or 50 of 8 MB."""

MAX_RATIO = 200
"""How many times a file larger than a megabyte may grow in unpacking. Photos hardly grow; an uncompressed
screenshot grows 50 times; a bomb grows 1000 times, as much as deflate can."""

MAX_DIRECTORY_BYTES = 1024 * 1024
"""Bytes of the list of files at a zip's end: some 10 000 names. Python keeps half a kilobyte for each."""

MAX_NAME = 100
"""Characters of a file's name that are shown, at most."""

_MEGABYTE = 1024 * 1024
_CHUNK = 256 * 1024
_ENCRYPTED, _UTF_8 = 0x1, 0x800  # bits of the general purpose flag: APPNOTE.TXT 6.3.10, section 4.4.4
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # the first file's header, or an empty zip's end: 4.3.7, 4.3.16


def is_zip(data: bytes) -> bool:
    """Whether these bytes begin as a zip does."""
    return data.startswith(_SIGNATURES)


def photos_in_zip(data: bytes, most: int = MAX_PHOTOS) -> Iterator[tuple[str, bytes | ArchiveError]]:
    """The files of a zip, one after the other: a name to show, and the bytes or why there are none.

    data: the zip. most: files that are read of it. Folders, hidden files and what macOS and Windows leave
    behind are skipped; a file that cannot be read gives an ArchiveError, and the next one follows. When a
    limit of the whole zip is reached, a last pair says how many files are left out. Names have no folders or
    control characters, are cut to MAX_NAME, and get a number if two would be equal. `images.decode` finds out
    whether the bytes are a photo.
    ArchiveError at once, before the first file, if the zip cannot be read or has no files.
    """
    archive = _open(data)
    members = [info for info in archive.infolist() if _is_wanted(info)]
    if not members:
        archive.close()
        raise ArchiveError(sentence("This zip contains no files; give a zip of photos."))
    return _read_all(archive, members, len(data), most)


def unpacked(
    files: Iterable[tuple[str, bytes]], most: int = MAX_PHOTOS
) -> Iterator[tuple[str, bytes | StreetScopeError]]:
    """Files that somebody gave, each by its name, with those of a zip in the zip's place.

    most: files that are read of each zip. What is wrong with a zip, or with a file of one, stands where its
    bytes would.
    """
    for name, content in files:
        if not is_zip(content):
            yield name, content
            continue
        try:
            yield from photos_in_zip(content, most)
        except StreetScopeError as error:
            yield name, error


class _Guarded(io.BytesIO):
    """A zip whose list of files cannot make Python take too much memory.

    `ZipFile` reads the whole list at once, with the size and the place that the zip itself gives. This bounds
    what is read, instead of parsing the zip's end ourselves, which might differ from Python's parsing.
    """

    opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        rest = self.getbuffer().nbytes - self.tell()
        wanted = rest if size is None or size < 0 else size
        if self.opening and wanted > MAX_DIRECTORY_BYTES:
            raise ArchiveError(
                sentence(
                    "This zip is damaged, or lists far more than {max_photos} files; make a new one with "
                    "fewer photos.",
                    max_photos=MAX_PHOTOS,
                )
            )
        return super().read(size)


def _open(data: bytes) -> ZipFile:
    file = _Guarded(data)
    try:
        archive = ZipFile(file)
    except ArchiveError:
        raise
    except Exception as error:  # hostile bytes make it raise nearly every exception there is
        raise ArchiveError(
            sentence("This zip is damaged, incomplete or of a kind that we cannot read; make it again.")
        ) from error
    file.opening = False
    return archive


def _read_all(
    archive: ZipFile, members: list[ZipInfo], packed: int, most: int
) -> Iterator[tuple[str, bytes | ArchiveError]]:
    left, names = MAX_TOTAL_BYTES, set[str]()
    with archive:
        for number, info in enumerate(members):
            rest = len(members) - number
            if number == most:
                yield _left_out(rest, sentence("at most {most} files are read from one zip", most=most))
                return
            content, unpacked = _unpack(archive, info, packed, left)
            left -= unpacked
            if left < 0:
                yield _left_out(
                    rest,
                    sentence("at most {most} MB are read from one zip", most=MAX_TOTAL_BYTES // _MEGABYTE),
                )
                return
            name = _unique(_shown_name(info), names)
            names.add(name)
            yield name, content


def _left_out(files: int, why: str) -> tuple[str, ArchiveError]:
    name = counted("{count} more file", "{count} more files", count=files)
    return name, ArchiveError(
        sentence("This zip was not read to its end: {why}; give the rest in another zip.", why=why)
    )


def _unpack(archive: ZipFile, info: ZipInfo, packed: int, left: int) -> tuple[bytes | ArchiveError, int]:
    """A file's bytes, or why there are none, and how many bytes were unpacked to find out.

    packed: bytes of the whole zip. left: bytes that may still be unpacked; unpacking stops above them.
    """
    if info.flag_bits & _ENCRYPTED:
        return ArchiveError(
            sentence("This file is locked with a password; make the zip again without one.")
        ), 0
    # The other methods unpack any amount in one call: 4 kB of bzip2 can become 80 MB.
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return ArchiveError(
            sentence("This file is packed in an unusual way; make the zip again with ordinary compression.")
        ), 0
    chunks, size = [], 0
    try:
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                problem = _problem(chunks[0], size, min(info.compress_size, packed))
                if problem or size > left:
                    return ArchiveError(problem), size
    except Exception:  # hostile bytes make it raise nearly every exception there is
        return ArchiveError(sentence("This file is damaged in the zip; make the zip again.")), size
    return b"".join(chunks), size


def _problem(start: bytes, size: int, packed: int) -> str:
    """Why a file that begins with `start` is not read beyond `size` bytes; empty when it is."""
    if start.startswith(_SIGNATURES):
        return sentence("This is a zip in a zip; unpack it and give its photos.")
    if size > MAX_BYTES:
        return sentence(
            "This file is larger than {most} MB; give a smaller photo.", most=MAX_BYTES // _MEGABYTE
        )
    if size > _MEGABYTE and size > MAX_RATIO * packed:
        return sentence(
            "This file unpacks to more than {max_ratio} times its size, as no photo does; leave it out.",
            max_ratio=MAX_RATIO,
        )
    return ""


def _is_wanted(info: ZipInfo) -> bool:
    *folders, name = _parts(info)
    return bool(name) and not any(is_litter(part) for part in (*folders, name) if part not in (".", ".."))


def _shown_name(info: ZipInfo) -> str:
    """The name without its folders, and without characters that could disturb the page."""
    name = _parts(info)[-1]
    # Control and format characters, including those that change the direction of writing.
    clean = "".join(c for c in name if not unicodedata.category(c).startswith("C")).strip()
    return clean[-MAX_NAME:] or "unnamed"


def _parts(info: ZipInfo) -> list[str]:
    name = info.filename
    if not info.flag_bits & _UTF_8:
        # Without the flag the standard says code page 437, but macOS and others write UTF-8 all the same.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/").split("/")


def _unique(name: str, taken: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    number = 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){dot}{suffix}"
    return name
