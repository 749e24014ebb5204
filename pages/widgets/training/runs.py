"""The runs: the live ones with their progress, and the list of all to resume, name and delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from core.durations import duration
from core.errors import StreetScopeError
from core.languages import gettext as _
from core.training.control.launch import request_stop, start
from core.training.runs.records import RunSummary, ahead_of, delete_run, label_run, list_runs, log_tail
from core.training.runs.status import ShownState
from pages.widgets.runs.badge import place_in_queue, run_badge
from pages.widgets.runs.changing import change, show_trouble
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import Markdown, escape, markdown

_PAGE = 10
_TICK = 2.0
_DELETING = "runs_deleting"


def show_live() -> None:
    """The runs that are training or waiting, each with a bar; drawn again while there are any."""
    live = _standing(list_runs())
    if live:
        fragment(_live, every=_TICK)(live)


def show_runs() -> None:
    """All runs, newest first. Live runs are stopped where `show_live` shows them."""
    runs = list_runs()
    st.subheader(_("Runs"), anchor=False)
    show_trouble()
    if not runs:
        st.caption(
            _("There are no runs yet. Each one that you start is listed here, with everything it has learnt.")
        )
        return
    pages = -(-len(runs) // _PAGE)
    page = st.pagination(pages, key="runs_page") if pages > 1 else 1
    for run in runs[(page - 1) * _PAGE : page * _PAGE]:
        _row(run)


def run_link(run: str, label: Markdown) -> None:
    """A link to a run's own page."""
    st.page_link("pages/runs.py", label=label, icon=":material/monitoring:", query_params={"run": run})


# --- live runs -------------------------------------------------------------------------------------


def _standing(runs: Sequence[RunSummary]) -> tuple[tuple[str, ShownState], ...]:
    return tuple((run.id, run.state) for run in runs if run.live)


def _live(drawn: tuple[tuple[str, ShownState], ...]) -> None:
    runs = list_runs()
    if _standing(runs) != drawn:
        st.rerun()  # the whole page: its list and buttons change too
    # The run that is training, then the queue in its order.
    for run in sorted((run for run in runs if run.live), key=lambda run: len(ahead_of(run.id, runs))):
        with st.container(border=True):
            _live_run(run, runs)
    if sum(run.live for run in runs) > 1:
        st.caption(_("One run trains at a time. The others wait in the queue and start by themselves."))


def _live_run(run: RunSummary, runs: Sequence[RunSummary]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        run_badge(run)
        st.markdown(markdown("**{title}** {what}", title=run.title, what=_what(run)), width="stretch")
        run_link(run.id, markdown("Watch it learn"))
        if not is_guest():
            st.button(
                _("Stop"),
                key=f"stop_{run.id}",
                icon=":material/stop:",
                disabled=run.state == "stopping",
                on_click=change,
                args=(request_stop, run.id),
                help=_("The run stops after the present batch. It can be resumed later."),
            )
    st.progress(run.share, _progress(run, runs))


def _progress(run: RunSummary, runs: Sequence[RunSummary]) -> Markdown:
    status = run.status
    if run.state == "queued":
        return place_in_queue(run, runs)
    if run.state == "stopping" or not status.stage:
        return escape(run.message)
    if run.task == "lr_find":
        return markdown("Batch {batch} of {batches}", batch=status.batch, batches=status.batches)
    parts = [
        _("{done} of {total} epochs").format(done=status.done, total=status.total),
        _("stage {stage}").format(stage=status.stage),
    ]
    if run.seconds_left is not None:
        parts.append(_("{duration} left").format(duration=duration(run.seconds_left)))
    return escape(" · ".join(parts))


# --- all runs --------------------------------------------------------------------------------------


def _row(run: RunSummary) -> None:
    with st.container(border=True, key=f"run_{run.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            run_badge(run)
            st.markdown(markdown("**{title}** {what}", title=run.title, what=_what(run)), width="stretch")
            run_link(run.id, markdown("Open"))
            if not is_guest():
                _change_buttons(run)
        if run.note:
            st.caption(escape(run.note))
        if run.state in ("failed", "dead"):
            _failure(run)


def _change_buttons(run: RunSummary) -> None:
    if not run.live and run.state != "finished":
        words = markdown("The run continues from its last completed epoch.")
        _button(markdown("Resume"), run, start, ":material/resume:", words)
    _edit_menu(run)


def _what(run: RunSummary) -> Markdown:
    """A run's recipe, data set and start, for the line of its title."""
    task = _("learning-rate finder, ") if run.task == "lr_find" else ""
    when = f", {datetime.fromtimestamp(run.created):%Y-%m-%d %H:%M}" if run.created else ""
    words = _("{task}{recipe} on {name}{when}").format(
        task=task, recipe=run.recipe, name=Path(run.data).name, when=when
    )
    return markdown(":gray[{words}]", words=words)


def _failure(run: RunSummary) -> None:
    show_error(run.message)
    log = st.expander(_("Log"), icon=":material/article:", on_change="rerun", key=f"log_{run.id}")
    if log.open:
        with log:
            try:
                st.code(log_tail(run.id) or _("The log is empty."), language=None, wrap_lines=True)
            except StreetScopeError as error:
                show_error(error)


def _button(label: Markdown, run: RunSummary, act: Callable[[str], None], icon: str, words: Markdown) -> None:
    st.button(label, key=f"{label}_{run.id}", icon=icon, on_click=change, args=(act, run.id), help=words)


def _edit_menu(run: RunSummary) -> None:
    """Title, note and deletion; drawn when opened."""
    menu = st.popover(_("Edit"), icon=":material/edit:", on_change="rerun", key=f"edit_{run.id}")
    if not menu.open:
        return
    title, note = f"title_{run.id}", f"note_{run.id}"
    with menu:
        with st.form(f"label_{run.id}", border=False):
            st.text_input(_("Title"), "" if run.title == run.id else run.title, key=title, max_chars=100)
            st.text_area(_("Note"), run.note, key=note, max_chars=10_000, height=120)
            st.form_submit_button(
                _("Save"), on_click=_label, args=(run.id, title, note), icon=":material/save:"
            )
        if run.live:
            st.caption(_("To delete the run, stop it first."))
        elif st.session_state.get(_DELETING) != run.id:
            st.button(
                _("Delete"), key=f"delete_{run.id}", icon=":material/delete:", on_click=_ask, args=(run.id,)
            )
        else:
            st.warning(_("This deletes all its files, also the weights. Published models stay."))
            with st.container(horizontal=True):
                st.button(_("Keep the run"), key=f"keep_{run.id}", on_click=_ask, args=("",))
                _button(
                    markdown("Delete for good"),
                    run,
                    delete_run,
                    ":material/delete_forever:",
                    markdown("This cannot be undone."),
                )


def _label(run: str, title: str, note: str) -> None:
    change(lambda run: label_run(run, title=st.session_state[title], note=st.session_state[note]), run)


def _ask(run: str) -> None:
    st.session_state[_DELETING] = run
