"""What a chosen pixel says: its coordinates, its classes, its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from core import charts, tables
from pages.widgets.pixel_viewer import Pixel, ViewerPicture

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.segmentation import PixelReading

ROW, COLUMN, PICTURE = "pixel_row", "pixel_column", "pixel_picture"


def sync_inputs(pixel: Pixel) -> None:
    """Bring the number inputs to the pixel chosen in the viewer."""
    st.session_state[ROW], st.session_state[COLUMN] = pixel


def keep_inside(picture: ViewerPicture) -> Pixel:
    """The chosen pixel, moved to the same place of another picture; the middle of the first one."""
    before = st.session_state.get(PICTURE)
    now = (picture.height, picture.width)
    row, col = st.session_state.get(ROW), st.session_state.get(COLUMN)
    if before is None or row is None or col is None:
        row, col = now[0] // 2, now[1] // 2
    elif before != now:
        row, col = row * now[0] // before[0], col * now[1] // before[1]
    st.session_state[PICTURE] = now
    sync_inputs((min(max(row, 0), now[0] - 1), min(max(col, 0), now[1] - 1)))
    return st.session_state[ROW], st.session_state[COLUMN]


def pixel_inputs(picture: ViewerPicture) -> None:
    """Row and column as numbers, for the keyboard and for who wants an exact pixel."""
    with st.container(horizontal=True):
        st.number_input(
            "Row", 0, picture.height - 1, step=1, key=ROW, required=True, help="Counted from 0 at the top."
        )
        st.number_input(
            "Column",
            0,
            picture.width - 1,
            step=1,
            key=COLUMN,
            required=True,
            help="Counted from 0 at the left.",
        )


def show_chosen(reading: PixelReading) -> None:
    """The reading in a sentence, and the chosen pixel's classes as bars."""
    chosen = reading.chosen
    st.markdown(f"**{reading.sentence()}**")
    _chart(
        charts.top_classes_chart(reading),
        key="top_classes",
        alt=f"Most probable classes of pixel ({chosen.row}, {chosen.col}) as bars.",
    )
    st.caption(
        "A probability says how the network splits its belief over the classes; together they make 100 %. "
        "It is not the chance of being right: a network can be sure and wrong."
    )


def show_neighbours(reading: PixelReading) -> None:
    """All pixels of the reading, from left to right: a stacked chart and a table."""
    left, right = st.columns([3, 2], gap="medium")
    left.markdown(f"**Row {reading.chosen.row} from left to right**: the chosen pixel is framed")
    with left:
        _chart(
            charts.reading_chart(reading),
            key="neighbours",
            alt=f"Class probabilities of {len(reading.pixels)} pixels of row {reading.chosen.row}, stacked.",
        )
    right.markdown("**The same in numbers**")
    right.dataframe(
        _table(reading),
        hide_index=True,
        height=400,
        row_height=27,
        key="pixels",
        column_config={
            "chosen": st.column_config.TextColumn("", width=20),
            "row": st.column_config.NumberColumn(width=44),
            "column": st.column_config.NumberColumn("col", width=44),
            "probability": st.column_config.NumberColumn(format="percent", width=76),
            "margin": st.column_config.NumberColumn(
                format="percent", width=68, help="How far the class is ahead of the runner-up."
            ),
        },
        alt="The same pixels as a table: class, probability, runner-up and margin.",
    )


def _chart(figure: Figure, key: str, alt: str) -> None:
    """A Plotly chart to look at: without the tool bar, which hides what is under it."""
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def _table(reading: PixelReading) -> Styler:
    """The reading's rows with a mark at the chosen one and its row set off."""
    table = pd.DataFrame(tables.reading_rows(reading))
    chosen = table["chosen"].to_numpy()
    table["chosen"] = ["▶" if mark else "" for mark in chosen]
    columns = ["chosen", "row", "column", "class", "probability", "runner-up", "margin"]
    return table[columns].style.apply(
        lambda _: ["background-color: #8884" if mark else "" for mark in chosen]
    )
