"""A town is drawn with one click and opened with another; the page says how it went."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.toytown import TOWNS, toytown
from pages.widgets.shared import towns
from pages.widgets.shared.jobs import jobs


def script() -> None:
    from pages.widgets.shared.towns import show_drawing, towns_menu

    towns_menu()
    show_drawing()


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(towns, "_FRAMES", 2)
    st.cache_resource.clear()
    return AppTest.from_function(script, default_timeout=60).run()


def wait_for(name: str, folder: Path) -> None:
    job = jobs().find(("town", name, str(folder)))
    assert job is not None
    job.wait(60)


def test_each_town_is_offered_with_one_sentence(app: AppTest) -> None:
    assert app.radio[0].options == [town.title for town in TOWNS.values()]
    assert all(town.about.count(".") == 1 for town in TOWNS.values())


def test_jakarta_is_drawn_into_a_folder_of_its_name_and_shown(app: AppTest, tmp_path: Path) -> None:
    app.radio[0].set_value("jakarta").run()
    app.button(key="draw_town").click().run()
    wait_for("jakarta", tmp_path / "data")
    app.run()

    assert app.success[0].value == "Jakarta has been drawn."
    assert len(list((tmp_path / "data" / "jakarta" / "images").iterdir())) == 2
    app.button(key="show_jakarta").click().run()
    assert app.session_state["set"] == "jakarta"
    assert not app.success
    assert app.button(key="draw_town").label == "Show it"


def test_a_town_that_is_being_drawn_already_is_not_drawn_twice(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def after_a_while(*given: Any, **named: Any) -> None:
        go_on.wait()
        toytown(*given, **named)

    monkeypatch.setattr(towns, "toytown", after_a_while)
    begun = towns.drawing("toytown")  # as for whoever opens Toytown first
    app.run()
    assert app.button(key="draw_town").disabled
    assert towns.drawing("toytown") is begun
    go_on.set()
    begun.wait(60)
    app.run()
    assert app.success[0].value == "Toytown has been drawn."


def test_why_a_town_cannot_be_drawn_is_said(app: AppTest, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", encoding="utf-8")
    app.radio[0].set_value("jakarta").run()
    app.button(key="draw_town").click().run()
    wait_for("jakarta", tmp_path / "data")
    app.run()

    assert "cannot be made" in app.error[0].value
    assert not app.exception
