"""How much room a canvas has on this visitor's screen, and fingers for canvases that only know a mouse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from pages.widgets.shared.front_end import component

_LAST, _KEY = "canvas_room_last", "canvas_room"
_NARROWEST, _WIDEST = 160, 2400

_mount = component("room", __file__)


class Room(NamedTuple):
    """CSS pixels: the width of the place that `room` was called in, and the height of the window."""

    width: int
    height: int


def room() -> Room | None:
    """What the browser has last said of this place; None before it has, and its answer runs this part again.

    While this is on the page, a finger draws on drawable canvases as a mouse does, and two move the page.
    """
    known: Room | None = _sent() or st.session_state.get(_LAST)
    st.session_state[_LAST] = known
    told = None if known is None else known._asdict()
    _mount(key=_KEY, data={"room": told}, on_room_change=lambda: None)
    return known


def _sent() -> Room | None:
    """The browser's message, which can be anything."""
    everything = st.session_state.get(_KEY)
    message = everything.get("room") if isinstance(everything, Mapping) else None
    match message:
        case {"width": int(width), "height": int(height)}:
            return Room(*(min(max(side, _NARROWEST), _WIDEST) for side in (width, height)))
    return None
