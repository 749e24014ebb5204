"""Numbers as the reader's language writes them: 1,234.5 and 71.3% in English, 1.234,5 and 71,3% elsewhere.

What programs read (CSV, JSON, addresses) keeps its points and comes from Python's `format`.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

from core.languages.speaking import current

COMMA = frozenset({"id"})
"""Languages that write 12,5% and 1.234. All write the sign for per cent without a space: CMOS, EYD V."""

COUNTS = frozenset(
    {"count", "count2", "frames", "photos", "pictures", "images", "pixels", "batches", "total"}
)
"""Fields that say how many there are of something: 1,234 of them have their comma without a format."""

_SWAPPED = str.maketrans(",.", ".,")


def in_digits(value: object, spec: str = "", language: str | None = None) -> str:
    """A number in digits. spec: of Python's `format`, such as ",", ".1%" or ".2f".

    language: its code; that which is spoken here if None.
    """
    shown = format(value, spec)
    return shown.translate(_SWAPPED) if (language or current()) in COMMA else shown


def filled(text: str, /, **fields: object) -> str:
    """A text of ours, already translated, with its {fields} filled: numbers as `in_digits` writes them."""
    return Filling().vformat(text, (), fields)


def separators() -> str:
    """The signs before decimals and between thousands, as Plotly's `layout.separators` wants them."""
    return ",." if current() in COMMA else ".,"


class Filling(string.Formatter):
    """Python's own formatting, for readers of a language. language: as of `in_digits`."""

    def __init__(self, language: str | None = None) -> None:
        self.language = language

    def parse(self, format_string: Any) -> Iterator[tuple[str, str | None, str | None, str | None]]:
        """The fields of a text. A count without a format has its thousands apart."""
        for before, name, spec, conversion in super().parse(format_string):
            yield before, name, "," if name in COUNTS and not spec else spec, conversion

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a plain name: "{run.title}" would hide from the type checker what is shown."""
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """A number as the language writes it, all else as Python does."""
        if isinstance(value, Real):
            return in_digits(value, format_spec, self.language)
        return str(value) if format_spec == "," else format(value, format_spec)
