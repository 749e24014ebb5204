"""Starting a service from the page, and ending it: a process of its own, which outlives page and app."""

from __future__ import annotations

import time

import streamlit as st

from core.files import system_error_sentence
from core.languages import gettext as _
from core.languages import translated
from pages.widgets.service.state import look, service
from pages.widgets.shared.errors import show_error
from pages.widgets.shared.fragments import fragment
from pages.widgets.shared.guests import is_guest
from pages.widgets.shared.markdown import escape
from service import launch
from service.errors import ServiceError
from service.local import running
from service.settings import service_folder

_STARTED, _ENDING, _TROUBLE = "service_started", "service_ending", "service_start_trouble"
_LOOK_SECONDS = 1.0
_PATIENCE = 60.0
"""Seconds until a service that was started and cannot be found has failed."""


def start_button() -> None:
    """A button that starts one; guests get none."""
    if is_guest():
        return
    _show_trouble()
    st.session_state.pop(_ENDING, None)
    started = st.session_state.get(_STARTED)
    st.button(
        _("Start it here"),
        icon=":material/play_arrow:",
        type="primary",
        on_click=_start,
        disabled=started is not None,
        help=_("It answers programs on this machine only, and goes on when the page or the app is closed."),
    )
    if started is not None:
        fragment(_wait_for_start, every=_LOOK_SECONDS)(started)


def stop_button() -> None:
    """A button that ends the service, after a question; guests get none."""
    if is_guest():
        return
    _show_trouble()
    st.session_state.pop(_STARTED, None)
    ending = st.session_state.get(_ENDING)
    with st.popover(_("Stop"), icon=":material/stop:", disabled=ending is not None, key="service_stop"):
        st.markdown(_("Requests that have begun are answered. Programs that ask later get no answer."))
        st.button(_("Stop the service"), type="primary", on_click=_stop)
    if ending is not None:
        fragment(_wait_for_end, every=_LOOK_SECONDS)(ending)


def _start() -> None:
    if is_guest() or running(service_folder()) is not None:
        return
    try:
        launch.start(service_folder())
        st.session_state[_STARTED] = time.monotonic()
    except OSError as error:
        st.session_state[_TROUBLE] = translated(system_error_sentence(error))


def _stop() -> None:
    if is_guest():
        return
    try:
        found = service()
        launch.end(found)
        st.session_state[_ENDING] = found.pid
    except ServiceError as error:
        st.session_state[_TROUBLE] = translated(error)


def _wait_for_start(started: float) -> None:
    if look().answers:
        st.rerun()
    if time.monotonic() - started < _PATIENCE:
        st.caption(_(":material/hourglass_top: Starting; this takes some seconds."))
        return
    st.session_state.pop(_STARTED, None)
    said = launch.last_words(service_folder())
    st.session_state[_TROUBLE] = _("The service did not start. {said}").format(
        said=said or _("It printed nothing.")
    )
    st.rerun()


def _wait_for_end(pid: int) -> None:
    found = running(service_folder())
    if found is None or found.pid != pid:
        st.session_state.pop(_ENDING, None)
        look.clear()
        st.rerun()
    st.caption(escape(_("Ending; requests that have begun are answered first.")))


def _show_trouble() -> None:
    if trouble := st.session_state.pop(_TROUBLE, ""):
        show_error(trouble)
