"""What somebody gives to be imported: a zip, a folder or one file, which are read alike and never unpacked.

A zip is as hostile as any: its list is bounded before it is read, a path that leads outside refuses it, and a
file is counted while it is unpacked, whatever size the zip gives for it.
"""

from __future__ import annotations

import io
import os
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from core.annotation.exchange.labelled import refusing
from core.errors import AnnotationError, FileKindError, FileSizeError
from core.file_names import is_litter, natural_order
from core.files import is_plain, open_plain, read_plain
from core.languages import sentence
from core.photos.archives import is_zip
from core.photos.endings import PICTURE_ENDINGS
from core.photos.images import MAX_BYTES

MAX_FILES = 20_000
"""Files that are looked at: six thousand pictures in the format with the most files for each."""

MAX_DOCUMENT = 64 * 1024**2
"""Bytes of one document, such as COCO's JSON: CVAT's for 500 pictures has 20 MB."""

_LOOKED_AT = 20
"""Documents that are read to find the one of a format."""

MAX_UNPACKED = 4 * 1024**3
"""Bytes that are unpacked of one zip in all."""

_MAX_DIRECTORY = 8 * 1024**2
_CHUNK = 256 * 1024
_ENCRYPTED = 0x1  # bit of the general purpose flag: APPNOTE.TXT 6.3.10, section 4.4.4
_MEGABYTE = 1024**2


class Source(ABC):
    """Files by their path, with slashes; folders that hold all of them are left away."""

    def __init__(self, title: str, paths: Sequence[str]) -> None:
        """title: what to call the whole in a sentence."""
        self.title = title
        self._outer = _common_folder(paths)
        self.paths = tuple(sorted((path[len(self._outer) :] for path in paths), key=natural_order))
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._documents: dict[str, bytes] = {}
        for path in self.paths:
            self._by_name[PurePosixPath(path).name].append(path)

    def read(self, path: str, most: int = MAX_BYTES) -> bytes:
        """A file's bytes; AnnotationError if it cannot be read or has more than `most`."""
        return self._read(self._outer + path, most)

    def read_document(self, path: str) -> bytes:
        """A document's bytes, errors as for `read`. The last ones stay, as large as one may be in all.

        Each format looks at them before one of them reads its own: unpacking them is most of the work.
        """
        if path not in self._documents:
            self._documents[path] = self.read(path, MAX_DOCUMENT)
            while sum(map(len, self._documents.values())) > MAX_DOCUMENT:
                del self._documents[next(iter(self._documents))]
        return self._documents[path]

    def forget_documents(self) -> None:
        """Let go of the documents that were read."""
        self._documents.clear()

    @abstractmethod
    def _read(self, path: str, most: int) -> bytes: ...

    def close(self) -> None:  # noqa: B027 - only a zip stays open
        """Let go of the file."""

    def ending_with(self, ending: str) -> list[str]:
        """The paths that end so, in natural order."""
        return [path for path in self.paths if path.endswith(ending)]

    def document(self, ending: str, is_ours: Callable[[bytes], bool]) -> str | None:
        """The path of the first document with this ending whose content is ours, those near the top first.

        A few are looked at; None if none of them is. AnnotationError for one that cannot be read.
        """
        candidates = sorted(self.ending_with(ending), key=lambda path: (path.count("/"), path))
        return next((path for path in candidates[:_LOOKED_AT] if is_ours(self.read_document(path))), None)

    def named(self, name: str) -> str | None:
        """The path of the file with a name, the one nearest to the top; None if there is none."""
        return min(self._by_name.get(name, ()), key=lambda path: (path.count("/"), path), default=None)

    def picture(self, wanted: str) -> bytes | None:
        """The picture that a document names by its path or by its name; None if it is not here.

        AnnotationError if several pictures can be meant.
        """
        found = self.pictures(wanted)
        if len(found) > 1:
            raise AnnotationError(
                sentence(
                    "{title} has several pictures {name}; give each its own name.",
                    title=self.title,
                    name=PurePosixPath(wanted).name,
                )
            )
        return self.read(found[0]) if found else None

    def pictures(self, wanted: str) -> list[str]:
        """The paths that a picture named by a document can have: those that share most of its path."""
        parts = PurePosixPath(wanted.replace("\\", "/")).parts
        found = self._by_name.get(parts[-1], []) if parts else []
        for length in range(len(parts), 0, -1):
            ending = parts[-length:]
            alike = [path for path in found if PurePosixPath(path).parts[-length:] == ending]
            if alike:
                return alike
        return []


