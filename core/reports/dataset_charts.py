"""Plotly figures of a data set's contents: how much of each class, in how many frames, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import SPLITS, FrameSplit, Split
from core.datasets.contents.statistics import Statistics
from core.languages import class_name, filled, mark
from core.languages import gettext as _
from core.reports.charts import EDGE, chart_text, css, figure_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SPLIT_COLOURS: dict[FrameSplit, str] = {
    "train": "rgb(31, 119, 180)",
    "valid": "rgb(255, 127, 14)",
    "test": "rgb(44, 160, 44)",
}
"""Blue, orange, green of D3's ten colours: distinct in both themes and for the colour-blind."""

SPLIT_NAMES: dict[Split, str] = {
    "all": mark("all frames"),
    "train": mark("training"),
    "valid": mark("validation"),
    "test": mark("test"),
}
_MARGIN = {"l": 8, "r": 16, "t": 32, "b": 8}
"""Room at the top for the button that saves the chart as a picture."""

_ROW = 22
"""Height of a class's row in pixels: each name fits."""


def share_chart(statistics: Statistics, by_split: bool = False, log: bool = False) -> Figure:
    """Each class's share of all pixels, largest first; classes that do not occur are left out.

    by_split: a bar for each split, as a share of that split's pixels; else one in the class's colour.
    log: a logarithmic scale, on which rare classes are visible.
    """
    order = _occurring(statistics, statistics.pixels())
    figures = {split: statistics.class_shares(split) for split in _splits(statistics, by_split)}
    layout = _class_rows(statistics, order, by_split)
    layout["xaxis"] = {"title": {"text": _("share of pixels")}, "tickformat": ",.2~%" if log else ".0%"}
    if log:
        layout["xaxis"] |= {"type": "log", "dtick": 1, "tickformat": "~%"}
    hover = _("%{x:.3%} of the pixels")
    return figure_of(_class_bars(statistics, order, figures, hover), layout)


def frames_chart(statistics: Statistics, by_split: bool = False) -> Figure:
    """The share of frames in which each class occurs, largest first; the hover text has the number of frames.

    by_split: as in `share_chart`.
    """
    order = _occurring(statistics, statistics.frames_with_class())
    splits = _splits(statistics, by_split)
    counts = {split: statistics.frames_with_class(split) for split in splits}
    totals = {split: int(statistics.within(split).sum()) for split in splits}
    figures = {split: counts[split] / max(totals[split], 1) for split in splits}
    layout = _class_rows(statistics, order, by_split)
    layout["xaxis"] = {"title": {"text": _("share of frames")}, "tickformat": ".0%", "range": [0, 1.02]}
    bars = _class_bars(statistics, order, figures, _("%{customdata} frames, %{x:.0%}"))
    for bar, split in zip(bars, splits, strict=True):
        bar["customdata"] = [
            filled(_("{count} of {total}"), count=counts[split][n], total=totals[split]) for n in order
        ]
    return figure_of(bars, layout)


def classes_per_frame_chart(statistics: Statistics) -> Figure:
    """A histogram of the number of classes in a frame, the splits stacked."""
    splits = [split for split in SPLITS if statistics.within(split).any()]
    found = statistics.classes_per_frame()
    least, most = int(found.min(initial=1)), int(found.max(initial=1))
    bars = [
        {
            "type": "bar",
            "name": _(SPLIT_NAMES[split]),
            "x": list(range(least, most + 1)),
            "y": np.bincount(statistics.classes_per_frame(split), minlength=most + 1)[least:].tolist(),
            "marker": {"color": SPLIT_COLOURS[split], "line": EDGE},
            "hovertemplate": _("%{{y}} frames of {split} with %{{x}} classes").format(
                split=_(SPLIT_NAMES[split])
            )
            + "<extra></extra>",
        }
        for split in splits
    ]
    layout = {
        "barmode": "stack",
        "bargap": 0.08,
        "height": 360,
        "margin": _MARGIN,
        "xaxis": {"title": {"text": _("classes in a frame, including Void")}, "dtick": 1},
        "yaxis": {"title": {"text": _("frames")}},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    }
    return figure_of(bars, layout)


def place_chart(statistics: Statistics, number: int, split: Split = "all") -> Figure:
    """Where a class occurs in the picture: its mean share of each cell, over a split's frames."""
    heat = statistics.heat_map(number, split)
    rows, cols = heat.shape
    trace = {
        "type": "heatmap",
        "z": heat.tolist(),
        "x": _percent(cols),
        "y": _percent(rows),
        "colorscale": "Viridis",
        "zmin": 0,
        "zmax": max(float(heat.max()), 1e-9),
        # beside the map, which is at the left of the available space
        "colorbar": {
            "tickformat": ".0%" if heat.max() >= 0.05 else ".2~%",
            "thickness": 12,
            "x": 0,
            "xanchor": "right",
            "ticklabelposition": "outside",
        },
        "hovertemplate": _("%{x:.0f}% from the left, %{y:.0f}% from the top: %{z:.1%}") + "<extra></extra>",
    }
    layout = {
        "height": 420,
        "margin": _MARGIN,
        "xaxis": {"visible": False, "constrain": "domain", "constraintoward": "left"},
        "yaxis": {
            "visible": False,
            "autorange": "reversed",
            "scaleanchor": "x",
            # the unit of both axes is a percentage of the picture's own side
            "scaleratio": rows / cols,
        },
    }
    return figure_of([trace], layout)


def _percent(cells: int) -> list[float]:
    """The middle of each cell, in per cent of the picture's side."""
    return [100 * (cell + 0.5) / cells for cell in range(cells)]


def _splits(statistics: Statistics, by_split: bool) -> list[Split]:
    return [split for split in SPLITS if statistics.within(split).any()] if by_split else ["all"]


def _occurring(statistics: Statistics, sizes: NDArray[np.int64]) -> list[int]:
    order = np.argsort(-sizes, kind="stable")
    return [int(n) for n in order if statistics.counts[:, n].any()]


def _class_bars(
    statistics: Statistics, order: Sequence[int], figures: dict[Split, NDArray[np.float64]], hover: str
) -> list[dict[str, Any]]:
    names, palette = statistics.class_list.names, statistics.class_list.palette
    bars = []
    for split, values in figures.items():
        colour = [css(palette[n]) for n in order] if split == "all" else SPLIT_COLOURS[split]
        said = "" if split == "all" else _(" of {split}").format(split=_(SPLIT_NAMES[split]))
        bars.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": _(SPLIT_NAMES[split]),
                "x": [float(values[n]) for n in order],
                "y": [chart_text(class_name(names[n])) for n in order],
                "marker": {"color": colour, "line": EDGE},
                "hovertemplate": f"%{{y}}: {hover}{said}<extra></extra>",
            }
        )
    return bars


def _class_rows(statistics: Statistics, order: Sequence[int], by_split: bool) -> dict[str, Any]:
    bars = len(_splits(statistics, by_split))
    return {
        "barmode": "group",
        "bargap": 0.25,
        "height": 90 + len(order) * max(_ROW, 10 * bars),
        "margin": _MARGIN,
        "yaxis": {"autorange": "reversed", "dtick": 1},
        "showlegend": by_split,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    }
