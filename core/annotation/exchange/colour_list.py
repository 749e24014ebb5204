"""Text files of classes in a zip: names, and CamVid's `label_colors.txt`."""

from __future__ import annotations

import re

from core.annotation.exchange.source import Source
from core.classes import RGB, ClassList
from core.errors import AnnotationError
from core.languages import sentence

_MOST_BYTES = 256 * 1024
_LINE = re.compile(r"(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\d{1,3})[ \t]+(\S.*)", re.ASCII)


def read_names(source: Source, path: str) -> list[str]:
    """The lines of a text file that are not empty; AnnotationError if it is no text."""
    try:
        text = source.read(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnnotationError(
            sentence("{path} is not UTF-8 text; save it as such, one entry a line.", path=path)
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def colour_list_text(class_list: ClassList) -> str:
    """`label_colors.txt` as the original CamVid has it: red, green, blue, a tab, the name."""
    return "".join("{} {} {}\t{}\n".format(*c.colour, c.name) for c in class_list.classes)


def read_colour_list(source: Source, path: str) -> list[tuple[str, RGB]]:
    """Names and colours of `label_colors.txt`; lines that begin with # are remarks."""
    entries = []
    for line in read_names(source, path):
        if line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise AnnotationError(
                sentence(
                    "{path} has the line {line!r}; write it as 128 64 128, a tab, Road.",
                    path=path,
                    line=line[:60],
                )
            )
        entries.append((found[4], colour_of((found[1], found[2], found[3]), path)))
    return entries


def colour_of(levels: tuple[str, str, str], path: str) -> RGB:
    """A colour from three numbers in a text file called `path`; AnnotationError unless each is 0 to 255."""
    if not all(re.fullmatch(r"\d{1,3}", level, re.ASCII) and int(level) <= 255 for level in levels):
        raise AnnotationError(
            sentence(
                "{path} has the colour {colour}; use numbers from 0 to 255.",
                path=path,
                colour=" ".join(levels)[:40],
            )
        )
    red, green, blue = (int(level) for level in levels)
    return red, green, blue
