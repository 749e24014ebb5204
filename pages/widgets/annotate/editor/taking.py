"""What the browser sends is taken into a correction: each edit exactly once, in order, whatever gets lost.

A message holds all edits that the browser has had no answer for, numbered, each with the version of the
correction that it was made in. The server remembers the last number of each window. After it was killed it
no longer knows: an edit of an older version is then known by being in the history, and an undo or a redo
counts only in the version that it was made in.
"""

from __future__ import annotations

import binascii
import threading
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

import streamlit as st
from cachetools import TTLCache

from core.annotation.edited import EditedPicture
from core.errors import AnnotationError, StreetScopeError
from core.languages import gettext as _
from core.languages import translated
from pages.widgets.annotate.editor.packing import identity

Kind = Literal["edit", "undo", "redo", "class"]

_KINDS = get_args(Kind)
_WINDOWS, _SECONDS = 4096, 24 * 3600
_MOST_EDITS = 2000


@dataclass(frozen=True)
class Sent:
    """One edit as it was sent. number: of the window's edits, from 1. version: that it was made in.

    packed: an edit's runs; of a new class, the name.
    """

    number: int
    kind: Kind
    packed: bytes
    version: int


@dataclass(frozen=True)
class Answer:
    """What became of a message.

    id: of the correction. client, attempt: of the message. taken: the number of the last edit that is saved.
    trouble: why the next one is not, as a sentence. again: whether it may be, later. differs: whether the
    browser's mask is another than the one that is saved.
    """

    id: str
    client: str
    attempt: int
    taken: int
    trouble: str = ""
    again: bool = True
    differs: bool = False


class _Windows:
    """The last number taken of each window, by correction and window."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken: TTLCache[tuple[str, str], int] = TTLCache(_WINDOWS, _SECONDS)


@st.cache_resource(show_spinner=False)
def _windows() -> _Windows:
    return _Windows()


def take(correction: EditedPicture, message: Mapping[str, object]) -> Answer | None:
    """Take the edits of a message, which can be anything; None if it is not for this correction."""
    client, attempt = message.get("client"), message.get("attempt")
    id_ = identity(correction)
    if message.get("id") != id_ or not isinstance(client, str) or not isinstance(attempt, int):
        return None
    windows = _windows()
    with windows.lock:
        place = (id_, client[:64])
        known = windows.taken.get(place)
        taken = known or 0
        trouble, again = "", True
        try:
            for edit in _sent(message.get("edits")):
                if known is None or edit.number > taken:
                    _apply(correction, edit, is_known=known is not None)
                    taken = edit.number
        except StreetScopeError as error:
            trouble, again = translated(error), not isinstance(error, AnnotationError)
        windows.taken[place] = taken
    differs = not trouble and message.get("sum") != zlib.adler32(correction.mask.tobytes())
    return Answer(id_, client, attempt, taken, trouble, again, differs)


def _apply(correction: EditedPicture, edit: Sent, *, is_known: bool) -> None:
    """Make one edit. is_known: nothing of this window was taken by a server that is gone."""
    if edit.kind == "class":
        correction.add_class(edit.packed.decode(errors="replace"))
    elif edit.kind == "edit":
        if is_known or not _is_in_history(correction, edit):
            correction.edit(edit.packed)
    elif edit.version == correction.version:
        # Not in another version: somebody else's stroke would be undone. The browser then gets our mask.
        (correction.undo if edit.kind == "undo" else correction.redo)()


def _is_in_history(correction: EditedPicture, edit: Sent) -> bool:
    """Whether an edit of an older version is among the steps made since."""
    since = correction.version - edit.version
    return since > 0 and any(
        step.forward.packed() == edit.packed for step in correction.history.done[-since:]
    )


def _sent(edits: object) -> Iterator[Sent]:
    """The edits of a message, as far as they make sense."""
    for each in edits[:_MOST_EDITS] if isinstance(edits, list) else ():
        match each:
            case [int(number), str(kind), str(text), int(version)] if kind in _KINDS:
                yield Sent(number, cast("Kind", kind), _decoded(text), version)
            case _:
                raise AnnotationError(_("This edit is damaged; reload the page to go on from what is saved."))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise AnnotationError(
            _("This edit is damaged; reload the page to go on from what is saved.")
        ) from None
