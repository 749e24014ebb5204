"""The Runs page without a browser: what each state of a run looks like."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.files import write_text
from core.training.runs.folder import BATCHES, HISTORY, LOG, Label, append_row, create_run, run_folder
from core.training.runs.records import Batch, Epoch, read_run
from core.training.runs.status import enqueue
from tests.conftest import ROOT
from tests.runs import make_recipe, make_stage, write


@pytest.fixture
def make_run(store, tmp_path):
    """Make a run in a state, with two epochs of four batches."""

    def make(name: str, state: str = "finished", *, empty: bool = False, **values) -> Path:
        recipe = make_recipe(make_stage("small", 2), make_stage("large", 2))
        create_run(recipe, tmp_path / "street", run=name, label=Label(title=values.pop("title", "")))
        folder = run_folder(name)
        enqueue(folder)
        if not empty:
            for epoch in (1, 2):
                figures = ("small", epoch, 1 / epoch, 2 / epoch, 0.25 * epoch, 0.125 * epoch, 4.0)
                append_row(folder / HISTORY, Epoch._fields, figures)
                for number in (1, 2, 3, 4):
                    second = 4 * (epoch - 1) + number
                    batch = ("small", epoch, number, 1.0, 1.0, 1e-3, 0.9, second)
                    append_row(folder / BATCHES, Batch._fields, batch)
        write(folder, **{"state": state, "total": 4, "message": "So it is."} | values)
        return folder

    return make


def page(**query: str) -> AppTest:
    # Through the front door, as a visitor comes; the page's own file would open it by itself.
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/runs.py").run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.success)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_without_runs_there_is_a_friendly_sentence(store):
    app = page()

    assert "Nothing has been trained here yet" in app.info[0].value
    assert len(app.tabs) == 0


def test_a_finished_run_shows_its_figures(make_run):
    make_run("done", seconds=90.0)
    app = page()

    assert metrics(app) == {
        "Training loss": "0.500",
        "Validation loss": "1.000",
        "Pixel accuracy": "50.0%",
        "Mean IoU": "25.0%",
        "Best pixel accuracy, full size": "50.0%",
        "Batches per second": "1.0",
    }
    assert "on the validation frames of" in text(app)
    assert not [button for button in app.button if button.label in ("Stop", "Resume")]


def test_the_newest_run_is_shown_but_one_that_trains_comes_first(make_run):
    make_run("old", "running")
    make_run("new")

    app = page()
    assert app.selectbox(key="run_picker").value == "old"
    assert app.query_params["run"] == ["old"] or app.query_params["run"] == "old"


def test_the_address_chooses_the_run(make_run):
    make_run("one")
    make_run("two", title="Second [try](http://x)")

    assert page(run="one").selectbox(key="run_picker").value == "one"
    assert page(run="two").selectbox(key="run_picker").value == "two"


def test_a_run_that_no_longer_exists_is_named(make_run):
    make_run("one")
    app = page(run="gone")

    assert "The run gone no longer exists" in app.warning[0].value
    assert app.selectbox(key="run_picker").value == "one"


def test_a_running_run_shows_how_far_it_is_and_can_be_stopped(make_run):
    folder = make_run(
        "live", "running", stage="small", epoch=1, epochs=2, batch=2, batches=4, done=1, seconds_left=90.0
    )
    app = page()
    app.button(key="stop").click().run()

    assert (folder / "stop").exists()
    assert not app.exception
    assert app.button(key="stop").disabled


def test_a_waiting_run_says_its_position_in_the_queue(make_run):
    make_run("trains", "running", title="The *first*")
    make_run("waits", "queued", empty=True, queued=time.time())
    app = page(run="waits")

    assert r"Position 1 in the queue, behind **The \*first\***" in text(app)
    assert "appear after the first batch" in text(app)


def test_a_failed_run_shows_its_sentence_and_offers_to_resume(make_run):
    folder = make_run("failed", "failed", message="The disk is full.")
    write_text(folder / LOG, "the last words\n")
    app = page()

    assert "The disk is full" in app.error[0].value
    assert app.button(key="resume").label == "Resume"


def test_a_dead_run_is_not_shown_as_running(make_run):
    make_run("dead", "running", heartbeat=time.time() - 3600)
    app = page()

    assert "ended unexpectedly" in app.error[0].value
    assert app.button(key="resume").label == "Resume"


def test_a_run_on_another_machine_says_where(make_run):
    make_run("far", "running", host="elsewhere")
    app = page()

    assert "It runs on **elsewhere**" in text(app)
    assert "this server cannot see how busy that machine is" in text(app)
    assert "Memory" not in metrics(app)


def test_a_damaged_run_is_a_sentence(make_run):
    folder = make_run("damaged")
    make_run("whole")
    (folder / "status.json").write_text("{", "utf-8")
    app = page(run="damaged")

    assert "status" in app.error[0].value
    for tab in ("Epochs", "About", "Compare"):
        assert not page(run="damaged", tab=tab).exception


def test_epochs_are_a_table_with_the_best_marked(make_run):
    make_run("done")
    table = page(tab="Epochs").dataframe[0].value

    assert table["best"].tolist() == ["", "★"]
    assert table["acc_camvid"].tolist() == [0.25, 0.5]
    assert table["time"].tolist() == ["00:04", "00:04"]


def test_title_and_note_can_be_changed(make_run):
    make_run("done")
    app = page(tab="About")
    app.text_input(key="title_done").set_value("A better one")
    app.text_area(key="note_done").set_value("Remember this.")
    next(button for button in app.button if button.label == "Save").click().run()

    summary = read_run("done").summary
    assert (summary.title, summary.note) == ("A better one", "Remember this.")
    assert app.selectbox(key="run_picker").value == "done"


def test_runs_are_compared_with_their_differences(make_run):
    make_run("one")
    make_run("two")
    app = page(tab="Compare", compared="one,two,nobody")

    assert app.multiselect(key="compared_picker").value == ["one", "two"]
    assert app.dataframe[0].value["run"].tolist() == ["one", "two"]
    assert app.dataframe[0].value["acc_camvid"].tolist() == [0.5, 0.5]
    app.multiselect(key="compared_picker").set_value([]).run()
    assert "Choose at least one run" in text(app)


def test_a_live_run_is_drawn_again_and_a_finished_one_is_not(make_run):
    from pages.widgets.runs.state import REFRESH_SECONDS, refresh

    make_run("live", "running")
    make_run("done")

    assert refresh(read_run("live").summary) == REFRESH_SECONDS == 2
    assert refresh(read_run("done").summary) is None
