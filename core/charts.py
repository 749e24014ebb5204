"""Pictures of results: masks and overlays as arrays, Plotly figures from plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.classes import ClassList
from core.segmentation import PixelReading, Segmentation

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


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
                marker_color="rgb({}, {}, {})".format(*palette[number]),
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
    figure.add_vrect(chosen - 0.5, chosen + 0.5, line_width=2, fillcolor="rgba(0,0,0,0)")
    figure.update_layout(
        barmode="stack",
        bargap=0.08,
        height=300,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={
            "type": "category",
            "title": f"column (row {reading.chosen.row})",
            "tickangle": -60,
            "dtick": 1,
        },
        yaxis={"tickformat": ".0%", "range": [0, 1], "title": "probability"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
    )
    return figure
