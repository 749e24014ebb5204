"""Plotly figures of an evaluation: classes, confusion, calibration, boundaries, two models side by side.

Each title says what was measured on what, so that a saved picture says it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.evaluation.boundaries import FARTHEST, WIDTH
from core.evaluation.calibration import BINS
from core.evaluation.metrics import (
    FloatArray,
    IntArray,
    class_frequency,
    per_class_iou,
    per_class_precision,
    per_class_recall,
    row_shares,
)
from core.evaluation.results import Evaluation, SplitEvaluation
from core.languages import all_of, class_name, filled, in_digits, sentence, translated
from core.languages import gettext as _
from core.reports.charts import EDGE, chart_text, css, figure_of
from core.reports.evaluation_tables import check_comparable, measured_on

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ClassFigure = Literal["IoU", "precision", "recall", "frequency"]

CLASS_FIGURES: dict[ClassFigure, Callable[[IntArray], FloatArray]] = {
    "IoU": per_class_iou,
    "precision": per_class_precision,
    "recall": per_class_recall,
    "frequency": class_frequency,
}

FIRST, SECOND = "rgb(31, 119, 180)", "rgb(255, 127, 14)"
"""Blue and orange of D3's ten colours: distinct in both themes and for the colour-blind."""

_GREY = "rgb(128, 128, 128)"
_TOP = 64
"""Room above a chart for its title and for the button that saves it as a picture."""

_LEGEND = 44
"""Room for a legend between title and chart: two lines in a narrow window."""

_ROW = 24

_MANY, _SMALL_NAMES = 20, 9
"""Classes from which a matrix has smaller names, one above the other: they fit into a narrow window, too."""

_CELLS = "Blues"
_DARK_CELLS = [[0, "rgb(27, 34, 46)"], [1, "rgb(43, 108, 176)"]]
"""For a dark page, where the palest blue of the other would glare. White figures are readable on it."""


def class_chart(evaluation: SplitEvaluation, figure: ClassFigure) -> Figure:
    """Bars of one figure for each class that occurs in the truth, largest first, in the classes' colours."""
    values = CLASS_FIGURES[figure](evaluation.confusion)
    occurring = np.flatnonzero(evaluation.confusion.sum(axis=1) > 0)
    shown = occurring[np.argsort(-np.nan_to_num(values[occurring]), kind="stable")]
    palette = evaluation.class_list.palette
    digits = ".2%" if figure == "frequency" else ".1%"
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [_number(values[n]) for n in shown],
        "y": _escaped(evaluation, shown),
        "marker": {"color": [css(palette[n]) for n in shown], "line": EDGE},
        "text": [
            _("never predicted") if np.isnan(values[n]) else in_digits(values[n], digits) for n in shown
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": f"%{{y}}: {_(figure)} %{{x:{digits}}}<extra></extra>",
    }
    layout = _layout(
        _("{figure} of each class").format(figure=_(figure)), (evaluation,), 90 + _ROW * len(shown)
    ) | {
        "xaxis": _unit_axis() if figure != "frequency" else {"tickformat": ".0%", "rangemode": "tozero"},
        "yaxis": {"autorange": "reversed", "dtick": 1},
    }
    layout["margin"] |= {"r": 56}
    return figure_of([bars], layout)


