"""The small text files of a data set: names, class names, colours; and the class lists they make."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from pathlib import Path

from core.classes import CAMVID_32, RGB, ClassList, SegmentationClass, void_number
from core.datasets.palettes import voc_palette
from core.datasets.text_files import read_lines, read_rows, read_text
from core.errors import DatasetError
from core.languages import all_of, sentence

MAX_NAME = 64
"""Characters in the name of a class, at most."""

LABEL_COLOURS = "label_colors.txt"
"""The original data set's list of colours; in fastai's layout, that of a class list other than CamVid's."""

_COLOUR_LINE = re.compile(r"(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\S.*)")
_NUMBERS = re.compile(r"\d[\s,;]+\d")
_KNOWN = {c.name: c for c in CAMVID_32.classes}


def read_entries(path: Path) -> list[tuple[int, str]]:
    """The non-empty lines of a list of names as they are written, with their numbers, from 1; DatasetError.

    Only what every program takes for the end of a line is one; a name may begin with a space.
    """
    lines = re.split(r"\r\n|\n|\r", read_text(path))
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip("\ufeff \t")]


def class_list(name: str, source: Path, codes: list[str], colours: list[RGB] | None = None) -> ClassList:
    """The class list with the names `codes`, called `name` unless it is CamVid's own.

    colours: one a class. Without them, CamVid's classes get CamVid's colours, and others get made-up ones.
    source: the file that the names are from, for the error if they are not a class list.
    """
    if not 1 <= len(codes) <= 255 or len(set(codes)) < len(codes):
        raise DatasetError(
            sentence("{source} must have 1 to 255 class names, each only once.", source=source)
        )
    odd = next((code for code in codes if not code.isprintable() or len(code) > MAX_NAME), None)
    if odd is not None:
        raise DatasetError(
            sentence(
                "{source} has the class name {odd!r}; give up to {max_name} printable characters.",
                source=source,
                odd=odd[:20],
                max_name=MAX_NAME,
            )
        )
    if colours is None:
        colours = [_KNOWN[c].colour if c in _KNOWN else spread_colour(n) for n, c in enumerate(codes)]
    if tuple(codes) == CAMVID_32.names and colours == [c.colour for c in CAMVID_32.classes]:
        return CAMVID_32
    classes = tuple(_class(code, colour) for code, colour in zip(codes, colours, strict=True))
    return ClassList(name, classes, void_number(codes))


def coloured_class_list(name: str, source: Path, entries: list[tuple[str, RGB]]) -> ClassList:
    """The class list of label maps in colours: every colour must belong to one class only.

    CamVid's classes in any order make CamVid's class list, since the colours say which is which.
    """
    codes, colours = [entry[0] for entry in entries], [entry[1] for entry in entries]
    twice = next((colour for colour in colours if colours.count(colour) > 1), None)
    if twice is not None:
        owners = all_of([code for code, colour in entries if colour == twice])
        raise DatasetError(
            sentence(
                "{source} gives the colour {twice} to {owners}; each class needs its own.",
                source=source,
                twice=twice,
                owners=owners,
            )
        )
    if set(entries) == {(c.name, c.colour) for c in CAMVID_32.classes}:
        return CAMVID_32
    return class_list(name, source, codes, colours)


def read_label_colours(path: Path) -> list[tuple[str, RGB]]:
    """Names and colours of the original data set's `label_colors.txt`: `R G B`, a tab, the name.

    Source: label_colors.txt of Brostow, Fauqueur, Cipolla 2009, whose lines have one or two tabs. Lines that
    begin with # are remarks.
    """
    entries = []
    for line in read_lines(path):
        if line.startswith("#"):
            continue
        found = _COLOUR_LINE.fullmatch(line)
        if not found:
            raise DatasetError(
                sentence(
                    "{path} has the line {line!r}; write it as 128 64 128, a tab, Road.",
                    path=path,
                    line=line[:60],
                )
            )
        red, green, blue, name = found.groups()
        entries.append((name, _colour(path, name, (red, green, blue))))
    return entries


def write_label_colours(path: Path, classes: ClassList) -> None:
    """Write `label_colors.txt` as the original data set has it."""
    lines = ["{} {} {}\t{}\n".format(*c.colour, c.name) for c in classes.classes]
    path.write_text("".join(lines), encoding="utf-8")


