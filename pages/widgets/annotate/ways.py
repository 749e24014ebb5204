"""The two ways to draw on a correction: the editor, and shapes. One of them is on the page at a time."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.annotation.store import OpenCorrection
from core.languages import gettext as _
from pages.widgets.annotate.editor.editor import editor
from pages.widgets.annotate.editor.taking import take
from pages.widgets.annotate.picture import WAY, Chosen
from pages.widgets.annotate.shapes.shapes import leave_shapes, shapes
from pages.widgets.segmentation.models import class_marks

_EDITOR = "editor"
"""The key of the editor."""


def draw(opened: Chosen, read_only: str) -> None:
    """What the visitor draws on. read_only: why nobody may draw, as a sentence; empty to let them."""
    # A canvas that is just emptied sends that by itself; of a click in the same moment there is no run then.
    if st.session_state.get(WAY, opened.way) != opened.way:
        st.rerun()
    if opened.way == "Shapes":
        if not read_only:
            _take_last_strokes(opened.correction)
        shapes(opened.correction, read_only)
        return
    leave_shapes(read_only)
    editor(
        opened.correction,
        label=_("{name} with its classes, to be drawn on").format(name=opened.name),
        read_only=read_only,
        at=opened.at,
        look=opened.look,
        network=opened.network,
        marks=class_marks(opened.network.model) if opened.network else {},
    )


def _take_last_strokes(correction: OpenCorrection) -> None:
    """The editor is gone, and its last message may have come with the click that left it."""
    everything = st.session_state.get(_EDITOR)
    message = everything.get("edits") if isinstance(everything, Mapping) else None
    if isinstance(message, Mapping):
        take(correction, message)
