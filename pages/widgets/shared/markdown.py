"""The one way for text to reach a page where Streamlit reads Markdown: sentences of ours, with names escaped.

    st.error(markdown("No run is called **{run}**.", run=asked))

Names of files, classes, runs and models, and what errors say of them, are strangers' text: Markdown would
make pictures of it, which every visitor's browser fetches from wherever it says, links, or warnings that look
like ours. So all that a page gives Streamlit as Markdown is written in the source or is a `Markdown`, and
only this module makes those. `tests/pages/test_markdown_source.py` reads the source for what goes around it.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final


@final
class Markdown(str):
    """Text that Streamlit may read as Markdown: every part of it is ours, or escaped.

    Adding and formatting it gives a plain `str` again; `markdown` and `joined` put several together.
    """

    __slots__ = ()


_JOINT = r"[:@<>~]|(?<=-)-|(?<=ww)w"
"""Where a backslash is not enough. Streamlit looks through the text once more after the Markdown is read, when
the backslashes are gone, and makes links of bare addresses, pictures of :names:, and one character of "->",
"--", "<=" or "~=". It looks at a stretch of text at a time, so a joint gets an element of its own."""

_SPECIAL = re.compile(rf"(?P<joint>{_JOINT})|[!-/:-@\[-`{{-~]", re.IGNORECASE)
_SPACE_AT_AN_END = re.compile(r"^ | $")

_KEPT = "\u200c\u200d\u200e\u200f\u061c"
"""Invisible characters that words and names are written with: joiners, and marks of a letter's direction."""


def escape(text: str) -> Markdown:
    """A text as Markdown that shows it as it is.

    Line breaks become spaces, for a name is part of a sentence. Characters that cannot be seen but change how
    others are read (controls, directions, spaces without width) are shown by their numbers, as [U+202E].
    """
    escaped = _SPECIAL.sub(_escaped, "".join(map(_seen, text)))
    # A space beside the stars of **bold** text would make them stars.
    return Markdown(_SPACE_AT_AN_END.sub("&#32;", escaped))


def _escaped(found: re.Match[str]) -> str:
    character = found[0] if found[0].isalpha() else f"\\{found[0]}"
    # A directive that names no colour: an element that looks like the text around it.
    return f":color[{character}]" if found["joint"] else character


def _seen(character: str) -> str:
    """A character, or what stands for one that cannot be seen."""
    if character.isspace():
        return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
    if character in _KEPT or unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return f"[U+{ord(character):04X}]"


def markdown(template: str, /, **values: object) -> Markdown:
    """A sentence of ours, with values in its {fields}: escaped, unless they are Markdown.

    template: Markdown, written where `markdown` is called; formats such as {share:.1%} work as usual.
    """
    return Markdown(_Formatter().vformat(template, (), values))


def joined(separator: str, parts: Iterable[Markdown]) -> Markdown:
    """Several pieces of Markdown as one. separator: written where `joined` is called."""
    return Markdown(separator.join(parts))


class _Formatter(string.Formatter):
    """Python's own formatting with all values escaped."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        # Plain names only: "{run.title}" in a template would hide from the type checker what is shown.
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return value if isinstance(value, Markdown) else escape(format(value, format_spec))

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        assert conversion is None, "A value is shown as it is."
        return value
