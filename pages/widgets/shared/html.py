"""The one way for text into HTML of our own: like `markdown.py`, for the few places that `st.html` draws."""

from __future__ import annotations

import html as standard
from collections.abc import Iterable
from numbers import Real
from pathlib import Path
from typing import Any, final

from core.languages import gettext, translated
from core.languages.numbers import Filling


@final
class Html(str):
    """Text that a browser may read as HTML: every part of it is ours, or escaped."""

    __slots__ = ()


def html(template: str, /, **values: object) -> Html:
    """A piece of HTML of ours in the visitor's language, with values in its {fields}: escaped, unless HTML.

    template: written where `html` is called; a field that is an attribute's value stands between quotes.
    """
    return Html(_Formatter().vformat(gettext(template), (), values))


def style_sheet(path: Path) -> Html:
    """A style sheet of ours: Streamlit applies it to the page and leaves no place for it."""
    return Html(f"<style>{path.read_text('utf-8')}</style>")


def joined_html(parts: Iterable[Html]) -> Html:
    """Several pieces of HTML as one."""
    return Html("".join(parts))


class _Formatter(Filling):
    """Numbers as the visitor's language writes them, and all values escaped."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Html):
            return value
        numeric = format_spec or isinstance(value, Real)
        shown = super().format_field(value, format_spec) if numeric else translated(value)
        return standard.escape(shown, quote=True)