@dataclass(frozen=True)
class ListedClass:
    """One class of a list: its name, and the colour or the number that stands for it in label maps."""

    name: str
    colour: RGB | None = None
    value: int | None = None


def read_classes(path: Path) -> list[ListedClass]:
    """The classes of a list beside label maps: `label_colors.txt`, or a table whose first row names columns.

    label_colors.txt may also have names alone; CVAT then gives the classes PASCAL VOC's colours.
    """
    if path.suffix.lower() == ".csv":
        return read_class_table(path)
    lines = read_lines(path)
    if not any(_NUMBERS.search(line) for line in lines):
        colours = voc_palette(len(lines)).tolist()
        return [ListedClass(name, tuple(colour)) for name, colour in zip(lines, colours, strict=True)]
    return [ListedClass(name, colour) for name, colour in read_label_colours(path)]


def read_class_table(path: Path) -> list[ListedClass]:
    """The classes of a table with a header.

    That is name,r,g,b in Semantic-Segmentation-Suite's `class_dict.csv`, and Pixel Value,Class in Roboflow's
    `_classes.csv`.

    Columns may have any order and case, and there may be more of them. DatasetError for a table without
    names, or without colours and numbers.
    """
    header, *rows = read_rows(path) or [[]]
    columns = _columns(header)
    if "name" not in columns or not ({"r", "g", "b"} <= columns.keys() or "value" in columns):
        raise DatasetError(
            sentence("{path} must begin with the line name,r,g,b or Pixel Value,Class.", path=path)
        )
    return [_listed_class(path, row, columns) for row in rows]


_COLUMNS = {
    "name": ("name", "class", "classname", "label", "labelname"),
    "r": ("r", "red"),
    "g": ("g", "green"),
    "b": ("b", "blue"),
    "value": ("pixelvalue", "value", "index", "id", "number", "labelid", "classid", "pixel"),
}


def _columns(header: list[str]) -> dict[str, int]:
    """The place of each column that is known by its heading."""
    headings = ["".join(sign for sign in cell.casefold() if sign.isalnum()) for cell in header]
    found = {
        column: [headings.index(heading) for heading in names if heading in headings]
        for column, names in _COLUMNS.items()
    }
    return {column: places[0] for column, places in found.items() if places}


def _listed_class(path: Path, row: list[str], columns: dict[str, int]) -> ListedClass:
    if len(row) <= max(columns.values()) or not row[columns["name"]]:
        example = "Road,128,64,128" if "r" in columns else "1,Road"
        raise DatasetError(
            sentence(
                "{path} has the line {row!r}; write it as {example}.",
                path=path,
                row=",".join(row)[:60],
                example=example,
            )
        )
    name = row[columns["name"]]
    colour = value = None
    if {"r", "g", "b"} <= columns.keys():
        colour = _colour(path, name, (row[columns["r"]], row[columns["g"]], row[columns["b"]]))
    if "value" in columns:
        value = _level(row[columns["value"]])
        if value is None:
            text = row[columns["value"]][:20]
            raise DatasetError(
                sentence(
                    "{path} gives {name} the number {given!r}; use numbers from 0 to 255.",
                    path=path,
                    name=name[:20],
                    given=text,
                )
            )
    return ListedClass(name, colour, value)


def spread_colour(number: int) -> RGB:
    """A colour for the class `number`: the golden ratio keeps neighbours far apart on the colour circle."""
    golden = 0.618033988749895
    red, green, blue = colorsys.hsv_to_rgb(number * golden % 1, 0.65, 0.9)
    return round(red * 255), round(green * 255), round(blue * 255)


def _colour(path: Path, name: str, levels: tuple[str, str, str]) -> RGB:
    red, green, blue = (_level(level) for level in levels)
    if red is None or green is None or blue is None:
        text = " ".join(levels)[:40]
        raise DatasetError(
            sentence(
                "{path} gives {name} the colour {given}; use numbers from 0 to 255.",
                path=path,
                name=name[:20],
                given=text,
            )
        )
    return red, green, blue


def _level(text: str) -> int | None:
    """A number from 0 to 255; None if the text is none."""
    return int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) and int(text) <= 255 else None


def _class(name: str, colour: RGB) -> SegmentationClass:
    known = _KNOWN.get(name)
    return SegmentationClass(name, colour, known.meaning if known else "", known.group if known else "")
