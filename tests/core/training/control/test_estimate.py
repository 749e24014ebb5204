"""The estimate: measured on real batches in a process of its own, kept, and never kept when it is wrong."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import psutil
import pytest
from PIL import Image

from core.datasets import SegmentationDataset
from core.datasets.layouts.opening import open_dataset
from core.errors import LabelValueError, OutOfMemoryError, StreetScopeError, WorkerError
from core.toytown import toytown
from core.training.control.estimate import Estimate, StageEstimate, is_training, kept_estimate, measure
from core.training.control.launch import request_stop, start
from core.training.recipes.recipe import Recipe
from core.training.runs.folder import create_run, run_folder, run_ids
from core.training.runs.status import enqueue
from core.training.workers.dry_run import dry_run
from tests.runs import make_recipe, make_stage, state_of, wait_for

RECIPE = make_recipe(
    make_stage("small", 3, size=0.5, lr="find", batch_size=2),
    make_stage("large", 2, size=1.0, lr=2e-3, batch_size=4, frozen=True),
    network="unet_tiny",
    classes="CamVid-11",
    pretrained=False,
    preview_seconds=0.5,
)


class CancelledError(Exception):
    """Raised by who is told, as a cancelled job does."""


@pytest.fixture(scope="module", autouse=True)
def settings(tmp_path_factory):
    """A cache of these tests' own, and one thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> SegmentationDataset:
    """Toytown in small: nine pictures to train on and nine to validate."""
    folder = tmp_path_factory.mktemp("data") / "toytown"
    toytown(folder, count=18, size=(96, 64))
    return open_dataset(folder)


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What was said while `measured` was measured."""
    return []


@pytest.fixture(scope="module")
def measured(town, told, tmp_path_factory) -> Estimate:
    """RECIPE on `town`, measured and kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STREETSCOPE_MODELS", str(tmp_path_factory.mktemp("models")))
        assert kept_estimate(RECIPE, town) is None
        found = measure(RECIPE, town, lambda *said: told.append(said[-1]))
        assert run_ids() == []
    return found


def stage_estimate(**changes) -> StageEstimate:
    values = {
        "name": "only",
        "epochs": 10,
        "train_batches": 20,
        "valid_batches": 5,
        "train_batch": 0.5,
        "valid_batch": 0.2,
        "epoch_end": 1.0,
        "finder_batches": 0,
        "train_measured": 8,
        "valid_measured": 3,
    }
    return StageEstimate(**(values | changes))


# Sums


def test_times_add_up():
    stage = stage_estimate()
    finder = stage_estimate(finder_batches=100)
    whole = Estimate(preparing=3.0, stages=(stage, finder), device="CPU", memory=1)

    assert stage.epoch == pytest.approx(20 * 0.5 + 5 * 0.2 + 1)
    assert stage.seconds == pytest.approx(120)
    assert finder.seconds == pytest.approx(120 + 100 * 0.5)
    assert whole.seconds == pytest.approx(3 + 120 + 170)
    assert whole.measured == 22


def test_comparing_the_models_afterwards_is_part_of_the_whole():
    whole = Estimate(preparing=3.0, stages=(stage_estimate(),), device="CPU", memory=1, measuring=40.0)

    assert whole.seconds == pytest.approx(3 + 120 + 40)


def test_the_estimate_is_ready_for_json():
    values = Estimate(preparing=1.0, stages=(stage_estimate(),), device="CPU", memory=5).as_dict()

    assert values["seconds"] == pytest.approx(121)
    assert values["measured"] == 11
    assert values["stages"][0]["epoch"] == pytest.approx(12)


# Measured


def test_real_batches_of_each_stage_are_measured(measured, told):
    small, large = measured.stages

    # nine pictures: four batches of two, two of four; validation takes them one by one
    assert (small.name, small.epochs, small.train_batches, small.valid_batches) == ("small", 3, 4, 9)
    assert (large.name, large.epochs, large.train_batches, large.valid_batches) == ("large", 2, 2, 9)
    assert (small.finder_batches, large.finder_batches) == (100, 0)
    # the first two of each are left out, unless there are no others
    assert (small.train_measured, small.valid_measured) == (2, 7)
    assert (large.train_measured, large.valid_measured) == (1, 7)
    assert min(small.train_batch, small.valid_batch, small.epoch_end, large.train_batch) > 0
    assert measured.preparing > small.train_batch
    assert measured.memory > 50e6
    assert not measured.beside
    doing = list(dict.fromkeys(told))
    assert doing[-3:] == [
        "reading the images and building the network",
        "trying the stage small",
        "trying the stage large",
    ]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"network": "unet_huge"}, "unet_huge"),
        ({"classes": "CamVid-12"}, "asks for the classes 'CamVid-12'"),
        ({"start_model": "absent"}, "absent"),
        ({"stages": (make_stage(batch_size=64),)}, "has only 4 frames to train on"),
    ],
)
def test_what_would_end_the_run_ends_the_dry_run(data, store, tmp_path, changes, part):
    with pytest.raises(StreetScopeError, match=part):
        dry_run(make_recipe().model_copy(update=changes), data, tmp_path / "run")


