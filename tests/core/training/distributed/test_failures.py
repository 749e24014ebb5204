"""What goes wrong: one sentence in the status, the details in the log, nothing lost."""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import (
    DatasetError,
    DiskFullError,
    DivergedError,
    OutOfMemoryError,
    PretrainedWeightsError,
    TrainingError,
)
from core.training.distributed.failures import translate_errors
from core.training.learner.checkpoint import read_resume_point
from core.training.runs.folder import create_run, run_folder
from core.training.runs.records import log_tail, read_history, read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.conftest import ROOT
from tests.runs import make_recipe, make_stage, state_of, status_of

pytestmark = pytest.mark.slow


def failing(error: type[TrainingError], recipe, data) -> tuple[str, str]:
    """Do a run that fails; return its ID and the sentence in its status."""
    run = create_run(recipe, data)
    enqueue(run_folder(run))
    with pytest.raises(error) as refused:
        work(run)
    status = status_of(run)
    assert status.state == "failed"
    assert status.message == str(refused.value)
    assert status.ended is not None
    assert "\n" not in status.message
    assert status.message.endswith(".")
    assert status.message in log_tail(run)
    assert "Traceback" not in status.message
    assert "Traceback" in log_tail(run)
    return run, status.message


def waiting(recipe, data) -> str:
    """A new run that waits in line."""
    run = create_run(recipe, data)
    enqueue(run_folder(run))
    return run


def limited(run: str, environment, kind: int, limit: int) -> str:
    """Do a run in a process with a limit of the system's; return what it complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "core", "train", "--resume", run, "--quiet"],
        cwd=ROOT,
        env=environment,
        preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr


# The disk


def interrupt_after(epoch: int):
    def report(line) -> None:
        if line.epoch == epoch:
            raise KeyboardInterrupt

    return report


def test_a_checkpoint_that_does_not_fit_on_the_disk_leaves_the_one_before(store, data, environment):
    whole, run = (waiting(make_recipe(make_stage(epochs=6)), data) for _ in range(2))
    work(whole)
    with pytest.raises(KeyboardInterrupt):
        work(run, interrupt_after(3))
    enqueue(run_folder(run))
    # the checkpoint has some 21 kB, everything else less
    complaint = limited(run, environment, resource.RLIMIT_FSIZE, 16_000)

    assert complaint == (
        "There is no room on the disk for resume.safetensors: free some space and resume the run; what was "
        "written before is complete.\n"
    )
    assert (status_of(run).state, status_of(run).message) == ("failed", complaint.rstrip())
    assert read_resume_point(run_folder(run) / "resume.safetensors").epoch == 2
    assert not list(run_folder(run).glob(".*.part"))
    enqueue(run_folder(run))
    work(run)
    assert [e[:6] for e in read_history(run)] == [e[:6] for e in read_history(whole)]


@pytest.fixture
def small_disk(store):
    """The runs of the test's store on a disk of 400 kB; returns what makes it larger."""
    runs = store / "runs"
    runs.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(runs)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own needs the right to mount one")
    yield lambda: subprocess.run(["mount", "-o", "remount,size=8m", str(runs)], check=True)
    subprocess.run(["umount", "--lazy", str(runs)], check=True)


def test_a_run_on_a_full_disk_says_so_and_goes_on_when_there_is_room(small_disk, data):
    recipe = make_recipe(make_stage(epochs=60))  # its previews alone are more than the disk holds
    run, sentence = failing(DiskFullError, recipe, data)
    done = len(read_history(run))

    assert "no room on the disk for" in sentence
    assert 0 < done < 60
    assert read_run(run).previews
    small_disk()
    enqueue(run_folder(run))
    work(run)
    assert state_of(run) == "finished"
    assert [epoch.epoch for epoch in read_history(run)] == list(range(1, 61))
    assert all(picture.exists() for preview in read_run(run).previews for picture in preview.pictures)


# The memory


