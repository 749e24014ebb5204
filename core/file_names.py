"""Any text as part of a file's name: what people typed, or what came with a file from elsewhere."""

from __future__ import annotations

import unicodedata


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


def _joined(text: str) -> str:
    """Words joined by single hyphens."""
    return "-".join(word for each in text.split() if (word := each.strip("-")))
