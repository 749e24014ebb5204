"""Commands for training: train, find a learning rate, look at runs, stop one, publish what one has learnt."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from core.durations import duration
from core.errors import StoppedError, TrainingError

if TYPE_CHECKING:
    from core.models.store import ModelCard
    from core.training.learner.trainer import EpochReport
    from core.training.recipes.recipe import Recipe
    from core.training.runs.records import RunSummary, RunView

INTERRUPTED = 130
"""The shell's exit status for what was stopped on request."""

_data_option = click.option("--data", type=click.Path(path_type=Path), help="A data set's folder.")
_recipe_option = click.option(
    "--recipe",
    default="street",
    show_default=True,
    help="A shipped recipe, or the path of a TOML or JSON file.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_background_option = click.option(
    "--background", is_flag=True, help="Start it in a process of its own and return at once."
)


@click.command()
@_data_option
@_recipe_option
@click.option("--stage", "stages", multiple=True, help="Train this stage only; may be given several times.")
@click.option("--name", help="Put the model into the store under this name; started again, it goes on.")
@click.option("--resume", metavar="ID", help="Go on with a run where it was stopped.")
@click.option("--note", default="", help="What is to be remembered about the run.")
@_background_option
@click.option("--quiet", is_flag=True, help="Do not print the epochs: they are in the run's log.")
@_json_option
def train(
    data: Path | None,
    recipe: str,
    stages: tuple[str, ...],
    name: str | None,
    resume: str | None,
    note: str,
    background: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train a model by a recipe.

    What it writes is a run, `models/runs/ID`; one run trains at a time, the others wait in line. Ctrl-C stops
    it at the next batch, and --resume goes on after the last whole epoch. Under torchrun several processes
    share the batches.
    """
    # Read once, when torch is first imported: threads that spin would starve an app beside it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from core.training.distributed import processes

    if (data is None) == (resume is None):
        raise click.UsageError("give either --data, for a new run, or --resume, to go on with one")
    if resume is not None:
        _refuse_with("--resume", "recipe", "name", "note")
    if background and processes.is_distributed():
        raise click.UsageError("--background starts one process; leave torchrun or --background out")
    run = ""
    if processes.rank() == 0:
        if data is not None:
            run = _train_run(data, recipe, stages, name, note)
        elif resume is not None:
            run = _resumed_run(resume, stages)
    if background:
        return _start(run, as_json)
    return _train_here(run, quiet, as_json)


@click.command("lr-find")
@_data_option
@_recipe_option
@click.option("--stage", help="The stage to find a rate for.  [default: the first]")
@click.option(
    "--iterations", type=click.IntRange(20, 1000), default=100, show_default=True, help="Batches to try."
)
@_background_option
@_json_option
def lr_find(
    data: Path | None, recipe: str, stage: str | None, iterations: int, background: bool, as_json: bool
) -> int:
    """Find a learning rate for a stage of a recipe.

    Prints the suggestions valley, steep and minimum (a tenth of where the loss is lowest); the curve is
    kept in a run of its own.
    """
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
        found = work(run, tell=_tell).suggestions
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
@click.argument("run", metavar="[ID]", required=False)
@click.option("--title", help="Call the run this.")
@click.option("--note", help="Note this about the run.")
@click.option("--delete", is_flag=True, help="Delete the run and all its files.")
@_json_option
def runs(run: str | None, title: str | None, note: str | None, delete: bool, as_json: bool) -> None:
    """List the training runs, or show, name or delete one."""
    from core.training.runs.records import delete_run, label_run, list_runs, read_run

    if run is None:
        if delete or title is not None or note is not None:
            raise click.UsageError("give the ID of the run")
        summaries = list_runs()
        if as_json:
            click.echo(json.dumps([_summary(summary) for summary in summaries]))
        else:
            for summary in summaries:
                click.echo(_line(summary))
        return
    if delete:
        _refuse_with("--delete", "title", "note", "as_json")
        delete_run(run)
        return
    if title is not None or note is not None:
        label_run(run, title=title, note=note)
    view = read_run(run)
    click.echo(json.dumps(_view(view)) if as_json else _text(view))


@click.command()
@click.argument("run", metavar="ID")
def stop(run: str) -> None:
    """Stop a training run at its next batch."""
    from core.training.control.launch import request_stop

    request_stop(run)


@click.command()
@click.argument("run", metavar="ID")
@click.option(
    "--checkpoint", default="best", show_default=True, help="Which weights, as `runs ID` lists them."
)
@click.option("--name", required=True, help="The new model's name in the model store.")
@click.option("--replace", is_flag=True, help="Replace the model of that name where there is one.")
@click.option("--progress", is_flag=True, help="Print first, line by line, how many frames are measured.")
@_json_option
def publish(run: str, checkpoint: str, name: str, replace: bool, progress: bool, as_json: bool) -> None:
    """Put what a run has learnt into the model store."""
    from core.training.control.publish import check_model_name
    from core.training.workers.publish import publish_checkpoint

    check_model_name(name, replace)
    tell = _print_progress if progress else lambda done, total: None
    _print_card(publish_checkpoint(run, checkpoint, name, tell), as_json)


def _print_progress(done: int, total: int) -> None:
    click.echo(f"{done} of {total} frames")


def _refuse_with(option: str, *others: str) -> None:
    """UsageError for a parameter that was given and that an option would leave without effect."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in others and context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{option} goes without {parameter.opts[0]}; leave one of them out")


