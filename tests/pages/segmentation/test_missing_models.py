"""A link to a model that is gone says so for as long as another one is shown in its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.models.paths import DEFAULT_MODEL, models_folder

GONE = "The model sunk no longer exists; another one is used."


def _page() -> None:
    import streamlit as st

    from pages.widgets.segmentation.models import model_picker, warn_of_missing

    warn_of_missing("model")
    st.session_state["picked"] = model_picker()


@pytest.fixture
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = models_folder() / DEFAULT_MODEL
    for name in (DEFAULT_MODEL, "other"):
        shutil.copytree(shipped, tmp_path / name)
    monkeypatch.setenv("STREETSCOPE_MODELS", str(tmp_path))


@pytest.mark.usefixtures("two_models")
def test_it_is_said_until_a_model_is_chosen() -> None:
    app = AppTest.from_function(_page, default_timeout=60)
    app.query_params["model"] = "sunk"
    for _ in range(3):  # the tab's own second run must not take the sentence away
        app.run()
        assert [each.value for each in app.warning] == [GONE]
        assert app.session_state["picked"] == DEFAULT_MODEL
    app.selectbox[0].set_value("other").run()
    assert not app.warning
    app.run()
    assert not app.warning
