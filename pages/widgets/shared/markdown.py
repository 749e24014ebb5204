"""The one way for text to reach a page where Streamlit reads Markdown: sentences of ours, with names escaped.

    st.error(markdown("No run is called **{run}**.", run=asked))

Names of files, classes, runs and models, and what errors say of them, are strangers' text: Markdown would
make pictures of it, which every visitor's browser fetches from wherever it says, links, or warnings that look
like ours. So all that a page gives Streamlit as Markdown is written in the source or is a `Markdown`, and
only this module makes those. `tests/pages/test_markdown_source.py` reads the source for what goes around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from numbers import Number
from typing import Any, final

from core.languages import gettext, translated
from core.languages.numbers import Filling


@final
class Markdown(str):
    """Text that Streamlit may read as Markdown: every part of it is ours, or escaped.

    Adding and formatting it gives a plain `str` again; `markdown` and `joined` put several together.
    """

    __slots__ = ()


_JOINT = r"[:@<>~]|(?<=-)-|(?<=ww)w"
"""Where a backslash is not enough. Streamlit looks through the text once more when the Markdown is read and
the backslashes are gone. It makes links of bare addresses, pictures of :names:, and one character of "->",
"--", "<=" or "~=". It looks at one stretch of text at a time, so a joint gets an element of its own."""

_LETTER = re.compile(r"[^\W\d_]|$")
"""Before the first letter, every sign may begin a list, a heading or a rule."""

_AT_START = re.compile(rf"(?P<joint>{_JOINT})|[!-/:-@\[-`{{-~]", re.IGNORECASE)

# Without the signs of usual names that mean nothing within a line: the pickers whose choice stands in the
# address write it there as they show it, and fine-tune is not to become fine\-tune.
_WITHIN = re.compile(
    rf"(?P<joint>{_JOINT})|[!#$&*\[\\\]^`{{|}}]|(?<![a-z0-9])_|_(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)

_SPACE_AT_AN_END = re.compile(r"^ | $")

_KEPT = "\u200c\u200d\u200e\u200f\u061c"
"""Invisible characters that words and names are written with: joiners, and marks of a letter's direction."""

_CODE = re.compile(r"`([^`]+)`")
_PROSE = re.compile(r"(`[^`\n]+`|\*\*[^*\n]+\*\*|\*[^*\n]+\*)")
_LIST_SIGN = re.compile(r"( *)(-|\d{1,3}\.)( +)(?=\S)")


def escape(text: str) -> Markdown:
    """A text as Markdown that shows it as it is, a `Sentence` in the visitor's language.

    Line breaks become spaces, for a name is part of a sentence. Characters that cannot be seen but change how
    others are read (controls, directions, spaces without width) are shown by their numbers, as [U+202E].
    """
    seen = "".join(map(_seen, translated(text)))
    begun = next(_LETTER.finditer(seen)).start()
    escaped = _AT_START.sub(_escaped, seen[:begun]) + _WITHIN.sub(_escaped, seen[begun:])
    # A space beside the stars of **bold** text would make them stars.
    return Markdown(_SPACE_AT_AN_END.sub("&#32;", escaped))


def _escaped(found: re.Match[str]) -> str:
    character = found[0] if found[0].isalpha() else f"\\{found[0]}"
    # A directive that names no colour: an element that looks like the text around it.
    return f":color[{character}]" if found["joint"] else character


def _seen(character: str) -> str:
    """A character, or what stands for one that cannot be seen."""
    kind = unicodedata.category(character)
    if character.isspace():
        return " " if kind in ("Cc", "Zl", "Zp") else character
    if kind not in ("Cc", "Cf", "Cs") or character in _KEPT:
        return character
    return f"[U+{ord(character):04X}]"


def markdown(template: str, /, **values: object) -> Markdown:
    """A sentence of ours in the visitor's language, with values in its {fields}: escaped, unless Markdown.

    template: Markdown, written where `markdown` is called; formats such as {share:.1%} work as usual.
    """
    return Markdown(_Formatter().vformat(gettext(template), (), values))


def joined(separator: str, parts: Iterable[Markdown]) -> Markdown:
    """Several pieces of Markdown as one. separator: written where `joined` is called."""
    return Markdown(separator.join(parts))


def with_code(text: str) -> Markdown:
    """A plain sentence in which `names` between backticks are shown as code; all else as it is."""
    parts = _CODE.split(translated(text))
    return Markdown("".join(f"`{part}`" if number % 2 else escape(part) for number, part in enumerate(parts)))


def prose(text: str) -> Markdown:
    """Paragraphs that somebody wrote: **bold**, *italic*, `code` and lists are shown so, all else as it is.

    What else Markdown has, such as pictures, links and headings, a lesson of a stranger's could misuse.
    """
    return Markdown("\n".join(map(_prose_line, text.splitlines())))


def _prose_line(line: str) -> str:
    sign = _LIST_SIGN.match(line)
    start = sign.group() if sign else ""
    parts = _PROSE.split(line[len(start) :])
    return start + "".join(
        _emphasised(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def _emphasised(part: str) -> str:
    """A part of a line between signs, with what is between them escaped."""
    if part.startswith("`"):
        return part
    signs = "**" if part.startswith("**") else "*"
    inner = part[len(signs) : -len(signs)]
    return f"{signs}{escape(inner.strip())}{signs}" if inner.strip() else escape(part)


class _Formatter(Filling):
    """Numbers as the visitor's language writes them, and all other values escaped."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Markdown):
            return value
        if isinstance(value, Number):
            return super().format_field(value, format_spec)
        return escape(super().format_field(value, format_spec) if format_spec else translated(value))
