"""The JavaScript and style sheets of the smaller components, each beside its Python."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ELEMENT = Path(__file__).with_name("element.js")
"""All of them build their elements with this."""


@cache
def script(python: str) -> str:
    """The source of the component whose Python is the file `python`, with `element.js` in front."""
    return "\n".join(path.read_text("utf-8") for path in (ELEMENT, Path(python).with_suffix(".js")))


@cache
def style(python: str) -> str:
    """The style sheet of the component whose Python is the file `python`."""
    return Path(python).with_suffix(".css").read_text("utf-8")
