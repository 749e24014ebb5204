"""The Data page on label maps with 255 and no class for it: every tab shows them, as not labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.layouts.opening import open_dataset
from pages.widgets.data.truth import truth_picture
from pages.widgets.shared.datasets import OpenedSet
from tests.conftest import ROOT

TABS = ("Gallery", "Frame", "Classes", "Statistics", "Label file", "Check")


@pytest.fixture
def data(make_dataset, street, tmp_path, monkeypatch) -> Path:
    """A data set called toytown with 255 in the middle of each label map, and no Void."""
    label = np.where(street == 3, np.uint8(255), street)
    label[10:30, 14:34] = 255
    made = make_dataset(
        {name: np.roll(label, n, axis=0) for n, name in enumerate("abc")},
        valid=("c",),
        codes=("Sky", "Road", "Tree"),
        name="toytown",
    )
    (tmp_path / "data").mkdir()
    made.rename(tmp_path / "data" / "toytown")
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    st.cache_resource.clear()
    return tmp_path / "data" / "toytown"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_such_a_set(data, store, tab):
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["tab"] = tab
    page.switch_page("pages/data.py").run()

    assert not page.exception
    assert not page.error


def test_the_label_file_says_that_a_pixel_is_not_labelled(data, store):
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.session_state["data_pixel"] = (20, 20)
    page.query_params["tab"] = "Label file"
    page.switch_page("pages/data.py").run()

    said = [each.value for each in page.markdown]
    assert "Pixel (20, 20) holds **255**: it is **not labelled**, and counts nowhere." in said


def test_the_viewer_shows_nothing_where_nothing_is_labelled(data):
    dataset = open_dataset(data)
    picture = truth_picture(OpenedSet(dataset, "key", ()), dataset.train[0])

    assert picture.class_names == ("Sky", "Road", "Tree", "not labelled")
    assert picture.colours[3] is None
