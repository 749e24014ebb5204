"""A run's process from its turn to its end: what it says in its folder, and how it is asked to stop."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from core.errors import RunError, StoppedError
from core.models.store import list_models
from core.training.control.launch import start
from core.training.runs.folder import RECIPE, STOP, create_run, run_folder
from core.training.runs.records import log_tail, read_history
from core.training.runs.status import enqueue
from core.training.workers.train import asked_by_signal, run_secondary_rank, work
from tests.runs import make_recipe, make_stage, state_of, status_of, wait_for

RECIPE_OF_TWO = make_recipe(make_stage(epochs=2))


def waiting(data: Path, recipe=RECIPE_OF_TWO, **settings) -> str:
    """A new run that waits in line."""
    run = create_run(recipe, data, **settings)
    enqueue(run_folder(run))
    return run


# --- signals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_and_the_handlers_before_come_back(number: signal.Signals) -> None:
    before, asked = signal.getsignal(number), threading.Event()
    with asked_by_signal(asked):
        os.kill(os.getpid(), number)
        assert asked.wait(10)

    assert signal.getsignal(number) is before


def test_the_second_ctrl_c_ends_at_once_and_a_second_sigterm_does_not() -> None:
    asked = threading.Event()
    with asked_by_signal(asked):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.wait(10)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_thread_leaves_signals_alone() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def look() -> None:
        with asked_by_signal(threading.Event()):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(10)

    assert seen == [before]


# --- to the end -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_says_in_its_folder_how_it_goes_and_how_it_ended(store, data) -> None:
    run, seen = waiting(data), []

    def report(epoch) -> None:
        status = status_of(run)
        seen.append((status.state, status.message, status.stage, status.done, status.pid))

    outcome = work(run, report)

    assert seen == [("running", "Training only.", "only", done, os.getpid()) for done in (1, 2)]
    status = status_of(run)
    assert (status.state, status.message, status.seconds_left) == ("finished", "Finished.", 0.0)
    assert (outcome.run, outcome.card, outcome.suggestions) == (run, None, None)
    log = log_tail(run)
    assert [log.count(words) for words in ("Started: test on", "only 1/2:", "only 2/2:", "Finished.")] == [
        1,
        1,
        1,
        1,
    ]
    assert not (run_folder(run) / ".ballast").exists()


@pytest.mark.slow
def test_a_run_that_is_to_be_published_becomes_a_model(store, data) -> None:
    run = waiting(data, run="mine", publish="mine")
    outcome = work(run)

    assert list_models() == ["mine"]
    assert outcome.card is not None
    assert outcome.card.name == "mine"
    assert status_of(run).message == "Finished, and published as mine."


@pytest.mark.slow
def test_a_recipe_that_was_read_already_is_not_read_again(store, data) -> None:
    given, alone = waiting(data), waiting(data)
    for run in (given, alone):
        (run_folder(run) / RECIPE).write_text("damaged", "utf-8")

    with pytest.raises(RunError, match=r"recipe\.json"):
        work(alone)
    work(given, recipe=RECIPE_OF_TWO)
    assert (state_of(alone), state_of(given)) == ("failed", "finished")


@pytest.mark.slow
def test_a_run_whose_process_was_started_leaves_no_message_in_its_log(store, data, launched) -> None:
    run = create_run(RECIPE_OF_TWO, data)
    start(run)
    wait_for(lambda: state_of(run) == "finished", "the run")

    assert len(read_history(run)) == 2
    assert "{" not in log_tail(run)
    assert log_tail(run).endswith("Finished.\n")


# --- stopping -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_stop_while_it_trains_is_said_before_it_ends(store, data) -> None:
    run, states = waiting(data, make_recipe(make_stage(epochs=1000))), []

    def report(epoch) -> None:
        (run_folder(run) / STOP).touch()
        states.append(state_of(run))

    with pytest.raises(StoppedError, match="Stopped in the stage only"):
        work(run, report)

    assert states == ["stopping"]
    assert state_of(run) == "stopped"
    assert not (run_folder(run) / STOP).exists()  # a later start is not stopped by it
    assert not (run_folder(run) / ".ballast").exists()


def test_a_stop_before_its_turn_trains_nothing(store, data) -> None:
    run = waiting(data)
    (run_folder(run) / STOP).touch()
    with pytest.raises(StoppedError, match="waiting in the queue"):
        work(run)

    assert state_of(run) == "stopped"
    assert read_history(run) == []


def test_two_processes_never_do_one_run(store, data) -> None:
    run, refused = waiting(data, make_recipe(make_stage(epochs=1000))), []

    def report(epoch) -> None:
        with pytest.raises(RunError, match="trained by another process") as error:
            work(run)
        refused.append(error.value)
        (run_folder(run) / STOP).touch()

    with pytest.raises(StoppedError):
        work(run, report)
    assert len(refused) == 1


def test_the_finder_is_done_by_one_process_alone(store, data) -> None:
    run = waiting(data, task="lr_find")
    with pytest.raises(RunError, match="runs in one process"):
        run_secondary_rank(run)
