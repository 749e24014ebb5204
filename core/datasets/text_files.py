"""The small text files of a data set: of bounded size, never a pipe, in any encoding that editors write."""

from __future__ import annotations

import codecs
import csv
import os
import unicodedata
from pathlib import Path

from core.errors import DatasetError, FileKindError
from core.files import open_plain
from core.languages import sentence

MAX_BYTES = 4 * 1024**2
"""Room for the names of a hundred thousand frames; a larger file is not a list of names."""

MAX_ROW = 10_000
"""Characters in a row of a table, at most: a class's name, number and colour take a hundredth of that."""

MAX_ROWS = 1000
"""Rows in a table, at most: a class list has 255."""

_SEPARATORS = (",", ";", "\t")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """The text of a small file: UTF-8, UTF-16 as Windows' programs write it, or Windows-1252.

    A link is followed: whoever lists a data set has asked whether it stays inside. DatasetError for a file
    that is no regular one, too large, or no text.
    """
    data = _read_bytes(path)
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_text(text):
            return text.removeprefix("\ufeff")
    raise DatasetError(
        sentence("{path} is not a text file; save it as UTF-8 text, one entry a line.", path=path)
    )


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a text file, stripped; DatasetError as for `read_text`."""
    return [line.strip() for line in read_text(path).splitlines() if line.strip()]


def read_rows(path: Path) -> list[list[str]]:
    """The rows of a table of comma, semicolon or tab separated values; DatasetError if it is none.

    The first line decides which of the three separates. Cells are stripped; empty rows are left out.
    """
    lines = read_lines(path)
    if len(lines) > MAX_ROWS:
        raise DatasetError(
            sentence("{path} has {count:,} rows; a class list has at most 255.", path=path, count=len(lines))
        )
    separator = max(_SEPARATORS, key=lines[0].count) if lines else ","
    rows = (_read_row(path, number, line, separator) for number, line in enumerate(lines, start=1))
    return [row for row in rows if any(row)]


def _read_row(path: Path, number: int, line: str, separator: str) -> list[str]:
    """The cells of one line, which is read for itself: an open quote must not swallow the other lines."""
    if len(line) > MAX_ROW:
        raise DatasetError(
            sentence(
                "{path} has {count:,} characters in row {number}; a row may have {max_row:,} at most.",
                path=path,
                count=len(line),
                number=number,
                max_row=MAX_ROW,
            )
        )
    try:
        (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
    except csv.Error:
        raise DatasetError(
            sentence(
                "{path} has a quote in row {number} that is never closed, or has text behind it: "
                "{line!r}; write each name without quotes, or in a pair of them.",
                path=path,
                number=number,
                line=line[:40],
            )
        ) from None
    return [cell.strip() for cell in cells]


def _read_bytes(path: Path) -> bytes:
    try:
        with open_plain(Path(os.path.realpath(path))) as file:
            data = file.read(MAX_BYTES + 1)
    except FileKindError as error:
        raise DatasetError(
            sentence("{path} is not a regular file; put a text file in its place.", path=path)
        ) from error
    except OSError as error:
        raise DatasetError(
            sentence("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    if len(data) > MAX_BYTES:
        raise DatasetError(
            sentence(
                "{path} is larger than {most} MB; give one name a line.", path=path, most=MAX_BYTES // 1024**2
            )
        )
    return data


def _encodings(data: bytes) -> tuple[str, ...]:
    """What the bytes may be, the most certain first."""
    if data.startswith(_WIDE):
        return ("utf-16",)
    if b"\0" in data:  # UTF-16 without a mark, or no text at all
        return ("utf-16-le",) if data[1:2] == b"\0" else ("utf-16-be",)
    return "utf-8", "cp1252"


def _is_text(text: str) -> bool:
    """Whether there are only signs that texts have: nearly any bytes are some text in these encodings."""
    return not any(
        unicodedata.category(sign) in {"Cc", "Cn", "Co"} and sign not in "\t\n\f\r" for sign in text
    )
