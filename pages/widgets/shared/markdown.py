"""Text from outside in the app's sentences: names of files, classes, runs and recipes."""

from __future__ import annotations

import re


def escape(text: str) -> str:
    """Escape a text so that Markdown shows it as it is, and makes no picture, link or colour of it."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
