"""Unpacking a `.tgz` archive that anybody may have made: files and folders only, inside, within limits."""

from __future__ import annotations

import errno
import gzip
import struct
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import DatasetError
from core.jobs import ProgressCallback
from core.languages import sentence

MAX_MEMBERS = 20_000
"""Files and folders in one archive, at most; CamVid has 1406."""

MAX_UNPACKED = 2 * 1024**3
"""Bytes that one archive may unpack to; CamVid's are about 600 MB."""

MAX_HEADER_BYTES = 32 * 1024**2
"""Bytes of all headers together: 1.6 kB for each of the files and folders that an archive may have."""

_MAX_READ = 64 * 1024
"""Bytes of one header, and of what is read at a time: tarfile reads the contents in smaller pieces."""
_STEP = 1024**2
# What tarfile, gzip and zlib raise for hostile bytes; RecursionError for thousands of headers in a chain. Not
# every exception: whoever is told of the progress may stop the work by one.
_OF_THE_ARCHIVE = (
    tarfile.TarError,
    EOFError,
    zlib.error,
    OSError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    struct.error,
)
# What the system says of names and places that no archive of ours has, such as a file where a folder is.
_ODD_PLACES = frozenset(
    {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ, errno.ELOOP}
)


def unpack(archive: Path, folder: Path, progress: ProgressCallback = lambda done, total: None) -> None:
    """Unpack the gzipped tar `archive` into the new folder `folder`.

    progress: called with the bytes of the archive read so far and its size.
    DatasetError for an archive that is damaged, ends early, holds anything but files and folders, names a
    place outside `folder`, or exceeds the limits above. OSError from writing is left as it is, unless it is
    about a name or a place that only such an archive asks for.
    """
    size = archive.stat().st_size
    folder.mkdir()
    try:
        with archive.open("rb") as file, _Bounded(file, lambda done: progress(done, size)) as unzipped:
            _extract(unzipped, folder)
            while unzipped.read(_MAX_READ):  # to the end, where gzip's checksum is
                pass
    except _OF_THE_ARCHIVE as error:
        if isinstance(error, OSError) and not _is_the_archives(error):
            raise
        raise DatasetError(
            sentence("The archive {name} is damaged or ends early.", name=archive.name)
        ) from error
    progress(size, size)


class _Bounded(gzip.GzipFile):
    """Reads the contents of a gzip file, up to MAX_UNPACKED bytes and never too many at once."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], None]) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._file, self._progress, self._told = file, progress, 0

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _MAX_READ:  # a header that claims to be large
            raise DatasetError(
                sentence("The archive has a header that is far too large; it is not a data set.")
            )
        data = super().read(size)
        self._check(self.tell())
        if self._file.tell() - self._told >= _STEP:
            self._told = self._file.tell()
            self._progress(self._told)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._check(offset)
        return super().seek(offset, whence)

    def _check(self, position: int) -> None:
        if position > MAX_UNPACKED:
            raise _too_large()


def _is_the_archives(error: OSError) -> bool:
    """Whether an OSError is about what is in the archive and not about the disk."""
    return isinstance(error, gzip.BadGzipFile) or error.errno in _ODD_PLACES


def _extract(unzipped: _Bounded, folder: Path) -> None:
    total = headers = contents_end = 0
    with tarfile.open(fileobj=unzipped, mode="r:", errorlevel=2) as tar:
        for number, member in enumerate(tar, start=1):
            # A member may have any number of headers, one after the other, and each is parsed.
            headers += member.offset_data - contents_end
            total, contents_end = total + member.size, member.offset_data + member.size
            if number > MAX_MEMBERS or total > MAX_UNPACKED or headers > MAX_HEADER_BYTES:
                raise _too_large()
            _refuse_odd(member)
            try:
                tar.extract(member, folder, filter="data")
            except tarfile.FilterError as error:
                raise _outside(member) from error


def _refuse_odd(member: tarfile.TarInfo) -> None:
    if not (member.isdir() or member.isreg()) or member.issparse():
        raise DatasetError(
            sentence(
                "The archive holds {name!r}, neither a file nor a folder; it is not a data set.",
                name=member.name[:80],
            )
        )
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise _outside(member)


def _outside(member: tarfile.TarInfo) -> DatasetError:
    return DatasetError(
        sentence(
            "The archive has a path outside its folder, {name!r}; nothing was unpacked.",
            name=member.name[:80],
        )
    )


def _too_large() -> DatasetError:
    return DatasetError(
        sentence(
            "The archive unpacks to more than {max_unpacked} GB or {max_members} files; it is not a "
            "data set.",
            max_unpacked=MAX_UNPACKED // 1024**3,
            max_members=MAX_MEMBERS,
        )
    )
