"""The commands film, compare-runs and machine."""

from __future__ import annotations

import json

import psutil
import pytest
from click.testing import CliRunner
from PIL import Image

from core.commands.runs import compare_runs, film, machine
from core.errors import RunError, RunNotFoundError
from core.training.runs.folder import HISTORY, append_row, create_run, run_folder
from core.training.runs.records import Epoch
from core.training.runs.status import enqueue
from tests.runs import make_recipe, make_stage


@pytest.fixture
def runs(store, tmp_path) -> tuple[str, str]:
    """Two runs that differ in one setting; the first has an epoch."""
    for name, lr in (("one", 0.1), ("two", 0.2)):
        create_run(make_recipe(make_stage(lr=lr)), tmp_path / "data", run=name)
        enqueue(run_folder(name))
    append_row(run_folder("one") / HISTORY, Epoch._fields, Epoch("only", 1, 1.0, 1.0, 0.5, 0.25, 61.0))
    return "one", "two"


def invoke(command, *arguments: object):
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


def test_runs_are_compared_as_json(runs):
    found = json.loads(invoke(compare_runs, *runs, "--json").stdout)

    assert [row["acc_camvid"] for row in found["best"]] == [0.5, None]
    assert found["different"] == [{"setting": "only: lr", "differs": "≠", "one": "0.1", "two": "0.2"}]
    assert found["warning"] == ""


def test_runs_are_compared_in_words_and_as_a_page(runs, tmp_path):
    page = tmp_path / "curves.html"
    said = invoke(compare_runs, *runs, "--html", page).stdout

    assert "one  pixel accuracy 50.0% (only 1), mean IoU 25.0%, 1 epochs in 01:01" in said
    assert "two  no epoch is complete yet" in said
    assert "0.1  0.2" in said
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_an_unknown_run_is_an_error(runs):
    with pytest.raises(RunNotFoundError):
        invoke(compare_runs, "nobody")


def test_a_film_is_written_whole_or_not_at_all(runs, tmp_path):
    with pytest.raises(RunError, match="no preview pictures"):
        invoke(film, "one", tmp_path / "film.gif")
    assert list(tmp_path.glob("*film*")) == []


def test_a_film_is_a_gif(store, make_dataset, street, tmp_path):
    from core.training.workers.train import work

    data = make_dataset(dict.fromkeys("abcde", street), valid=("e",))
    run = create_run(make_recipe(make_stage(epochs=1)), data)
    enqueue(run_folder(run))
    work(run)
    invoke(film, run, tmp_path / "film.gif")

    with Image.open(tmp_path / "film.gif") as found:
        assert (found.format, found.n_frames) == ("GIF", 2)


def test_the_machine_tells_of_itself():
    found = json.loads(invoke(machine, "--json").stdout)

    assert found["cores"] == psutil.cpu_count()
    assert found["memory_total"] == psutil.virtual_memory().total
    assert f"of {psutil.cpu_count()} cores" in invoke(machine).stdout
