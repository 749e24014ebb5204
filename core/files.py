"""The one way to write a file: whole or not at all, whoever else writes it, and a full disk is one sentence.

Also the one way to read a file that somebody else may have put there: a regular file, never a link or a pipe.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import re
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeGuard

from core.errors import FileKindError, FileSizeError
from core.languages import sentence

NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
"""A full disk, a file larger than allowed, a used-up quota."""

_PART = re.compile(r"^\.(.+)\.[0-9a-f]{32}\.part$")
_NOT_REGULAR = frozenset({errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENOTDIR, errno.ENODEV})
"""What opening a link, a folder, a pipe or socket, or a file in what is no folder is refused with."""

_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """A temporary path beside `path`; when the block ends well, its file takes the place of `path`.

    After an error the temporary file is removed and `path` stays as it was. Processes and threads may write
    the same path at once: each has a temporary path of its own, and the last one to finish wins.
    durable: wait until the content is on the disk, for what must survive a power cut. Renamed before that, a
    file could be empty afterwards.
    An OSError of a full disk names `path`, also when the block's own write did not.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        yield part
        if durable:
            _flush(part)
        part.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if is_disk_full(error):
            error.filename = str(path)  # a write does not know it, and nobody knows the temporary one
        raise


def write_bytes(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file, or leave the old one as it is; `durable` as for `replacing`."""
    with replacing(path, durable=durable) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str, *, durable: bool = False) -> None:
    """Write a whole UTF-8 file, or leave the old one as it is; `durable` as for `replacing`."""
    write_bytes(path, text.encode(), durable=durable)


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Write plain values as a whole JSON file, or leave the old one as it is."""
    write_text(path, json.dumps(values, indent=1) + "\n")


def remove_parts(folder: Path) -> None:
    """Remove what killed processes left half written, in all of a folder.

    Only for the one process that writes the folder: nobody else's file may be on its way.
    """
    for part in folder.rglob(".*.part"):
        if _PART.match(part.name):
            with contextlib.suppress(OSError):
                part.unlink()


def place_of(filename: object) -> Path:
    """The file that people know, given one that may be the temporary one of `replacing`."""
    path = Path(str(filename))
    return path.with_name(_PART.sub(r"\1", path.name)) if path.name else path


def is_disk_full(error: BaseException) -> TypeGuard[OSError]:
    """Whether an error means that there is no room on the disk."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


def disk_full_sentence(error: OSError, then: str = "") -> str:
    """What to tell people when `is_disk_full`. then: what to do once there is room."""
    return no_room_sentence(place_of(error.filename).name if error.filename else sentence("the file"), then)


def system_error_sentence(error: OSError) -> str:
    """What to tell people about an error of the system: which file, what is wrong with it, what to do."""
    if is_disk_full(error):
        return disk_full_sentence(error) if error.filename else no_room_sentence(sentence("the output"))
    where: str
    if error.filename is None:
        broken = isinstance(error, BrokenPipeError)
        where = sentence("The output") if broken else sentence("A file or a connection")
    else:
        where = str(place_of(error.filename))
    return sentence("{where} cannot be used: {reason}.", where=where, reason=error.strerror or error)


def no_room_sentence(name: object, then: str = "", needed: int | None = None) -> str:
    """What to tell people when there is no room on the disk for `name`.

    then: what to do once there is, if not simply to try again. needed: bytes, if known.
    """
    again = then or sentence("try again")
    if needed is None:
        return sentence(
            "There is no room on the disk for {name}: free some space and {again}.", name=name, again=again
        )
    return sentence(
        "There is no room on the disk for {name}, which needs {needed} MB: free some space and {again}.",
        name=name,
        needed=math.ceil(needed / 1024**2),
        again=again,
    )


def open_plain(path: Path, flags: int = os.O_RDONLY, *, inside: Path | None = None) -> BinaryIO:
    """Open a file that strangers may have put there. FileKindError unless it is a regular file.

    A link must not have another file shown or written to, and a pipe would block.
    flags: of `os.open`; anything but reading opens it to append.
    inside: a folder above `path`; no folder between the two may be a link either. The folder itself may be
    one: whoever chose it did so on purpose. By default it is the folder that `path` lies in.
    FileNotFoundError, and any other OSError of opening a file.
    """
    folder = path.parent if inside is None else inside
    try:
        descriptor = _open_below(folder, path.relative_to(folder).parts, flags | _PLAIN)
    except OSError as error:
        if error.errno in _NOT_REGULAR:
            raise _wrong_kind(path, error.errno) from error
        error.filename = str(path)
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _wrong_kind(path)
    return os.fdopen(descriptor, "rb" if flags == os.O_RDONLY else "ab")


def read_plain(path: Path, most: int, *, inside: Path | None = None) -> bytes:
    """All bytes of a file that strangers may have put there; no more than `most` are ever read.

    Errors as for `open_plain`; FileSizeError if there are more.
    """
    with open_plain(path, inside=inside) as file:
        return read_bounded(file, path, most)


def read_bounded(file: IO[bytes], path: Path, most: int) -> bytes:
    """The rest of an open file, also one that grows meanwhile; FileSizeError if that is over `most` bytes."""
    too_many = os.fstat(file.fileno()).st_size - file.tell() > most  # known at once, without reading them
    data = b"" if too_many else file.read(most + 1)
    if too_many or len(data) > most:
        raise FileSizeError(
            sentence(
                "{path} has more than {most:,} bytes, too many for such a file: remove it.",
                path=path,
                most=most,
            )
        )
    return data


def open_to_append(path: Path, *, inside: Path | None = None) -> BinaryIO:
    """Open a file to append to it; it is made if there is none. Parameters and errors as for `open_plain`."""
    return open_plain(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, inside=inside)


def is_plain(path: Path) -> bool:
    """Whether there is a regular file, and no link. Only to choose names to list: it may change at once."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder, or a link to one; not where nobody may look, or in too long a path."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether there is a regular file, or a link to one; not if nobody may look."""
    try:
        return path.is_file()
    except OSError:
        return False


def size_of(path: Path) -> int:
    """The bytes of a file; 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def signature(path: Path) -> str | None:
    """What changes when a file is written again: its size and its time; None if it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return f"{status.st_size} {status.st_mtime_ns}"


def _open_below(folder: Path, parts: tuple[str, ...], flags: int) -> int:
    """The descriptor of the file at `parts` below a folder, each part opened in the one before it.

    Checked and then opened by its path, a folder could have become a link in between.
    """
    if not parts:  # the root of all folders, which a link can lead to
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if ".." in parts:
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    *between, name = parts
    if os.open not in os.supports_dir_fd:  # Windows
        return _open_checked(folder, parts, flags)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in between:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
            os.close(place)
            place = below
        return os.open(name, flags, 0o666, dir_fd=place)
    finally:
        os.close(place)


def _open_checked(folder: Path, parts: tuple[str, ...], flags: int) -> int:
    path = folder
    for part in parts:
        path /= part
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return os.open(path, flags, 0o666)


def _wrong_kind(path: Path, number: int = 0) -> FileKindError:
    if number == errno.ENOTDIR:
        return FileKindError(
            sentence("{path} lies behind a link or in no folder: remove that and try again.", path=path)
        )
    return FileKindError(sentence("{path} is not a regular file: remove it and try again.", path=path))


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
