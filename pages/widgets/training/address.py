"""A recipe that was changed is in the page's address: a reload finds it again, and a link takes it along."""

from __future__ import annotations

import base64
import zlib

import streamlit as st

from core.training.recipes.text import MAX_BYTES

_EDITED = "edited"
_LONGEST = 6000
"""Characters of an address; the longest shipped recipe takes a fifth, and browsers and servers take more."""


def edited_text() -> str | None:
    """The changed recipe in the page's address; None where there is none, or something else."""
    return unpacked(st.query_params.get(_EDITED, ""))


def write_edited(text: str | None) -> None:
    """Let the address have a changed recipe; None takes it out."""
    word = packed(text) if text is not None else ""
    if not word or len(word) > _LONGEST:
        st.query_params.pop(_EDITED, None)
    elif st.query_params.get(_EDITED) != word:
        st.query_params[_EDITED] = word


def packed(text: str) -> str:
    """A text in letters that an address may have."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(word: str) -> str | None:
    """The text that `packed` made a word of; None for any other word, and for more than a recipe may have."""
    unpacker = zlib.decompressobj()
    try:
        content = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        text = unpacker.decompress(content, MAX_BYTES + 1).decode()
    except (ValueError, zlib.error):
        return None
    return text if unpacker.eof and len(text) <= MAX_BYTES else None
