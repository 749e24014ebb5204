"""What the browser gets of a correction: its name, and as bytes label maps, steps to undo, a checksum."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from core.annotation.edited import EditedPicture
from core.annotation.history import Edit, History
from core.annotation.runs import Mask


def identity(correction: EditedPicture) -> str:
    """What the browser calls a correction."""
    return f"{correction.set_name}/{correction.key}"


def deflated(values: Mask) -> bytes:
    """Class numbers (H, W), row by row; the browser inflates them."""
    return zlib.compress(values.tobytes(), level=1)


def checksum(mask: Mask) -> int:
    """What both sides tell masks apart by: Adler-32, as runs.js works it out."""
    return zlib.adler32(mask.tobytes())


_edits: WeakKeyDictionary[Edit, tuple[str, str]] = WeakKeyDictionary()
"""Edits as they are sent: each is in a hundred messages, one after the other."""


def steps(history: History, version: int) -> bytes:
    """The steps of a correction in some version that can be undone and done again, as JSON.

    history.js writes the same letters: their Adler-32 says whether both sides have the same steps.
    """
    found = {"version": version, "done": _packed(history.done), "undone": _packed(history.undone)}
    return json.dumps(found, separators=(",", ":")).encode()


def _packed(edits: Iterable[Edit]) -> list[tuple[str, str]]:
    return [_edits.get(edit) or _edits.setdefault(edit, _pair(edit)) for edit in edits]


def _pair(edit: Edit) -> tuple[str, str]:
    return b64encode(edit.forward.packed()).decode(), b64encode(edit.back.packed()).decode()
