"""What the service is doing: requests a second, latencies, queue, workers, answers kept."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.languages import gettext as _
from core.languages import in_digits
from pages.widgets.service.curves import curves, workers
from pages.widgets.service.state import look
from pages.widgets.service.top import runs_here
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.markdown import Markdown, joined, markdown


def figures(url: str) -> None:
    """Draw the figures as they are now. url: where the service was when the page was drawn."""
    state = look()
    if state.url != url:
        st.rerun()  # all of the page: it has ended, or another one began
    runs_here(state)
    if not state.answers:
        show_error(state.trouble, icon=":material/hourglass_empty:")
        return
    now = state.figures
    with st.container(horizontal=True):
        _show_figures(now)
    st.caption(_window(now))
    if now["waiting"] is None:
        st.warning(
            _(
                "The queue of requests does not answer, so photos are refused with 503. If the service has "
                "brought its broker along, it starts it again."
            ),
            icon=":material/hourglass_empty:",
        )
    elif trouble := _trouble_with_workers(now):
        st.warning(trouble, icon=":material/engineering:")
    curves(state)
    workers()


def _trouble_with_workers(now: dict[str, Any]) -> Markdown | None:
    """What is wrong with the workers of this machine; None if nothing is, or if there should be none."""
    answering, wanted = _answering(now), now["workers_wanted"]
    if not wanted or answering == now["workers"] > 0:
        return None
    if not now["workers"]:
        return markdown(
            "No worker is alive, so photos are refused with 503. The service starts one within seconds."
        )
    if not answering:
        return markdown(
            "No worker answers: each is stopped or stuck, and photos are refused with 503. End its process, "
            "and the service starts another."
        )
    if answering == 1:
        said = markdown("1 of {wanted} workers answers; the others are stopped or stuck.", wanted=wanted)
    else:
        said = markdown(
            "{answering} of {wanted} workers answer; the others are stopped or stuck.",
            answering=answering,
            wanted=wanted,
        )
    begun = markdown(
        "What they had begun is answered by those that work. End such a process, and the service starts "
        "another."
    )
    return joined(" ", (said, begun))


def _answering(now: dict[str, Any]) -> int:
    """Workers that live and give signs of it; a service that began before they did does not say."""
    return int(now["workers"] - now.get("workers_silent", 0))


def _show_figures(now: dict[str, Any]) -> None:
    rate = markdown("{rate:.2f}", rate=now["rate"])
    _metric(
        markdown("Photos a second"),
        rate,
        markdown("Photos answered a second, over the last {seconds:.0f} s.", seconds=now["window"]),
    )
    _metric(
        markdown("Half within (p50)"),
        _seconds(now["p50"]),
        markdown("Half of the photos were answered within this time."),
    )
    _metric(
        markdown("95% within (p95)"),
        _seconds(now["p95"]),
        markdown("95 of 100 photos were answered within this time."),
    )
    _metric(
        markdown("99% within (p99)"),
        _seconds(now["p99"]),
        markdown("99 of 100 photos were answered within this time: only one in a hundred took longer."),
    )
    _metric(
        markdown("In the queue"),
        _number(now["waiting"]),
        markdown("Photos that wait for a worker, or are being segmented."),
    )
    _metric(
        markdown("Workers"),
        markdown("{there} of {wanted}", there=_answering(now), wanted=now["workers_wanted"]),
        markdown("Processes of this service that segment and answer. One that ends is started again."),
    )
    _metric(
        markdown("Answers kept"),
        _number(now["kept_answers"]),
        markdown("For those who send the same photo again: {size:.1f} MB.", size=now["kept_bytes"] / 1e6),
    )


def _metric(name: Markdown, value: Markdown, meaning: Markdown) -> None:
    st.metric(name, value, help=meaning, width="content")


def _window(now: dict[str, Any]) -> Markdown:
    seconds = in_digits(now["window"], ".0f")
    if not now["photos"]:
        return markdown("No photo came in the last {seconds} s.", seconds=seconds)
    said = markdown(
        "{photos} in the last {seconds} s. Times are from a request's first byte to its answer's last.",
        photos=_("One photo") if now["photos"] == 1 else _("{photos} photos").format(photos=now["photos"]),
        seconds=seconds,
    )
    failed = markdown("Refused or failed: {failed}.", failed=now["failed"])
    return joined(" ", [said, failed] if now["failed"] else [said])


def _seconds(seconds: float | None) -> Markdown:
    if seconds is None:
        return markdown("-")
    if seconds < 1:
        return markdown("{milliseconds:.0f} ms", milliseconds=1000 * seconds)
    return markdown("{seconds:.1f} s", seconds=seconds)


def _number(number: int | None) -> Markdown:
    return markdown("unknown") if number is None else markdown("{number}", number=number)
