"""Charts of a segmentation (a reading, temperatures, pins), and the helpers of all charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from core.languages import class_name, filled, in_digits, ngettext, separators
from core.languages import gettext as _
from core.segmentation.probabilities import temper

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.segmentation.pins import Pin
    from core.segmentation.reading import PixelReading

_GREY = "rgb(128, 128, 128)"
"""Visible on a light and on a dark page."""

FRAME = "rgb(255, 140, 0)"
"""Around the chosen pixel: orange, because no class has it and Sky is the same grey as the edges."""

_PALE = (200, 200, 200)
"""For the classes that have no bar of their own."""

_SEEN = 0.005
"""The bars of a class whose probability stays below this everywhere would be invisible."""

EDGE = {"width": 0.5, "color": _GREY}
"""Around every bar: black classes vanish on a dark page, pale ones on a light page."""


_MEANT_BY_PLOTLY = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "\r": " ", "\n": " "})

# Figures are drawn again at every change. One made of plain dictionaries is checked only once, in a tenth of
# the time that Plotly takes to build it with `add_trace` and `add_vrect`.


def temperature_chart(reading: PixelReading, temperature: float, classes: int = 5) -> Figure:
    """The chosen pixel's most probable classes at temperature 1, pale, each above its bar at `temperature`.

    temperature, errors: see `core.segmentation.probabilities.temper`.
    """
    names, palette = reading.class_list.names, reading.class_list.palette
    before = reading.probabilities[reading.chosen_index]
    after = temper(before, temperature)
    # Ordered by the original probabilities: at a high temperature rounding may make two classes equal.
    shown = np.argsort(-before, kind="stable")[:classes]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "x": values[shown],
            "y": [chart_text(class_name(names[n])) for n in shown],
            "marker": {"color": [css(palette[n]) for n in shown], "opacity": opacity, "line": EDGE},
            "text": [
                filled(_("{value:.1%} at {label}"), value=value, label=label) for value in values[shown]
            ],
            "textposition": "outside",
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
        for label, values, opacity in (
            ("T = 1", before, 0.4),
            (f"T = {in_digits(temperature, 'g')}", after, 1),
        )
    ]
    layout = {
        "height": 40 + 44 * len(shown),
        "margin": {"l": 8, "r": 112, "t": 8, "b": 8},
        "xaxis": {"range": [0, 1], "visible": False},
        "yaxis": {"autorange": "reversed"},
        "bargap": 0.25,
        "showlegend": False,
    }
    return figure_of(bars, layout)


def pins_chart(pins: Sequence[Pin], colours: Mapping[str, Sequence[int]]) -> Figure:
    """A horizontal bar for each pin: its most probable classes side by side, the rest in grey.

    colours: (red, green, blue), 0..255, by class name; classes that are not in it are grey.
    """
    names = list(dict.fromkeys(best.name for pin in pins for best in pin.top))
    believed = [{best.name: best.probability for best in pin.top} for pin in pins]
    stacks = [(name, [b.get(name, 0.0) for b in believed], css(colours.get(name, _PALE))) for name in names]
    stacks.append((_("others"), [max(0.0, 1 - sum(b.values())) for b in believed], css(_PALE)))
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": chart_text(class_name(name)),
            "x": widths,
            # numbers, not names: two pins may have the same name
            "y": list(range(len(pins))),
            "marker": {"color": colour, "line": EDGE},
            "hovertemplate": f"{chart_text(class_name(name))} %{{x:.1%}}<extra></extra>",
        }
        for name, widths, colour in stacks
    ]
    layout = {
        "barmode": "stack",
        "height": 110 + 30 * len(pins),
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {"tickformat": ".0%", "range": [0, 1]},
        "yaxis": {
            "autorange": "reversed",
            "tickvals": list(range(len(pins))),
            "ticktext": [chart_text(pin.name) for pin in pins],
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    }
    return figure_of(bars, layout)


@dataclass(frozen=True)
class Stack:
    """The bars of one class, or the sum of several. heights: in [0, 1], one for each pixel."""

    name: str
    heights: list[float]
    colour: str


@dataclass(frozen=True)
class PixelAxis:
    """The names of a reading's pixels. pixel: a pixel's full name, with {} for its label."""

    labels: list[str]
    title: str
    pixel: str


def class_stacks(reading: PixelReading, classes: int = 6) -> list[Stack]:
    """What a reading's chart stacks: the most probable classes, each by itself, and the rest in grey."""
    names, palette = reading.class_list.names, reading.class_list.palette
    order = np.argsort(-reading.probabilities.mean(axis=0), kind="stable")
    highest = reading.probabilities.max(axis=0)
    shown = [n for n in order[:classes] if highest[n] >= _SEEN]
    rest = [n for n in order if n not in shown]
    stacks = [
        Stack(class_name(names[n]), reading.probabilities[:, n].tolist(), css(palette[n])) for n in shown
    ]
    if rest:
        others = filled(ngettext("{count} other", "{count} others", len(rest)), count=len(rest))
        stacks.append(Stack(others, reading.probabilities[:, rest].sum(axis=1).tolist(), css(_PALE)))
    return stacks


def pixel_axis(reading: PixelReading) -> PixelAxis:
    """How a reading's chart names its pixels, from left to right."""
    row, col = reading.chosen.row, reading.chosen.col
    match reading.shape:
        case "row":
            return PixelAxis(
                [str(p.col) for p in reading.pixels],
                _("column (row {row})").format(row=row),
                _("Pixel ({row}, {{}})").format(row=row),
            )
        case "column":
            return PixelAxis(
                [str(p.row) for p in reading.pixels],
                _("row (column {col})").format(col=col),
                _("Pixel ({{}}, {col})").format(col=col),
            )
        case "square":
            labels = [f"({p.row}, {p.col})" for p in reading.pixels]
            return PixelAxis(labels, _("pixel (row, column)"), _("Pixel {}"))
        case _:
            assert_never(reading.shape)


def chart_text(text: str) -> str:
    """A text for a Plotly figure that shows it as it is: names of classes, models, runs and pins.

    Plotly makes links, bold text and lines of <a>, <b> and <br>, formulas of what stands between dollars, and
    values of %{x} where it shows them under the mouse.
    """
    return text.translate(_MEANT_BY_PLOTLY).replace("%{", "&#37;{")


def figure_of(traces: list[dict[str, Any]], layout: dict[str, Any]) -> Figure:
    """A figure from plain dictionaries, checked once."""
    # Plotly takes half a second to import: only a chart needs it.
    from plotly.graph_objects import Figure

    return Figure(data=traces, layout={"separators": separators(), **layout})


def css(colour: Iterable[int]) -> str:
    """A colour (red, green, blue), 0..255, as charts and style sheets write it."""
    return "rgb({}, {}, {})".format(*colour)
