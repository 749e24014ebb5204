"""Names of files: made from any text that people typed or that came from elsewhere, and put in order."""

from __future__ import annotations

import re
import unicodedata

_LITTER = {"__macosx", "thumbs.db", "desktop.ini"}
_NUMBER = re.compile(r"([0-9]+)")


def file_name(text: str, otherwise: str = "file", longest: int = 200) -> str:
    """`text` as a file name on any system: letters of any language, digits, dots, hyphens, underscores.

    Everything else becomes a hyphen. otherwise: the name when nothing is left. longest: bytes at most.
    """
    # NFC first: macOS writes an umlaut as two characters. Control and format characters vanish.
    visible = (c for c in unicodedata.normalize("NFC", text) if not unicodedata.category(c).startswith("C"))
    # L, M, N: letters, the marks that belong to them, and digits.
    kept = (c if unicodedata.category(c)[0] in "LMN" or c in ".-_" else " " for c in visible)
    name = _joined("".join(kept))
    # No dot in front, which hides a file, no hyphen, which commands take for an option, no dot at the end,
    # which Windows drops; cut between characters.
    return name.strip("._-").encode()[:longest].decode(errors="ignore").rstrip("._-") or otherwise


def identifier(text: str, otherwise: str, longest: int = 64) -> str:
    """`text` as the name of a run or a model: ASCII letters, digits, hyphens and underscores.

    Everything else becomes a hyphen. otherwise: the name when nothing is left. longest: characters at most.
    """
    kept = (c if c.isascii() and (c.isalnum() or c in "-_") else " " for c in text)
    return _joined("".join(kept)).strip("-_")[:longest].rstrip("-_") or otherwise


def natural_order(name: str) -> tuple[tuple[str | tuple[int, str], ...], str]:
    """A key that sorts names as people count: frame2 comes before frame10, frame9 before frame010.

    Names that differ in leading zeros only are ordered by them.
    """
    # Odd places of the split are numbers, so that text never meets a number. Compared by length, then digit
    # by digit: Python refuses to read a number of 5000 digits.
    parts = _NUMBER.split(name)
    digits = [part.lstrip("0") for part in parts]
    key = tuple(
        (len(digits[place]), digits[place]) if place % 2 else part for place, part in enumerate(parts)
    )
    return key, name


def is_litter(name: str) -> bool:
    """Whether a file or folder is hidden, or what macOS and Windows leave behind in folders and archives."""
    return name.startswith(".") or name.lower() in _LITTER


def _joined(text: str) -> str:
    """Words joined by single hyphens."""
    return "-".join(word for each in text.split() if (word := each.strip("-")))
