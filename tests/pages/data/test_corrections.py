"""The Data and the Evaluate page on a set of corrections of one single picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.annotation.runs import NOT_REVIEWED, between
from core.annotation.store import Source, open_correction
from tests.conftest import COLOURS, ROOT


@pytest.fixture
def corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_dataset, street) -> str:
    """The name of a data set of one picture, half of which was reviewed."""
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    st.cache_resource.clear()
    make_dataset({"a": street}, name="data/toytown")
    nothing = np.full_like(street, NOT_REVIEWED)
    image = COLOURS.palette[street]
    correction = open_correction("mine", image, nothing, COLOURS, Source("photo", "street.jpg"))
    half = nothing.copy()
    half[:20] = street[:20]
    correction.edit(between(nothing, half).packed())
    return "corrections-mine"


def shown(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert app.selectbox(key="set").value == "corrections-mine"
    return app


def test_every_tab_and_the_evaluation_show_it(corrected, colour_model):
    for tab in ("Gallery", "Frame", "Classes", "Statistics", "Label file", "Check"):
        shown("data", set=corrected, tab=tab)
    app = shown("evaluate", set=corrected, model=colour_model)
    assert app.segmented_control(key="split").options == ["Training"]
