"""Commands for the model store."""

from __future__ import annotations

import json

import click

from core.commands.refusal import refuse, tell
from core.errors import ModelError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def models(as_json: bool) -> int:
    """List the models in the model store.

    A broken model gets a sentence on stderr and exit status 2; the others are still listed.
    """
    from core.models.store import list_models, read_card

    cards, status = [], 0
    for name in list_models():
        try:
            cards.append(read_card(name))
        except ModelError as error:
            status = refuse(str(error))
    if as_json:
        click.echo(json.dumps([card.model_dump(mode="json") for card in cards]))
        return status
    for card in cards:
        tell(f"{card.name}  {card.summary}")
    return status


COMMANDS = (models,)
