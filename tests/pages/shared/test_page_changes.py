"""What a page says while it is being left does not bring it back."""

from __future__ import annotations

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

from pages.widgets.shared import page_changes

LEFT, NEW, THIRD = "1" * 32, "2" * 32, "3" * 32


class Session(AppSession):
    """A session that has nothing but its name."""

    def __init__(self) -> None:
        """Nothing is set up."""

    def __del__(self) -> None:
        """Nothing is to be shut down."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that Streamlit is to run, in order; with a part's name, if only a part."""
    found = list[str]()
    monkeypatch.setattr(
        page_changes,
        "_request_rerun",
        lambda session, state: found.append(state.page_script_hash + state.fragment_id),
    )
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    page_changes.keep_page_changes()
    page_changes.keep_page_changes()
    return found


def link(page: str) -> ClientState:
    """What a browser sends when a link to a page is followed."""
    return ClientState(page_script_hash=page)


def widget(page: str, part: str = "") -> ClientState:
    """What it sends when a widget has changed, or a part of the page runs again."""
    state = ClientState(page_script_hash=page, fragment_id=part)
    state.widget_states.widgets.add(id="token", string_value="a")
    return state


def test_a_late_message_of_the_page_that_was_left_leads_to_the_new_one(asked: list[str]) -> None:
    one = Session()
    for state in (widget(LEFT), link(NEW), widget(LEFT), widget(LEFT, "part")):
        one.request_rerun(state)
    assert asked == [LEFT, NEW, NEW, NEW]


def test_the_last_link_counts_and_an_arrived_page_speaks_for_itself(asked: list[str]) -> None:
    one = Session()
    for state in (link(NEW), link(THIRD), widget(THIRD), widget(LEFT), link(LEFT), widget(LEFT, "part")):
        one.request_rerun(state)
    assert asked == [NEW, THIRD, THIRD, LEFT, LEFT, LEFT + "part"]


def test_after_a_while_a_page_means_what_it_says(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, now = Session(), Session(), 100.0
    monkeypatch.setattr(page_changes.time, "monotonic", lambda: now)
    one.request_rerun(link(NEW))
    other.request_rerun(widget(LEFT))
    now += page_changes._SECONDS + 1
    one.request_rerun(widget(LEFT))
    assert asked == [NEW, LEFT, LEFT]
