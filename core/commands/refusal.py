"""What a command says to people: a line that is safe to print, or that it cannot do what was asked."""

from __future__ import annotations

import click
from click.core import ParameterSource


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
