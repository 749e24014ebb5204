"""A run's state and progress, and the buttons that stop or resume it."""

from __future__ import annotations

import platform

import streamlit as st

from core.durations import duration
from core.errors import StreetScopeError
from core.training.control.launch import request_stop, start
from core.training.runs.records import RunSummary, list_runs, log_tail, read_summary
from pages.widgets.runs.badge import place_in_queue, run_badge
from pages.widgets.runs.changing import change, show_trouble
from pages.widgets.runs.state import refresh
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import escape


def run_header(run: RunSummary) -> None:
    """Draw a run's state, again and again while it is training."""
    show_trouble()
    st.fragment(_header, run_every=refresh(run))(run.id, run.live)


def run_button(summary: RunSummary) -> None:
    """Stop a live run, or resume one that ended early; nothing for a guest.

    Outside of every fragment: a click while the page changes from one that refreshes to one that does not, or
    back, would be lost with the fragment.
    """
    if is_guest():
        return
    if summary.live:
        st.button(
            "Stop",
            key="stop",
            icon=":material/stop:",
            disabled=summary.state == "stopping",
            on_click=change,
            args=(request_stop, summary.id),
            help="The run stops after the present batch. It can be resumed later.",
        )
    elif summary.state != "finished":
        st.button(
            "Resume",
            key="resume",
            icon=":material/resume:",
            on_click=change,
            args=(start, summary.id),
            help="The run continues from its last completed epoch.",
        )


def _header(run: str, live: bool) -> None:
    try:
        summary = read_summary(run)
    except StreetScopeError as error:
        st.error(escape(str(error)), title="The run cannot be read", icon=":material/broken_image:")
        return
    if summary.live != live:
        st.rerun()  # the whole page, which decides what refreshes
    with st.container(horizontal=True, vertical_alignment="center"):
        run_badge(summary)
        if summary.state not in ("failed", "dead"):
            st.markdown(_sentence(summary), width="content")
    if summary.state in ("failed", "dead"):
        _show_failure(summary)
    elif summary.state != "finished":
        _show_progress(summary)


def _sentence(summary: RunSummary) -> str:
    """The run's message, and its machine if that is another one."""
    words = [escape(summary.message)]
    if summary.state == "queued":
        words = [f"{place_in_queue(summary, list_runs())}."]
    if summary.live and summary.status.host not in ("", platform.node()):
        words.append(f"It runs on **{escape(summary.status.host)}**.")
    if summary.state == "finished":
        words.append(f"It trained for {duration(summary.status.seconds)}.")
    return " ".join(words)


def _show_progress(summary: RunSummary) -> None:
    status = summary.status
    whole = f"{summary.share:.0%} of the run"
    if summary.seconds_left is not None:
        whole += f" · {duration(summary.seconds_left)} left"
    if not status.stage or summary.task == "lr_find":
        st.progress(summary.share, whole)
        return
    epoch = min(status.epoch + 1, status.epochs) if summary.live else status.epoch
    stage = f"Stage {escape(status.stage)} · epoch {epoch} of {status.epochs}"
    share = status.epoch / max(1, status.epochs)
    if summary.live and status.batches:
        stage += f" · batch {status.batch} of {status.batches}"
        share += status.batch / status.batches / max(1, status.epochs)
    left, right = st.columns(2)
    left.progress(min(1.0, share), stage)
    right.progress(summary.share, whole)


def _show_failure(summary: RunSummary) -> None:
    title = "The run failed" if summary.state == "failed" else "The run ended unexpectedly"
    st.error(escape(summary.message), title=title, icon=":material/error:")
    with st.popover("Log", icon=":material/article:", on_change="rerun", key="failure_log") as log:
        if log.open:
            st.code(log_tail(summary.id) or "The log is empty.", language=None, wrap_lines=True)
