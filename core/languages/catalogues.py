"""Translations by language: read from the catalogues beside this file when somebody first speaks it."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO

FOLDER = Path(__file__).with_name("catalogues")
"""One `.po` a language, and `messages.pot` with the texts of the code."""

PSEUDO = "en-XA"
"""English with accents on every letter, by which a text that nobody has marked is seen at once.

Source: Unicode CLDR, "Pseudo-Locales"; BCP 47's private region XA.
"""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The texts in a language; of an unknown one, all as they are."""
    if language == PSEUDO:
        return _Pseudo()
    catalogue = FOLDER / f"{language}.po"
    if not re.fullmatch("[a-z]{2,3}", language) or not catalogue.is_file():
        return gettext.NullTranslations()
    return _compiled(catalogue)


def _compiled(catalogue: Path) -> Translations:
    # Imported here: the service and the command line speak English and need no Babel.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with catalogue.open("rb") as file:
        found = read_po(file)
    write_mo(compiled, found)
    compiled.seek(0)
    return Translations(compiled, {str(each.string): str(each.id) for each in found if not each.context})


class Translations(gettext.GNUTranslations):
    """The texts of a catalogue. english: the English text of each."""

    def __init__(self, compiled: IO[bytes], english: Mapping[str, str]) -> None:
        super().__init__(compiled)
        self.english = english


_ACCENTS = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpRrSsTtUuVvWwXxYyZz",
    "ÀàƁƀĆćÐđÉéƑƒĜĝĤĥÎîĴĵĶķĻļḾḿÑñÔôÞƥŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž",
)

_AS_IT_IS = re.compile(
    r"""
    (?: \{[^{}]*\}            # a field
      | <[^<>]+>              # a tag
      | &\#?\w+;              # an entity
      | `[^`]*`               # code
      | :[a-z]+/?\w*:?        # an icon, or a colour of Streamlit's Markdown
      | \]\([^()]*\)          # where a link leads
    )+
    """,
    re.VERBOSE,
)
"""What has a meaning for a program, and so stays in every language."""


class _Pseudo(gettext.NullTranslations):
    """Every text in brackets, with accents on its letters."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)


def pseudo(text: str) -> str:
    """A text with accents on the letters that people read."""
    made, end = [], 0
    for kept in _AS_IT_IS.finditer(text):
        made += [text[end : kept.start()].translate(_ACCENTS), kept[0]]
        end = kept.end()
    return "".join([*made, text[end:].translate(_ACCENTS)])
