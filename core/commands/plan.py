"""The command for planning: what a recipe would do with a data set, and how long it would take here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.commands.refusal import tell

if TYPE_CHECKING:
    from core.training.control.estimate import Estimate


@click.command("plan")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A data set's folder.")
@click.option(
    "--recipe",
    default="street",
    show_default=True,
    help="A shipped recipe, or the path to a TOML or JSON file.",
)
@click.option(
    "--from", "start", metavar="MODEL", help="Start from this model of the store instead of the recipe's."
)
@click.option("--stage", "stages", multiple=True, help="Plan only this stage; can be given several times.")
@click.option("--measure/--no-measure", default=True, show_default=True, help="Measure how long it takes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def plan_run(
    data: Path, recipe: str, start: str | None, stages: tuple[str, ...], measure: bool, as_json: bool
) -> None:
    """Say what a recipe would do, and how long it would take.

    The time is measured with a few batches of each stage on this machine, and cached.
    """
    from core.datasets.layouts.opening import open_dataset
    from core.training.mix.sources import mixed_datasets
    from core.training.recipes.plan import plan
    from core.training.recipes.recipe import read_recipe
    from core.training.recipes.start import starting_from

    read = read_recipe(recipe)
    if start is not None:
        read = starting_from(read, start)
    dataset = open_dataset(data)
    mixed_datasets(read)
    planned = plan(read, dataset, stages)
    found = None
    if measure:
        from core.training.control import estimate

        found = estimate.kept_estimate(read, dataset, stages)
        if found is None:
            found = estimate.measure(read, dataset, _tell, stages)
            _tell(1, 1, None, "")
    if as_json:
        words = planned.sentences()
        estimated = None if found is None else found.as_dict()
        click.echo(
            json.dumps({"recipe": read.name, "data": dataset.name, "plan": words, "estimate": estimated})
        )
        return
    for sentence in planned.sentences():
        tell(sentence)
    if found is not None:
        for line in _lines(found):
            click.echo(line)


def _lines(found: Estimate) -> list[str]:
    from core.durations import estimate

    whole = estimate(found.seconds)
    lines = [f"{whole[0].upper()}{whole[1:]} on this machine (measured over {found.measured} batches)."]
    if found.beside:
        lines.append("A run was training during the measurement; an idle machine is faster.")
    if len(found.stages) > 1:
        width = max(len(stage.name) for stage in found.stages)
        lines += [
            f"{stage.name:{width}}  {estimate(stage.epoch)} an epoch, {estimate(stage.seconds)} in all"
            for stage in found.stages
        ]
    return lines


def _tell(done: int, total: int, seconds_left: float | None, doing: str) -> None:
    """One line in a terminal that says what is being measured."""
    if sys.stderr.isatty():
        click.echo(f"\r{doing:<60}", nl=not doing, err=True)


COMMANDS = (plan_run,)
