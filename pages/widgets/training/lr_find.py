"""The learning-rate finder: run it, watch its curve grow, click a suggestion to use it."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import streamlit as st

from core.errors import StreetScopeError
from core.languages import gettext as _
from core.reports.lr_find_charts import finder_chart
from core.training.recipes.recipe import Recipe
from core.training.runs.lr_find_history import SUGGESTIONS, fitting_finder, rate_in_words
from core.training.runs.records import Finder, RunSummary, list_runs, read_run
from pages.widgets.runs.badge import place_in_queue
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import host_only
from pages.widgets.shared.markdown import Markdown, markdown
from pages.widgets.training.plan import start_run
from pages.widgets.training.recipe import GivenRecipe, choose_stage, set_learning_rate

_TROUBLE = "finder_trouble"
_TICK = 1.5
"""Seconds between two drawings of a growing curve: rebuilding a chart takes a moment."""


def show_finder(given: GivenRecipe, opened: OpenedSet) -> None:
    """Offer the finder for a stage, and show its result."""
    st.markdown(
        _(
            "How large should a step be? The finder trains for 100 batches while the **learning rate** "
            "grows from almost nothing. A good rate is where the loss falls fastest. The network itself is "
            "not changed."
        )
    )
    if given.recipe is None:
        st.info(_("The finder needs a valid recipe. Correct the text first."), icon=":material/edit_note:")
        return
    position = choose_stage(given.recipe)
    stage, data = given.recipe.stages[position], opened.dataset.root
    found = fitting_finder(list_runs(), given.recipe, data, stage.name)
    live = found is not None and found.live
    with st.container(horizontal=True, vertical_alignment="center"):
        if host_only(_("search for a learning rate")):
            st.button(
                _("Find a learning rate") if found is None or live else _("Find again"),
                icon=":material/search:",
                disabled=live,
                on_click=_start,
                args=(given.recipe, data, stage.name),
            )
        if stage.lr == "find":
            st.caption(markdown("{stage} runs the finder by itself when it begins.", stage=stage.name))
        else:
            st.caption(markdown("{stage} has the learning rate {rate:g}.", stage=stage.name, rate=stage.lr))
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble, markdown("The finder was not started"))
    if found is None:
        return
    if found.live:
        fragment(_watch, every=_TICK)(found.id, stage.name)
    elif found.state == "finished":
        _show_found(found.id, stage.name, position)
    elif found.state == "stopped":
        st.info(_("The finder was stopped."), icon=":material/stop_circle:")
    else:
        show_error(found.message, markdown("The finder ended early"))


def _start(recipe: Recipe, data: Path, stage: str) -> None:
    st.session_state[_TROUBLE] = start_run(recipe, data, stage)


def _watch(run: str, stage: str) -> None:
    """The curve so far."""
    runs = list_runs()
    summary = next((each for each in runs if each.id == run), None)
    if summary is None or not summary.live:
        st.rerun()
    st.progress(summary.share, _in_words(summary, runs))
    finder = _finder(run, stage)
    if finder is not None and len(finder.points) > 1:
        _chart(finder, "finder_growing")


def _in_words(summary: RunSummary, runs: list[RunSummary]) -> Markdown:
    if summary.state == "queued":
        return place_in_queue(summary, runs)
    status = summary.status
    if not status.batches:
        return markdown("Reading the pictures")
    return markdown("Batch {batch} of {batches}", batch=status.batch, batches=status.batches)


def _show_found(run: str, stage: str, position: int) -> None:
    finder = _finder(run, stage)
    if finder is None or not finder.suggestions:
        st.info(_("The finder's curve no longer exists. Run the finder again."), icon=":material/search_off:")
        return
    st.markdown(_("Choose a mark, or any point of the curve, to use its learning rate:"))
    with st.container(horizontal=True):
        for name, rate in finder.suggestions.items():
            if name not in SUGGESTIONS:
                continue
            label, meaning = SUGGESTIONS[name][:2]
            st.button(
                markdown("{label}: {rate}", label=label, rate=rate_in_words(rate)),
                key=f"use_{name}",
                on_click=_use,
                args=(position, rate),
                icon=":material/ads_click:",
                help=markdown("Use the rate {meaning}.", meaning=meaning),
            )
    _chart(finder, f"finder_{run}", position)


def _finder(run: str, stage: str) -> Finder | None:
    try:
        finders = read_run(run).finders
    except StreetScopeError:
        return None
    return next((finder for finder in finders if finder.stage == stage), None)


def _chart(finder: Finder, key: str, position: int | None = None) -> None:
    """position: of the stage whose learning rate a click sets; None if nothing can be clicked."""
    st.plotly_chart(
        finder_chart(finder),
        key=key,
        alt=_("The loss at each learning rate tried, with the suggested rates marked."),
        on_select="ignore" if position is None else partial(_use_clicked, key, position),
        selection_mode="points",
        config={"displaylogo": False, "displayModeBar": False},
    )


def _use_clicked(key: str, position: int) -> None:
    points = st.session_state[key].selection.points
    rate = points[0].get("x") if points else None
    # From the browser, which can send anything.
    if isinstance(rate, int | float) and math.isfinite(rate) and rate > 0:
        _use(position, float(rate))


def _use(position: int, rate: float) -> None:
    set_learning_rate(position, float(rate_in_words(rate)))
