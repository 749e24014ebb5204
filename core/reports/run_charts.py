"""Charts of runs as plain data, and how they are drawn: on the page by ECharts, in a file by Plotly.

ECharts updates a chart in place as its data grow; Plotly would rebuild it every two seconds. Files are made
by Plotly, as for all charts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

from core.languages import ENGLISH, current, in_digits, mark
from core.languages import gettext as _
from core.reports.charts import chart_text, figure_of
from core.training.recipes.recipe import Stage
from core.training.recipes.references import Reference
from core.training.runs.batch_log import BatchCurves
from core.training.runs.records import Epoch

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# D3's ten colours: distinct in both themes.
BLUE, ORANGE, GREEN, RED, PURPLE = "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
_GREY = "#8a8a8a"
_LEVELS = (_GREY, "#bcbd22")
"""Colours of published figures, by source: the first few runs have others."""

_MOST_DOTS = 40
"""Up to so many points of a curve are marked; more would hide it."""

_AT_THE_EDGE = 0.9
"""Share of the x axis from which a mark is at its end."""

Kind = Literal["number", "percent", "small"]
"""How values are written: as they are, as a percentage of 1, or in scientific notation."""

Compared = Literal["acc_camvid", "mean_iou", "valid_loss", "train_loss"]
COMPARED: dict[Compared, str] = {
    "acc_camvid": mark("pixel accuracy"),
    "mean_iou": mark("mean IoU"),
    "valid_loss": mark("validation loss"),
    "train_loss": mark("training loss"),
}


@dataclass(frozen=True)
class Line:
    """One curve. dots: mark its points. faint: behind the others. right: on the axis at the right."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    colour: str
    dots: bool = False
    faint: bool = False
    right: bool = False


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name: a figure to compare with."""

    name: str
    y: float
    colour: str = _GREY


@dataclass(frozen=True)
class Mark:
    """A vertical line with its name, such as where a stage begins."""

    name: str
    x: float


@dataclass(frozen=True)
class Chart:
    """A chart as plain data. x_end: where the axis ends, beyond the curves so far."""

    title: str
    x_title: str
    lines: tuple[Line, ...]
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()
    kind: Kind = "number"
    right_kind: Kind = "number"
    x_end: float | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not any(line.xs for line in self.lines)


def loss_chart(history: Sequence[Epoch], curves: BatchCurves, plan: Sequence[Stage]) -> Chart:
    """The smoothed loss of every batch, and the training and validation loss after each epoch."""
    epochs = _counted(history)
    lines = (
        Line(_("each batch"), *_points(curves.epochs, curves.loss), BLUE, faint=True),
        Line(_("training"), epochs, tuple(e.train_loss for e in history), BLUE, dots=True),
        Line(_("validation"), epochs, tuple(e.valid_loss for e in history), ORANGE, dots=True),
    )
    return _over_epochs(_("Loss"), lines, plan)


def accuracy_chart(history: Sequence[Epoch], plan: Sequence[Stage]) -> Chart:
    """Pixel accuracy, which is `acc_camvid`, and mean IoU on the validation frames after each epoch."""
    epochs = _counted(history)
    lines = (
        Line(_("pixel accuracy"), epochs, tuple(e.acc_camvid for e in history), GREEN, dots=True),
        Line(_("mean IoU"), epochs, tuple(e.mean_iou for e in history), PURPLE, dots=True),
    )
    return _over_epochs(_("Accuracy on the validation frames"), lines, plan, kind="percent")


def schedule_chart(curves: BatchCurves, plan: Sequence[Stage]) -> Chart:
    """Learning rate on the left axis, momentum on the right: one rises while the other falls."""
    lines = (
        Line(_("learning rate"), *_points(curves.epochs, curves.lr), RED),
        Line(_("momentum (right)"), *_points(curves.epochs, curves.momentum), _GREY, right=True),
    )
    return _over_epochs(_("Learning rate and momentum"), lines, plan, kind="small")


def speed_chart(curves: BatchCurves, plan: Sequence[Stage]) -> Chart:
    """Batches a second in training, without the time for validation."""
    lines = (Line(_("batches per second"), *_points(curves.epochs, curves.speed), BLUE),)
    return _over_epochs(_("Batches per second"), lines, plan)


def comparison_chart(
    histories: Mapping[str, Sequence[Epoch]],
    figure: Compared,
    *,
    by_time: bool = False,
    beneath: Sequence[Reference] = (),
) -> Chart:
    """One figure of several runs in one chart, by the runs' names.

    by_time: over the minutes trained, without pauses; else over the epochs of all stages.
    beneath: published accuracies, drawn if the figure is `acc_camvid`.
    """
    lines = []
    for (name, history), colour in zip(histories.items(), _cycle(len(histories)), strict=True):
        xs = tuple(accumulate(e.seconds / 60 for e in history)) if by_time else _counted(history)
        lines.append(Line(name, xs, tuple(getattr(e, figure) for e in history), colour, dots=True))
    sources = list(dict.fromkeys(reference.source for reference in beneath))
    levels = tuple(
        Level(r.label, r.accuracy, _LEVELS[sources.index(r.source) % len(_LEVELS)])
        for r in beneath
        if figure == "acc_camvid"
    )
    kind: Kind = "percent" if figure in ("acc_camvid", "mean_iou") else "number"
    x_title = _("minutes of training") if by_time else _("epoch")
    return Chart(_(COMPARED[figure]), x_title, tuple(lines), levels=levels, kind=kind)


def _over_epochs(title: str, lines: tuple[Line, ...], plan: Sequence[Stage], kind: Kind = "number") -> Chart:
    ends = list(accumulate(stage.epochs for stage in plan))
    marks = tuple(
        Mark(stage.name, end - stage.epochs) for stage, end in zip(plan, ends, strict=True) if len(plan) > 1
    )
    return Chart(title, _("epoch"), lines, marks=marks, kind=kind, x_end=ends[-1] if ends else None)


def _counted(history: Sequence[Epoch]) -> tuple[float, ...]:
    return tuple(float(number) for number in range(1, len(history) + 1))


def _points(xs: Any, ys: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The finite points of a curve, to five digits: it is sent again every two seconds."""
    kept = [(_short(x), _short(y)) for x, y in zip(xs.tolist(), ys.tolist(), strict=True) if math.isfinite(y)]
    return tuple(x for x, _ in kept), tuple(y for _, y in kept)


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _cycle(count: int) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(count)]


