"""A run's state, as a badge and in words: the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.training.runs.records import RunSummary, ahead_of
from core.training.runs.status import ShownState
from pages.widgets.shared.markdown import Markdown, escape, joined, markdown

_BADGES: dict[ShownState, tuple[str, Any]] = {
    "queued": (":material/hourglass_empty:", "blue"),
    "running": (":material/play_arrow:", "green"),
    "stopping": (":material/pause:", "orange"),
    "stopped": (":material/pause:", "gray"),
    "finished": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "dead": (":material/power_off:", "red"),
}


def run_badge(run: RunSummary) -> None:
    """The run's state as a badge."""
    icon, colour = _BADGES[run.state]
    st.badge(escape(run.state.capitalize()), icon=icon, color=colour)


def place_in_queue(run: RunSummary, runs: Sequence[RunSummary]) -> Markdown:
    """A run's position in the queue, and the runs ahead of it."""
    ahead = ahead_of(run.id, runs)
    waiting = sum(other.state == "queued" for other in ahead)
    place = markdown("Position {number} in the queue", number=waiting + 1)
    if not ahead:
        return place
    behind = joined(" and ", (markdown("**{title}**", title=other.title) for other in ahead))
    return markdown("{place}, behind {behind}", place=place, behind=behind)
