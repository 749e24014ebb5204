"""`python -m service clients`: add, list and remove programs that use the topics themselves."""

from __future__ import annotations

import json

import click

from core.commands.refusal import tell
from service.access.clients import ClientStore
from service.settings import service_folder


@click.group()
def clients() -> None:
    """Add, list and remove programs that publish to the topics themselves."""


@clients.command()
@click.argument("name")
def add(name: str) -> None:
    """Add a client called NAME and print its secret (an nkey seed): only now, for it is not kept."""
    client, seed = ClientStore(service_folder()).add(name)
    click.echo(
        f"The client {client.id} publishes to request_message.{client.id} and gets answers from "
        f"response_message.{client.id}.*, within a second from now if the service runs. For a broker of your "
        "own, bring it what `clients configuration` prints. Its secret is shown only now:",
        err=True,
    )
    click.echo(seed)


@clients.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def list_clients(as_json: bool) -> None:
    """List every client that was added, without what lets anyone in."""
    found = ClientStore(service_folder()).all()
    if as_json:
        click.echo(json.dumps([client.model_dump(mode="json") | {"state": client.state} for client in found]))
        return
    if not found:
        tell("There are no clients yet; `clients add NAME` adds one.")
    for client in found:
        tell(f"{client.id}  {client.state:9}{client.made:%Y-%m-%d}  {client.name}")


@clients.command()
@click.argument("identity", metavar="ID")
def remove(identity: str) -> None:
    """Let the client with this ID, as `clients list` shows it, in no more."""
    client = ClientStore(service_folder()).remove(identity)
    tell(
        f"The client {client.id} ({client.name}) is let in no more; what it had on the broker goes as soon "
        "as the service runs. For a broker of your own, bring it what `clients configuration` prints."
    )


@clients.command()
def configuration() -> None:
    """Print the accounts for the configuration of a broker of your own (NATS_URL)."""
    from service.topics import accounts

    click.echo(accounts.block(ClientStore(service_folder()).all()), nl=False)