def test_a_bad_label_is_said_with_the_runs_own_sentence(data, store):
    label = data / "labels" / "b_P.png"
    with Image.open(label) as picture:
        bad = picture.copy()
    bad.putpixel((0, 0), 77)
    bad.save(label)

    with pytest.raises(LabelValueError, match=r"b_P\.png.*77"):
        measure(make_recipe(), open_dataset(data))


def test_who_cancels_leaves_no_process_behind(town, store):
    processes = []

    def tell(*_: object) -> None:
        children = psutil.Process().children()
        processes.extend(child for child in children if "core.training.workers.dry_run" in child.cmdline())
        raise CancelledError

    recipe = RECIPE.model_copy(update={"seed": 2})
    with pytest.raises(CancelledError):
        measure(recipe, town, tell)

    assert len(processes) == 1
    assert not processes[0].is_running()
    assert kept_estimate(recipe, town) is None


def test_a_process_that_the_system_kills_is_taken_for_too_little_memory(town, store):
    def tell(*_: object) -> None:
        for child in psutil.Process().children():
            if "core.training.workers.dry_run" in child.cmdline():
                child.kill()

    with pytest.raises(OutOfMemoryError, match="the memory is too small"):
        measure(RECIPE, town, tell)


def test_a_process_that_cannot_even_begin_is_a_sentence_too(town, store, monkeypatch, caplog):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(WorkerError, match="the server's log says why"):
        measure(RECIPE, town)

    assert "encodings" in caplog.text  # what Python said of it is in the log


def test_two_measurements_wait_for_each_other(town, store):
    begun, go_on = threading.Event(), threading.Event()

    def hold(*_: object) -> None:
        begun.set()
        if go_on.is_set():
            raise CancelledError

    def first() -> None:
        with pytest.raises(CancelledError):
            measure(RECIPE, town, hold)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    said = []

    def waits(*words: object) -> None:
        said.append(words[-1])
        go_on.set()
        raise CancelledError

    with pytest.raises(CancelledError):
        measure(RECIPE, town, waits)
    thread.join(60)

    assert said == ["waiting for another measurement"]
    assert not thread.is_alive()


# Kept


def test_what_was_measured_is_kept_for_the_same_recipe_data_and_stages(measured, town):
    assert kept_estimate(RECIPE, town) == measured
    assert kept_estimate(RECIPE.model_copy(update={"name": "other", "summary": "Other."}), town) == measured
    assert kept_estimate(RECIPE.model_copy(update={"seed": 1}), town) is None
    assert kept_estimate(RECIPE, town, ("small",)) is None


def test_other_epochs_and_rates_need_no_new_measurement(measured, town):
    small, large = RECIPE.stages
    longer = make_recipe_of(small.model_copy(update={"epochs": 6, "lr": 0.01, "pct_start": 0.9}), large)
    found = kept_estimate(longer, town)

    assert found is not None
    assert [stage.epochs for stage in found.stages] == [6, 2]
    assert [stage.finder_batches for stage in found.stages] == [0, 0]
    assert found.stages[0].seconds == pytest.approx(6 * measured.stages[0].epoch)
    assert kept_estimate(make_recipe_of(small.model_copy(update={"batch_size": 3}), large), town) is None


def make_recipe_of(*stages) -> Recipe:
    return RECIPE.model_copy(update={"stages": stages})


def test_other_pictures_have_another_estimate(measured, town):
    picture = town.train[0].image
    before = picture.read_bytes()
    picture.write_bytes(town.train[1].image.read_bytes())
    other = kept_estimate(RECIPE, open_dataset(town.root))
    picture.write_bytes(before)

    assert other is None
    assert kept_estimate(RECIPE, open_dataset(town.root)) == measured


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 5000, b'{"preparing": -1}', b"\xff", b" " * 100_000], ids=range(6)
)
def test_what_is_kept_and_makes_no_sense_is_not_used(measured, town, content):
    (kept,) = _kept_files()
    before = kept.read_bytes()
    kept.write_bytes(content)
    found = kept_estimate(RECIPE, town)
    kept.write_bytes(before)

    assert found is None


def _kept_files() -> list[Path]:
    return list(Path(os.environ["STREETSCOPE_CACHE"]).glob("estimates/*"))


def test_what_was_measured_beside_a_run_says_so_and_is_not_kept(data, store, launched):
    run = create_run(make_recipe(make_stage(epochs=100_000)), data)
    start(run)
    wait_for(lambda: state_of(run) == "running", "the run")
    assert is_training()
    found = measure(make_recipe(), open_dataset(data))
    request_stop(run)
    wait_for(lambda: state_of(run) == "stopped", "the end")

    assert found.beside
    assert kept_estimate(make_recipe(), open_dataset(data)) is None
    assert not is_training()


def test_a_run_that_waits_does_not_train(data, store):
    enqueue(run_folder(create_run(make_recipe(), data)))

    assert not is_training()
