"""`python -m core COMMAND`, or `streetscope COMMAND` where it is installed: all the app does, from a shell.

Exit status 0 if all went well; 2 with one sentence on stderr for anything wrong with the input.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import click

from core.commands import (
    annotate,
    classroom,
    datasets,
    evaluate,
    gather,
    inside,
    lessons,
    models,
    notebook,
    plan,
    runs,
    segment,
    training,
)
from core.commands.refusal import run

_BEGIN_WITH = ("segment", "compare", "evaluate", "train", "models")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """StreetScope: look inside street-scene segmentation."""


_ROOMS = (
    *(segment, inside, models, datasets, gather, annotate, evaluate),
    *(plan, training, runs, lessons, classroom, notebook),
)

for _commands in _ROOMS:
    for _command in _commands.COMMANDS:
        cli.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr."""
    # Libraries announce their own deprecations on stderr, about which a user can do nothing.
    warnings.simplefilter("ignore")
    return run(
        cli,
        arguments,
        _program(),
        f"Give a command such as {', '.join(_BEGIN_WITH)}; --help lists all {len(cli.commands)} of them.",
    )


def _program() -> str:
    """What was typed to come here."""
    return "streetscope" if Path(sys.argv[0]).stem == "streetscope" else "python -m core"


if __name__ == "__main__":
    sys.exit(main())
