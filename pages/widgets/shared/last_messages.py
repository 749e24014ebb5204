"""The end of a page is not lost where a part of it runs again by itself at that very moment.

What a run has drawn waits in the server's event loop to be sent. Streamlit 1.67 gives a request that comes
when the run has just ended to a new runner, and from then on drops what the old one has left there. A whole
run makes up for that; a part of the page draws only itself, and the rest stays as it was: a student's answer
counts, and the phone goes on asking for it. Under load it happened to one vote in thirty.
See https://github.com/streamlit/streamlit/issues/9921.
"""

from __future__ import annotations

from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

_SECONDS = 0.01
"""How long a part of the page waits before it looks again whether all of the last run is on its way."""

_create = AppSession._create_scriptrunner


def _create_after_the_last_messages(self: AppSession, initial_rerun_data: RerunData) -> None:
    """In place of Streamlit's own, which a runner that has ended and has not yet said so leads to."""
    is_part = initial_rerun_data.fragment_id or initial_rerun_data.fragment_id_queue
    if self._scriptrunner is None or not is_part:
        _create(self, initial_rerun_data)
    else:
        self._event_loop.call_later(_SECONDS, _ask_again, self, initial_rerun_data)


def _ask_again(session: AppSession, rerun_data: RerunData) -> None:
    if session._state == AppSessionState.SHUTDOWN_REQUESTED:
        return
    runner = session._scriptrunner
    if runner is None or not runner.request_rerun(rerun_data):
        session._create_scriptrunner(rerun_data)


def keep_last_messages() -> None:
    """Have parts of a page wait for the end of the run before them; called again, it changes nothing."""
    AppSession._create_scriptrunner = _create_after_the_last_messages  # type: ignore[method-assign]
