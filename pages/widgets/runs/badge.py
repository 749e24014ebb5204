"""A run's state, as a badge and in words: the same on every page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.training.runs.records import RunSummary, ahead_of
from core.training.runs.status import ShownState
from pages.widgets.shared.markdown import Markdown, joined, markdown


def _badges() -> dict[ShownState, Markdown]:
    return {
        "queued": markdown(":blue-badge[:material/hourglass_empty: Queued]"),
        "running": markdown(":green-badge[:material/play_arrow: Running]"),
        "stopping": markdown(":orange-badge[:material/pause: Stopping]"),
        "stopped": markdown(":gray-badge[:material/pause: Stopped]"),
        "finished": markdown(":green-badge[:material/check: Finished]"),
        "failed": markdown(":red-badge[:material/error: Failed]"),
        "dead": markdown(":red-badge[:material/power_off: Ended unexpectedly]"),
    }


def run_badge(run: RunSummary) -> None:
    """The run's state as a badge."""
    st.markdown(_badges()[run.state], width="content")


def place_in_queue(run: RunSummary, runs: Sequence[RunSummary]) -> Markdown:
    """A run's position in the queue, and the runs ahead of it; with none ahead, it is about to start."""
    ahead = ahead_of(run.id, runs)
    waiting = sum(other.state == "queued" for other in ahead)
    if not ahead:
        return markdown("Starting")
    place = markdown("Position {number} in the queue", number=waiting + 1)
    behind = joined(" and ", (markdown("**{title}**", title=other.title) for other in ahead))
    return markdown("{place}, behind {behind}", place=place, behind=behind)