def confusion_chart(
    evaluation: SplitEvaluation,
    by_row: bool = True,
    cell: tuple[int, int] | None = None,
    dark: bool = False,
) -> Figure:
    """The confusion matrix over the classes that occur: true classes down, predicted ones across.

    by_row: each row as shares of its true class; else pixels, coloured by rank. Every cell with pixels has a
    clickable marker on it; its `customdata` is the class numbers (true, predicted).
    cell: such a pair, which gets a frame. dark: for a dark page.
    """
    confusion = evaluation.confusion
    shown = np.flatnonzero((confusion.sum(axis=1) > 0) | (confusion.sum(axis=0) > 0))
    names = _escaped(evaluation, shown)
    counts = confusion[np.ix_(shown, shown)]
    shares = np.nan_to_num(row_shares(confusion)[np.ix_(shown, shown)])
    shade = shares if by_row else np.log10(np.maximum(counts, 1))
    places = list(range(len(shown)))
    heat = {
        "type": "heatmap",
        "z": shade.tolist(),
        "x": places,
        "y": places,
        "colorscale": _DARK_CELLS if dark else _CELLS,
        "zmin": 0,
        "zmax": 1 if by_row else max(float(shade.max()), 1.0),
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverinfo": "skip",
    }
    # Figures fit into the cells if there are few classes; else they appear under the mouse.
    if len(shown) <= 14:
        heat |= {
            "text": [
                [_cell(s, n, by_row) for s, n in zip(*row, strict=True)]
                for row in zip(shares.tolist(), counts.tolist(), strict=True)
            ],
            "texttemplate": "%{text}",
        }
    side = max(7, min(26, 380 // max(len(shown), 1)))
    cells = [(row, col) for row in places for col in places if counts[row, col]]
    found, taken = (
        _("{true} found: {count:,} pixels, {share:.2%} of {true}"),
        _("{true} taken for {predicted}: {count:,} pixels, {share:.2%} of {true}"),
    )
    said = [
        filled(
            (found if row == col else taken),
            true=names[row],
            predicted=names[col],
            count=counts[row, col],
            share=shares[row, col],
        )
        for row, col in cells
    ]
    markers = {
        "type": "scatter",
        "mode": "markers",
        "x": [col for _row, col in cells],
        "y": [row for row, _col in cells],
        "customdata": [[int(shown[row]), int(shown[col])] for row, col in cells],
        "text": said,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "symbol": "square",
            "size": side,
            "opacity": 0,
        },
        # The frame marks the chosen cell, which can also be chosen elsewhere.
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "showlegend": False,
    }
    title = _("Confusion, each row as % of its true class") if by_row else _("Confusion, in pixels")
    layout = _layout(title, (evaluation,), 190 + max(18, 400 // max(len(shown), 1)) * len(shown))
    axis = {"tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False, "fixedrange": True}
    many = len(shown) > _MANY
    if many:
        axis |= {"tickfont": {"size": _SMALL_NAMES}}
    layout |= {
        "xaxis": axis
        | {
            "title": {"text": _("predicted")},
            "tickangle": -90 if many else -60,
            "range": [-0.5, len(shown) - 0.5],
        },
        "yaxis": axis | {"title": {"text": _("true")}, "range": [len(shown) - 0.5, -0.5]},
        "shapes": [] if cell is None else _frame_around(cell, shown.tolist()),
        "clickmode": "event+select",
        "dragmode": False,
        "hovermode": "closest",
    }
    return figure_of([heat, markers], layout)


def _frame_around(cell: tuple[int, int], shown: list[int]) -> list[dict[str, Any]]:
    if not set(cell) <= set(shown):
        return []
    row, col = map(shown.index, cell)
    place = {"x0": col - 0.5, "x1": col + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    return [{"type": "rect", "line": {"color": "rgb(255, 140, 0)", "width": 3}} | place]


def reliability_chart(evaluation: SplitEvaluation, number: int | None = None) -> Figure:
    """Accuracy for each bin of confidence, and the share of the pixels in each bin.

    number: only the pixels that were predicted as that class.
    """
    chosen = evaluation.calibration if number is None else evaluation.calibration.of(number)
    middles = [(step + 0.5) / BINS for step in range(BINS)]
    accuracies, confidences = chosen.bin_accuracy, chosen.bin_confidence
    pixels = chosen.bin_pixels / max(int(chosen.bin_pixels.sum()), 1)
    words = _(
        "confidence {low:.0%} to {high:.0%}: accuracy {accuracy:.1%}, mean confidence {confidence:.1%}, "
        "{share:.2%} of the pixels"
    )
    said = [
        filled(
            words,
            low=step / BINS,
            high=(step + 1) / BINS,
            accuracy=accuracy,
            confidence=confidence,
            share=share,
        )
        for step, (accuracy, confidence, share) in enumerate(
            zip(accuracies, confidences, pixels, strict=True)
        )
    ]
    ideal = {
        "type": "scatter",
        "mode": "lines",
        "name": _("perfect calibration"),
        "x": [0, 1],
        "y": [0, 1],
        "line": {"dash": "dash", "color": _GREY},
        "hoverinfo": "skip",
    }
    right = {
        "type": "bar",
        "name": _("accuracy"),
        "x": middles,
        "y": [_number(value) for value in accuracies],
        "width": 1 / BINS,
        "marker": {"color": FIRST, "line": EDGE},
        "text": said,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }
    sure = {
        "type": "scatter",
        "mode": "markers",
        "name": _("mean confidence"),
        "x": middles,
        "y": [_number(value) for value in confidences],
        "marker": {"color": SECOND, "symbol": "line-ew-open", "size": 16, "line": {"width": 3}},
        "hoverinfo": "skip",
    }
    many = {
        "type": "bar",
        "name": _("share of the pixels"),
        "x": middles,
        "y": pixels.tolist(),
        "width": 1 / BINS,
        "yaxis": "y2",
        "marker": {"color": _GREY, "line": EDGE},
        "text": said,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
    title = (
        _("Reliability")
        if number is None
        else _("Reliability of pixels predicted as {name}").format(
            name=class_name(evaluation.class_names[number])
        )
    )
    layout = _layout(title, (evaluation,), 520) | {
        "xaxis": {"title": {"text": _("confidence")}, "tickformat": ".0%", "range": [0, 1]},
        "yaxis": {
            "title": {"text": _("accuracy")},
            "tickformat": ".0%",
            "range": [0, 1],
            "domain": [0.34, 1],
        },
        "yaxis2": {
            "title": {"text": _("pixels")},
            "tickformat": ".0%",
            "domain": [0, 0.22],
            "rangemode": "tozero",
        },
    }
    return figure_of([right, sure, ideal, many], _with_legend(layout))


def distance_chart(evaluations: Sequence[SplitEvaluation]) -> Figure:
    """Accuracy by the distance from a true boundary, a line for each evaluation; WIDTH is marked."""
    names = [*map(str, range(1, FARTHEST + 1)), f"> {FARTHEST}"]
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": chart_text(evaluation.model),
            "x": list(range(1, FARTHEST + 2)),
            "y": [_number(value) for value in evaluation.boundary.by_distance()],
            "line": {"color": colour},
            "customdata": [
                [name, in_digits(share, ".1%")]
                for name, share in zip(names, _distance_shares(evaluation), strict=True)
            ],
            "hovertemplate": _("%{customdata[0]} px away: accuracy %{y:.1%}, %{customdata[1]} of the pixels"),
        }
        for evaluation, colour in zip(evaluations, (FIRST, SECOND), strict=False)
    ]
    zone = {
        "type": "rect",
        "xref": "x",
        "x0": 0.5,
        "x1": WIDTH + 0.5,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": "rgba(255, 140, 0, 0.15)",
        "line": {"width": 0},
        "layer": "below",
    }
    layout = _layout(_("Accuracy by distance from a true boundary"), evaluations, 400) | {
        "xaxis": {
            "title": {"text": _("pixels from the boundary")},
            "tickvals": list(range(1, FARTHEST + 2)),
            "ticktext": names,
            "range": [0.5, FARTHEST + 1.5],
            "tickangle": 0,
        },
        "yaxis": {"title": {"text": _("accuracy")}, "tickformat": ".0%"},
        "shapes": [zone],
        "showlegend": len(evaluations) > 1,
    }
    return figure_of(lines, _with_legend(layout) if len(evaluations) > 1 else layout)


def boundary_class_chart(evaluation: SplitEvaluation) -> Figure:
    """The recall of each class that occurs in the truth, at boundaries and inside; worst first."""
    near, inside = evaluation.boundary.class_accuracies()
    occurring = np.flatnonzero(evaluation.boundary.pixels.any(axis=1))
    shown = occurring[np.argsort(np.nan_to_num(near[occurring]), kind="stable")]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [_number(values[n]) for n in shown],
            "y": _escaped(evaluation, shown),
            "marker": {"color": colour, "line": EDGE},
            "hovertemplate": _("%{{y}}, {where}: %{{x:.1%}} found").format(where=name) + "<extra></extra>",
        }
        for name, values, colour in (
            (_("within {width} px").format(width=WIDTH), near, SECOND),
            (_("inside"), inside, FIRST),
        )
    ]
    layout = _layout(_("Recall at boundaries and inside"), (evaluation,), 120 + 34 * len(shown)) | {
        "barmode": "group",
        "xaxis": {"tickformat": ".0%", "range": [0, 1.02]},
        "yaxis": {"autorange": "reversed", "dtick": 1},
    }
    return figure_of(bars, _with_legend(layout))


def comparison_chart(first: SplitEvaluation, second: SplitEvaluation, figure: ClassFigure = "IoU") -> Figure:
    """One figure of each class for two models, joined by a line; the largest change first.

    ComparisonError if they cannot be compared.
    """
    check_comparable(first, second)
    values = [CLASS_FIGURES[figure](each.confusion) for each in (first, second)]
    occurring = np.flatnonzero(first.confusion.sum(axis=1) > 0)
    change = np.nan_to_num(values[1] - values[0])
    shown = occurring[np.argsort(-np.abs(change[occurring]), kind="stable")]
    names = _escaped(first, shown)
    joins = {
        "type": "scatter",
        "mode": "lines",
        "x": [x for n in shown for x in (_number(values[0][n]), _number(values[1][n]), None)],
        "y": [y for name in names for y in (name, name, None)],
        "line": {"color": _GREY, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": chart_text(evaluation.model),
            "x": [_number(each[n]) for n in shown],
            "y": names,
            "marker": {"color": colour, "size": 11, "symbol": symbol, "line": EDGE},
            "cliponaxis": False,
            "hovertemplate": f"%{{y}}: {_(figure)} %{{x:.1%}}",
        }
        for evaluation, each, colour, symbol in zip(
            (first, second), values, (FIRST, SECOND), ("circle", "diamond"), strict=True
        )
    ]
    layout = _layout(
        _("{figure} of each class").format(figure=_(figure)), (first, second), 130 + _ROW * len(shown)
    ) | {
        "xaxis": _unit_axis(),
        "yaxis": {"autorange": "reversed", "dtick": 1},
    }
    return figure_of([joins, *dots], _with_legend(layout))


def _distance_shares(evaluation: SplitEvaluation) -> list[float]:
    pixels = evaluation.boundary.pixels.sum(axis=0)
    shares: list[float] = (pixels / max(int(pixels.sum()), 1)).tolist()
    return shares


def _layout(title: str, evaluations: Sequence[Evaluation], height: int) -> dict[str, Any]:
    same_size = len({each.size for each in evaluations}) == 1
    models = [
        each.model if same_size else sentence("{model} at {size}", model=each.model, size=each.size)
        for each in evaluations
    ]
    source = chart_text(
        translated(
            sentence(
                "{models} on {data}",
                models=all_of(models),
                data=measured_on(evaluations[0], with_size=same_size),
            )
        )
    )
    return {
        "title": {
            "text": f'{chart_text(title)}<br><span style="font-size: 11px; font-weight: 400">{source}</span>',
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12},
            "font": {"size": 15},
        },
        "height": height,
        "margin": {"l": 8, "r": 16, "t": _TOP, "b": 8},
    }


def _with_legend(layout: dict[str, Any]) -> dict[str, Any]:
    legend = {
        "orientation": "h",
        "y": 1,
        "yanchor": "bottom",
        "x": 0,
        "xanchor": "left",
        "traceorder": "normal",
    }
    margin = layout["margin"] | {"t": _TOP + _LEGEND}
    return layout | {"legend": legend, "margin": margin, "height": layout["height"] + _LEGEND}


def _unit_axis() -> dict[str, Any]:
    return {"range": [0, 1], "tickformat": ".0%"}


def _cell(share: float, count: int, by_row: bool) -> str:
    if not by_row:
        return _short(count) if count else ""
    return in_digits(100 * share, ".0f") if share >= 0.005 else ""


def _short(count: int) -> str:
    """A number of pixels in at most five characters."""
    for unit, size in (("M", 10**6), ("k", 10**3)):
        if count >= size:
            return in_digits(count / size, ".1f" if count < 100 * size else ".0f") + unit
    return str(count)


def _escaped(
    evaluation: Evaluation, numbers: Sequence[int] | np.ndarray[Any, np.dtype[np.intp]]
) -> list[str]:
    return [chart_text(class_name(evaluation.class_names[int(n)])) for n in numbers]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
