"""Runs as real processes with real signals: killed and gone on with, stopped, in line, sharing work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.errors import RecipeError, RunError
from core.toytown import toytown
from core.training.control.launch import request_stop, start
from core.training.distributed.processes import batch_part, batch_share
from core.training.runs.folder import HISTORY, create_run, run_folder
from core.training.runs.records import list_runs, log_tail, read_batches, read_history, read_run
from core.training.runs.status import enqueue
from core.training.workers.train import work
from tests.conftest import ROOT
from tests.hosts import rendezvous, torchrun
from tests.runs import make_recipe, make_stage, state_of, status_of, wait_for


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    """Toytown in small: nine frames to train on and nine to validate."""
    folder = tmp_path_factory.mktemp("data") / "toytown"
    toytown(folder, count=18, size=(96, 64))
    return folder


TOWN_RECIPE = make_recipe(
    make_stage("small", 3, size=0.5, lr=5e-3),
    make_stage("large", 3, size=1.0, lr=2e-3, start_from="small"),
    network="unet_tiny",
    classes="CamVid-11",
    colour=0.3,
    blur=0.3,
    ema_decay=0.9,
)
KILLED_BETWEEN_STAGES = """
import os, signal, sys
from core.__main__ import main
from core.training.learner import checkpoint

def save(model, path, save=checkpoint.save_weights):
    if path.name == "small.safetensors":
        os.kill(os.getpid(), signal.SIGKILL)
    save(model, path)

