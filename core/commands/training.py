"""Commands for training: train, find a learning rate, publish a run's weights."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.commands.refusal import refuse_with, tell
from core.commands.runs import run_text, run_values
from core.durations import duration
from core.errors import StoppedError, TrainingError

if TYPE_CHECKING:
    from core.models.card import ModelCard
    from core.training.learner.trainer import EpochReport
    from core.training.recipes.recipe import Recipe

INTERRUPTED = 130
"""The shell's exit status after an interruption."""

_data_option = click.option("--data", type=click.Path(path_type=Path), help="A data set's folder.")
_recipe_option = click.option(
    "--recipe",
    default="street",
    show_default=True,
    help="A shipped recipe, or the path of a TOML or JSON file.",
)
_start_option = click.option(
    "--from", "start", metavar="MODEL", help="Start from this model of the store instead of the recipe's."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_background_option = click.option(
    "--background", is_flag=True, help="Start it in its own process and return at once."
)


@click.command()
@_data_option
@_recipe_option
@_start_option
@click.option("--stage", "stages", multiple=True, help="Train this stage only; may be given several times.")
@click.option("--name", help="Save the model in the store under this name; started again, the run resumes.")
@click.option("--resume", metavar="ID", help="Resume a run where it was stopped.")
@click.option("--note", default="", help="A note about the run.")
@_background_option
@click.option("--quiet", is_flag=True, help="Do not print the epochs; they are in the run's log.")
@_json_option
def train(
    data: Path | None,
    recipe: str,
    start: str | None,
    stages: tuple[str, ...],
    name: str | None,
    resume: str | None,
    note: str,
    background: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train a model by a recipe.

    It writes a run, `models/runs/ID`. One run trains at a time; the others wait in the queue. Ctrl-C stops it
    at the next batch, and --resume continues after the last completed epoch. Under torchrun several
    processes share the batches.

    The recipe `corrections` learns from a set of corrections and always makes a model, which says what it
    gained and lost.
    """
    _let_threads_sleep()
    from core.training.distributed import processes

    if (data is None) == (resume is None):
        raise click.UsageError("give either --data, for a new run, or --resume, to continue one")
    if resume is not None:
        refuse_with("--resume", "recipe", "start", "name", "note")
    if background and processes.is_distributed():
        raise click.UsageError("--background starts one process; leave torchrun or --background out")
    if processes.is_elastic() and name is None and resume is None:
        raise click.UsageError("torchrun would start a new run each time: give the run a --name")
    run, read = "", None
    if processes.rank() == 0:
        if data is not None:
            from core.training.recipes.recipe import read_recipe

            read = _starting_from(read_recipe(recipe), start)
            run = _train_run(data, read, stages, name, note)
        elif resume is not None:
            run = _resumed_run(resume, stages)
    if background:
        return _start(run, as_json)
    return _train_here(run, read, quiet, as_json)


@click.command("lr-find")
@_data_option
@_recipe_option
@click.option("--stage", help="The stage to find a learning rate for.  [default: the first]")
@click.option(
    "--iterations", type=click.IntRange(20, 1000), default=100, show_default=True, help="Batches to try."
)
@_background_option
@_json_option
def lr_find(
    data: Path | None, recipe: str, stage: str | None, iterations: int, background: bool, as_json: bool
) -> int:
    """Find a learning rate for a stage of a recipe.

    Prints the suggestions valley, steep and minimum (a tenth of the rate with the lowest loss). The curve is
    kept in its own run.
    """
    _let_threads_sleep()
    from core.datasets.layouts.opening import open_dataset
    from core.training.distributed import processes
    from core.training.recipes.recipe import read_recipe
    from core.training.runs.folder import create_run, run_folder

    if data is None:
        raise click.UsageError("give --data, the data set to learn from")
    if processes.is_distributed():
        raise click.UsageError("the finder runs in one process; start it without torchrun")
    read = read_recipe(recipe)
    open_dataset(data)
    run = create_run(
        read, data, stages=(read.names[0] if stage is None else stage,), task="lr_find", iterations=iterations
    )
    if background:
        return _start(run, as_json)
    from core.hardware.allocator import keep_free_memory
    from core.training.runs.status import enqueue
    from core.training.workers.train import work

    keep_free_memory()
    enqueue(run_folder(run))
    try:
        found = work(run, tell=_tell, recipe=read).suggestions
    except StoppedError as error:
        return _stopped(error)
    rates = found.model_dump() if found else {}
    if as_json:
        click.echo(json.dumps({"run": run, "suggestions": rates}))
    else:
        for method, rate in rates.items():
            click.echo(f"{method:8}  {rate:.2e}")
    return 0


@click.command()
@click.argument("run", metavar="ID")
@click.option(
    "--checkpoint", default="best", show_default=True, help="Which weights, as `runs ID` lists them."
)
@click.option("--name", required=True, help="The new model's name in the model store.")
@click.option("--replace", is_flag=True, help="Replace the model of that name if there is one.")
@_json_option
def publish(run: str, checkpoint: str, name: str, replace: bool, as_json: bool) -> None:
    """Save a run's weights in the model store."""
    _let_threads_sleep()
    from core.training.control.publish import check_model_name
    from core.training.workers.publish import publish_checkpoint

    check_model_name(name, replace)
    _print_card(publish_checkpoint(run, checkpoint, name, _show_measured, replace=replace), as_json)


def _let_threads_sleep() -> None:
    """Call before torch is imported, which reads this once: threads that spin while they wait would slow
    down an app beside them, and be slowed down by it.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _show_measured(done: int, total: int) -> None:
    """One line, updated in place, for people at a terminal."""
    if sys.stderr.isatty():
        click.echo(f"\revaluated {done} of {total} frames", nl=done == total, err=True)


def _starting_from(recipe: Recipe, model: str | None) -> Recipe:
    if model is None:
        return recipe
    from core.training.recipes.start import starting_from

    return starting_from(recipe, model)


def _train_run(data: Path, recipe: Recipe, stages: tuple[str, ...], name: str | None, note: str) -> str:
    """The run to train: a new one, or an earlier one of the same name."""
    from core.datasets.layouts.opening import open_dataset
    from core.models.paths import SHIPPED_MODELS
    from core.training.control.publish import check_model_name, free_model_name
    from core.training.recipes.recipe import read_recipe
    from core.training.runs.folder import SETTINGS, create_run, make_label, run_folder
    from core.training.runs.status import enqueue

    if name is None and recipe.corrections:
        name = free_model_name(f"{recipe.start_model}-corrected")
    if name is not None:
        from core.models.store import model_folder

        model_folder(name)
    open_dataset(data)
    if name is not None and (run_folder(name) / SETTINGS).exists():
        _check_same(name, recipe, data)
        return _resumed_run(name, stages)
    maker = SHIPPED_MODELS.get(name or "")
    if name is not None and not (maker and recipe == read_recipe(maker)):
        check_model_name(name)  # only a shipped model is replaced unasked, by the recipe that makes it
    label = make_label(note=note) if note else None
    run = create_run(recipe, data, stages=stages, run=name or "", publish=name, label=label)
    enqueue(run_folder(run))
    return run


def _check_same(run: str, recipe: Recipe, data: Path) -> None:
    from core.training.runs.folder import read_run_recipe, read_settings, run_folder

    folder = run_folder(run)
    if read_run_recipe(folder) != recipe or Path(read_settings(folder).data) != data.absolute():
        raise TrainingError(
            f"{folder} holds a run of another recipe or data set; remove that run or choose another name."
        )


def _resumed_run(run: str, stages: tuple[str, ...]) -> str:
    from core.training.distributed import processes
    from core.training.runs.folder import add_stages, existing_run
    from core.training.runs.status import enqueue

    folder = existing_run(run)
    if not processes.is_elastic():  # otherwise whoever trains it takes it over, when the one before is gone
        enqueue(folder)
    if stages:
        add_stages(folder, stages)
    return run


def _start(run: str, as_json: bool) -> int:
    from core.training.control.launch import start

    start(run)
    click.echo(json.dumps({"run": run}) if as_json else run)
    return 0


def _train_here(run: str, recipe: Recipe | None, quiet: bool, as_json: bool) -> int:
    from core.hardware.allocator import keep_free_memory
    from core.training.distributed import elastic, processes
    from core.training.runs.records import read_run
    from core.training.workers.train import run_secondary_rank, work

    keep_free_memory()
    run = elastic.meet(run)
    try:
        if processes.rank():
            run_secondary_rank(run)
            return 0
        outcome = work(run, (lambda _: None) if quiet else _print_epoch, _tell, recipe)
    except StoppedError as error:
        # torchrun would report the processes of a stopped run as failed
        return 0 if processes.is_distributed() else _stopped(error)
    finally:
        processes.leave()
    if outcome.card is not None:
        _print_card(outcome.card, as_json)
    else:
        view = read_run(run)
        click.echo(json.dumps(run_values(view)) if as_json else run_text(view))
    return 0


def _stopped(error: StoppedError) -> int:
    _tell(str(error))
    return INTERRUPTED


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _print_card(card: ModelCard, as_json: bool) -> None:
    if as_json:
        click.echo(card.model_dump_json())
        return
    from core.reports.model_words import accuracy_words
    from core.training.corrections.figures import read_learned

    tell(f"{card.name} {accuracy_words(card)}")
    learned = read_learned(card.training)
    for sentence in learned.sentences() if learned else ():
        tell(sentence)


def _print_epoch(report: EpochReport) -> None:
    _tell(
        f"{report.stage} {report.epoch}/{report.epochs}: "
        f"loss {report.train_loss:.3f} / {report.valid_loss:.3f}, "
        f"pixel accuracy {report.acc_camvid:.1%}, mean IoU {report.mean_iou:.1%}, "
        f"{duration(report.seconds_left)} left"
    )


COMMANDS = (train, lr_find, publish)
