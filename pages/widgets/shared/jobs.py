"""Long work on data sets: all sessions see it, and it continues when a page is left or reloaded."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.durations import duration
from core.jobs import Job, JobProgress, Jobs
from core.languages import gettext as _
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

_TICK_SECONDS = 0.5


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """This server's jobs."""
    return Jobs()


def watch(job: Job[Any], title: Markdown, key: str, *, unit: str = "", cancel: bool = True) -> None:
    """A bar with the time left while a job runs; the whole page runs again when it has ended.

    title: what is being done, such as "Drawing Toytown". unit: what the job counts, such as "frame".
    cancel: whether there is a button that ends the job.
    """
    fragment(_watch, every=_TICK_SECONDS)(job, title, key, unit, cancel)


def _watch(job: Job[Any], title: Markdown, key: str, unit: str, cancel: bool) -> None:
    if job.state != "running":
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.progress.share, progress_text(job.progress, title, unit))
        if cancel:
            st.button(_("Cancel"), key=f"cancel_{key}", on_click=job.cancel, icon=":material/close:")


def progress_text(progress: JobProgress, title: Markdown, unit: str = "") -> Markdown:
    """For instance "Evaluating street-lite0 · frame 12 of 101 · 40 s left". unit: what is counted."""
    counted = _counted(progress, unit)
    parts = [title, escape(progress.doing or counted)]
    if progress.seconds_left is not None:
        parts.append(markdown("{time} left", time=duration(progress.seconds_left)))
    return joined(" · ", parts)


def _counted(progress: JobProgress, unit: str) -> str:
    if not progress.total:
        return _("starting")
    counted = _("{unit} {number} of {total}").format(unit=unit, number=progress.done, total=progress.total)
    return counted.lstrip()
