"""A part of a page that runs by itself waits until the run before it has been sent."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from pages.widgets.shared import last_messages

PART, WHOLE = RerunData(fragment_id_queue=["a part"]), RerunData()


class Ended:
    """A runner that has ended, and whose last messages are not yet sent."""

    def request_rerun(self, rerun_data: RerunData) -> bool:
        return False


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> list[RerunData]:
    """The runs for which Streamlit has made a new runner."""
    found = list[RerunData]()
    monkeypatch.setattr(last_messages, "_create", lambda session, data: found.append(data))
    monkeypatch.setattr(AppSession, "_create_scriptrunner", AppSession._create_scriptrunner)
    last_messages.keep_last_messages()
    last_messages.keep_last_messages()
    return found


class Session(AppSession):
    """A session whose last run has just ended; it has nothing else."""

    def __init__(self) -> None:
        self._event_loop = asyncio.get_running_loop()
        self._state = AppSessionState.APP_NOT_RUNNING
        self._scriptrunner = Ended()  # type: ignore[assignment]

    def __del__(self) -> None:
        """Nothing is to be shut down."""


def test_a_part_runs_once_the_last_run_is_sent(created: list[RerunData]) -> None:
    async def play() -> None:
        one = Session()
        one._create_scriptrunner(PART)
        assert created == []
        one._scriptrunner = None  # as when the last message has been handled
        while not created:
            await asyncio.sleep(0)

    asyncio.run(play())
    assert created == [PART]


def test_a_whole_run_does_not_wait(created: list[RerunData]) -> None:
    async def play() -> None:
        Session()._create_scriptrunner(WHOLE)

    asyncio.run(play())
    assert created == [WHOLE]


def test_a_part_of_a_page_that_is_closed_does_not_run(created: list[RerunData]) -> None:
    async def play() -> None:
        one = Session()
        one._create_scriptrunner(PART)
        one._state = AppSessionState.SHUTDOWN_REQUESTED
        one._scriptrunner = None
        await asyncio.sleep(3 * last_messages._SECONDS)

    asyncio.run(play())
    assert created == []
