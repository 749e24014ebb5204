"""Names from outside in the app's sentences."""

from __future__ import annotations

_LONGEST = 80


def plain(name: str) -> str:
    """A name from whatever file, where Markdown is understood: shown as it is, whatever is in it."""
    return "".join(
        f"\\{letter}"
        if letter.isascii() and letter.isprintable() and not letter.isalnum() and letter != " "
        else letter
        for letter in name[:_LONGEST]
    )
