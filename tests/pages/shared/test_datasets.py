"""The picker of data sets: by path, so that no folder hides another; what is wrong with lists is said."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.recent_folders import add_recent_folder
from core.toytown import toytown
from pages.widgets.shared.datasets import dataset_options
from tests.conftest import ROOT, Labels, write_dataset

SECONDS = 60


@pytest.fixture
def data(tmp_path, monkeypatch, street) -> Path:
    """A data folder with a small data set that is called toytown."""
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("STREETSCOPE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STREETSCOPE_MODELS", str(tmp_path / "models"))
    st.cache_resource.clear()
    write(tmp_path / "data", street, "toytown")
    return tmp_path / "data"


def write(folder: Path, street, name: str, frames: str = "ab") -> Path:
    labels = {frame: np.roll(street, number, axis=1) for number, frame in enumerate(frames)}
    return write_dataset(folder, labels, valid=(frames[-1],), name=name)


def page(name: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.switch_page(f"pages/{name}.py")
    app.query_params.update(address)
    return app.run()


def test_sets_of_one_name_are_all_offered_and_told_apart(data, street, tmp_path):
    for folder in (data, data / "holiday", data / "work", data / "__MACOSX"):
        write(folder, street, "CamVid")
    write(data / "other", street, "Streets")
    write(data / "other", street, "CamVid")
    elsewhere = write(tmp_path / "elsewhere", street, "CamVid")
    add_recent_folder(elsewhere)
    add_recent_folder(data / "CamVid")  # the same as one in the data folder

    options = dataset_options()
    assert options == {
        "toytown": data / "toytown",
        "CamVid": data / "CamVid",
        "holiday/CamVid": data / "holiday" / "CamVid",
        "other/CamVid": data / "other" / "CamVid",
        "other/Streets": data / "other" / "Streets",
        "work/CamVid": data / "work" / "CamVid",
        str(elsewhere): elsewhere,
    }


@pytest.mark.parametrize("name", ["data", "training"])
def test_an_address_opens_the_set_of_its_path(data, street, name):
    write(data, street, "CamVid", "abc")
    write(data / "holiday", street, "CamVid", "vwxyz")
    shown = page(name, set="holiday/CamVid")

    assert not shown.exception
    picker = shown.selectbox(key="set")
    assert picker.value == "holiday/CamVid"
    assert picker.options == ["Toytown, built in", "CamVid", "holiday/CamVid"]
    assert not shown.warning


@pytest.mark.parametrize("content", ["", "nobody.png\n"])
def test_lists_that_leave_the_split_in_doubt_are_said_on_every_page(data, street, store, content):
    root = write(data, street, "mine")
    (root / "valid.txt").write_text(content)
    said = f"{root / 'valid.txt'} is empty" if not content else "names nobody.png (line 1)"

    shown = page("data", set="mine")
    assert [said in warning.value.replace("\\", "") for warning in shown.warning] == [True]
    shown = page("evaluate", set="mine")
    assert [said in error.value.replace("\\", "") for error in shown.error] == [True]
    if content:  # once is enough: the dry run is a process
        shown = page("training", set="mine")
        next(button for button in shown.button if button.label == "Measure on this machine").click()
        while not shown.error:
            time.sleep(0.5)  # between two runs, as the page does: they would compute beside that process
            shown = shown.run()
        assert any(said in error.value.replace("\\", "") for error in shown.error)


def test_a_folder_in_the_data_folder_is_opened_as_what_it_is_there(data, street):
    write(data, street, "CamVid")
    write(data / "holiday", street, "CamVid")
    shown = page("data")
    shown.text_input(key="data_folder_given").set_value(str(data / "holiday")).run()

    assert shown.selectbox(key="set").value == "holiday/CamVid"
    assert list(dataset_options()) == ["toytown", "CamVid", "holiday/CamVid"]


def test_a_folder_whose_name_is_no_text_is_named_and_the_others_are_shown(
    tmp_path: Path,
    make_dataset: Callable[..., Path],
    street: Labels,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path / "data"
    toytown(data / "toytown", 4, (96, 72))
    made = make_dataset({"one": street, "two": street}, valid=("two.png",))
    made.rename(Path(os.fsdecode(os.fsencode(data) + b"/caf\xe9")))
    monkeypatch.setenv("STREETSCOPE_DATA", str(data))
    monkeypatch.setenv("STREETSCOPE_CACHE", str(tmp_path / "cache"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/data.py").run()

    assert not app.exception
    assert app.selectbox(key="set").options == ["Toytown, built in"]
    (said,) = [each.value for each in app.warning]
    assert said == r"The folder caf\[U+DCE9\] is left out: its name is not in UTF-8. Rename it."
