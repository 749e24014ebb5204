"""Photos that are given to a page reach the visitor's session, whatever else arrives at that moment."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.photos.samples import SAMPLES

CUTS = 3


def script() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages.widgets.photos import added
    from pages.widgets.photos.input import photo_upload
    from pages.widgets.photos.visitor_session import visitor_session

    class Interrupting(dict[str, object]):
        """A visitor's photos, while whose arrival something else on the page asks for a run."""

        def __setitem__(self, key: str, photo: object) -> None:
            super().__setitem__(key, photo)
            st.session_state.cuts = st.session_state.get("cuts", 0) + 1
            ctx = get_script_run_ctx()
            assert ctx is not None
            assert ctx.script_requests is not None
            if st.session_state.cuts <= 3:
                self.clear()  # nothing is left of what the interrupted run did
                ctx.script_requests.request_rerun(RerunData())

    mine = visitor_session()
    if type(mine.photos) is dict:
        mine.photos = Interrupting()  # type: ignore[assignment]
    photo_upload()
    st.text(", ".join(photo.name for photo in mine.photos.values()))
    st.text(added.news())


def test_a_photo_arrives_though_its_run_is_cut_short() -> None:
    page = AppTest.from_function(script, default_timeout=60).run()
    page.file_uploader[0].set_value(("mine.png", SAMPLES[0].path.read_bytes(), "image/png")).run()
    assert page.session_state.cuts == CUTS + 1
    assert [text.value for text in page.text] == ["mine.png", "1 added: you have 1 photo of 24."]


def test_the_uploader_is_empty_afterwards() -> None:
    page = AppTest.from_function(script, default_timeout=60).run()
    page.session_state.cuts = CUTS
    page.file_uploader[0].set_value(("mine.png", SAMPLES[0].path.read_bytes(), "image/png")).run()
    assert page.file_uploader[0].value == []
