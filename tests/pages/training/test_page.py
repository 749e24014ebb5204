"""The Training page without a browser: form and text say the same, runs are listed, none starts wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.layouts.opening import open_dataset
from core.errors import TrainingError
from core.training.control.estimate import measure
from core.training.recipes.mixed import Mix
from core.training.recipes.recipe import parse_recipe, read_recipe, recipe_text, to_toml
from core.training.runs.folder import Label, create_run, run_folder, run_ids
from core.training.runs.status import enqueue
from core.training.workers.train import work
from pages.widgets.shared.markdown import escape
from tests.conftest import ROOT
from tests.runs import make_recipe, make_stage

SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where data, cache and an estimate of `classroom` are kept for all tests of this module."""
    return tmp_path_factory.mktemp("training")


@pytest.fixture
def data(page, folder) -> Path:
    """The data set's folder: five pictures to train on, two to validate."""
    return folder / "data" / "toytown"


@pytest.fixture
def page(folder, store, make_dataset, street, monkeypatch) -> AppTest:
    """The page on a data set of seven pictures that is called toytown."""
    monkeypatch.setenv("STREETSCOPE_CACHE", str(folder / "cache"))
    monkeypatch.setenv("STREETSCOPE_DATA", str(folder / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    if not (folder / "data").exists():
        labels = {name: np.roll(street, 5 * n, axis=1) for n, name in enumerate("abcdefg")}
        made = make_dataset(labels, valid=("f", "g"), name="toytown")
        (folder / "data").mkdir()
        made.rename(folder / "data" / "toytown")
        measure(read_recipe("classroom"), open_dataset(folder / "data" / "toytown"))
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    return app.switch_page("pages/training.py").run()


def button(page: AppTest, label: str):
    return next(each for each in page.button if each.label == label)


def sentences(elements) -> list[str]:
    return [element.value.replace("\\", "") for element in elements]


def test_data_set_that_has_gone_is_named(page) -> None:
    page.query_params["set"] = "sunk"
    page.run()
    assert not page.exception
    said = ["The data set sunk no longer exists; Toytown, built in, is shown instead."]
    assert sentences(page.warning) == said
    page.query_params.pop("set")  # the browser's address names no set by now
    page.run()
    assert sentences(page.warning) == said


def test_data_set_that_has_gone_is_named_only_while_toytown_stands_in(
    page, make_dataset, street, folder
) -> None:
    make_dataset({"a": street, "b": street}, valid=("b",), name="other").rename(folder / "data" / "other")
    page.query_params["set"] = "sunk"
    page.run()
    assert len(page.warning) == 1
    page.query_params.pop("set")
    page.session_state["set"] = "other"  # as a link from another page would have it, by nobody's choice here
    page.run()
    assert not page.exception
    assert page.selectbox(key="set").value == "other"
    assert sentences(page.warning) == []


def recipe(page: AppTest):
    return parse_recipe(page.session_state["recipe_source"])


def test_a_newcomer_finds_classroom_chosen_and_may_start(page):
    assert not page.exception
    assert page.session_state["recipe"] == "classroom"
    assert not button(page, "Start training").disabled
    assert any("measured over" in words and "on this machine" in words for words in sentences(page.markdown))
    assert any("starts from random weights" in words for words in sentences(page.markdown))


def test_the_form_writes_into_the_text_and_keeps_its_comments(page):
    page.number_input("setting_0_epochs").set_value(3).run()
    page.text_input("setting_0_lr").set_value("0.002").run()
    page.slider("setting_0_pct_start").set_value(0.5).run()
    page.toggle("setting_0_frozen").set_value(True).run()
    page.text_input("setting_0_size").set_value("64 x 96").run()

    stage = recipe(page).stages[0]
    assert (stage.epochs, stage.lr, stage.pct_start, stage.frozen, stage.size) == (
        3,
        0.002,
        0.5,
        True,
        (64, 96),
    )
    assert "# a new picture every few seconds" in page.session_state["recipe_source"]
    assert not page.exception


@pytest.mark.parametrize(
    ("setting", "given", "part"),
    [
        ("lr", "fast", "not a learning rate"),
        ("lr", "-1", "more than 0"),
        ("lr", "nan", "lr"),
        ("size", "1 2 3", "not a size"),
        ("size", "31, 33", "size"),
        ("size", "0", "size"),
        ("size", "", "not a size"),
    ],
)
def test_a_setting_that_makes_no_recipe_is_refused_and_the_old_one_stays(page, setting, given, part):
    page.text_input(f"setting_0_{setting}").set_value(given).run()

    assert page.session_state["recipe_source"] == recipe_text("classroom")
    assert page.text_input(f"setting_0_{setting}").value == {"lr": "0.005", "size": "0.5"}[setting]
    assert [part in words for words in sentences(page.error)] == [True]


def test_changes_are_undone_and_kept_while_another_recipe_is_looked_at(page):
    page.number_input("setting_0_epochs").set_value(3).run()
    page.segmented_control("recipe").set_value("fine-tune").run()
    assert recipe(page).name == "fine-tune"
    page.segmented_control("recipe").set_value("classroom").run()
    assert recipe(page).stages[0].epochs == 3
    button(page, "Undo changes").click().run()

    assert page.session_state["recipe_source"] == recipe_text("classroom")
    assert "Undo changes" not in [each.label for each in page.button]


def test_of_several_stages_the_chosen_one_is_changed(page):
    page.segmented_control("recipe").set_value("street").run()
    page.segmented_control("stage").set_value("full").run()
    page.number_input("setting_1_epochs").set_value(7).run()

    assert [stage.epochs for stage in recipe(page).stages] == [36, 7]
    assert page.text_input("setting_1_crop").value == "352, 480"


@pytest.mark.parametrize("text", ["stages = [", "", "epochs = 3", "[[stages]]\n" * 3])
def test_with_a_broken_recipe_nothing_can_be_started(page, text):
    page.session_state["recipe_source"] = text
    page.run()

    assert not page.exception
    assert sentences(page.error)[0].startswith("The recipe")
    assert button(page, "Start training").disabled


def test_a_mixed_recipe_is_put_into_words_and_needs_its_data_sets(page):
    mixed = make_recipe(make_stage(batch_size=8), mix=(Mix(data="streets", share=0.25),))
    page.session_state["recipe_source"] = to_toml(mixed)
    page.run()

    assert not page.exception
    words = " ".join(sentences(page.markdown))
    assert "25% of what it sees are pictures of streets" in words
    assert "Each batch has 6 of the data set's own pictures and 2 of streets." in words
    assert "mixes in the data set streets, which is not in" in sentences(page.error)[0]
    assert button(page, "Start training").disabled


def test_runs_are_listed_and_a_failed_one_says_why(page, store, data):
    gone = create_run(make_recipe(make_stage(batch_size=64)), data)
    enqueue(run_folder(gone))
    with pytest.raises(TrainingError):
        work(gone)
    page.run()

    assert any(gone in words for words in sentences(page.markdown))
    assert any("only 5 frames to train on" in words for words in sentences(page.error))
    assert f"Resume_{gone}" in [each.key for each in page.button]


def test_a_waiting_run_is_shown_with_its_place_and_a_stop_button(page, store, data):
    first, second = (create_run(make_recipe(), data, run=name) for name in ("first", "second"))
    for run in (first, second):
        enqueue(run_folder(run))
    page.run()

    stops = [each.key for each in page.button if each.label == "Stop"]
    assert stops == ["stop_first", "stop_second"]
    page.button("stop_second").click().run()
    assert (run_folder(second) / "stop").exists()
    assert not (run_folder(first) / "stop").exists()


def test_a_title_is_shown_as_it_was_given(page, store, data):
    title = "![x](http://example.org/x.png) **loud**"
    enqueue(run_folder(create_run(make_recipe(), data, label=Label(title=title))))
    page.run()

    assert any(escape(title) in element.value for element in page.markdown)


def test_a_data_set_that_is_gone_is_a_sentence_and_starts_nothing(page, folder):
    moved = (folder / "data" / "toytown").rename(folder / "elsewhere")
    try:
        button(page, "Start training").click().run()
    finally:
        moved.rename(folder / "data" / "toytown")

    assert run_ids() == []
    assert not page.exception


def test_changes_survive_a_reload_and_go_along_with_a_link(page):
    page.number_input("setting_0_epochs").set_value(3).run()
    address = dict(page.query_params)

    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    again.run()
    again.query_params.update(address)
    again.switch_page("pages/training.py").run()
    assert recipe(again).stages[0].epochs == 3

    button(again, "Undo changes").click().run()
    assert again.session_state["recipe_source"] == recipe_text("classroom")
    assert "edited" not in again.query_params
