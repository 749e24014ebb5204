"""Words from outside in the app's sentences: names of files, classes, runs, recipes."""

from __future__ import annotations

import re


def escape(text: str) -> str:
    """The text so that Markdown shows it as it is: no picture, link or colour comes out of it."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