checkpoint.save_weights = save
sys.exit(main(sys.argv[3:]))
"""
LOOPBACK = {"PYTHONPATH": str(ROOT), "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
ENDLESS = make_recipe(make_stage(epochs=100_000))


def epochs_written(run: str) -> int:
    return len(read_history(run)) if (run_folder(run) / HISTORY).exists() else 0


def begin(recipe, data: Path, **settings) -> str:
    """A new run that waits in line."""
    run = create_run(recipe, data, **settings)
    enqueue(run_folder(run))
    return run


# Killed


def test_a_killed_run_is_dead_and_ends_as_if_nothing_had_happened(store, town, core):
    whole, killed = begin(TOWN_RECIPE, town), begin(TOWN_RECIPE, town)
    work(whole)

    # within a stage, at whatever the process does at that moment
    process = core("train", "--resume", killed, "--quiet")
    wait_for(lambda: epochs_written(killed) >= 2, "two epochs")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 2 <= epochs_written(killed) < 6
    assert state_of(killed) == "dead"
    assert "killed" in read_run(killed).summary.message
    # between two stages, when the checkpoint is written and the first one's own weights are not yet
    between = core("train", "--resume", killed, program=(sys.executable, "-c", KILLED_BETWEEN_STAGES))
    between.wait()
    assert (between.returncode, state_of(killed)) == (-signal.SIGKILL, "dead")
    assert epochs_written(killed) == 3
    assert read_run(killed).checkpoints == ("best",)
    half_written = run_folder(killed) / f".resume.safetensors.{0:032x}.part"
    half_written.touch()
    enqueue(run_folder(killed))
    work(killed)

    assert state_of(killed) == "finished"
    assert read_run(killed).checkpoints == read_run(whole).checkpoints
    assert not half_written.exists()
    for expected, found in zip(read_history(whole), read_history(killed), strict=True):
        assert (found.stage, found.epoch) == (expected.stage, expected.epoch)
        # 0.5 % absolute would do; the same pictures in the same order with the same steps are the same
        assert found[2:6] == pytest.approx(expected[2:6], abs=2e-5)
    assert [b[:3] for b in read_batches(killed).rows] == [b[:3] for b in read_batches(whole).rows]
    assert [p.epoch for p in read_run(killed).previews] == [p.epoch for p in read_run(whole).previews]


# Stopped


def test_a_run_that_is_asked_to_stop_ends_at_the_next_batch_and_can_go_on(store, data, core):
    run = begin(ENDLESS, data)
    process = core("train", "--resume", run, "--quiet")
    wait_for(lambda: epochs_written(run) >= 2, "two epochs")
    process.send_signal(signal.SIGTERM)
    _, complaint = process.communicate(timeout=60)

    assert process.returncode == 130
    assert complaint.startswith("Stopped in the stage only")
    assert state_of(run) == "stopped"
    assert (run_folder(run) / "resume.safetensors").exists()
    assert not (run_folder(run) / "stop").exists()
    done = epochs_written(run)
    enqueue(run_folder(run))
    seen = []
    with pytest.raises(KeyboardInterrupt):
        work(run, lambda report: _interrupt(seen, report.epoch))
    assert seen == [done + 1]


def _interrupt(seen: list[int], epoch: int) -> None:
    seen.append(epoch)
    raise KeyboardInterrupt


def test_a_run_that_does_not_run_cannot_be_stopped(store, data):
    run = begin(make_recipe(make_stage(epochs=1)), data)
    work(run)

    with pytest.raises(RunError, match="cannot be stopped: it is finished"):
        request_stop(run)


# Launched


def test_a_launched_run_outlives_the_process_that_started_it(store, data, environment, launched):
    run = create_run(ENDLESS, data)
    program = f"from core.training.control.launch import start; start({run!r})"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
    wait_for(lambda: epochs_written(run) >= 1, "an epoch")

    assert state_of(run) == "running"
    pid = status_of(run).pid
    assert os.getsid(pid) == pid
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
    with pytest.raises(RunError, match="running already"):
        start(run)
    with pytest.raises(RunError, match="trained by another process"):
        work(run)
    request_stop(run)
    wait_for(lambda: state_of(run) == "stopped", "the end")
    assert "Stopped in the stage only" in log_tail(run)


# Waiting in line


def test_runs_train_one_at_a_time_in_the_order_in_which_they_came(store, data, launched):
    first = create_run(ENDLESS, data, run="first")
    start(first)
    wait_for(lambda: state_of(first) == "running", "the first")
    short = make_recipe(make_stage(epochs=2))
    for name in ("second", "third"):
        start(create_run(short, data, run=name))
    wait_for(lambda: "first" in status_of("second").message, "the second to wait")
    wait_for(lambda: "first, second" in status_of("third").message, "the third to wait")
    assert [summary.state for summary in list_runs()] == ["queued", "queued", "running"]
    assert epochs_written("second") == epochs_written("third") == 0

    # however its holder ends, the place is free again
    os.kill(status_of(first).pid, signal.SIGKILL)
    wait_for(lambda: state_of("third") == "finished", "the third")
    second, third = status_of("second"), status_of("third")
    assert second.ended <= third.started
    assert state_of(first) == "dead"


def test_a_run_can_be_stopped_while_it_waits(store, data, core, launched):
    first = begin(ENDLESS, data)
    core("train", "--resume", first, "--quiet")
    wait_for(lambda: state_of(first) == "running", "the first")
    second = begin(make_recipe(), data)
    process = core("train", "--resume", second)
    wait_for(lambda: first in status_of(second).message, "the second to wait")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said.startswith(f"Waiting for {first} to end.\nStopped while waiting in the queue")
    assert state_of(second) == "stopped"
    assert state_of(first) == "running"


# Several processes


def test_two_processes_share_every_batch_and_come_to_what_one_comes_to(
    store, town, tmp_path, environment, recipe_file, monkeypatch
):
    # Unchanged pictures, and few steps: what rounding alone changes grows with each of them.
    # That a process may go and come is tried on two machines: `python -m tests.attack elastic`.
    stage = make_stage("a", 3, size=1.0, lr=5e-3, batch_size=4, augmentation=0)
    recipe = make_recipe(stage, network="unet_tiny", classes="CamVid-11", ema_decay=0.9)
    arguments = ("--data", str(town), "--recipe", recipe_file(recipe), "--name", "shared", "--quiet")
    program = str(ROOT / "tests/core/training/distributed/two_processes.py")
    said = tmp_path / "said.txt"
    with rendezvous("127.0.0.1") as endpoint, ExitStack() as ending, said.open("wb") as output:
        command = [*torchrun("127.0.0.1", endpoint, "shared", least=2), program, str(tmp_path), *arguments]
        machines = []
        for _ in range(2):
            machine = subprocess.Popen(
                command, cwd=ROOT, env=environment | LOOPBACK, stdout=output, stderr=output
            )
            ending.callback(machine.wait)
            ending.callback(machine.terminate)
            machines.append(machine)
        for epoch in range(1, stage.epochs + 1):
            wait_for(lambda n=epoch: epochs_written("shared") >= n or _any_ended(machines), f"epoch {epoch}")
        wait_for(lambda: all(machine.poll() is not None for machine in machines), "the end")
    assert [machine.returncode for machine in machines] == [0, 0], said.read_text()
    assert state_of("shared") == "finished"
    monkeypatch.setattr("core.training.learner.trainer.has_native_bfloat16", lambda: False)
    alone = begin(recipe, town)
    work(alone)

    ranks = [json.loads((tmp_path / f"rank-{rank}.json").read_text("utf-8")) for rank in (0, 1)]
    assert len(ranks[0]) == stage.epochs
    for first, second in zip(*ranks, strict=True):
        # of nine pictures, batches of four take eight; no picture is taken twice, none by both
        assert len(first["pictures"]) == len(second["pictures"]) == 4
        assert len(set(first["pictures"] + second["pictures"])) == 8
        assert first["figures"] == pytest.approx(second["figures"], abs=1e-6)
    assert len(read_history("shared")) == stage.epochs
    for one, two in zip(read_history(alone), read_history("shared"), strict=True):
        assert two.train_loss == pytest.approx(one.train_loss, abs=1e-3)
        assert two.acc_camvid == pytest.approx(one.acc_camvid, abs=1e-3)
        assert two.mean_iou == pytest.approx(one.mean_iou, abs=1e-3)


def _any_ended(machines: list[subprocess.Popen[bytes]]) -> bool:
    return any(machine.poll() is not None for machine in machines)


def test_two_processes_compute_what_one_does_over_the_whole_batch(tmp_path):
    module = "tests.core.training.distributed.shared_batch"
    program = (sys.executable, "-m", module, str(tmp_path / "meeting"))
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_processes_share_a_batch_as_evenly_as_can_be_and_too_small_a_one_is_refused(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")

    parts = []
    for rank in range(3):
        monkeypatch.setenv("RANK", str(rank))
        parts.append(list(batch_part(8)))
    assert parts == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert batch_share(make_stage(batch_size=8)) == 2
    with pytest.raises(RecipeError, match="batch size of 2, too small for 3 processes"):
        batch_share(make_stage(batch_size=2))
