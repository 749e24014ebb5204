"""Charts to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def show_chart(figure: Figure, key: str, alt: str) -> None:
    """A chart without Plotly's tool bar, which hides what is under it. alt: for who does not see it."""
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)