# On the page


def option(chart: Chart, file_name: str = "chart") -> dict[str, Any]:
    """A chart as an ECharts option object. file_name: of the picture that its button saves."""
    ticks = {"number": "{value}", "percent": "{value}%", "small": "{value}"}
    y_axes = [{"type": "value", "scale": True, "axisLabel": {"formatter": ticks[chart.kind]}}]
    if any(line.right for line in chart.lines):
        y_axes.append({"type": "value", "scale": True, "splitLine": {"show": False}})
    x_axis: dict[str, Any] = {
        "type": "value",
        "name": chart.x_title,
        "nameLocation": "middle",
        "nameGap": 24,
        "axisPointer": {"label": {"precision": 1}},
        "splitLine": {"show": False},
    }
    if chart.x_end is not None:
        x_axis |= {"min": 0, "max": chart.x_end}
    series = [_series(line, chart) for line in chart.lines]
    series += [_level(level, chart) for level in chart.levels]
    if series and chart.marks:
        series[0]["markLine"] = _marks(chart)
    return {
        "animation": False,
        "legend": {"top": 0, "type": "scroll", "right": 32, "left": 0},
        "grid": {
            "left": 12,
            "right": 32 if chart.marks else 12,
            "top": 48,
            "bottom": 28,
            "containLabel": True,
        },
        "tooltip": {"trigger": "axis", "confine": True},
        "toolbox": {
            "right": 0,
            "feature": {"saveAsImage": {"name": file_name, "pixelRatio": 2, "title": _("Save as PNG")}},
        },
        "xAxis": x_axis,
        "yAxis": y_axes,
        "series": series,
    }


_LARGE, _THICK = 24, 5


def enlarged(option: Mapping[str, Any]) -> dict[str, Any]:
    """What `option` gives, for a wall: letters to be read from afar, thick curves, nothing to click."""
    letters = {"fontSize": _LARGE}
    axis = {"axisLabel": letters, "nameTextStyle": letters, "nameGap": 40}
    legend = {"top": 0, "left": 0, "orient": "vertical", "itemWidth": 48, "textStyle": letters}
    return {
        **option,
        "legend": legend,
        "grid": {**option["grid"], "top": 32 * len(option["series"]) + 24, "bottom": 44},
        "toolbox": {"show": False},
        "xAxis": {**option["xAxis"], **axis},
        "yAxis": [
            {**each, "axisLabel": {**each.get("axisLabel", {}), **letters}} for each in option["yAxis"]
        ],
        "series": [_thick(each, letters) for each in option["series"]],
    }


def _thick(series: Mapping[str, Any], letters: Mapping[str, Any]) -> dict[str, Any]:
    thick = {**series, "lineStyle": {**series["lineStyle"], "width": _THICK}}
    if marked := series.get("markLine"):
        points = [{**each, "label": {**each["label"], **letters}} for each in marked["data"]]
        thick["markLine"] = {**marked, "data": points}
    return thick


