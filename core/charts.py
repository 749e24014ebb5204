"""Pictures of results: masks and overlays as arrays, Plotly figures from plain data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.segmentation import PixelReading, Segmentation


def colour_mask(labels: NDArray[np.uint8], class_list: ClassList) -> NDArray[np.uint8]:
    """(H, W) class numbers to an (H, W, 3) picture in the classes' colours."""
    return class_list.palette[labels]


def overlay(segmentation: Segmentation, opacity: float = 0.55) -> NDArray[np.uint8]:
    """The photo with the mask over it. opacity: the mask's, in [0, 1]. Returns (H, W, 3) uint8."""
    mask = colour_mask(segmentation.labels, segmentation.class_list)
    blended = segmentation.image * (1 - opacity) + mask * opacity
    return blended.round().astype(np.uint8)


def reading_chart(reading: PixelReading, classes: int = 6) -> Figure:
    """Stacked bars of the class probabilities of a reading's pixels, from left to right as in the picture.

    classes: how many of the most probable classes get a colour of their own; the rest is summed up in grey.
    """
    # Plotly takes half a second to import: those who draw no chart do not pay.
    from plotly.graph_objects import Bar, Figure

    names, palette = reading.class_list.names, reading.class_list.palette
    columns = [str(pixel.col) for pixel in reading.pixels]
    order = np.argsort(-reading.probabilities.mean(axis=0), kind="stable")
    shown, rest = order[:classes], order[classes:]
    figure = Figure()
    for number in shown:
        figure.add_trace(
            Bar(
                name=names[number],
                x=columns,
                y=reading.probabilities[:, number],
                marker_color=_css(palette[number]),
                hovertemplate="%{y:.1%}",
            )
        )
    if len(rest):
        figure.add_trace(
            Bar(
                name=f"{len(rest)} others",
                x=columns,
                y=reading.probabilities[:, rest].sum(axis=1),
                marker_color="rgb(200, 200, 200)",
                hovertemplate="%{y:.1%}",
            )
        )
    chosen = columns.index(str(reading.chosen.col))
    figure.add_vrect(chosen - 0.5, chosen + 0.5, line_width=2, line_color="rgb(128, 128, 128)")
    figure.add_annotation(x=chosen, y=1, text="▼", showarrow=False, yanchor="bottom")
    figure.update_layout(
        barmode="stack",
        bargap=0.08,
        height=400,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={
            "type": "category",
            "title": f"column (row {reading.chosen.row})",
            "tickangle": -60,
            "dtick": 1,
        },
        yaxis={"tickformat": ".0%", "range": [0, 1], "title": "probability"},
        legend={"orientation": "h", "y": 1.06, "yanchor": "bottom", "traceorder": "normal"},
        hovermode="x unified",
    )
    return figure


def _css(colour: Iterable[int]) -> str:
    """A colour (red, green, blue), 0..255, as Plotly takes it."""
    return "rgb({}, {}, {})".format(*colour)


def top_classes_chart(reading: PixelReading) -> Figure:
    """The chosen pixel's most probable classes as horizontal bars in the classes' colours."""
    from plotly.graph_objects import Bar, Figure

    top = [best for best in reading.chosen.top if best.probability >= 0.0005] or list(reading.chosen.top[:1])
    colours = dict(zip(reading.class_list.names, reading.class_list.palette.tolist(), strict=True))
    figure = Figure(
        Bar(
            x=[best.probability for best in top],
            y=[best.name for best in top],
            orientation="h",
            marker_color=[_css(colours[best.name]) for best in top],
            text=[f"{best.probability:.1%}" for best in top],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_layout(
        height=40 + 28 * len(top),
        margin={"l": 8, "r": 48, "t": 8, "b": 8},
        xaxis={"range": [0, 1], "visible": False},
        yaxis={"autorange": "reversed"},
        bargap=0.25,
    )
    return figure
