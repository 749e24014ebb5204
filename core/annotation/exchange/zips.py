"""Writing the one zip of a format, picture by picture."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_STORED = (".png", ".jpg")
"""Packed already."""

_IN_MEMORY = 8 * 1024**2
"""Bytes of a document that are kept in memory while it grows; the rest goes to a temporary file."""

_STEP = 1024**2


class Document:
    """A text file that grows while pictures are written, and goes into the zip at its end."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close()

    def write(self, text: str) -> None:
        """Append some text."""
        self.file.write(text.encode())

    def append(self, other: Document) -> None:
        """Append all of another one."""
        _copy(other.file, self.file)

    def close(self) -> None:
        """Let go of the text."""
        self.file.close()


class ZipWriter:
    """A zip that is written from its beginning to its end; equal content gives equal bytes.

    file: a writable file; it stays open.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w")
        self._documents: dict[str, Document] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for name, document in self._documents.items():
                with self._zip.open(_entry(name), "w", force_zip64=True) as target:
                    _copy(document.file, target)
        for document in self._documents.values():
            document.close()
        # After an error nobody reads the zip; left open, it would try to end itself when it is collected.
        with suppress(Exception) if kind else nullcontext():
            self._zip.close()

    def add(self, name: str, data: bytes | str) -> None:
        """Write a whole file."""
        self._zip.writestr(_entry(name), data)

    def document(self, name: str) -> Document:
        """A text file that can be written to until the zip is finished."""
        return self._documents.setdefault(name, Document())


def _copy(file: IO[bytes], target: IO[bytes]) -> None:
    file.seek(0)
    while data := file.read(_STEP):
        target.write(data)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # of 1980: the hour of the export says nothing
    entry.compress_type = ZIP_STORED if name.endswith(_STORED) else ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
