"""The last minutes of a service as curves, and its workers: for as long as somebody looks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import psutil
import streamlit as st

from core.durations import duration
from core.languages import filled
from core.languages import gettext as _
from core.reports.service_charts import latency_chart, rate_chart
from pages.widgets.runs.chart import draw
from pages.widgets.service.state import State, service
from pages.widgets.shared.figures import heads
from pages.widgets.shared.markdown import markdown
from service.errors import ServiceError

_MOMENTS = 150
"""Five minutes, at a look every two seconds."""

_APART = 1.5
"""Seconds between two moments: other visitors look too."""

_HEIGHT = 240


@dataclass(frozen=True)
class Moment:
    """What a service said at a time, as in its status. at: in seconds of a clock that never goes back."""

    at: float
    rate: float
    quantiles: dict[str, float | None]


def curves(state: State) -> None:
    """Photos a second and the seconds to an answer."""
    said = _noted(state)
    minutes = [(moment.at - said[-1].at) / 60 for moment in said]
    p95 = said[-1].quantiles["p95"]
    left, right = st.columns(2, gap="medium")
    with left:
        alt = filled(_("Curve: photos a second over the last minutes, now {rate:.2f}."), rate=said[-1].rate)
        draw(rate_chart(minutes, [moment.rate for moment in said]), "service_rate", alt, _HEIGHT)
    with right:
        times = {name: [moment.quantiles[name] for moment in said] for name in said[-1].quantiles}
        now = (
            _("nothing was answered in the last one")
            if p95 is None
            else filled(_("p95 is now {p95:.2f} s"), p95=p95)
        )
        alt = _("Curves: seconds to an answer over the last minutes, as p50, p95 and p99; {now}.").format(
            now=now
        )
        chart = latency_chart(minutes, times)
        if chart.empty:  # its axes would have nothing to stand at
            st.markdown(markdown("**{title}**", title=chart.title))
            st.caption(_("No photo was answered in the last minutes."))
        else:
            draw(chart, "service_latency", alt, _HEIGHT)


def workers() -> None:
    """A row for each worker on this machine: its process, since when it runs, how busy it is."""
    rows = [row for pid, silent in _workers().items() if (row := _row(pid, silent))]
    if rows:
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            placeholder="",
            width="content",
            column_config=heads(rows[0]),
            key="service_workers",
            alt=filled(
                _("Table of {count} workers: process, since when it runs, processor that it uses."),
                count=len(rows),
            ),
        )


def _noted(state: State) -> Sequence[Moment]:
    # Another service at the same address has a past of its own.
    moments, now = _moments(state.url, state.figures.get("started", "")), time.monotonic()
    if not moments or now - moments[-1].at >= _APART:
        quantiles = {name: state.figures[name] for name in ("p50", "p95", "p99")}
        moments.append(Moment(now, state.figures["rate"], quantiles))
    return list(moments)


@st.cache_resource(max_entries=2, show_spinner=False)
def _moments(url: str, started: str) -> deque[Moment]:
    return deque(maxlen=_MOMENTS)


@st.cache_data(ttl=1, show_spinner=False)
def _workers() -> dict[int, bool]:
    """The process of each, and whether it is silent."""
    try:
        found = service().get("/v1/admin/workers")
    except ServiceError:
        return {}  # the figures say what is wrong
    return {int(worker["pid"]): bool(worker.get("silent")) for worker in found}


def _row(pid: int, silent: bool) -> dict[str, str] | None:
    try:
        process = _process(pid)
        cores = process.cpu_percent() / 100  # since the last look
        seconds = max(0.0, time.time() - process.create_time())
    except psutil.Error:
        return None
    return {
        "worker": (_("process {pid}, silent") if silent else _("process {pid}")).format(pid=pid),
        "running for": duration(seconds),
        "busy": filled(_("{cores:.2f} cores"), cores=cores),
    }


@st.cache_resource(max_entries=64, show_spinner=False)
def _process(pid: int) -> psutil.Process:
    """The same object at each look: it measures from one to the next."""
    return psutil.Process(pid)
