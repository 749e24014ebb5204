"""What a run would do and how long it would take, and the button that starts it."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import streamlit as st

from core.datasets.layouts.opening import open_dataset
from core.durations import estimate
from core.errors import StreetScopeError
from core.jobs import Job
from core.languages import gettext as _
from core.languages import mark, translated
from core.training.control.estimate import Estimate, essence, fitted, kept_estimate, measure
from core.training.control.launch import start
from core.training.mix.sources import mixed_datasets
from core.training.recipes.known_times import known_time
from core.training.recipes.plan import plan
from core.training.recipes.recipe import Recipe
from core.training.runs.folder import create_run, disk_full
from core.training.runs.records import list_runs
from pages.widgets.shared.dataset_state import SET
from pages.widgets.shared.datasets import OpenedSet
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.guests import host_only, host_sentence, is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import escape, joined, markdown
from pages.widgets.training.recipe import GivenRecipe

_MEASURED, _TROUBLE = "training_measured", "training_trouble"
_TRAIN = mark("train a network")
"""What a guest is told that only others can do."""

_PATIENCE = 0.4
"""Seconds to wait for an earlier estimate before the page is drawn without it."""
_GOODBYE = 2.0
"""Seconds that a measurement gets to stop; it checks four times a second whether it should."""
_GIGABYTE = 1024**3


def plan_and_start(given: GivenRecipe, opened: OpenedSet) -> None:
    """Say what will happen and how long it will take, and offer to measure that and to start."""
    with st.container(border=True):
        # The button's column first: on a narrow screen it comes before the text.
        left, right = st.columns([2, 3], gap="large")
        with right:
            _show_plan(given, opened)
        with left:
            if not host_only(_TRAIN):
                return
            recipe = given.recipe
            ready = recipe is not None and _is_complete(recipe) and _show_estimate(recipe, opened)
            st.button(
                _("Start training"),
                type="primary",
                icon=":material/play_arrow:",
                width="stretch",
                disabled=not ready,
                on_click=_start,
                args=(given.recipe, opened),
                help=_("The run continues when you close this page."),
            )
            if trouble := st.session_state.pop(_TROUBLE, ""):
                show_error(trouble, markdown("The run was not started"))


def start_run(recipe: Recipe, data: Path, stage: str = "") -> str:
    """Start training, or the learning-rate finder for a stage; for callbacks. Returns what went wrong."""
    if is_guest():
        return host_sentence(_TRAIN)
    _stop_measuring()
    try:
        open_dataset(data)
        mixed_datasets(recipe)
        if stage:
            start(create_run(recipe, data, stages=(stage,), task="lr_find"))
        else:
            start(create_run(recipe, data))
    except StreetScopeError as error:
        return translated(error)
    except OSError as error:
        return str(
            disk_full(error)
            or _("The run's folder cannot be written to: {strerror}.").format(
                strerror=error.strerror or error
            )
        )
    return ""


def _start(recipe: Recipe, opened: OpenedSet) -> None:
    st.session_state[_TROUBLE] = start_run(recipe, opened.dataset.root)


def _is_complete(recipe: Recipe) -> bool:
    """Whether the data sets that a recipe mixes in are here; shows what is wrong if not."""
    try:
        mixed_datasets(recipe)
    except StreetScopeError as error:
        show_error(error, markdown("This run would end before its first epoch"))
        return False
    return True


def _show_plan(given: GivenRecipe, opened: OpenedSet) -> None:
    st.markdown(_("**What will happen**"))
    if given.recipe is None:
        show_error(given.error, markdown("The recipe cannot be followed"))
        return
    if given.recipe.summary:
        st.caption(escape(_(given.recipe.summary)))
    if given.name == "article":
        st.page_link("pages/about.py", label=_("About the article"), icon=":material/info:")
    planned = plan(given.recipe, opened.dataset)
    lines = [
        escape(planned.begin),
        *(markdown("Stage **{name}**: {words}", name=name, words=words) for name, words in planned.stages),
        escape(planned.end),
    ]
    st.markdown(joined("\n", (markdown("- {line}", line=line) for line in lines)))


# --- how long -------------------------------------------------------------------------------------


def _show_estimate(recipe: Recipe, opened: OpenedSet) -> bool:
    """Show how long it takes as far as that is known, and offer to measure; False if the run would fail.

    Nothing is measured until somebody asks. What was measured is kept, and every visitor sees it.
    """
    key = (essence(recipe), opened.key)
    job = jobs().find(("estimate", key))
    if job is not None and job.state == "running":
        watch(job, markdown("Timing a few batches"), "estimate")
        return True
    finished = job is not None and job.state == "finished"
    found = job.result if job is not None and finished else _kept(key, recipe, opened)
    failed = job is not None and job.state == "failed"
    if job is not None and failed:
        _show_failure(job.error)
    elif found is not None:
        _show_time(fitted(found, recipe))
    else:
        _show_known(recipe, opened)
    st.button(
        _("Measure again") if failed or found is not None else _("Measure on this machine"),
        on_click=_ask_to_measure,
        args=(key, recipe, opened),
        icon=":material/timer:",
        type="tertiary",
        help=_(
            "Tries a few batches of each stage, and so also finds what would end the run before its first "
            "epoch. The result is kept for everybody."
        ),
    )
    return not failed


def _show_known(recipe: Recipe, opened: OpenedSet) -> None:
    """What the project knows of the time, before anybody has measured on this machine."""
    known = known_time(recipe, opened.dataset)
    if known is None:
        st.markdown(_("Nobody has measured yet how long this takes here."))
    else:
        words = estimate(known.seconds)
        st.markdown(markdown("#### {time}", time=f"{words[0].upper()}{words[1:]}"))
        st.markdown(
            markdown(
                "on {machine}, where the project timed it: `{source}`. This machine may be faster or slower.",
                machine=known.machine,
                source=known.source,
            )
        )
    if any(run.live for run in list_runs()):
        st.caption(_("A run is training now. This one would wait for its turn."))


def _show_failure(sentence: str) -> None:
    show_error(sentence, markdown("This run would end before its first epoch"))
    st.page_link(
        "pages/data.py",
        label=_("Check the data set"),
        icon=":material/rule:",
        query_params={"set": st.session_state[SET], "tab": _("Check")},
    )


def _show_time(found: Estimate) -> None:
    words = estimate(found.seconds)
    where = (
        _("this machine")
        if found.device == "CPU"
        else _("this machine's {device}").format(device=found.device)
    )
    st.markdown(markdown("#### {time}", time=f"{words[0].upper()}{words[1:]}"))
    st.markdown(
        markdown(
            "on {where}, measured over {batches} batches. It needs {memory:.1f} GB of memory.",
            where=where,
            batches=found.measured,
            memory=found.memory / _GIGABYTE,
        )
    )
    if found.beside:
        st.warning(
            _("A run was training during this measurement: on an idle machine it is faster."),
            icon=":material/speed:",
        )
    if len(found.stages) > 1:
        st.table(
            {
                _("Stage"): [escape(stage.name) for stage in found.stages],
                _("Each epoch"): [escape(estimate(stage.epoch)) for stage in found.stages],
                _("In total"): [escape(estimate(stage.seconds)) for stage in found.stages],
            },
            border="horizontal",
            hide_index=True,
            alt=_("Table of how long each stage takes."),
        )


def _kept(key: Hashable, recipe: Recipe, opened: OpenedSet) -> Estimate | None:
    """An earlier estimate; shows a bar while a large data set is read for the first time."""
    job = jobs().start_once(("kept estimate", key), lambda job: _look(job, recipe, opened))
    job.wait(_PATIENCE)
    if job.state == "running":
        watch(job, markdown("Looking for an earlier measurement"), "kept_estimate", cancel=False)
        job.wait()
    return job.result if job.state == "finished" else None


def _look(job: Job[Estimate | None], recipe: Recipe, opened: OpenedSet) -> Estimate | None:
    return kept_estimate(recipe, opened.dataset)


def _ask_to_measure(key: Hashable, recipe: Recipe, opened: OpenedSet) -> None:
    if is_guest():
        return
    if st.session_state.get(_MEASURED) != key:
        _stop_measuring()
    st.session_state[_MEASURED] = key
    jobs().forget(("kept estimate", key))
    jobs().start(("estimate", key), lambda job: measure(recipe, opened.dataset, job.tell))


def _stop_measuring() -> None:
    """Stop the measurement that this session asked for: it has moved on, or it would slow down a run."""
    key = ("estimate", st.session_state.get(_MEASURED))
    job = jobs().find(key)
    if job is not None and job.state == "running":
        job.cancel()
        job.wait(_GOODBYE)
        jobs().forget(key)
