"""What the Runs page's address holds: the run, the tab, and the runs that are compared.

Runs are in the address under their IDs. Streamlit would write what the picker shows, and a title may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.training.runs.records import RunSummary

RUN, TAB, COMPARED = "run", "tab", "compared"
"""Names in the address; the tab's is its widget's key too."""

REFRESH_SECONDS = 2.0
"""How often what shows a live run is drawn again."""

_PICKER, _WRITTEN = "run_picker", "run_written"
_TRAINING = Path(__file__).parents[2] / "training.py"


def choose_run(runs: Sequence[RunSummary]) -> RunSummary:
    """Let somebody choose a run; at first the address's, else one that trains, else the newest."""
    by_id = {run.id: run for run in runs}
    _follow_address(by_id)
    if st.session_state.get(_PICKER) not in by_id:
        running = [run.id for run in runs if run.state in ("running", "stopping")]
        st.session_state[_PICKER] = [*running, runs[0].id][0]
    # Its words must stay as they are while a run goes on: the browser sends them back.
    chosen = st.selectbox(
        "Run", list(by_id), key=_PICKER, format_func=lambda run: run_label(by_id[run]), width=460
    )
    st.query_params[RUN] = st.session_state[_WRITTEN] = chosen
    return by_id[chosen]


def run_label(run: RunSummary) -> str:
    """A run's title, and its ID where that is another."""
    return run.id if run.title == run.id else f"{run.title} ({run.id})"


def refresh(run: RunSummary) -> float | None:
    """How often a fragment that shows a run is drawn again; None, never, for a run that has ended."""
    return REFRESH_SECONDS if run.live else None


def training_link(label: str) -> None:
    """A link to the page that starts runs."""
    if _TRAINING.exists():
        st.page_link("pages/training.py", label=label, icon=":material/school:")


def _follow_address(by_id: dict[str, RunSummary]) -> None:
    """Take the run that a link or the browser's way back put into the address."""
    asked = st.query_params.get(RUN, "")
    written = st.session_state.get(_WRITTEN, "")
    if _PICKER not in st.session_state and written in by_id:
        st.session_state[_PICKER] = written  # back from another page
    if not asked or asked == written:
        return
    if asked in by_id:
        st.session_state[_PICKER] = asked
    else:
        st.warning(f"There is no run {asked[:64]!r} any more; choose another.", icon=":material/search_off:")
