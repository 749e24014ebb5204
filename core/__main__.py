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
    datasets,
    evaluate,
    gather,
    lessons,
    models,
    plan,
    runs,
    segment,
    training,
)
from core.commands.refusal import refuse
from core.errors import StreetScopeError
from core.files import system_error_sentence

_BEGIN_WITH = ("segment", "compare", "evaluate", "train", "models")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """StreetScope: look inside street-scene segmentation."""


for _commands in (segment, models, datasets, gather, annotate, evaluate, plan, training, runs, lessons):
    for _command in _commands.COMMANDS:
        cli.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr."""
    # Libraries announce their own deprecations on stderr, about which a user can do nothing.
    warnings.simplefilter("ignore")
    try:
        status = cli.main(arguments, prog_name=_program(), standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError:
        return refuse(
            f"Give a command such as {', '.join(_BEGIN_WITH)}; --help lists all {len(cli.commands)} of them."
        )
    except click.ClickException as error:
        return refuse(error.format_message())
    except StreetScopeError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(system_error_sentence(error))
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def _program() -> str:
    """What was typed to come here."""
    return "streetscope" if Path(sys.argv[0]).stem == "streetscope" else "python -m core"


if __name__ == "__main__":
    sys.exit(main())
