"""The JavaScript and style sheets of the smaller components, each beside its Python."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.languages import ENGLISH, current
from core.languages.browser import with_texts

ELEMENT = Path(__file__).with_name("element.js")
"""All of them build their elements with this."""

LANGUAGE = Path(__file__).with_name("language.js")
"""All of them say with this what people read."""

_DECLARING = threading.Lock()


def component(name: str, python: str) -> Callable[..., Any]:
    """Declare the component whose Python is the file `python`; returns the function that mounts it.

    Each language has a component of its own, declared when somebody first speaks it, and once: a second
    declaration would replace the first while it is in use.
    """
    declared = {ENGLISH: _declare(f"streetscope_{name}", python, ENGLISH)}

    def mount(**given: Any) -> Any:
        language = current()
        with _DECLARING:
            if language not in declared:
                declared[language] = _declare(f"streetscope_{name}_{language}", python, language)
        return declared[language](**given)

    return mount


def _declare(name: str, python: str, language: str) -> Callable[..., Any]:
    return st.components.v2.component(name, css=style(python), js=script(python, language))


def script(python: str, language: str = ENGLISH) -> str:
    """The source of the component whose Python is the file `python`, with what all need in front."""
    element, own = (_source(path) for path in (ELEMENT, Path(python).with_suffix(".js")))
    return "\n".join((with_texts(_source(LANGUAGE), element + own, language), element, own))


@cache
def _source(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def style(python: str) -> str:
    """The style sheet of the component whose Python is the file `python`."""
    return Path(python).with_suffix(".css").read_text("utf-8")
