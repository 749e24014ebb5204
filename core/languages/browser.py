"""The texts of JavaScript: which there are in a source, and what they are in a language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from core.languages.speaking import current, gettext, ngettext, use

_MARKED = re.compile(r'(?<![\w.$])(n?_)\(\s*("(?:[^"\\\n]|\\.)*")(?:,\s*("(?:[^"\\\n]|\\.)*"))?')
_PLACE = "const TEXTS = {};"
_LANGUAGE = 'const LANGUAGE = "en";'


def marked(source: str) -> Iterator[tuple[str, str]]:
    """The texts that a JavaScript source marks: `_("...")` or `n_("one", "several", count)`, so quoted.

    Each with its plural, which is empty where there is none.
    """
    for mark, one, several in _MARKED.findall(source):
        yield ast.literal_eval(one), ast.literal_eval(several) if mark == "n_" else ""


def with_texts(language_js: str, sources: str, language: str | None = None) -> str:
    """`language.js` with a language, or that which is spoken here, and what `sources` mark in it."""
    language = language or current()
    with use(language):
        said: dict[str, str | list[str]] = {
            one: [ngettext(one, several, 1), ngettext(one, several, 2)] if several else gettext(one)
            for one, several in marked(sources)
        }
    other = {one: text for one, text in said.items() if text != one}
    named = language_js.replace(_LANGUAGE, f"const LANGUAGE = {json.dumps(language)};")
    return named.replace(_PLACE, f"const TEXTS = {json.dumps(other, ensure_ascii=False)};")
