"""The learning-rate finder: its curve, its suggestions, and that it leaves no trace in what is trained."""

from __future__ import annotations

import json

import pytest
import torch

from core.datasets.layouts.opening import open_dataset
from core.errors import DivergedError, StoppedError
from core.training.learner.trainer import Watch, find_rate, train
from core.training.runs.folder import create_run, run_folder
from core.training.runs.records import read_batches, read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.runs import make_recipe, make_stage

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(data):
    return open_dataset(data)


def test_the_finder_suggests_rates_at_which_the_loss_falls(dataset, tmp_path):
    found = find_rate(make_recipe(), dataset, tmp_path / "run", "only")

    # minimum is a tenth of where the loss is lowest; 1e-7 to 10 is what was tried
    assert all(1e-7 < rate <= 10 for rate in (found.valley, found.steep, found.minimum))
    kept = json.loads((tmp_path / "run" / "lr_find-only.json").read_text("utf-8"))
    assert kept == found.model_dump()


def test_the_curve_has_a_line_for_every_batch_with_rising_rates(store, data):
    run = create_run(make_recipe(), data, task="lr_find", iterations=40)
    enqueue(run_folder(run))
    suggestions = work(run).suggestions

    (finder,) = read_run(run).finders
    rates = [point.lr for point in finder.points]
    assert [point.batch for point in finder.points] == list(range(1, len(rates) + 1))
    assert 20 <= len(rates) <= 41
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(1e-7)
    assert finder.suggestions == suggestions.model_dump()
    assert read_run(run).summary.share == 1.0
    assert read_run(run).history == ()


def test_the_finder_changes_nothing_about_what_follows(dataset, tmp_path):
    plain = train(make_recipe(colour=0.5), dataset, tmp_path / "plain")
    found = train(make_recipe(make_stage(lr_find=True), colour=0.5), dataset, tmp_path / "found")

    assert torch.equal(plain.weight, found.weight)
    assert not list((tmp_path / "found").glob("**/*.pth"))


@pytest.mark.parametrize("method", ["valley", "steep", "minimum"])
def test_a_stage_may_take_what_the_finder_suggests(store, data, method):
    run = create_run(make_recipe(make_stage(lr="find", suggestion=method, pct_start=0.5)), data)
    enqueue(run_folder(run))
    work(run)

    (finder,) = read_run(run).finders
    highest = max(batch.lr for batch in read_batches(run).rows)
    assert highest == pytest.approx(finder.suggestions[method], rel=0.05)


def test_the_finder_can_be_stopped(dataset, tmp_path):
    tried = []
    watch = Watch(batch=lambda report: tried.append(report.finding), should_stop=lambda: len(tried) >= 5)
    with pytest.raises(StoppedError):
        find_rate(make_recipe(), dataset, tmp_path / "run", "only", watch=watch)

    assert tried == [True] * 5
    assert not (tmp_path / "run" / "lr_find-only.json").exists()


def test_data_from_which_nothing_can_be_learnt_is_one_sentence(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "core.training.batches.loss.F.cross_entropy", lambda *_, **__: torch.tensor(float("nan"))
    )
    with pytest.raises(DivergedError, match="at which the loss falls in the stage only"):
        find_rate(make_recipe(), dataset, tmp_path / "run", "only")