_FORMATS: dict[Kind, str] = {"number": "%.4g", "percent": "%.1f%%", "small": "%.2e"}
_SPECS: dict[Kind, str] = {"number": ".4g", "percent": ".1%", "small": ".2e"}


def _series(line: Line, chart: Chart) -> dict[str, Any]:
    kind = chart.right_kind if line.right else chart.kind
    return {
        "type": "line",
        "name": line.name,
        **_data(list(zip(line.xs, line.ys, strict=True)), kind),
        "yAxisIndex": int(line.right),
        "showSymbol": line.dots and len(line.xs) <= _MOST_DOTS,
        "symbolSize": 6,
        "itemStyle": {"color": line.colour},
        "lineStyle": {
            "width": 1.2 if line.faint else 2,
            "opacity": 0.45 if line.faint else 1,
            "type": "dashed" if line.right else "solid",
        },
        "tooltip": {"valueFormatter": _FORMATS[kind]},
    }


def _data(points: Sequence[tuple[float, float]], kind: Kind) -> dict[str, Any]:
    """The points of a line. ECharts writes numbers as English does: elsewhere each comes with its words."""
    if current() == ENGLISH:
        return {"data": [[x, _shown(y, kind)] for x, y in points]}
    return {
        "data": [[x, _shown(y, kind), in_digits(y, _SPECS[kind])] for x, y in points],
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
    }


def _level(level: Level, chart: Chart) -> dict[str, Any]:
    """A series without points whose mark is the line, so that it has a legend entry and can be hidden."""
    ends = [x for line in chart.lines for x in line.xs]
    begin, end = (min(ends), max(ends)) if ends else (0, 1)
    points = [(begin if end > begin else 0, level.y), (end if end > begin else end + 1, level.y)]
    return {
        "type": "line",
        "name": level.name,
        **_data(points, chart.kind),
        "showSymbol": False,
        "itemStyle": {"color": level.colour},
        "lineStyle": {"width": 1.5, "type": "dotted"},
        "tooltip": {"valueFormatter": _FORMATS[chart.kind]},
    }


def _marks(chart: Chart) -> dict[str, Any]:
    end = chart.x_end if chart.x_end is not None else math.inf
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": _GREY, "type": "dashed", "width": 1},
        "data": [
            {
                "xAxis": mark.x,
                "label": {
                    "formatter": mark.name,
                    "position": "end",
                    "distance": 2,
                    "color": _GREY,
                    # Centred, a name at the chart's edge would be cut.
                    **({"align": "right"} if mark.x > _AT_THE_EDGE * end else {}),
                },
            }
            for mark in chart.marks
        ],
    }


def _shown(y: float, kind: Kind) -> float | None:
    if not math.isfinite(y):
        return None
    return _short(100 * y) if kind == "percent" else y


# In a file


def figure(chart: Chart) -> Figure:
    """A chart as a Plotly figure."""
    traces = [_trace(line, chart) for line in chart.lines] + [
        _level_trace(level, chart) for level in chart.levels
    ]
    layout: dict[str, Any] = {
        "title": {"text": chart_text(chart.title)},
        "height": 420,
        "xaxis": {"title": {"text": chart.x_title}},
        "yaxis": {"tickformat": ".0%" if chart.kind == "percent" else ""},
        "yaxis2": {"overlaying": "y", "side": "right", "showgrid": False},
        "shapes": [
            {
                "type": "line",
                "x0": mark.x,
                "x1": mark.x,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": _GREY, "dash": "dash", "width": 1},
                "label": {"text": chart_text(mark.name), "textposition": "end"},
            }
            for mark in chart.marks
        ],
        "hovermode": "x unified",
    }
    return figure_of(traces, layout)


def html_page(charts: Sequence[Chart], title: str) -> str:
    """Charts as one page that needs no internet."""
    drawn = [chart for chart in charts if not chart.empty]
    parts = [
        figure(chart).to_html(include_plotlyjs=number == 0, full_html=False)
        for number, chart in enumerate(drawn)
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{current()}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )


def _trace(line: Line, chart: Chart) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if line.dots and len(line.xs) <= _MOST_DOTS else "lines",
        "name": chart_text(line.name),
        "x": list(line.xs),
        "y": list(line.ys),
        "yaxis": "y2" if line.right else "y",
        "opacity": 0.45 if line.faint else 1,
        "line": {"color": line.colour, "dash": "dash" if line.right else "solid"},
    }


def _level_trace(level: Level, chart: Chart) -> dict[str, Any]:
    xs = [x for line in chart.lines for x in line.xs] or [0.0, 1.0]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": chart_text(level.name),
        "x": [min(xs), max(xs)],
        "y": [level.y, level.y],
        "line": {"color": level.colour, "dash": "dot"},
    }
