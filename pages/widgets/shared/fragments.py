"""Parts of a page that run again by themselves, each in a container of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")


def fragment(draw: Callable[P, None], every: float | None = None) -> Callable[P, None]:
    """As `st.fragment`: a part of the page that runs again alone, and every so many seconds if asked.

    In a container of its own, for this reason: when such a part runs again while the browser still waits
    for what the whole page has drawn, Streamlit drops what the part drew then. The browser takes away the
    old one as the whole page ends, and all that follows in the same container moves up. The part would then
    take the place of what followed it, or end the page with "Bad delta path index".
    """
    part = st.fragment(draw, run_every=every)

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        with st.container():
            part(*args, **kwargs)

    return drawn
