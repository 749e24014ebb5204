"""Commands for watching runs: the previews as a film, runs beside each other, the machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


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
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the curves to a page.")
@_json_option
def compare_runs(runs: tuple[str, ...], html: Path | None, as_json: bool) -> None:
    """Lay training runs beside each other.

    Their best figures, and what their recipes have different.
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
        click.echo(_best(row))
    for row in settings:
        click.echo(f"{row['setting']:24}  {'  '.join(row[run] for run in runs)}")
    if warning:
        click.echo(warning)


@click.command()
@_json_option
def machine(as_json: bool) -> None:
    """Show what this machine does at the moment.

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


def _best(row: dict[str, Any]) -> str:
    if row["acc_camvid"] is None:
        return f"{row['run']}  no epoch has ended yet"
    return (
        f"{row['run']}  acc_camvid {row['acc_camvid']:.4f} ({row['at']}), mean IoU {row['mean IoU']:.4f}, "
        f"{row['epochs']} epochs in {row['time']} on {row['data']}, {row['classes']}, {row['size']}"
    )


COMMANDS = (film, compare_runs, machine)