def test_a_batch_that_does_not_fit_into_memory_names_a_smaller_one(store, data, environment):
    stage = make_stage("huge", crop=(2048, 2048), scale=(1, 1), batch_size=4, epochs=1)
    run = waiting(make_recipe(stage, network="unet_tiny"), data)
    complaint = limited(run, environment, resource.RLIMIT_AS, 4 * 2**30)

    assert complaint == (
        "The memory is too small for a batch of 4 pictures in the stage huge; try a batch size of 2.\n"
    )
    assert (status_of(run).state, status_of(run).message) == ("failed", complaint.rstrip())


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.")], ids=type)
def test_every_kind_of_full_memory_is_recognised(error):
    with (
        pytest.raises(OutOfMemoryError, match="try smaller pictures or a smaller network"),
        translate_errors(make_stage(batch_size=3)),
    ):
        raise error


def test_pictures_that_do_not_fit_into_memory_are_not_blamed_on_the_batch():
    with pytest.raises(OutOfMemoryError, match="pictures of the data set"), translate_errors():
        raise MemoryError


def test_other_errors_are_passed_on_as_they_are():
    with pytest.raises(ZeroDivisionError), translate_errors():
        raise ZeroDivisionError


# What was given


def test_a_bad_label_is_found_before_the_first_epoch(store, data):
    Image.fromarray(np.full((40, 48), 4, dtype=np.uint8)).save(data / "labels" / "c_P.png")
    run, sentence = failing(DatasetError, make_recipe(), data)

    assert sentence == "c_P.png holds the class number 4, but the class list ends at 3."
    assert read_history(run) == []


def test_a_loss_that_is_not_a_number_points_to_the_finder(store, data):
    run, sentence = failing(
        DivergedError, make_recipe(make_stage(lr=1e6, epochs=9), network="unet_tiny"), data
    )

    assert "learning rate is too high" in sentence
    assert "lr-find" in sentence
    # also where validation sees it first
    assert all(math.isfinite(epoch.valid_loss) for epoch in read_history(run))


def test_pretrained_weights_that_cannot_be_had_are_one_sentence_with_the_choices(
    store, data, monkeypatch, tmp_path
):
    # an empty cache, and a network that ends at this machine: nobody listens at that port
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "empty"))
    for proxy in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr("urllib.request._opener", None)  # it remembers the network that there was
    _, sentence = failing(PretrainedWeightsError, make_recipe(network="unet_resnet34", pretrained=True), data)

    assert all(choice in sentence for choice in ("connect", "without pretrained weights", "unet_lite0"))


def test_a_data_set_that_has_gone_is_named(store, data):
    run = waiting(make_recipe(), data)
    data.rename(data.with_name("moved"))
    with pytest.raises(DatasetError, match=str(data)):
        work(run)
    assert state_of(run) == "failed"


def test_an_error_that_nobody_foresaw_points_to_the_log(store, data, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("the inside of it")

    monkeypatch.setattr("core.training.learner.trainer.load_examples", broken)
    run, sentence = failing(TrainingError, make_recipe(), data)

    assert "RuntimeError" in sentence
    assert run in sentence
    assert "the inside of it" not in sentence
    assert "the inside of it" in log_tail(run)


def test_a_file_that_cannot_be_written_is_named(store, data):
    run = waiting(make_recipe(), data)
    (run_folder(run) / "environment.json").mkdir()
    with pytest.raises(TrainingError, match=r"environment\.json cannot be used: Is a directory\."):
        work(run)
    assert state_of(run) == "failed"


def test_a_failed_run_can_be_started_again(store, data):
    label = data / "labels" / "c_P.png"
    good = label.read_bytes()
    label.write_bytes(b"")
    run, _ = failing(DatasetError, make_recipe(), data)
    label.write_bytes(good)
    enqueue(run_folder(run))
    work(run)

    assert state_of(run) == "finished"
    # The label was another when it began: who compares figures should know.
    assert "Changed since its last start: data.fingerprint." in log_tail(run)
    (earlier,) = read_run(run).environment["earlier"]
    assert earlier["data"]["fingerprint"] != read_run(run).environment["data"]["fingerprint"]
