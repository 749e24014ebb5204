"""The JavaScript of the smaller components; each is one module of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def script(name: str) -> str:
    """The source of a component's module, with what all of them build elements with in front."""
    return "\n".join(path.read_text("utf-8") for path in (_HERE / "viewer" / "element.js", _HERE / name))


@cache
def style(name: str) -> str:
    """A component's style sheet."""
    return (_HERE / name).read_text("utf-8")
