"""How a command says that it cannot do what was asked."""

from __future__ import annotations

import click


def refuse(message: str) -> int:
    """Print the reason on stderr as a whole sentence; returns the exit status."""
    sentence = " ".join(message.split())
    click.echo(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", err=True)
    return 2
