"""Which language is spoken, and what a text is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from core.languages.catalogues import PSEUDO as PSEUDO
from core.languages.catalogues import Translations, translations

ENGLISH = "en"

LANGUAGES: Mapping[str, str] = MappingProxyType({ENGLISH: "English", "id": "Bahasa Indonesia"})
"""The languages to choose from, by code, each by its own name."""

_used: ContextVar[str | None] = ContextVar("language", default=None)


def _nobody() -> str | None:
    return None


_asked: list[Callable[[], str | None]] = [_nobody]


@contextmanager
def use(language: str) -> Iterator[None]:
    """Speak a language in this context: other threads and coroutines keep theirs.

    language: a code of `LANGUAGES`, or `PSEUDO`. An unknown one is English.
    """
    before = _used.set(language)
    try:
        yield
    finally:
        _used.reset(before)


def ask_for_language(ask: Callable[[], str | None]) -> None:
    """Ask this wherever no language is in use, and speak English where the answer is None.

    The app answers with the language of the visitor for whom the thread works: pages, callbacks and parts of
    pages run in threads of their own, in which nobody could have said `use`.
    """
    _asked[0] = ask


def current() -> str:
    """The code of the language that is spoken here."""
    return _used.get() or _asked[0]() or ENGLISH


def gettext(text: str) -> str:
    """A text in the language that is spoken here; the text itself where there is no translation."""
    language = current()
    # A catalogue keeps what it says of itself under the empty text.
    return text if language == ENGLISH or not text else translations(language).gettext(text)


def mark(text: str) -> str:
    """The text itself, marked for translation where a table is written; shown by `gettext`."""
    return text


def ngettext(one: str, several: str, count: int) -> str:
    """The text for one or for several of something, likewise. count: how many there are."""
    language = current()
    if language == ENGLISH:
        return one if count == 1 else several
    return translations(language).ngettext(one, several, count)


def pgettext(context: str, text: str) -> str:
    """A short text that means several things, likewise. context: which of them is meant."""
    language = current()
    return text if language == ENGLISH else translations(language).pgettext(context, text)


def english(text: str) -> str:
    """The English of a text in the language that is spoken here; what is no such text stays as it is."""
    spoken = translations(current())
    return spoken.english.get(text, text) if isinstance(spoken, Translations) else text


def class_name(name: str) -> str:
    """What people read for a class: in other languages with their word for it, as Road (jalan).

    Files and addresses have the name alone.
    """
    said = pgettext("class", name)
    return name if said == name else f"{name} ({said})"
