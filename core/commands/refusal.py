"""What a command says to people: a line that is safe to print, or that it cannot do what was asked."""

from __future__ import annotations

import click
from click.core import ParameterSource

from core.errors import StreetScopeError
from core.files import system_error_sentence


def run(cli: click.Group, arguments: list[str] | None, program: str, without_command: str = "") -> int:
    """Run a command and return its exit status; every error becomes one sentence on stderr.

    program: what was typed to come here. without_command: said where a command is missing that must be there.
    """
    try:
        status = cli.main(arguments, prog_name=program, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        if without_command and error.ctx is not None and error.ctx.command is cli:
            return refuse(without_command)
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return refuse(error.format_message())
    except StreetScopeError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(system_error_sentence(error))
    except (click.Abort, KeyboardInterrupt):
        return 130
    return status if isinstance(status, int) else 0


def refuse(message: str) -> int:
    """Print the reason on stderr as a whole sentence; returns the exit status."""
    sentence = printable(" ".join(message.split()))
    click.echo(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", err=True)
    return 2


def printable(line: str) -> str:
    """A line that is safe to print: a file name can neither break it nor send a terminal control codes."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in line)


def refuse_with(option: str, *others: str) -> None:
    """UsageError for a parameter that was given and that an option would leave without effect."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in others and context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{option} goes without {parameter.opts[0]}; leave one of them out")


def tell(line: str) -> None:
    """Print a line for people, in which names that somebody chose may be anything."""
    click.echo(printable(line))
