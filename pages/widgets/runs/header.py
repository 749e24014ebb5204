"""A run's state and progress, and the buttons that stop or resume it."""

from __future__ import annotations

import platform

import streamlit as st

from core.durations import duration
from core.errors import StreetScopeError
from core.languages import gettext as _
from core.training.control.launch import request_stop, start
from core.training.runs.records import RunSummary, list_runs, log_tail, read_summary
from pages.widgets.runs.badge import place_in_queue, run_badge
from pages.widgets.runs.changing import change, show_trouble
from pages.widgets.runs.state import refresh
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown


def run_header(run: RunSummary) -> None:
    """Draw a run's state, again and again while it is training."""
    show_trouble()
    fragment(_header, every=refresh(run))(run.id, run.live)


def run_button(summary: RunSummary) -> None:
    """Stop a live run, or resume one that ended early; nothing for a guest.

    Outside of every fragment: a click while the page changes from one that refreshes to one that does not, or
    back, would be lost with the fragment.
    """
    if is_guest():
        return
    if summary.live:
        st.button(
            _("Stop"),
            key="stop",
            icon=":material/stop:",
            disabled=summary.state == "stopping",
            on_click=change,
            args=(request_stop, summary.id),
            help=_("The run stops after the present batch. It can be resumed later."),
        )
    elif summary.state != "finished":
        st.button(
            _("Resume"),
            key="resume",
            icon=":material/resume:",
            on_click=change,
            args=(start, summary.id),
            help=_("The run continues from its last completed epoch."),
        )


def _header(run: str, live: bool) -> None:
    try:
        summary = read_summary(run)
    except StreetScopeError as error:
        show_error(error, markdown("The run cannot be read"), ":material/broken_image:")
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


def _sentence(summary: RunSummary) -> Markdown:
    """The run's message, and its machine if that is another one."""
    words = [escape(summary.message)]
    if summary.state == "queued":
        words = [markdown("{place}.", place=place_in_queue(summary, list_runs()))]
    if summary.live and summary.status.host not in ("", platform.node()):
        words.append(markdown("It runs on **{host}**.", host=summary.status.host))
    if summary.state == "finished":
        words.append(markdown("It trained for {time}.", time=duration(summary.status.seconds)))
    return joined(" ", words)


def _show_progress(summary: RunSummary) -> None:
    status = summary.status
    whole = markdown("{share:.0%} of the run", share=summary.share)
    if summary.seconds_left is not None:
        whole = markdown("{whole} · {time} left", whole=whole, time=duration(summary.seconds_left))
    if not status.stage or summary.task == "lr_find":
        st.progress(summary.share, whole)
        return
    epoch = min(status.epoch + 1, status.epochs) if summary.live else status.epoch
    stage = markdown(
        "Stage {stage} · epoch {epoch} of {epochs}", stage=status.stage, epoch=epoch, epochs=status.epochs
    )
    share = status.epoch / max(1, status.epochs)
    if summary.live and status.batches:
        stage = markdown(
            "{stage} · batch {batch} of {batches}", stage=stage, batch=status.batch, batches=status.batches
        )
        share += status.batch / status.batches / max(1, status.epochs)
    left, right = st.columns(2)
    left.progress(min(1.0, share), stage)
    right.progress(summary.share, whole)


def _show_failure(summary: RunSummary) -> None:
    failed = summary.state == "failed"
    show_error(
        summary.message,
        markdown("The run failed") if failed else markdown("The run ended unexpectedly"),
    )
    with st.popover(_("Log"), icon=":material/article:", on_change="rerun", key="failure_log") as log:
        if log.open:
            st.code(log_tail(summary.id) or _("The log is empty."), language=None, wrap_lines=True)
