"""Sentences that are written in one place and read in another: by whom, and in which language, shows later.

An error is raised in a thread, in a process or on another day than it is shown, and a log or a command has
it in English. So what is raised is the English sentence, which remembers what it was made of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from string import Formatter
from typing import Any

from core.languages.numbers import Filling, filled
from core.languages.speaking import ENGLISH, gettext, ngettext

Field = str | int | float
"""What a sentence has in a field; a `Sentence` there is said in the same language."""

_SPEC = re.compile(r",?(\.\d)?[dfg%]?")
"""The formats of fields in what comes from a file or a process: none that fills memory."""
_DEEPEST = 8


class Sentence(str):
    """A sentence in English, with the marked text and the fields that it was made of.

    several: the text for more than one, where `count` is one of the fields; else empty.
    What is cut off it or put together with it is a plain `str`, which stays as it is in every language.
    """

    __slots__ = ("fields", "several", "text")

    text: str
    several: str
    fields: Mapping[str, Field]

    def __new__(cls, text: str, fields: Mapping[str, Field], several: str = "") -> Sentence:
        """ValueError for fields that do not go with the text."""
        chosen = several if several and fields["count"] != 1 else text
        whole = Filling(ENGLISH).vformat(chosen, (), fields) if fields or "{" in chosen else chosen
        made = super().__new__(cls, whole)
        made.text, made.several, made.fields = text, several, fields
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, Field], str]:  # type: ignore[override]
        """What it is made again of, as pickle needs it."""
        return self.text, self.fields, self.several


def sentence(text: str, /, **fields: object) -> str:
    """A `Sentence` for people, to be raised or kept. text: written where this is called, or marked before.

    fields: an error stands for its sentence; what is neither text nor a number, for its `str`.
    """
    return Sentence(text, {name: _plain(value) for name, value in fields.items()})


def counted(one: str, several: str, /, *, count: int, **fields: object) -> str:
    """A sentence for one or for several of something, likewise."""
    return Sentence(one, {"count": count, **{name: _plain(value) for name, value in fields.items()}}, several)


def together(parts: Sequence[str], between: str = " ") -> str:
    """Several sentences as one text; each is said in the language of whoever reads it."""
    names = [f"part{number}" for number in range(len(parts))]
    text = between.replace("{", "{{").replace("}", "}}").join(f"{{{name}}}" for name in names)
    return Sentence(text, dict(zip(names, parts, strict=True)))


def all_of(parts: Sequence[str]) -> str:
    """Words as people list them: "a, b and c"."""
    *before, last = parts
    return sentence("{first} and {last}", first=together(before, ", "), last=last) if before else last


def one_of(parts: Sequence[str]) -> str:
    """Words to choose from: "a, b or c"."""
    *before, last = parts
    return sentence("{first} or {last}", first=together(before, ", "), last=last) if before else last


def first_of(parts: Sequence[str], most: int) -> str:
    """The first words of many, and how many more there are: "a, b and 3 more"."""
    shown = together(parts[:most], ", ")
    return (
        sentence("{shown} and {count} more", shown=shown, count=len(parts) - most)
        if len(parts) > most
        else shown
    )


def sentence_of(error: BaseException) -> str:
    """What an error says: a `Sentence`, if it was raised with one."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) and first == str(error) else str(error)


def translated(what: object) -> str:
    """A sentence, or that of an error, in the language that is spoken here; all else as its `str`."""
    said = sentence_of(what) if isinstance(what, BaseException) else what
    if not isinstance(said, Sentence):
        return str(said)
    fields = {
        name: translated(value) if isinstance(value, str) else value for name, value in said.fields.items()
    }
    if said.several:
        return filled(ngettext(said.text, said.several, int(said.fields["count"])), **fields)
    text = gettext(said.text)
    return filled(text, **fields) if fields or "{" in text else text


# --- across processes and files -----------------------------------------------------------------------


def to_plain(said: str) -> Any:
    """A sentence as plain data for JSON; other text as it is."""
    if not isinstance(said, Sentence):
        return said
    fields = {
        name: to_plain(value) if isinstance(value, str) else value for name, value in said.fields.items()
    }
    return [said.text, fields, *filter(None, [said.several])]


def from_plain(plain: object, deepest: int = _DEEPEST) -> str:
    """What `to_plain` made, perhaps changed by strangers. ValueError if no sentence can be made of it."""
    match plain:
        case str():
            return plain
        case [str(text), dict(fields), *more] if deepest and all(isinstance(each, str) for each in more[:1]):
            made = {
                str(name): value if isinstance(value, int | float) else from_plain(value, deepest - 1)
                for name, value in fields.items()
            }
            several = str(more[0]) if more and isinstance(made.get("count"), int) else ""
            for each in (text, several):
                _check(str(each), made)
            return Sentence(str(text), made, several)
    raise ValueError("it is no sentence")


def heard(english: str, text: str) -> str:
    """A sentence that is kept twice, in English and as `to_text` made it; the English if the two differ."""
    said = from_text(text)
    return said if said == english else english


def to_text(said: str) -> str:
    """A sentence as a line of JSON."""
    return json.dumps(to_plain(said), ensure_ascii=False)


def from_text(text: str) -> str:
    """What `to_text` made; other text as it is."""
    try:
        return from_plain(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _check(text: str, fields: Mapping[str, Field]) -> None:
    for _, name, spec, conversion in Formatter().parse(text):
        known = name is None or name in fields
        if not (known and _SPEC.fullmatch(spec or "") and conversion in (None, "r")):
            raise ValueError("it is no sentence")


def _plain(value: object) -> Field:
    match value:
        case str() | bool():
            return value
        case Integral():
            return int(value)
        case Real():
            return float(value)
        case BaseException():
            return sentence_of(value)
    return str(value)
