"""Commands for runs: list, show, name, delete and stop them; films, comparisons, the machine they run on."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.commands.refusal import refuse_with, tell

if TYPE_CHECKING:
    from core.training.runs.records import RunSummary, RunView

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


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
        refuse_with("--delete", "title", "note", "as_json")
        delete_run(run)
        return
    if title is not None or note is not None:
        label_run(run, title=title, note=note)
    view = read_run(run)
    click.echo(json.dumps(run_values(view)) if as_json else run_text(view))


@click.command()
@click.argument("run", metavar="ID")
def stop(run: str) -> None:
    """Stop a training run at its next batch."""
    from core.training.control.launch import request_stop

    request_stop(run)


@click.command()
@click.argument("run", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def film(run: str, file: Path) -> None:
    """Draw a run's preview pictures as an animated GIF."""
    from core.files import replacing
    from core.training.runs.film import make_film
    from core.training.runs.records import read_run

    content = make_film(read_run(run))
    with replacing(file) as part:
        part.write_bytes(content)


@click.command("compare-runs")
@click.argument("runs", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the curves to this HTML page."
)
@_json_option
def compare_runs(runs: tuple[str, ...], html: Path | None, as_json: bool) -> None:
    """Compare training runs.

    Shows their best figures, and where their recipes differ.
    """
    from core.reports.run_tables import best_rows, cannot_be_compared, recipe_rows
    from core.training.runs.records import read_run

    views = {run: read_run(run) for run in runs}
    if html is not None:
        from core.files import write_text
        from core.reports.run_charts import COMPARED, comparison_chart, html_page

        histories = {run: view.history for run, view in views.items()}
        charts = [comparison_chart(histories, figure) for figure in COMPARED]
        write_text(html, html_page(charts, f"Comparison of {', '.join(runs)}"))
    best, settings = best_rows(views), [row for row in recipe_rows(views) if row["differs"]]
    warning = cannot_be_compared(views)
    if as_json:
        click.echo(json.dumps({"best": best, "different": settings, "warning": warning}))
        return
    for row in best:
        tell(_best(row))
    for row in settings:
        tell(f"{row['setting']:24}  {'  '.join(row[run] for run in runs)}")
    if warning:
        tell(warning)


@click.command()
@_json_option
def machine(as_json: bool) -> None:
    """Show what this machine is doing now.

    Processor, memory and NVIDIA GPUs.
    """
    from core.hardware.usage import MachineWatch

    found = MachineWatch().read()
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    gib = 1024**3
    click.echo(f"{found.name}: {found.processor:.0%} of {found.cores} cores")
    click.echo(f"memory: {found.memory_used / gib:.1f} of {found.memory_total / gib:.1f} GiB")
    for gpu in found.gpus:
        click.echo(", ".join([gpu.name, *gpu.words().values()]))


def run_values(view: RunView) -> dict[str, Any]:
    """A run as plain values, ready for JSON."""
    return _summary(view.summary) | {
        "stages": list(view.settings.stages),
        "history": [_without_nan(epoch._asdict()) for epoch in view.history],
        "checkpoints": list(view.checkpoints),
        "suggestions": {finder.stage: finder.suggestions for finder in view.finders},
        "environment": view.environment,
    }


def run_text(view: RunView) -> str:
    """A run as text: its state, its epochs, its checkpoints."""
    lines = [_line(view.summary)]
    if view.summary.note:
        lines += [_printable(line) for line in view.summary.note.splitlines()]
    if view.history:
        lines.append("                           loss in     loss in       pixel      mean")
        lines.append("stage         epoch       training  validation    accuracy       IoU  seconds")
    lines += [
        f"{e.stage:12}  {e.epoch:5d}     {e.train_loss:10.4f}  {e.valid_loss:10.4f}  {e.acc_camvid:10.1%}"
        f"  {e.mean_iou:8.1%}  {e.seconds:7.1f}"
        for e in view.history
    ]
    if view.checkpoints:
        lines.append(f"checkpoints   {', '.join(view.checkpoints)}")
    return "\n".join(lines)


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


def _without_nan(figures: dict[str, Any]) -> dict[str, Any]:
    """NaN and infinity as None: JSON cannot express them, and other programs would refuse the text."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }


def _printable(text: str) -> str:
    """A run's text without control characters: a foreign folder could hold commands to the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _line(summary: RunSummary) -> str:
    title = "" if summary.title == summary.id else f"  {summary.title}"
    return _printable(f"{summary.id}  {summary.state} {summary.share:.0%}{title}  {summary.message}")


def _best(row: dict[str, Any]) -> str:
    if row["acc_camvid"] is None:
        return f"{row['run']}  no epoch is complete yet"
    return (
        f"{row['run']}  pixel accuracy {row['acc_camvid']:.1%} ({row['at']}), "
        f"mean IoU {row['mean IoU']:.1%}, {row['epochs']} epochs in {row['time']} on {row['data']}, "
        f"{row['classes']}, {row['size']}"
    )


COMMANDS = (runs, stop, film, compare_runs, machine)
