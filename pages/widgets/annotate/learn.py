"""Let the network learn what was corrected: what will happen, how it goes, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

import streamlit as st

from core.annotation.store import list_sets, open_set
from core.datasets.layouts.opening import open_dataset
from core.durations import duration, estimate
from core.errors import StreetScopeError
from core.files import disk_full_sentence, is_disk_full, system_error_sentence
from core.jobs import Job
from core.languages import gettext as _
from core.languages import mark, sentence, translated
from core.training.control.corrections import latest_learning, learn_from_corrections, what_was_learnt
from core.training.control.estimate import Estimate, kept_estimate, measure
from core.training.control.launch import request_stop
from core.training.control.launch import start as resume
from core.training.corrections.photos import ENOUGH
from core.training.recipes.start import corrections_recipe
from core.training.runs.records import RunSummary, read_summary
from pages.widgets.annotate.learnt import show_learned
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import host_only, is_guest
from pages.widgets.shared.jobs import jobs, watch
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

_TROUBLE = "learn_trouble"
_LEARN = mark("let the network learn")
"""What a guest is told that only others can do."""
_TICK = 1.0
"""Seconds between two looks at a run."""


def learning(set_name: str, model: str) -> None:
    """The part of a page in which a model learns from a set of corrections, and shows what came of it.

    model: the one whose answers were corrected.
    """
    photos = _reviewed(set_name)
    if photos == 0:
        st.caption(_("Correct something in a picture, and the network can learn from it here."))
        return
    data = open_set(set_name).path
    run = latest_learning(data)
    summary = None if run is None else _summary(run)
    if summary is not None and summary.live:
        fragment(_progress, every=_TICK)(summary.id)
        return
    if summary is not None:
        _outcome(summary, set_name)
    _offer(data, photos, model)


def _reviewed(set_name: str) -> int:
    """How many pictures of a set have a reviewed pixel; 0 for a set that is not there or is damaged."""
    if set_name not in list_sets():
        return 0
    try:
        return sum(picture.reviewed > 0 for picture in open_set(set_name).pictures)
    except StreetScopeError as error:
        show_error(error)
        return 0


def _summary(run: str) -> RunSummary | None:
    try:
        return read_summary(run)
    except StreetScopeError:
        return None  # deleted a moment ago


# --- before ---------------------------------------------------------------------------------------


def _offer(data: Path, photos: int, model: str) -> None:
    counted = (
        _("1 corrected picture") if photos == 1 else _("{photos} corrected pictures").format(photos=photos)
    )
    st.markdown(
        markdown(
            "**{model}** learns from {photos} and becomes a new model; the old one stays as it is. Half of "
            "what it sees are pictures that it knew before, so that it forgets little.",
            model=model,
            photos=counted,
        )
    )
    st.caption(
        _("Every fifth picture is held out: what the network gained is measured on it.")
        if photos >= ENOUGH
        else _(
            "From five pictures on, some are held out to check what was gained. Until then the result is an "
            "anecdote: the network is asked about the very pictures that it learnt from."
        )
    )
    if not host_only(_LEARN):
        return
    ready = _show_estimate(data, model)
    st.button(
        _("Learn from the corrections"),
        type="primary",
        icon=":material/school:",
        on_click=_start,
        args=(data, model),
        disabled=not ready,
        help=_("It continues when you leave this page, and can be stopped."),
    )
    _show_trouble(markdown("The network does not learn"))


def _show_estimate(data: Path, model: str) -> bool:
    """How long it will take, once somebody has had it measured; False if it would fail."""
    key = ("learning estimate", str(data), model)
    job = jobs().find(key)
    if job is not None and job.state == "running":
        watch(job, markdown("Timing a few batches"), "learn_estimate")
        return True
    if job is not None and job.state == "failed":
        show_error(job.error, markdown("The network cannot learn from this"))
        return False
    known = job.result if job is not None and job.state == "finished" else None
    if known is not None:
        words = estimate(known.seconds)
        st.markdown(markdown("{time} on this machine.", time=f"{words[0].upper()}{words[1:]}"))
    else:
        st.button(
            _("How long will it take?"),
            icon=":material/timer:",
            type="tertiary",
            on_click=_ask_to_measure,
            args=(key, data, model),
            help=_("Tries a few batches on this machine. With three pictures it is usually a few minutes."),
        )
    return True


def _ask_to_measure(key: Hashable, data: Path, model: str) -> None:
    if is_guest():
        return
    jobs().start(key, lambda job: _estimate(job, data, model))


def _estimate(job: Job[Estimate], data: Path, model: str) -> Estimate:
    recipe, dataset = corrections_recipe(model), open_dataset(data)
    return kept_estimate(recipe, dataset) or measure(recipe, dataset, job.tell)


def _start(data: Path, model: str) -> None:
    _try(lambda: learn_from_corrections(data, model))


def _resume(run: str) -> None:
    _try(lambda: resume(run))


def _try(start: Callable[[], object]) -> None:
    """Start a run, or keep the sentence that says why it cannot be."""
    if is_guest():
        return
    try:
        start()
    except StreetScopeError as error:
        st.session_state[_TROUBLE] = translated(error)
    except OSError as error:
        st.session_state[_TROUBLE] = (
            translated(disk_full_sentence(error, sentence("start again")))
            if is_disk_full(error)
            else _("The run cannot be written: {strerror}.").format(strerror=error.strerror or error)
        )


def _show_trouble(title: Markdown) -> None:
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble, title)


# --- meanwhile ------------------------------------------------------------------------------------


def _progress(run: str) -> None:
    summary = _summary(run)
    if summary is None or not summary.live:
        st.rerun()
    share, doing = _now(summary)
    parts = [doing]
    if summary.seconds_left is not None:
        parts.append(markdown("{time} left", time=duration(summary.seconds_left)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, joined(" · ", parts))
        if not is_guest():
            st.button(
                _("Stop"),
                key="learn_stop",
                icon=":material/stop:",
                disabled=summary.state == "stopping",
                on_click=_act_stop,
                args=(run,),
            )
    st.caption(
        _("It continues when you leave this page or close the browser; come back here to see how it went.")
    )


def _now(summary: RunSummary) -> tuple[float, Markdown]:
    """How much of the present step is done, and which one it is."""
    status = summary.status
    if summary.state != "running" or not status.total:
        return min(1.0, summary.share), escape(summary.message)
    if status.done < status.total:
        return min(1.0, summary.share), markdown("Step 1 of 2: learning")
    measured = status.batch / status.batches if status.batches else 0.0
    return min(1.0, measured), markdown("Step 2 of 2: measuring what it gained and lost")


def _act_stop(run: str) -> None:
    if is_guest():
        return
    try:
        request_stop(run)
    except StreetScopeError:
        return  # it has ended by itself
    except OSError as error:
        st.session_state[_TROUBLE] = translated(system_error_sentence(error))


# --- afterwards -----------------------------------------------------------------------------------


def _outcome(summary: RunSummary, set_name: str) -> None:
    if summary.state == "finished":
        learned = what_was_learnt(summary.id)
        if learned is not None:
            show_learned(learned, summary.id, set_name)
        return
    if summary.state == "stopped":
        st.info(
            _("Stopped. It can continue where it was, or learn from the beginning with the button below."),
            icon=":material/pause_circle:",
        )
    else:
        show_error(summary.message, markdown("The network has not learnt"))
    if not is_guest():
        st.button(
            _("Continue"), icon=":material/resume:", on_click=_resume, args=(summary.id,), key="learn_resume"
        )
