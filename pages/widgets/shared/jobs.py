"""Long work on data sets that all sessions see, and that goes on while a page is left or reloaded."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.durations import duration
from core.jobs import Job, Jobs

_TICK_SECONDS = 0.5


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """This server's jobs."""
    return Jobs()


def watch(job: Job[Any], title: str, key: str, *, cancel: str = "Cancel") -> None:
    """A bar with the time left while a job runs; the whole page runs again when it has ended.

    cancel: what the button says that ends the job; no button where it is empty.
    """
    st.fragment(_watch, run_every=_TICK_SECONDS)(job, title, key, cancel)


def _watch(job: Job[Any], title: str, key: str, cancel: str) -> None:
    if job.state != "running":
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.progress.share, f"{title} · {_in_words(job)}")
        if cancel:
            st.button(cancel, key=f"cancel_{key}", on_click=job.cancel, icon=":material/close:")


def _in_words(job: Job[Any]) -> str:
    progress = job.progress
    if progress.doing:
        parts = [progress.doing]
    else:
        parts = [f"{progress.done} of {progress.total}" if progress.total else "starting"]
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return " · ".join(parts)
