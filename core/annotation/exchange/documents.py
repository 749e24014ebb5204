"""JSON, XML and label PNGs from elsewhere: bounded, and each fault is one sentence."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngImageFile

from core.annotation.exchange.labelled import refusing
from core.datasets import labels
from core.errors import AnnotationError
from core.languages import Sentence, sentence, sentence_of
from core.strict_json import parse_json

MAX_PARTS = 1_000_000
"""Objects and lists in a JSON, or elements in an XML: each takes some hundred bytes when it has been read."""

MAX_WORDS = 4 * MAX_PARTS
"""Names and texts in a JSON."""

_DEEPEST = 32


def read_json(data: bytes, name: str) -> Any:
    """The values in a JSON document called `name`; AnnotationError for anything that is not quite JSON.

    Its parts are counted before it is read: `[[],[],...` would take forty times its own size.
    """
    if data.count(b"[") + data.count(b"{") > MAX_PARTS or data.count(b'"') > 2 * MAX_WORDS:
        raise AnnotationError(
            sentence(
                "{name} has more than {max_parts:,} parts; export fewer pictures at once.",
                name=name,
                max_parts=MAX_PARTS,
            )
        )
    try:
        return parse_json(data)
    except ValueError as error:  # also text that is no UTF-8
        raise AnnotationError(
            sentence("{name} cannot be read as JSON: {reason}.", name=name, reason=_reason(error))
        ) from error


def _reason(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return sentence("it is not UTF-8 text")
    said = sentence_of(error)
    return said if isinstance(said, Sentence) else said[:100].rstrip(".")


def read_xml(data: bytes, name: str) -> ET.Element:
    """The root of an XML document called `name`.

    AnnotationError if it is damaged, too deep or too large, or if it begins with a document type: only that
    can define entities, which grow without end or fetch other files, and no tool of ours writes one. The
    refusal comes from expat's own handler, before an entity is read.
    """
    if data.count(b"=") > MAX_PARTS:
        raise AnnotationError(
            sentence(
                "{name} has more than {max_parts:,} attributes; export fewer pictures at once.",
                name=name,
                max_parts=MAX_PARTS,
            )
        )
    tree, parser = ET.TreeBuilder(), expat.ParserCreate()
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST or count > MAX_PARTS:
            raise AnnotationError(
                sentence("{name} is nested too deeply or has too many parts; export it again.", name=name)
            )
        tree.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        tree.end(tag)

    def refuse(*_: object) -> NoReturn:
        raise AnnotationError(
            sentence("{name} has a document type (<!DOCTYPE ...>), which is not read; remove it.", name=name)
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = tree.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise AnnotationError(
            sentence(
                "{name} cannot be read as XML: line {lineno} is damaged.", name=name, lineno=error.lineno
            )
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise AnnotationError(
            sentence("{name} cannot be read as XML: its encoding is unknown.", name=name)
        ) from error
    return tree.close()


def open_label(data: bytes, name: str) -> PngImageFile:
    """A PNG of labels, opened as far as its header; AnnotationError if it is damaged or too large."""
    with refusing():
        return labels.open_label(Path(name), data)


def read_colours(data: bytes, name: str) -> NDArray[np.uint8]:
    """(H, W, 3) the colours of a label PNG, whatever it holds."""
    picture = open_label(data, name)
    try:
        return np.array(picture.convert("RGB"))
    except Exception as error:  # hostile bytes make Pillow raise nearly every exception there is
        raise AnnotationError(sentence("{name} cannot be read as a PNG label map.", name=name)) from error


class Field:
    """One value of a JSON document, and the way to it; whatever is not as it should be is one sentence."""

    def __init__(self, value: Any, place: str) -> None:
        """place: what to call the document, and then where in it."""
        self.value, self.place = value, place

    def __contains__(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def __getitem__(self, name: str) -> Field:
        if not isinstance(self.value, dict) or name not in self.value:
            raise AnnotationError(
                sentence(
                    "{place} has no {name!r}; export the annotations again.", place=self.place, name=name
                )
            )
        return Field(self.value[name], sentence("{name!r} in {place}", name=name, place=self.place))

    def items(self) -> list[Field]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self._wrong(sentence("a list"))
        return [Field(value, self.place) for value in self.value]

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self._wrong(sentence("a text"))
        return self.value

    def whole(self, least: int = 0, most: int = 2**53) -> int:
        """A whole number from `least` to `most`; also one that is written as 3.0."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._wrong(sentence("a whole number from {least} to {most}", least=least, most=most))
        return value

    def numbers(self) -> NDArray[np.int64]:
        """(N,) whole numbers."""
        return whole_numbers(self.value, self.place)

    def _wrong(self, wanted: str) -> AnnotationError:
        return AnnotationError(
            sentence(
                "{place} must be {wanted}, not {value!r}.",
                place=self.place,
                wanted=wanted,
                value=str(self.value)[:30],
            )
        )


def whole_numbers(values: Any, place: str) -> NDArray[np.int64]:
    """(N,) the whole numbers in a list; AnnotationError if it holds anything else."""
    if isinstance(values, list) and all(type(value) is int for value in values):
        return np.array(values, np.int64)
    raise AnnotationError(
        sentence("{place} must be a list of whole numbers; export the annotations again.", place=place)
    )


def attribute(element: ET.Element, name: str, place: str) -> str:
    """An attribute of an XML element; AnnotationError if it has none of that name."""
    value = element.get(name)
    if value is None:
        raise AnnotationError(
            sentence(
                "{place} has a <{tag}> without {name!r}; export it again.",
                place=place,
                tag=element.tag,
                name=name,
            )
        )
    return value


def whole_attribute(element: ET.Element, name: str, place: str, least: int = 0) -> int:
    """An attribute that is a whole number of at most nine digits."""
    text = attribute(element, name, place).strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(text) >= least):
        raise AnnotationError(
            sentence(
                "{place} has a <{tag}> whose {name} is {given!r}; it must be a whole number from {least}.",
                place=place,
                tag=element.tag,
                name=name,
                given=text[:20],
                least=least,
            )
        )
    return int(text)


def hex_colour(colour: Sequence[int]) -> str:
    """A colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def colour_of_hex(text: str) -> tuple[int, int, int] | None:
    """The colour that #rrggbb means; None if it means none."""
    digits = text.strip().removeprefix("#")
    if len(digits) != 6 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return None
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue
