"""The curves of a service that answers photos, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.languages import gettext as _
from core.languages import mark
from core.reports.run_charts import BLUE, GREEN, ORANGE, PURPLE, Chart, Line

_X = mark("minutes, until now")
_COLOURS = {"p50": GREEN, "p95": ORANGE, "p99": PURPLE}


def rate_chart(minutes: Sequence[float], rates: Sequence[float]) -> Chart:
    """Photos a second. minutes: when each was measured, from now, at most 0."""
    return Chart(_("Photos a second"), _(_X), (Line(_("photos a second"), *_short(minutes, rates), BLUE),))


def latency_chart(minutes: Sequence[float], quantiles: Mapping[str, Sequence[float | None]]) -> Chart:
    """Seconds to an answer. quantiles: by name, p50, p95 or p99; None where nothing was answered."""
    lines = tuple(Line(name, *_short(minutes, values), _COLOURS[name]) for name, values in quantiles.items())
    return Chart(_("Seconds to an answer"), _(_X), lines)


def _short(
    minutes: Sequence[float], values: Sequence[float | None]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    kept = [(minute, value) for minute, value in zip(minutes, values, strict=True) if value is not None]
    return (
        tuple(round(minute, 3) for minute, _value in kept),
        tuple(float(f"{value:.4g}") for _minute, value in kept),
    )
