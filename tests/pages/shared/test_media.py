"""Files for the browser stay as long as it may ask for them, and no longer."""

from __future__ import annotations

import gc

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

store: MediaFileManager


@pytest.fixture(autouse=True)
def _new_store():
    global store
    store = MediaFileManager(MemoryMediaFileStorage("/media"))


def script() -> None:
    import streamlit as st
    from streamlit import runtime

    from pages.widgets.shared.media import forget_earlier_files, keep_earlier_files, media_url
    from tests.pages.shared.test_media import store

    # AppTest has a new store for each run, a server keeps its own. Both clear it of what a session has named
    # as the run begins, and of what nobody has named as the run ends.
    runtime.get_instance().media_file_mgr = store
    store.clear_session_refs()
    st.session_state.there = [
        name for name in ("first", "second") if store.read_file(st.session_state.get(name, "")) is not None
    ]
    keep_earlier_files()
    if st.toggle("Cut short"):
        st.stop()
    shown = "second" if st.toggle("The second picture") else "first"
    address = media_url(f"The {shown} picture".encode(), "image/png", "picture")
    st.session_state[shown] = address.rpartition("/")[2]
    forget_earlier_files()


def test_a_shown_file_stays_through_any_number_of_runs_that_are_cut_short():
    page = AppTest.from_function(script, default_timeout=60).run()
    page.toggle[0].set_value(True)
    for _ in range(3):
        page.run()
        assert page.session_state.there == ["first"]


def test_a_file_stays_for_one_more_run_after_another_has_taken_its_place():
    page = AppTest.from_function(script, default_timeout=60).run()
    page.toggle[1].set_value(True).run()
    assert page.session_state.there == ["first"]
    page.run()
    assert page.session_state.there == ["first", "second"]
    page.run()
    assert page.session_state.there == ["second"]


def test_nothing_of_a_visit_is_hidden_from_the_garbage_collector():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert gc.get_freeze_count() == 0
