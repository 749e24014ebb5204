"""Charts on the page, and charts that can be saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.languages import gettext as _

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def show_chart(figure: Figure, key: str, alt: str) -> None:
    """A chart without Plotly's tool bar, which would hide what is under it. alt: the chart in words."""
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def saved_chart(
    figure: Figure, name: str, alt: str, key: str, on_choose: Callable[[], None] | None = None
) -> None:
    """A chart that can be saved as the picture `name`.png. on_choose: called when a marker is chosen."""
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
    """A button that saves the chart as the offline page `name`.html, and a caption on both files."""
    st.download_button(
        _("HTML"),
        lambda: figure.to_html(include_plotlyjs=True),
        f"{name}.html",
        icon=":material/download:",
        on_click="ignore",
        key=f"html_{name}",
    )
    st.caption(_("PNG: the camera above the chart. HTML: the chart as a page that works offline."))
