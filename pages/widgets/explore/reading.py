"""The reading of a chosen pixel: its coordinates, classes and neighbours, and what they mean."""

from __future__ import annotations

import typing

import numpy as np
import pandas as pd
import streamlit as st

from core.reports import charts, tables
from core.segmentation.probabilities import percent
from core.segmentation.reading import PixelReading, Shape
from pages.widgets.explore.bars import class_bars
from pages.widgets.photos.visitor_session import VisitorSession, visitor_session
from pages.widgets.shared.markdown import markdown
from pages.widgets.shared.plots import show_chart
from pages.widgets.viewer.pixel_viewer import Pixel, ViewerPicture

ROW, COLUMN, SHAPE = "pixel_row", "pixel_column", "neighbours"
_SHAPES: tuple[Shape, ...] = typing.get_args(Shape)

_SHAPE_TITLES = {"row": "Row", "column": "Column", "square": "Square"}
_CHART_TITLES = {
    "row": "Row {row} from left to right: the chosen pixel is framed",
    "column": "Column {col} from top to bottom: the chosen pixel is framed",
    "square": "The square around ({row}, {col}), row by row: the chosen pixel is framed",
}


def sync_inputs(pixel: Pixel) -> None:
    """Set the number inputs to the pixel chosen in the viewer."""
    st.session_state[ROW], st.session_state[COLUMN] = pixel


def keep_inside(picture: ViewerPicture) -> Pixel:
    """The chosen pixel, moved to the same place in a new picture; the middle of the first picture."""
    mine, now = visitor_session(), (picture.height, picture.width)
    row, col = st.session_state.get(ROW), st.session_state.get(COLUMN)
    if row is None or col is None:
        row, col = now[0] // 2, now[1] // 2
    elif mine.pixel_in is not None and mine.pixel_in != now:
        row, col = row * now[0] // mine.pixel_in[0], col * now[1] // mine.pixel_in[1]
    mine.pixel = (min(max(row, 0), now[0] - 1), min(max(col, 0), now[1] - 1))
    mine.pixel_in = now
    sync_inputs(mine.pixel)
    return mine.pixel


def take_up(session: VisitorSession) -> None:
    """Return to the pixel that was chosen before the page was reloaded."""
    if session.pixel is not None:
        sync_inputs(session.pixel)


def shape() -> Shape:
    """Which neighbours are read; `pixel_inputs` has the widget to choose."""
    # In the first run the widget, and with it the address's value, comes only after the picture.
    chosen = st.session_state.get(SHAPE) or st.query_params.get(SHAPE, "row").lower()
    return next((shape for shape in _SHAPES if shape == chosen), "row")


def pixel_inputs(picture: ViewerPicture) -> None:
    """Row and column as numbers, for the keyboard and for exact pixels; and the choice of neighbours."""
    with st.container(horizontal=True):
        st.number_input("Row", 0, picture.height - 1, step=1, key=ROW, help="Counted from 0 at the top.")
        st.number_input(
            "Column",
            0,
            picture.width - 1,
            step=1,
            key=COLUMN,
            help="Counted from 0 at the left.",
        )
        st.segmented_control(
            "Neighbours",
            _SHAPES,
            default="row",
            format_func=lambda shape: _SHAPE_TITLES[shape],
            required=True,
            key=SHAPE,
            bind="query-params",
            help="Which 20 pixels are read with the chosen one: 10 before and 10 after it in its row or "
            "column, or the square of 5 x 5 around it without the corners.",
        )


def show_chosen(reading: PixelReading) -> None:
    """The reading in a sentence, and the chosen pixel's classes as bars."""
    chosen = reading.chosen
    st.markdown(markdown("**{sentence}**", sentence=reading.sentence()))
    st.markdown(
        markdown(
            "The network is **{certainty}** here: {entropy:.2f} bits of entropy.",
            certainty=chosen.certainty,
            entropy=chosen.entropy,
        )
    )
    colours = dict(zip(reading.class_list.names, reading.class_list.palette.tolist(), strict=True))
    class_bars(chosen.top, colours)


def show_neighbours(reading: PixelReading) -> None:
    """All pixels of the reading: a stacked chart and a table."""
    chosen = reading.chosen
    left, right = st.columns([3, 2], gap="medium")
    title = _CHART_TITLES[reading.shape].format(row=chosen.row, col=chosen.col)
    left.markdown(markdown("**{title}**", title=title))
    with left:
        st.echarts_chart(
            charts.reading_option(reading),
            height=400,
            key="neighbours_chart",
            alt=f"Class probabilities of {len(reading.pixels)} pixels, stacked: the same as in the table.",
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


def explain(reading: PixelReading) -> None:
    """For the curious: where probabilities come from, and a temperature to play with."""
    section = st.expander(
        "What do these numbers mean?", icon=":material/school:", on_change="rerun", key="explanation"
    )
    if not section.open:  # nothing is drawn while it is closed
        return
    with section:
        left, right = st.columns([2, 3], gap="medium")
        left.markdown(_EXPLANATION)
        with right:
            _temperature(reading)


def _temperature(reading: PixelReading) -> None:
    chosen = reading.chosen
    st.markdown("**What temperature does to the chosen pixel**")
    st.latex(r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}")
    temperature = st.slider(
        "Temperature T",
        0.1,
        5.0,
        1.0,
        0.1,
        key="temperature",
        help="1 gives the network's own probabilities. Below 1 the softmax gets sharper, above 1 flatter; "
        "the order of the classes stays the same.",
    )
    show_chart(
        charts.temperature_chart(reading, temperature),
        key="temperature_chart",
        alt=f"The chosen pixel's classes at temperature 1 and at {temperature}.",
    )
    st.caption(
        markdown(
            "Pixel ({row}, {col}): {label} has {share} at T = 1. A network's makers can choose T after "
            "training, on pictures it was not trained on, so that it is right nine times in ten when it says "
            "90 %.",
            row=chosen.row,
            col=chosen.col,
            label=chosen.label,
            share=percent(chosen.probability),
        )
    )


_EXPLANATION = """
**From scores to probabilities.** For each pixel the network gives every class a score, the *logit* $z$. The
*softmax* turns scores into probabilities: $e$ to the power of each score, divided by the sum of all of these.
So they are all above zero and add up to 100 %, and only the differences between the scores matter.

**Why neighbours change class at a boundary.** The network uses the surroundings of each pixel. From one
side of a kerb to the other the surroundings change little by little, and so do the scores: one class's
score falls, the other's rises, and the class changes where they cross. Close to that place the network is
undecided, and the *entropy* (0 bits: sure; 1 bit: as undecided as a tossed coin) is high.

**What confidence is not.** It is the network's probability for the class, not the chance that the class is
right. A network that has never seen a rickshaw must call it something, and may be sure of it. Whether "90 %"
is right nine times in ten has to be measured on labelled pictures.
"""


def _table(reading: PixelReading) -> pd.DataFrame:
    """The reading's rows with a mark at the chosen one."""
    table = pd.DataFrame(tables.reading_rows(reading))
    table["chosen"] = np.where(table["chosen"], "▶", "")
    return table[["chosen", "row", "column", "class", "probability", "runner-up", "margin"]]
