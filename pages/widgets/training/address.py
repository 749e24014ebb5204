"""The page's address holds a changed recipe: it survives a reload and travels with a link."""

from __future__ import annotations

import base64
import zlib

import streamlit as st

from core.training.recipes.text import MAX_BYTES

_EDITED = "edited"
_LONGEST = 6000
"""Characters of an address: the longest shipped recipe needs a fifth; browsers and servers accept more."""


def edited_text() -> str | None:
    """The changed recipe in the page's address; None if there is none, or it is no recipe."""
    return unpacked(st.query_params.get(_EDITED, ""))


def write_edited(text: str | None) -> None:
    """Write a changed recipe into the address; None removes it."""
    word = packed(text) if text is not None else ""
    if not word or len(word) > _LONGEST:
        st.query_params.pop(_EDITED, None)
    elif st.query_params.get(_EDITED) != word:
        st.query_params[_EDITED] = word


def packed(text: str) -> str:
    """A text, compressed into characters that an address may hold."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(word: str) -> str | None:
    """The text that `packed` was given; None for any other word, and for a text too long for a recipe."""
    unpacker = zlib.decompressobj()
    try:
        content = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        text = unpacker.decompress(content, MAX_BYTES + 1).decode()
    except (ValueError, zlib.error):
        return None
    return text if unpacker.eof and len(text) <= MAX_BYTES else None