class _Zip(Source):
    def __init__(self, file: IO[bytes], title: str) -> None:
        guarded = _Guarded(file)
        try:
            self._zip = ZipFile(guarded)
        except AnnotationError:
            raise
        except Exception as error:  # hostile bytes make it raise nearly every exception there is
            raise AnnotationError(
                sentence("{title} is a damaged or incomplete zip; make it again.", title=title)
            ) from error
        guarded.opening = False
        self._entries = _entries(self._zip, title)
        self._left = MAX_UNPACKED
        super().__init__(title, list(self._entries))

    def _read(self, path: str, most: int) -> bytes:
        entry, parts = self._entries[path], []
        if entry.flag_bits & _ENCRYPTED:
            raise AnnotationError(
                sentence("{path} is locked with a password; make the zip again without one.", path=path)
            )
        # The other methods unpack any amount in one call: 4 kB of bzip2 can become 80 MB.
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise AnnotationError(
                sentence(
                    "{path} is packed in an unusual way; make the zip again in the ordinary way.", path=path
                )
            )
        size = 0
        try:
            with self._zip.open(entry) as file:
                while size <= most and self._left >= 0 and (chunk := file.read(_CHUNK)):
                    parts.append(chunk)
                    size += len(chunk)
                    self._left -= len(chunk)
        except Exception as error:  # as above
            raise AnnotationError(
                sentence("{path} is damaged in the zip; make the zip again.", path=path)
            ) from error
        if size > most:
            raise _too_large(path, most)
        if self._left < 0:
            raise AnnotationError(
                sentence(
                    "{title} unpacks to more than {max_unpacked} GB; make several zips of it.",
                    title=self.title,
                    max_unpacked=MAX_UNPACKED // 1024**3,
                )
            )
        return b"".join(parts)

    def close(self) -> None:
        self._zip.close()


class _Guarded(io.RawIOBase):
    """A zip's file whose list of files cannot take too much memory: `ZipFile` reads it at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.opening = file, True
        end = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._size = end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        rest = max(0, self._size - self._file.tell())
        wanted = rest if size is None or size < 0 else min(size, rest)
        if self.opening and wanted > _MAX_DIRECTORY:
            raise AnnotationError(
                sentence(
                    "This zip is damaged, or lists far more than {max_files} files.", max_files=MAX_FILES
                )
            )
        return self._file.read(wanted)


class _Folder(Source):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        paths: list[str] = []
        seen = 0  # somebody may give their home folder
        for place, folders, names in os.walk(folder):  # follows no links
            folders[:] = [name for name in folders if not is_litter(name)]
            files = [Path(place, name) for name in names if not is_litter(name)]
            paths += [path.relative_to(folder).as_posix() for path in files if is_plain(path)]
            seen += len(folders) + len(names)
            _check_count(seen, folder.name or str(folder))
        super().__init__(folder.name or str(folder), paths)

    def _read(self, path: str, most: int) -> bytes:
        return _read_file(self._folder / path, most, inside=self._folder)


class _File(Source):
    """A document alone, without its pictures."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(path.name, [path.name])

    def _read(self, path: str, most: int) -> bytes:
        return _read_file(self._path, most)


def open_source(path: Path) -> Source:
    """What lies at a path: a folder, a zip or a document; AnnotationError if it cannot be read."""
    if path.is_dir():
        return _Folder(path)
    with refusing():
        try:
            file = open_plain(path)
        except FileNotFoundError:
            raise AnnotationError(
                sentence("{path} does not exist; check how it is written.", path=path)
            ) from None
        except FileKindError:
            raise AnnotationError(
                sentence("{path} is no regular file; give a zip, a folder or a document.", path=path)
            ) from None
        except OSError as error:
            raise AnnotationError(
                sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
            ) from error
    start = file.read(4)
    if is_zip(start):
        return open_zip(file, path.name)
    file.close()
    return _File(path)


def open_zip(file: IO[bytes], title: str = "") -> Source:
    """A zip that is open already, such as an upload; AnnotationError if it cannot be read."""
    return _Zip(file, title or sentence("This zip"))


def is_picture(path: str) -> bool:
    """Whether a file has a picture's ending."""
    return PurePosixPath(path).suffix.lower() in PICTURE_ENDINGS


def stem(path: str) -> str:
    """A file's name without its folders and its last ending."""
    return PurePosixPath(path).stem


def _entries(archive: ZipFile, title: str) -> dict[str, ZipInfo]:
    found: dict[str, ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
            raise AnnotationError(
                sentence(
                    "{title} has the path {name!r}, which leads out of its folder; it is not read.",
                    title=title,
                    name=name[:80],
                )
            )
        if entry.is_dir() or any(is_litter(part) for part in parts if part != "."):
            continue
        path = PurePosixPath(*parts).as_posix()
        if path in found:
            raise AnnotationError(
                sentence(
                    "{title} has the file {path!r} twice; make the zip again.", title=title, path=path[:80]
                )
            )
        found[path] = entry
        _check_count(len(found), title)
    return found


def _check_count(files: int, title: str) -> None:
    if files > MAX_FILES:
        raise AnnotationError(
            sentence(
                "{title} has more than {max_files:,} files; give its parts one after the other.",
                title=title,
                max_files=MAX_FILES,
            )
        )


def _read_file(path: Path, most: int, inside: Path | None = None) -> bytes:
    with refusing():
        try:
            return read_plain(path, most, inside=inside)
        except FileSizeError:
            raise _too_large(path.name, most) from None
        except OSError as error:
            raise AnnotationError(
                sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
            ) from error


def _too_large(path: str, most: int) -> AnnotationError:
    return AnnotationError(
        sentence(
            "{path} is larger than {most} MB, too large for such a file.", path=path, most=most // _MEGABYTE
        )
    )


def _common_folder(paths: Sequence[str]) -> str:
    """The folders that all files are in, with a slash at the end; empty if there are none."""
    if not paths:
        return ""
    shared = PurePosixPath(paths[0]).parent.parts
    for path in paths:
        parts = PurePosixPath(path).parent.parts
        length = next((n for n, (a, b) in enumerate(zip(shared, parts, strict=False)) if a != b), None)
        shared = shared[: min(len(shared), len(parts)) if length is None else length]
    return "".join(f"{part}/" for part in shared)
