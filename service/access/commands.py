"""`python -m service keys`: make, list and revoke keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from core.commands.refusal import tell
from service.access.keys import SCOPES, USUAL_RATE, KeyStore, Scope
from service.settings import service_folder


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that other programs send."""


@keys.command()
@click.option("--name", required=True, help="Who it is for, as in --name classroom.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("segment", "read"),
    show_default=True,
    help="What it opens; give it once for each.",
)
@click.option("--rate", default=USUAL_RATE, show_default=True, help="How often it may ask.")
@click.option(
    "--days", type=click.FloatRange(0, 36500, min_open=True), help="Until it expires; without, never."
)
def make(name: str, scopes: tuple[Scope, ...], rate: str, days: float | None) -> None:
    """Make a key and print it: only now, for only its hash is kept."""
    key, text = KeyStore(service_folder()).make(name, scopes, rate, days)
    until = f"until {key.expires:%Y-%m-%d %H:%M} UTC" if key.expires else "until it is revoked"
    click.echo(f"The key {key.id} opens {', '.join(key.scopes)} {until}. It is shown only now:", err=True)
    click.echo(text)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def list_keys(as_json: bool) -> None:
    """List every key that was made, without what opens anything."""
    now, found = datetime.now(UTC), KeyStore(service_folder()).all()
    if as_json:
        rows = [key.model_dump(mode="json", exclude={"sha256"}) | {"state": key.state(now)} for key in found]
        click.echo(json.dumps(rows))
        return
    if not found:
        tell("There are no keys yet; `keys make --name NAME` makes one.")
    for key in found:
        tell(f"{key.id}  {key.state(now):8}{', '.join(key.scopes):22}{key.rate:14}{key.name}")


@keys.command()
@click.argument("identity", metavar="ID")
def revoke(identity: str) -> None:
    """Let the key with this ID, as `keys list` shows it, open nothing any more."""
    key = KeyStore(service_folder()).revoke(identity)
    tell(f"The key {key.id} ({key.name}) opens nothing any more.")
