"""All formats: one by its name, which one a zip is in, and the way out as one zip with a README."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import IO

from core.annotation.exchange.labelled import Labelled, LabelledSet, prepared
from core.annotation.exchange.source import Source
from core.annotation.exchange.zips import ZipWriter
from core.annotation.formats import (
    camvid,
    cityscapes,
    coco,
    cvat,
    index_png,
    label_studio,
    supervisely,
    voc,
)
from core.annotation.formats.format import Format
from core.classes import ClassList
from core.errors import AnnotationError
from core.languages import sentence

FORMATS: tuple[Format, ...] = (
    index_png.FORMAT,
    camvid.FORMAT,
    voc.FORMAT,
    cityscapes.FORMAT,
    coco.FORMAT,
    cvat.FORMAT,
    label_studio.FORMAT,
    supervisely.FORMAT,
)

_COLUMNS = 100

# Those told by the names of files come first; the others have to look into documents.
_RECOGNISED = (
    cityscapes.FORMAT,
    supervisely.FORMAT,
    voc.FORMAT,
    camvid.FORMAT,
    index_png.FORMAT,
    cvat.FORMAT,
    label_studio.FORMAT,
    coco.FORMAT,
)


def format_called(name: str) -> Format:
    """The format with a name; AnnotationError lists the names if there is none."""
    for found in FORMATS:
        if found.name == name:
            return found
    names = ", ".join(found.name for found in FORMATS)
    raise AnnotationError(
        sentence("There is no format called {name!r}; choose one of {names}.", name=name[:40], names=names)
    )


def recognise(source: Source) -> Format:
    """The format of a source, by what it contains; AnnotationError if it is none of ours."""
    for found in _RECOGNISED:
        if found.fits(source):
            return found
    titles = ", ".join(found.title for found in FORMATS)
    raise AnnotationError(
        sentence(
            "{title} is in none of the formats that are read here: {titles}.",
            title=source.title,
            titles=titles,
        )
    )


def read(source: Source) -> tuple[Format, LabelledSet]:
    """What a source holds, and in which format; AnnotationError for one without pictures, or damaged."""
    found = recognise(source)
    pictures = found.read(source)
    source.forget_documents()
    if not len(pictures):
        raise AnnotationError(
            sentence("{title} holds no labelled pictures; export the annotations again.", title=source.title)
        )
    return found, pictures


def write(
    pictures: Iterable[Labelled], class_list: ClassList, chosen: Format, file: IO[bytes]
) -> tuple[str, ...]:
    """Write a set as one zip, picture by picture; only one is in the memory at a time.

    file: a writable file. Returns what the format cannot say of these classes, one sentence each; the
    README in the zip says it too. AnnotationError as for `prepared`, and for classes that the format cannot
    tell apart; OSError for a full disk.
    """
    losses = chosen.losses(class_list)
    with ZipWriter(file) as zipped:
        zipped.add(chosen.readme, readme(chosen, class_list))
        chosen.write(prepared(pictures, class_list), class_list, zipped)
    return losses


def readme(chosen: Format, class_list: ClassList) -> str:
    """How to load the zip in each tool, what became of what is not reviewed, and the classes."""
    losses = "".join(f"\n{_wrapped(sentence)}\n" for sentence in chosen.losses(class_list))
    classes = "".join(
        "  {:3} {:24} {:3} {:3} {:3}\n".format(number, c.name, *c.colour)
        for number, c in enumerate(class_list.classes)
    )
    return (
        f"Labels of street scenes in the format {chosen.title}, written by StreetScope.\n\n"
        f"How to load them\n\n{_wrapped(chosen.loads)}\n"
        "In StreetScope: python -m core annotate import THIS.zip --set NAME\n\n"
        f"What is not reviewed\n\n{_wrapped(chosen.keeps)}\n{losses}\n"
        f"The classes: number, name, red, green, blue\n\n{classes}"
    )


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(part, _COLUMNS, break_on_hyphens=False) for part in text.split("\n"))
