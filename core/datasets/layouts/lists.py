"""The small text files of a data set: names, class names, colours; and the class lists they make."""

from __future__ import annotations

import codecs
import colorsys
import csv
import re
from pathlib import Path

from core.classes import CAMVID_32, RGB, ClassList, SegmentationClass
from core.errors import DatasetError

MAX_BYTES = 4 * 1024**2
"""Room for the names of a hundred thousand frames; a larger file is not a list of names."""

MAX_NAME = 64
"""Characters in the name of a class, at most."""

LABEL_COLOURS = "label_colors.txt"
"""The original data set's list of colours; in fastai's layout, that of a class list other than CamVid's."""

_COLOUR_LINE = re.compile(r"(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\S.*)")
_KNOWN = {c.name: c for c in CAMVID_32.classes}


def read_lines(path: Path) -> list[str]:
    """The non-empty lines of a text file, stripped; DatasetError if it is not text."""
    return [line.strip() for line in _read_text(path).splitlines() if line.strip()]


def read_entries(path: Path) -> list[tuple[int, str]]:
    """The non-empty lines of a list of names as they are written, with their numbers, from 1; DatasetError.

    Only what every program takes for the end of a line is one; a name may begin with a space.
    """
    lines = re.split(r"\r\n|\n|\r", _read_text(path))
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip("\ufeff \t")]


def _read_text(path: Path) -> str:
    """The text of a list: UTF-8, or UTF-16 as Windows' PowerShell writes it, with or without a mark."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise DatasetError(f"{path} is larger than {MAX_BYTES // 1024**2} MB; give one name a line.")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise DatasetError(f"{path} is not UTF-8 text; give one name a line.") from None


def class_list(name: str, source: Path, codes: list[str], colours: list[RGB] | None = None) -> ClassList:
    """The class list with the names `codes`, called `name` unless it is CamVid's own.

    colours: one a class. Without them, CamVid's classes get CamVid's colours, and others get made-up ones.
    source: the file that the names are from, for the error if they are not a class list.
    """
    if not 1 <= len(codes) <= 255 or len(set(codes)) < len(codes):
        raise DatasetError(f"{source} must have 1 to 255 class names, each only once.")
    odd = next((code for code in codes if not code.isprintable() or len(code) > MAX_NAME), None)
    if odd is not None:
        raise DatasetError(
            f"{source} has the class name {odd[:20]!r}; give up to {MAX_NAME} printable characters."
        )
    if colours is None:
        colours = [_KNOWN[c].colour if c in _KNOWN else spread_colour(n) for n, c in enumerate(codes)]
    if tuple(codes) == CAMVID_32.names and colours == [c.colour for c in CAMVID_32.classes]:
        return CAMVID_32
    classes = tuple(_class(code, colour) for code, colour in zip(codes, colours, strict=True))
    return ClassList(name, classes, codes.index("Void") if "Void" in codes else None)


def coloured_class_list(name: str, source: Path, entries: list[tuple[str, RGB]]) -> ClassList:
    """The class list of label maps in colours: every colour must belong to one class only.

    CamVid's classes in any order make CamVid's class list, since the colours say which is which.
    """
    codes, colours = [entry[0] for entry in entries], [entry[1] for entry in entries]
    twice = next((colour for colour in colours if colours.count(colour) > 1), None)
    if twice is not None:
        owners = " and ".join(code for code, colour in entries if colour == twice)
        raise DatasetError(f"{source} gives the colour {twice} to {owners}; each class needs its own.")
    if set(entries) == {(c.name, c.colour) for c in CAMVID_32.classes}:
        return CAMVID_32
    return class_list(name, source, codes, colours)


def read_label_colours(path: Path) -> list[tuple[str, RGB]]:
    """Names and colours of the original data set's `label_colors.txt`: `R G B`, a tab, the name.

    Source: label_colors.txt of Brostow, Fauqueur, Cipolla 2009, whose lines have one or two tabs.
    """
    entries = []
    for line in read_lines(path):
        found = _COLOUR_LINE.fullmatch(line)
        if not found:
            raise DatasetError(f"{path} has the line {line[:60]!r}; write it as 128 64 128, a tab, Road.")
        red, green, blue, name = found.groups()
        entries.append((name, _colour(path, name, (red, green, blue))))
    return entries


def write_label_colours(path: Path, classes: ClassList) -> None:
    """Write `label_colors.txt` as the original data set has it."""
    lines = ["{} {} {}\t{}\n".format(*c.colour, c.name) for c in classes.classes]
    path.write_text("".join(lines), encoding="utf-8")


def read_class_dict(path: Path) -> list[tuple[str, RGB]]:
    """Names and colours of Semantic-Segmentation-Suite's `class_dict.csv`: name,r,g,b with a header."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(read_lines(path))]
    if not rows or [cell.lower() for cell in rows[0]] != ["name", "r", "g", "b"]:
        raise DatasetError(f"{path} must begin with the line name,r,g,b.")
    entries = []
    for row in rows[1:]:
        if len(row) != 4 or not row[0]:
            raise DatasetError(f"{path} has the line {','.join(row)[:60]!r}; write it as Road,128,64,128.")
        entries.append((row[0], _colour(path, row[0], (row[1], row[2], row[3]))))
    return entries


def spread_colour(number: int) -> RGB:
    """A colour for the class `number`: the golden ratio keeps neighbours far apart on the colour circle."""
    golden = 0.618033988749895
    red, green, blue = colorsys.hsv_to_rgb(number * golden % 1, 0.65, 0.9)
    return round(red * 255), round(green * 255), round(blue * 255)


def _colour(path: Path, name: str, levels: tuple[str, str, str]) -> RGB:
    if not all(re.fullmatch(r"\d{1,3}", level, re.ASCII) and int(level) <= 255 for level in levels):
        raise DatasetError(f"{path} gives {name} the colour {' '.join(levels)}; use numbers from 0 to 255.")
    return int(levels[0]), int(levels[1]), int(levels[2])


def _class(name: str, colour: RGB) -> SegmentationClass:
    known = _KNOWN.get(name)
    return SegmentationClass(name, colour, known.meaning if known else "", known.group if known else "")
