"""A click on another page's link is not lost where the page that is left has still something to say.

A browser goes on calling itself by the page it has left until the server's answer names the new one. What a
part of the left page sends in between, Streamlit 1.67 takes for a wish to see that page again: it stops the
new page's run, and the click has done nothing. Every page says something soon after it is drawn: which
visitor it is of.
"""

from __future__ import annotations

import time
import weakref

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

_SECONDS = 3.0
"""How long the answer may be on its way. After that, a page means what it says."""

_request_rerun = AppSession.request_rerun

_asked: weakref.WeakKeyDictionary[AppSession, tuple[float, ClientState]] = weakref.WeakKeyDictionary()
"""The change of page that a session's browser has asked for and not yet seen, and when."""


def _request_page(self: AppSession, client_state: ClientState | None) -> None:
    """In place of Streamlit's own: what comes from the page that was left is answered with the new page."""
    if client_state is not None and client_state.page_script_hash:
        if _changes_page(client_state):
            _asked[self] = time.monotonic(), client_state
        elif self in _asked:
            since, page = _asked[self]
            if client_state.page_script_hash == page.page_script_hash or time.monotonic() - since > _SECONDS:
                del _asked[self]
            else:
                client_state = page
    _request_rerun(self, client_state)


def _changes_page(client_state: ClientState) -> bool:
    """Whether a link was followed: then the state of no widget is sent, for all of the page's are gone."""
    return not client_state.fragment_id and not client_state.widget_states.widgets


def keep_page_changes() -> None:
    """Have sessions keep to the page that was asked for; called again, it changes nothing."""
    AppSession.request_rerun = _request_page  # type: ignore[method-assign]
