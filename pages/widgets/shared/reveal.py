"""Brings into view what a choice has changed: a part of the page that may lie below the fold, or above.

st.button("Open", on_click=reveal_soon, args=("opened",))
with revealed("opened", "The frame you opened"):
    ...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.widgets.shared.front_end import component

_CHOICES = "revealed_choices"

_mount = component("reveal", __file__)


def reveal_soon(place: str) -> None:
    """Call from a callback: what was chosen is shown at `place`, which is brought into view if need be."""
    choices: dict[str, int] = st.session_state.setdefault(_CHOICES, {})
    choices[place] = choices.get(place, 0) + 1


@contextmanager
def revealed(place: str, label: str, need: int = 320) -> Iterator[None]:
    """A part of the page that `reveal_soon` brings into view, in letters, digits and underscores.

    Nothing moves if its first `need` CSS pixels, or all of it, are in sight. Otherwise the window scrolls to
    it, smoothly unless the visitor wants no motion, and the focus goes there. Screen readers say `label`.
    """
    with st.container(key=place):
        yield
        choices: dict[str, int] = st.session_state.get(_CHOICES, {})
        # Last, so that what it scrolls to is on the page.
        _mount(
            key=f"{place}.reveal",
            data={"place": place, "choice": choices.get(place, 0), "need": need, "label": label},
        )
