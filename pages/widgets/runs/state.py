"""What the Runs page's address holds: the run, the tab, and the compared runs.

The address has the runs' IDs. Streamlit would write what the picker shows, and a title may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.languages import gettext as _
from core.training.runs.records import RunSummary
from pages.widgets.shared.markdown import Markdown, markdown

RUN, TAB, COMPARED = "run", "tab", "compared"
"""Names in the address; the tab's is its widget's key too."""

REFRESH_SECONDS = 2.0
"""Seconds between two drawings of a live run."""

_PICKER, _WRITTEN, _GONE = "run_picker", "run_written", "run_gone"
_TRAINING = Path(__file__).parents[2] / "training.py"


def choose_run(runs: Sequence[RunSummary]) -> RunSummary:
    """Let the visitor choose a run; at first the address's, else one that is training, else the newest."""
    by_id = {run.id: run for run in runs}
    _follow_address(by_id)
    if st.session_state.get(_PICKER) not in by_id:
        running = [run.id for run in runs if run.state in ("running", "stopping")]
        st.session_state[_PICKER] = [*running, runs[0].id][0]
    words = st.empty()
    # The labels must not change while a run is training: the browser sends them back.
    chosen = st.selectbox(
        _("Run"), list(by_id), key=_PICKER, format_func=lambda run: run_label(by_id[run]), width=460
    )
    _tell_of_gone(words, chosen)
    st.query_params[RUN] = st.session_state[_WRITTEN] = chosen
    return by_id[chosen]


def run_label(run: RunSummary) -> str:
    """A run's title, with its ID if that is different."""
    return run.id if run.title == run.id else f"{run.title} ({run.id})"


def refresh(run: RunSummary) -> float | None:
    """Seconds between two drawings of a fragment that shows a run; None, never, for a run that has ended."""
    return REFRESH_SECONDS if run.live else None


def training_link(label: Markdown) -> None:
    """A link to the page that starts runs."""
    if _TRAINING.exists():
        st.page_link("pages/training.py", label=label, icon=":material/school:")


def _follow_address(by_id: dict[str, RunSummary]) -> None:
    """Read the run that a link or the browser's back button put into the address."""
    asked = st.query_params.get(RUN, "")
    written = st.session_state.get(_WRITTEN, "")
    if _PICKER not in st.session_state and written in by_id:
        st.session_state[_PICKER] = written  # back from another page
    if not asked or asked == written:
        return
    if asked in by_id:
        st.session_state[_PICKER] = asked
        st.session_state.pop(_GONE, None)
    else:
        st.session_state[_GONE] = (asked, None)


def _tell_of_gone(place: DeltaGenerator, chosen: str) -> None:
    """Name the run that was asked for and does not exist, as long as the picker shows what it took instead.

    Not once only: the next run of the page may come before anybody has read it.
    """
    if _GONE not in st.session_state:
        return
    asked, instead = st.session_state[_GONE]
    if instead in (None, chosen):
        st.session_state[_GONE] = (asked, chosen)
        words = markdown("The run {run} no longer exists. Choose another.", run=asked[:64])
        place.warning(words, icon=":material/search_off:")
    else:
        del st.session_state[_GONE]
