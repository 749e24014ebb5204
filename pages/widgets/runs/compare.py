"""The Compare tab: several runs in one chart, the differences of their recipes, and their best figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import StreetScopeError
from core.languages import filled, mark, translated
from core.languages import gettext as _
from core.models.networks import network_words
from core.reports import run_charts, tables
from core.reports.run_charts import COMPARED as FIGURES
from core.reports.run_tables import best_rows, cannot_be_compared, recipe_rows, run_rows
from core.training.recipes.references import SOURCES, references
from core.training.runs.records import RunSummary, RunView, list_runs, read_run
from pages.widgets.data.frame_filter import SPLIT_TITLES
from pages.widgets.runs.chart import draw
from pages.widgets.runs.state import COMPARED, REFRESH_SECONDS, run_label
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.figures import heads, in_percent
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import escape, markdown

MOST = 10
"""The most runs in one chart: as many as there are colours."""

_PICKER, _WRITTEN = "compared_picker", "compared_written"
_DIFFERENT = "background-color: rgba(255, 127, 14, 0.2)"


def compare(run: RunSummary) -> None:
    """Choose runs and draw them, again and again while one of them is training."""
    runs = {each.id: each for each in list_runs()}
    chosen = _choose(run, runs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        figure = st.segmented_control(
            _("Figure"),
            list(FIGURES),
            default="acc_camvid",
            format_func=lambda figure: escape(_(FIGURES[figure])),
            required=True,
            key="figure",
            bind="query-params",
        )
        over = st.segmented_control(
            _("Over"),
            (mark("Epochs"), mark("Time")),
            default="Epochs",
            format_func=_,
            required=True,
            key="over",
            bind="query-params",
        )
        beneath = (
            st.pills(
                _("Published, beneath"),
                SOURCES,
                selection_mode="multi",
                format_func=lambda source: escape(_(source)),
                key="beneath",
                bind="query-params",
                help=_(
                    "The pixel accuracy (acc_camvid) that [the article](about#article) and fast.ai "
                    "published, on CamVid's 32 classes. Runs on other data, classes or sizes cannot be "
                    "compared with it."
                ),
            )
            if figure == "acc_camvid"
            else []
        )
    live = any(runs[each].live for each in chosen)
    fragment(_show, every=REFRESH_SECONDS if live else None)(
        tuple(chosen), figure, over == "Time", tuple(beneath), live
    )
    with st.expander(
        markdown("All runs ({count})", count=len(runs)), on_change="rerun", key="all_runs"
    ) as opened:
        if opened.open:
            rows = run_rows(list(runs.values()))
            _table(
                rows,
                "runs",
                _("Table of all runs with their state."),
                shares=("progress",),
                words={"state": _},
            )


def _choose(run: RunSummary, runs: dict[str, RunSummary]) -> list[str]:
    trainings = [each.id for each in runs.values() if each.task == "train"]
    asked = st.query_params.get(COMPARED, "")
    if asked and asked != st.session_state.get(_WRITTEN):
        st.session_state[_PICKER] = [each for each in asked.split(",") if each in trainings][:MOST]
    elif _PICKER not in st.session_state:
        st.session_state[_PICKER] = _first(run, trainings)
    st.session_state[_PICKER] = [each for each in st.session_state[_PICKER] if each in trainings]
    chosen = st.multiselect(
        _("Runs"),
        trainings,
        key=_PICKER,
        format_func=lambda each: run_label(runs[each]),
        max_selections=MOST,
        placeholder=_("Choose runs to compare"),
    )
    st.session_state[_WRITTEN] = st.query_params[COMPARED] = ",".join(chosen)
    return chosen


def _first(run: RunSummary, trainings: Sequence[str]) -> list[str]:
    """The run on screen and the two newest others."""
    mine = [run.id] if run.id in trainings else []
    return [*mine, *[each for each in trainings if each != run.id][:2]]


def _show(chosen: Sequence[str], figure: Any, by_time: bool, beneath: Sequence[str], live: bool) -> None:
    views = _views(chosen)
    if live and not any(view.summary.live for view in views.values()):
        st.rerun()
    if not views:
        st.caption(_("Choose at least one run."))
        return
    if sentence := cannot_be_compared(views):
        st.warning(escape(sentence), icon=":material/balance:")
    published = references(*beneath)
    histories = {name: view.history for name, view in views.items()}
    chart = run_charts.comparison_chart(histories, figure, by_time=by_time, beneath=published)
    over = _("minutes of training") if by_time else _("epochs")
    draw(
        chart,
        "comparison_chart",
        _("Curves over {over}: {title} of {names}.").format(
            over=over, title=chart.title, names=", ".join(views)
        ),
        height=420,
    )
    if published:
        st.caption(
            markdown(
                "Dotted lines, as published: {lines}. Runs on other data, classes or sizes cannot be "
                "compared with them.",
                lines="; ".join(reference.label for reference in published),
            )
        )
    st.download_button(
        _("HTML"),
        lambda: run_charts.html_page(
            [chart], filled(_("{title} of {count} runs"), title=chart.title, count=len(views))
        ),
        f"runs-{figure}.html",
        icon=":material/download:",
        on_click="ignore",
    )
    st.markdown(_("**Best figures**"))
    _table(
        best_rows(views),
        "best-figures",
        _("Table of each run's best figures."),
        shares=("acc_camvid", "mean IoU"),
        words={"network": lambda name: translated(network_words(name)), "split": _split_words},
    )
    st.markdown(_("**Recipes**"))
    _recipes(views)


def _views(chosen: Sequence[str]) -> dict[str, RunView]:
    views = {}
    for run in chosen:
        try:
            view = read_run(run)
        except StreetScopeError as error:
            show_error(error, markdown("{run} cannot be read", run=run), ":material/broken_image:")
            continue
        views[run_label(view.summary)] = view
    return views


def _recipes(views: dict[str, RunView]) -> None:
    rows = recipe_rows(views)
    different = [row for row in rows if row["differs"]]
    if len(views) > 1 and st.toggle(_("Only what differs"), bool(different), key="only_different"):
        rows = different
    if not rows:
        st.caption(_("The recipes are the same in every setting."))
        return
    _table(
        rows, "recipes", _("Table of all settings: a row for each, a column for each run."), mark="differs"
    )


def _split_words(split: str) -> str:
    return _(SPLIT_TITLES.get(split, split)).lower()


def _table(
    rows: list[dict[str, Any]],
    stem: str,
    alt: str,
    *,
    shares: Sequence[str] = (),
    words: Mapping[str, Callable[[str], str]] = MappingProxyType({}),
    mark: str = "",
) -> None:
    """words: what people read in some columns, whose names are another program's in the file."""
    frame = pd.DataFrame(rows)
    for column, say in words.items():
        frame[column] = frame[column].map(say)
    styled = frame.style.apply(lambda row: [_DIFFERENT if mark and row[mark] else ""] * len(row), axis=1)
    st.dataframe(
        in_percent(styled, *shares) if shares else styled,
        hide_index=True,
        placeholder="",
        column_config=heads(rows[0] if rows else ()),
        key=f"table_{stem}",
        alt=alt,
    )
    st.download_button(
        _("CSV"),
        lambda: tables.to_csv(rows),
        f"{stem}.csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"csv_{stem}",
    )
