"""Charts: to look at, or to take along."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def show_chart(figure: Figure, key: str, alt: str) -> None:
    """A chart without Plotly's tool bar, which hides what is under it. alt: for who does not see it."""
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def saved_chart(
    figure: Figure, name: str, alt: str, key: str, on_choose: Callable[[], None] | None = None
) -> None:
    """A chart that can be saved as the picture `name`.png; on_choose: called when somebody chose a marker."""
    st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        on_select=on_choose or "ignore",
        selection_mode="points",
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"filename": name, "scale": 2},
        },
    )


def chart_page_button(figure: Figure, name: str) -> None:
    """A button for the chart as the page `name`.html, which needs no internet, and a word on both files."""
    st.download_button(
        "HTML",
        lambda: figure.to_html(include_plotlyjs=True),
        f"{name}.html",
        icon=":material/download:",
        on_click="ignore",
        key=f"html_{name}",
    )
    st.caption("PNG: the camera above the chart. HTML: the chart as a page of its own, without internet.")
