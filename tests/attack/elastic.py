"""Training on two hosts that are killed, stopped and started again: it ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from core.toytown import toytown
from core.training.runs.folder import HISTORY, run_folder
from core.training.runs.records import log_tail, read_history
from tests.attack._attempt import own_house
from tests.attack.tally import Tally
from tests.core.training.distributed.hosts import LOST_AFTER, Host, gone, two_hosts, why_not
from tests.runs import make_recipe, make_stage, state_of, status_of, wait_for

EPOCHS = 24
WITHIN = 0.005
"""How far the figures of the last epoch may be from those of an undisturbed run."""


def attack(tally: Tally, folder: Path) -> None:
    """2 -> 1 -> 2 processes, a killed leader and one that hangs, against a run that nobody disturbs."""
    if reason := why_not():
        print(f"elastic: left out, because it {reason}.")
        return
    with own_house(folder):
        toytown(folder / "town", count=18, size=(96, 64))
        stage = make_stage("a", EPOCHS, size=0.5, lr=5e-3, batch_size=4)
        recipe = make_recipe(stage, network="unet_tiny", classes="CamVid-11", ema_decay=0.9)
        (folder / "recipe.json").write_text(recipe.model_dump_json(), "utf-8")
        with two_hosts(folder, os.environ) as hosts:
            for host in hosts:
                host.start(*_train(folder, "whole"))
            _ends(tally, hosts, "whole")
        with two_hosts(folder, os.environ) as hosts:
            _disturb(tally, folder, hosts)
        _compare(tally)


def _train(folder: Path, run: str) -> tuple[str, ...]:
    return ("--data", str(folder / "town"), "--recipe", str(folder / "recipe.json"), "--name", run)


def _disturb(tally: Tally, folder: Path, hosts: tuple[Host, Host]) -> None:
    _, other = hosts
    train = _train(folder, "disturbed")
    for host in hosts:
        host.start(*train, restarts=9)
    _trained(2)
    other.signal(signal.SIGKILL)
    _seen(tally, "a host is killed", 1)
    other.start(*train, restarts=9)
    _seen(tally, "it comes again", 2)
    leader = status_of("disturbed").pid
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    wait_for(lambda: status_of("disturbed").pid != leader, "another leader")
    _seen(tally, "the leader is killed", 2)
    hung = other.worker
    assert hung is not None
    leader = status_of("disturbed").pid
    hung.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    wait_for(lambda: state_of("disturbed") not in ("running",), "the hung one to be noticed")
    print(f"elastic: one that hangs was noticed after {time.monotonic() - began:.1f} s; limit {LOST_AFTER} s")
    wait_for(lambda: status_of("disturbed").pid != leader or hung.pid == leader, "the others to go on")
    _seen(tally, "one hangs", 2)
    _ends(tally, hosts, "disturbed")


def _seen(tally: Tally, what: str, processes: int) -> None:
    began = time.monotonic()
    wait_for(
        lambda: state_of("disturbed") == "running" and status_of("disturbed").processes == processes, what
    )
    _trained(1)
    print(f"elastic: {what}: {processes} train on, {time.monotonic() - began:.1f} s until one more epoch")
    tally.count("taken", what)


def _trained(epochs: int) -> None:
    """Wait for so many more epochs."""
    before = _epochs()
    wait_for(lambda: _epochs() >= min(EPOCHS, before + epochs), "an epoch")


def _epochs() -> int:
    return len(read_history("disturbed")) if (run_folder("disturbed") / HISTORY).exists() else 0


def _ends(tally: Tally, hosts: tuple[Host, Host], run: str) -> None:
    workers = {host.worker.pid for host in hosts if host.worker is not None}
    statuses = [host.ended(900) for host in hosts]
    if any(statuses) or state_of(run) != "finished":
        tally.count("lost", f"the run {run} did not end well: {hosts[0].said()[-3000:]}")
    elif not gone(workers):
        tally.count("lost", f"processes of the run {run} are left")
    else:
        tally.count("taken", run)


def _compare(tally: Tally) -> None:
    if tally.outcomes["lost"]:
        return  # there is nothing to compare
    whole, disturbed = read_history("whole"), read_history("disturbed")
    for line in log_tail("disturbed").splitlines():
        if "Started" in line or "rocesses" in line:
            print(line)
    for one, two in zip(whole[:: EPOCHS // 6], disturbed[:: EPOCHS // 6], strict=True):
        print(f"elastic: epoch {one.epoch}: {one.acc_camvid:.5f} {two.acc_camvid:.5f}")
    furthest = max(abs(one.acc_camvid - two.acc_camvid) for one, two in zip(whole, disturbed, strict=True))
    apart = abs(whole[-1].acc_camvid - disturbed[-1].acc_camvid)
    print(
        f"elastic: the last epochs' pixel accuracies are {apart:.5f} apart, those of any epoch {furthest:.5f}"
    )
    if apart > WITHIN or len(disturbed) != EPOCHS:
        tally.count("lost", f"{apart:.4f} apart after {len(disturbed)} epochs")