def _train_run(data: Path, recipe: str, stages: tuple[str, ...], name: str | None, note: str) -> str:
    """The run to train: a new one, or the one that was begun under the same name."""
    from core.datasets.layouts.opening import open_dataset
    from core.models.paths import DEFAULT_MODEL
    from core.training.control.publish import check_model_name
    from core.training.recipes.recipe import read_recipe
    from core.training.runs.folder import SETTINGS, create_run, make_label, run_folder
    from core.training.runs.status import enqueue

    read = read_recipe(recipe)
    if name is not None:
        from core.models.store import model_folder

        model_folder(name)
    open_dataset(data)
    if name is not None and (run_folder(name) / SETTINGS).exists():
        _check_same(name, read, data)
        return _resumed_run(name, stages)
    if name is not None and not (name == DEFAULT_MODEL and read == read_recipe("street")):
        check_model_name(name)  # the shipped model alone is replaced unasked, by the recipe that makes it
    label = make_label(note=note) if note else None
    run = create_run(read, data, stages=stages, run=name or "", publish=name, label=label)
    enqueue(run_folder(run))
    return run


def _check_same(run: str, recipe: Recipe, data: Path) -> None:
    from core.training.runs.folder import read_run_recipe, read_settings, run_folder

    folder = run_folder(run)
    if read_run_recipe(folder) != recipe or Path(read_settings(folder).data) != data.absolute():
        raise TrainingError(
            f"{folder} holds a run of another recipe or data set: remove that run or choose another name."
        )


def _resumed_run(run: str, stages: tuple[str, ...]) -> str:
    from core.training.runs.folder import add_stages, existing_run
    from core.training.runs.status import enqueue

    folder = existing_run(run)
    enqueue(folder)
    if stages:
        add_stages(folder, stages)
    return run


def _start(run: str, as_json: bool) -> int:
    from core.training.control.launch import start

    start(run)
    click.echo(json.dumps({"run": run}) if as_json else run)
    return 0


def _train_here(run: str, quiet: bool, as_json: bool) -> int:
    from core.hardware.allocator import keep_free_memory
    from core.training.distributed import processes
    from core.training.runs.records import read_run
    from core.training.workers.train import run_secondary_rank, work

    keep_free_memory()
    processes.join()
    run = processes.broadcast(run)
    try:
        if processes.rank():
            run_secondary_rank(run)
            return 0
        outcome = work(run, (lambda _: None) if quiet else _print_epoch, _tell)
    except StoppedError as error:
        # torchrun would report the processes of a stopped run as failed
        return 0 if processes.is_distributed() else _stopped(error)
    finally:
        processes.leave()
    if outcome.card is not None:
        _print_card(outcome.card, as_json)
    else:
        view = read_run(run)
        click.echo(json.dumps(_view(view)) if as_json else _text(view))
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
    figures = card.metrics
    click.echo(f"{card.name}: acc_camvid {figures['acc_camvid']:.4f}, mean IoU {figures['mean_iou']:.4f}")


def _print_epoch(report: EpochReport) -> None:
    _tell(
        f"{report.stage} {report.epoch}/{report.epochs}: "
        f"loss {report.train_loss:.3f} / {report.valid_loss:.3f}, "
        f"acc_camvid {report.acc_camvid:.4f}, mean IoU {report.mean_iou:.4f}, "
        f"{duration(report.seconds_left)} left"
    )


def _summary(summary: RunSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title,
        "note": summary.note,
        "task": summary.task,
        "recipe": summary.recipe,
        "data": summary.data,
        "created": summary.created,
        "state": summary.state,
        "message": summary.message,
        "share": summary.share,
        "seconds_left": summary.seconds_left,
        "seconds": summary.status.seconds,
    }


def _view(view: RunView) -> dict[str, Any]:
    return _summary(view.summary) | {
        "stages": list(view.settings.stages),
        "history": [_without_nan(epoch._asdict()) for epoch in view.history],
        "checkpoints": list(view.checkpoints),
        "suggestions": {finder.stage: finder.suggestions for finder in view.finders},
        "environment": view.environment,
    }


def _without_nan(figures: dict[str, Any]) -> dict[str, Any]:
    """A figure that is no number as None: JSON has no word for it, and other programs would refuse it."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }


def _printable(text: str) -> str:
    """Text of a run's as a terminal may get it: a folder from elsewhere could hold commands to it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _line(summary: RunSummary) -> str:
    title = "" if summary.title == summary.id else f"  {summary.title}"
    return _printable(f"{summary.id}  {summary.state} {summary.share:.0%}{title}  {summary.message}")


def _text(view: RunView) -> str:
    lines = [_line(view.summary)]
    if view.summary.note:
        lines += [_printable(line) for line in view.summary.note.splitlines()]
    if view.history:
        lines.append("stage         epoch  train_loss  valid_loss  acc_camvid  mean_iou  seconds")
    lines += [
        f"{e.stage:12}  {e.epoch:5d}  {e.train_loss:10.4f}  {e.valid_loss:10.4f}  {e.acc_camvid:10.4f}"
        f"  {e.mean_iou:8.4f}  {e.seconds:7.1f}"
        for e in view.history
    ]
    if view.checkpoints:
        lines.append(f"checkpoints   {', '.join(view.checkpoints)}")
    return "\n".join(lines)


COMMANDS = (train, lr_find, runs, stop, publish)
