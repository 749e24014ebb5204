"""The curve of a learning-rate finder as a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.languages import gettext as _
from core.reports.charts import figure_of
from core.training.runs.lr_find_history import SUGGESTIONS, rate_in_words
from core.training.runs.records import Finder, FinderPoint

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_COLOURS = {"valley": "rgb(31, 119, 180)", "steep": "rgb(214, 39, 40)", "minimum": "rgb(44, 160, 44)"}
"""Of D3's ten colours: visible in both themes. The marks differ in shape too."""
_CURVE = "rgb(128, 128, 128)"

_TRIED = [-7.1, 1.1]
"""Powers of ten, a little beyond the rates that fastai's finder tries; the axis stays as a curve grows."""


def finder_chart(finder: Finder) -> Figure:
    """The loss at each learning rate tried, on a logarithmic axis, with the suggestions marked.

    A point's x is its learning rate, so that a click on it chooses that rate.
    """
    points = [point for point in finder.points if math.isfinite(point.loss) and point.lr > 0]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": _("loss"),
            "x": [point.lr for point in points],
            "y": [point.loss for point in points],
            "line": {"color": _CURVE, "width": 2},
            "marker": {"size": 4},
            "hovertemplate": _("rate %{x:.2g}: loss %{y:.3f}") + "<extra></extra>",
        }
    ]
    traces += [
        _mark(name, rate, points)
        for name, rate in finder.suggestions.items()
        if name in SUGGESTIONS and points and 0 < rate < math.inf
    ]
    layout = {
        "height": 340,
        "margin": {"l": 8, "r": 16, "t": 32, "b": 8},
        "xaxis": {
            "type": "log",
            "title": {"text": _("learning rate")},
            "range": _TRIED,
            "dtick": 1,
            "exponentformat": "power",
        },
        "yaxis": {"title": {"text": _("loss (running average)")}, "range": _range(points)},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom"},
        "hovermode": "closest",
    }
    return figure_of(traces, layout)


def _mark(name: str, rate: float, points: Sequence[FinderPoint]) -> dict[str, Any]:
    label, meaning, symbol = SUGGESTIONS[name]
    # Suggestions are rates that were tried, except for the tenth of one.
    nearest = min(points, key=lambda point: abs(math.log(point.lr / rate)))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{label}: {rate_in_words(rate)}",
        "x": [rate],
        "y": [nearest.loss],
        "marker": {
            "size": 15,
            "symbol": symbol,
            "color": _COLOURS[name],
            "line": {"width": 1, "color": "white"},
        },
        "hovertemplate": f"{label} {rate_in_words(rate)}: {meaning}<extra></extra>",
    }


def _range(points: Sequence[FinderPoint]) -> list[float] | None:
    """From below the lowest loss to above the first ones; the end diverges and would flatten the rest."""
    if not points:
        return None
    losses = [point.loss for point in points]
    low, early = min(losses), max(losses[: len(losses) // 2 + 1])
    high = min(max(losses), early + 0.3 * (early - low))
    margin = 0.1 * (high - low) or 0.1
    return [low - margin, high + margin]
